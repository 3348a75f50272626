/** Tables of more columns than DuckDB takes at once: read in blocks, they answer as narrow ones do, or say that they are too wide. */
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { compareInTable } from '../../server/data/facts/equalRows.ts';
import { countEmptyRows } from '../../server/data/facts/factsEmpty.ts';
import type { ColumnProfile } from '../../server/data/profile/columnProfile.ts';
import { duckTable, profileTable } from '../../server/data/profile/profile.ts';
import { enforceContract } from '../../server/data/tables/contract.ts';
import { pickRows } from '../../server/data/tables/pickRows.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn } from './tableOf.ts';

const csv = csvIn(temporaryFolder());
/** Cells of a row, again and again until the table is wide. */
const kinds = ['whole', 'fraction', 'text', 'date', 'truth', 'none'];
const rows = [
  ['1', '0.5', '"a, ""b"""', '2024-01-31', 'true', ''],
  ['-7', '', 'NA', '2024-02-29', 'false', ''],
  ['1', '0.5', '"a, ""b"""', '2024-01-31', 'true', ''],
  ['9007199254740993', '1e3', '"two\nlines"', '', '', ''],
  ['', '', '', '', '', ''],
];
const repeats = 84;

function textOf(times: number): string {
  const names = Array.from({ length: times }, (_, index) => kinds.map((kind) => `${kind}${index}`).join(','));
  const lines = rows.map((cells) => Array.from({ length: times }, () => cells.join(',')).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

test('each column of a wide CSV file is profiled as in a narrow one, and rows are compared over all blocks', async () => {
  const [wide, narrow] = [await csv(textOf(repeats)), await csv(textOf(1))];
  const profiles = (await profileTable(wide)).columns;
  const expected = (await profileTable(narrow)).columns;
  expect(profiles).toHaveLength(kinds.length * repeats);
  const nameless = ({ name: _, ...profile }: ColumnProfile) => profile;
  for (const [index, profile] of profiles.entries())
    expect(nameless(profile)).toEqual(expected.map(nameless)[index % kinds.length]);
  const features = wide.columns.map(({ name }) => name);
  const { whole } = await compareInTable(duckTable(wide), { id: undefined, features }, undefined);
  expect([...whole]).toEqual([0, 1, 0, 3, 4]);
  expect(await countEmptyRows(duckTable(wide), profiles)).toBe(1);
});

test('expressions reach over blocks: derived columns, filters, rows that break a contract, rows that are picked', async () => {
  const derive = [{ name: 'sum', expr: 'whole0 + fraction83' }];
  const table = await csv(textOf(repeats), { derive, filter: "text50 is null or text50 != 'never'" });
  expect([...(await table.numbers('sum'))]).toEqual([1.5, Number.NaN, 1.5, 9007199254741992, Number.NaN]);
  const filtered = await csv(textOf(repeats), { derive, filter: 'date83 >= 2024-02-01 or truth3' });
  expect([...(await filtered.rowNumbers())]).toEqual([0, 1, 2]);
  expect([...(await filtered.test('sum > 1 and whole70 == 1'))]).toEqual([1, 0, 1]);
  const experiment = resolveExperiment(
    {
      data: { source: 'x.csv', expect: ['whole82 >= 0'], quality: { on_fail: 'quarantine' } },
      target: 'truth0',
    },
    'x.experiment.yaml',
  );
  const sound = await enforceContract(experiment, filtered);
  expect([...(await sound.rowNumbers())]).toEqual([0, 2]);
  expect([...(await sound.numbers('sum'))]).toEqual([1.5, 1.5]);
  const picked = await pickRows(duckTable(sound), Int32Array.of(1));
  expect([...(await picked.rowNumbers())]).toEqual([2]);
  expect(await picked.rawStrings('date83', Int32Array.of(0))).toEqual(['2024-01-31T00:00:00']);
});

test('a fault in a wide file has its row, and more columns than can be read are refused from the header', async () => {
  const ragged = `${textOf(repeats)}1,2\n`;
  await expect(csv(ragged)).rejects.toMatchObject({ code: 'data-ragged', place: { row: 5 } });
  const names = Array.from(
    { length: 20_001 },
    (_, index) => `a_column_with_a_rather_long_name_so_that_they_fill_${index}`,
  );
  await expect(csv(`${names.join(',')}\n1\n`)).rejects.toMatchObject({
    code: 'too-many-columns',
    message: expect.stringContaining('20001 columns'),
  });
});
