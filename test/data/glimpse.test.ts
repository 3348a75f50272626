/** A first look at a large table: columns of some of its rows are what they are in all of them. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { Database } from '../../server/data/duckdb/database.ts';
import { glimpse } from '../../server/data/facts/glimpse.ts';
import { firstRecords } from '../../server/data/sources/csvRecords.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();

async function look(data: string) {
  const experiment = resolveExperiment({ data, target: 'y' }, 'x.experiment.yaml');
  const facts = await glimpse(experiment, tableSpec(experiment, folder), folder);
  const columns = facts?.profile.columns ?? [];
  return { facts, kinds: Object.fromEntries(columns.map(({ name, kind }) => [name, kind])) };
}

const kinds = { day: 'datetime', mostly: 'datetime', few: 'categorical', plan: 'categorical', n: 'numeric' };

test('text that holds dates, malformed ones among them, beside text that only begins so', async () => {
  const rows = 30_000;
  const columns = [
    `strftime(DATE '2024-01-01' + CAST(i % 300 AS INTEGER), '%Y-%m-%d') AS day`,
    // One of 40 is malformed: fewer than the twentieth that is let pass.
    `CASE WHEN i % 40 = 7 THEN 'soon' ELSE '2024-01-01T10:00:00' END AS mostly`,
    `CASE WHEN i % 40 = 7 THEN '2024-01-01' ELSE 'none' END AS few`,
    `['basic', 'pro', 'gold'][1 + i % 3] AS plan`,
    'i / 7 AS n',
    'i % 2 AS y',
  ];
  const database = await Database.open();
  const path = join(folder, 'dates.parquet');
  await database.run(`COPY (SELECT ${columns.join(', ')} FROM range(${rows}) AS r(i)) TO '${path}'`);
  database.close();
  const seen = await look('dates.parquet');
  expect(seen.facts?.sampled?.total).toBe(rows);
  expect(seen.kinds).toEqual({ ...kinds, y: 'numeric' });
  expect(seen.facts?.categories['plan']).toMatchObject({ levels: 3 });
});

test('a number of a CSV file that is none beyond the first rows makes its column text', async () => {
  const path = join(folder, 'late.csv');
  const lines = Array.from({ length: 120_000 }, (_, i) => {
    const last = i % 500 === 499 ? 'n/k' : String(i);
    const day = `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`;
    return `${i / 8},${last},${day},${['basic', 'pro'][i % 2]} plan of this customer,,${i % 2}`;
  });
  writeFileSync(path, `n,code,day,plan,gone,y\n${lines.join('\n')}\n`);
  expect(statSync(path).size).toBeGreaterThan(4 * 1024 ** 2);
  const { facts, kinds: found } = await look('late.csv');
  expect(found).toEqual({
    ...{ n: 'numeric', code: 'categorical', day: 'datetime' },
    ...{ plan: 'categorical', gone: 'numeric', y: 'numeric' },
  });
  const gone = facts?.profile.columns.find(({ name }) => name === 'gone');
  expect(gone?.missing).toBe(facts?.rows);
});

test('first records are as many as were asked for, and the last one of a whole file', () => {
  const text = 'a,b\n1,2\n3,4';
  const read = (limit: number, whole: boolean) =>
    firstRecords(text, ',', { limit, whole }).map(({ fields }) => fields.join(' '));
  expect(read(2, true)).toEqual(['a b', '1 2']);
  expect(read(9, false)).toEqual(['a b', '1 2']);
  expect(read(9, true)).toEqual(['a b', '1 2', '3 4']);
});
