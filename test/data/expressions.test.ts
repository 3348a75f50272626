/** Expressions as DuckDB computes them: three-valued logic, dates, aggregates; filter and derive by hand-computed values. */
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { csvIn } from './tableOf.ts';

const csv = csvIn(temporaryFolder());
const rows = [
  'x,y,s,b,t,empty',
  '1,2,ab,true,2024-01-01T06:00:00,',
  ',3,AB c,false,2024-01-02,',
  '-4,0,,true,,',
  '2.5,,zz,,2023-12-31 23:59:59,',
];
const open = () => csv(`${rows.join('\n')}\n`);

describe('conditions are true 1, false 0, null 2', () => {
  test.each([
    ['x > 1', [0, 2, 0, 1]],
    ['not x > 1', [1, 2, 1, 0]],
    ['x > 1 and y > 1', [0, 2, 0, 2]],
    ['x > 100 and y > 1', [0, 2, 0, 0]],
    ['x > 1 or y > 1', [1, 1, 0, 1]],
    ['x is null', [0, 1, 0, 0]],
    ['s is not null', [1, 1, 0, 1]],
    ['isnull(y)', [0, 0, 0, 1]],
    ['x in -4..1', [1, 2, 1, 0]],
    ['x not in [1, 2.5]', [0, 2, 1, 0]],
    ["s in ['ab', 'zz']", [1, 0, 2, 1]],
    ["lower(s) = 'ab c'", [0, 1, 2, 0]],
    ["matches(s, '^a|b')", [1, 0, 2, 0]],
    ['b', [1, 0, 1, 2]],
    ['b = false', [0, 1, 0, 2]],
    ['t >= 2024-01-01', [1, 1, 2, 0]],
    ["t < '2024-01-01T06:00:01'", [1, 0, 2, 1]],
    ['hour(t) = 6', [1, 0, 2, 0]],
    ['weekday(t) = 0', [1, 0, 2, 0]],
    ['t - 2024-01-01 = 0.25', [1, 0, 2, 0]],
    ['days(2024-01-02, t) <= 0.75', [1, 1, 2, 0]],
    ['t + 1 > 2024-01-02', [1, 1, 2, 0]],
    ['x / y > 0', [1, 2, 2, 2]],
    ['log(x) is null', [0, 1, 1, 0]],
    ['abs(x) = 4', [0, 2, 1, 0]],
    ['clip(x, 0, 2) = 2', [0, 2, 0, 1]],
    ['min(x, y) = 1', [1, 2, 0, 2]],
    ['coalesce(x, y, 0) = 3', [0, 1, 0, 0]],
    ['if(x > 1, y, x) = 1', [1, 2, 0, 2]],
    ['empty is null', [1, 1, 1, 1]],
    ['rows = 4', [1, 1, 1, 1]],
  ])('%s', async (expression, expected) => {
    expect([...(await (await open()).test(expression))]).toEqual(expected);
  });
});

test('a filter keeps only true, and row numbers stay those of the source', async () => {
  const table = await csv(`${rows.join('\n')}\n`, { filter: 'x < 3' });
  expect([...(await table.rowNumbers())]).toEqual([0, 2, 3]);
  expect(await table.rawStrings('s', Int32Array.from([0, 1, 2]))).toEqual(['ab', '', 'zz']);
});

test('derived columns may read earlier ones, have their own kind, and can be filtered by', async () => {
  const table = await csv(`${rows.join('\n')}\n`, {
    derive: [
      { name: 'double', expr: 'x * 2' },
      { name: 'large', expr: 'double > 1' },
      { name: 'whole', expr: 'y + 1' },
      { name: 'upper', expr: "if(large, 'yes', 'no')" },
      { name: 'next', expr: 't + 1' },
    ],
    filter: 'whole is not null',
  });
  const kinds = table.columns
    .filter(({ derived }) => derived)
    .map(({ name, kind, type }) => [name, kind, type]);
  expect(kinds).toEqual([
    ['double', 'numeric', 'BIGINT'],
    ['large', 'boolean', 'BOOLEAN'],
    ['whole', 'numeric', 'BIGINT'],
    ['upper', 'categorical', 'VARCHAR'],
    ['next', 'datetime', 'TIMESTAMP'],
  ]);
  expect([...(await table.numbers('double'))]).toEqual([2, Number.NaN, -8]);
  expect([...(await table.numbers('large'))]).toEqual([1, Number.NaN, 0]);
  expect(await table.dictionary('upper')).toEqual({
    levels: ['no', 'yes'],
    codes: Int32Array.from([2, 1, 1]),
  });
  expect(await table.rawStrings('next', Int32Array.from([0, 1, 2]))).toEqual([
    '2024-01-02T06:00:00',
    '2024-01-03T00:00:00',
    '',
  ]);
});

test('as_of drops what came later and keeps rows without a time', async () => {
  const table = await csv(`${rows.join('\n')}\n`, { asOf: '2024-01-01T06:00:00', time: 't' });
  expect([...(await table.rowNumbers())]).toEqual([0, 2, 3]);
});

describe('an expression that cannot be used is one error', () => {
  test.each([
    ['nope > 1', 'there is no column `nope`'],
    ['x >', ''],
    ["s > 1'; DROP TABLE source; --", ''],
    ['mean(x) > 1', 'looks at all rows at once'],
    ["matches(s, '(?=a)')", 'looks around'],
    ['x + s > 1', 'wants numbers'],
  ])('%s', async (filter, reason) => {
    await expect(csv(`${rows.join('\n')}\n`, { filter })).rejects.toMatchObject({
      code: 'expression-failed',
      message: expect.stringContaining(reason),
    });
  });
  test('a filter that keeps nothing', async () => {
    await expect(csv('x\n1\n', { filter: 'x > 1' })).rejects.toMatchObject({ code: 'data-filtered-out' });
  });
  test('a derived name that the data has', async () => {
    const derive = [{ name: 'x', expr: 'x + 1' }];
    await expect(csv('x\n1\n', { derive })).rejects.toMatchObject({ code: 'column-name-taken' });
  });
});
