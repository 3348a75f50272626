/** Rows compared by columns as they are read are equal exactly where DuckDB finds the rows of the table equal. */
import { expect, test } from 'vitest';
import { compareInTable, partsOf, startComparison } from '../../server/data/facts/equalRows.ts';
import { duckTable } from '../../server/data/profile/profile.ts';
import { readColumns } from '../../server/data/profile/readColumns.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn } from './tableOf.ts';

const fromCsv = csvIn(temporaryFolder());

const random = createRandom(7, 'rows');
const pick = (...values: readonly string[]) => values[random.int(values.length)] ?? '';
/** Every kind of column, few values each: repeats, zeros of either sign, infinities, gaps, dates out of range. */
const lines = Array.from({ length: 3000 }, (_, row) =>
  [
    row % 1500,
    pick('0', '-0', '1.5', 'inf', ''),
    pick('1', '2', '9007199254740993'),
    pick('a', 'b', ' a', ''),
    pick('2024-01-01', '2024-01-02 10:00:00', '1200-01-01', '1300-01-01'),
    pick('true', 'false'),
  ].join(','),
);
const csv = `id,number,whole,text,day,flag\n${lines.join('\n')}\n`;

test.each([
  { id: 'id', features: ['number', 'text'] },
  { id: 'id', features: ['number', 'whole', 'text', 'day', 'flag'] },
  { id: 'id', features: ['id', 'flag'] },
  { id: undefined, features: ['whole', 'day'] },
  { id: 'id', features: [] },
])('rows by id $id and features $features', async (question) => {
  const table = duckTable(await fromCsv(csv));
  const comparison = startComparison(table.rowCount, partsOf(table, question));
  const { columns, taken } = readColumns(table, {
    take: (fetched) => {
      const { name } = fetched.column;
      if ('dictionary' in fetched) comparison.take(name, { codes: fetched.dictionary.codes });
      else if ('offsets' in fetched) comparison.take(name, { codes: fetched.offsets });
      else comparison.take(name, { values: fetched.values });
    },
  });
  const names: string[] = [];
  for await (const { column } of columns) names.push(column.name);
  await taken;
  expect(names).toEqual(['id', 'flag', 'text', 'number', 'whole', 'day']);
  const classes = Float64Array.from({ length: lines.length }, (_, row) =>
    row % 7 === 0 ? Number.NaN : row % 2,
  );
  const expected = await compareInTable(table, question, classes);
  expect(await comparison.finish(classes)).toEqual(expected);
  expect(expected.twins.repeats).toBeGreaterThan(0);
  expect(expected.whole.some((first, row) => first !== row)).toBe(true);
});
