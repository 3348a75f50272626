/** `features.derive` of one row in the table: values, types, faults. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTable } from '../../server/data/duckdb/write.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn, type SpecPart, tableOf } from './tableOf.ts';

const folder = temporaryFolder();
const csv = csvIn(folder);
const rows = `price,visits,plan,signed,flag
20.1,3,pro,2024-02-29T23:30:00,true
,0,,bad,false
1e39,2,Basic,1599-12-31,
-5,,pro,2024-03-01,true
`;
const kinds = { signed: 'datetime' } as const;

function tableWith(expr: string, part: SpecPart = {}) {
  return csv(rows, { kinds, ...part, features: [...(part.features ?? []), { name: 'x', expr }] });
}

/** From pandas: float32 inputs, arithmetic in double, rounded to float32 at the end. */
describe('values as pandas has them', () => {
  test.each([
    ['price / visits', [6.700000286102295, null, null, null]],
    ['signed - 2024-01-01', [59.97916793823242, null, null, 60]],
    ['log(price) * 1e38 * 10', [null, null, null, null]],
    ['hour(signed)', [23, null, null, 0]],
    ['weekday(signed + 1)', [4, null, null, 5]],
  ])('%s', async (expr, expected) => {
    const table = await tableWith(expr);
    const values = [...(await table.numbers('x'))].map((value) => (Number.isNaN(value) ? null : value));
    expect(values).toEqual(expected);
  });
});

test('a limit is met by the value that was written so, though it is read as float32', async () => {
  const table = await tableWith('if(price == 20.1 and price >= 20.1 and price in [20.1, 7], 1, 0)');
  expect([...(await table.numbers('x'))]).toEqual([1, 0, 0, 0]);
});

test('kinds: numbers, truth, text and dates; a feature may read those before it', async () => {
  const table = await tableWith("if(loud, 'large', plan)", {
    features: [
      { name: 'twice', expr: 'price * 2' },
      { name: 'loud', expr: 'twice > 40 or flag' },
      { name: 'next', expr: 'signed + 0.5' },
    ],
  });
  const made = table.columns.filter(({ derived }) => derived === 'row');
  expect(made.map(({ name, kind, type }) => [name, kind, type])).toEqual([
    ['twice', 'numeric', 'FLOAT'],
    ['loud', 'boolean', 'BOOLEAN'],
    ['next', 'datetime', 'TIMESTAMP'],
    ['x', 'categorical', 'VARCHAR'],
  ]);
  const all = Int32Array.from([0, 1, 2, 3]);
  expect([...(await table.numbers('loud'))]).toEqual([1, Number.NaN, Number.NaN, 1]);
  expect(await table.rawStrings('x', all)).toEqual(['large', '', 'Basic', 'large']);
  expect(await table.rawStrings('next', all)).toEqual(['2024-03-01T11:30:00', '', '', '2024-03-01T12:00:00']);
});

describe('faults', () => {
  test('a name that the data has', async () => {
    const features = [{ name: 'price', expr: 'visits + 1' }];
    await expect(csv(rows, { features })).rejects.toMatchObject({
      code: 'column-name-taken',
      message: expect.stringContaining('`features.derive` makes column `price`'),
    });
  });
  test.each([
    ['prise + 1', 'did you mean `price`'],
    ['plan + 1', 'wants numbers'],
    ["matches(plan, '(?=a)')", 'looks around'],
  ])('%s', async (expr, reason) => {
    await expect(tableWith(expr)).rejects.toMatchObject({
      code: 'expression-failed',
      message: expect.stringContaining(reason),
    });
  });
  test('no filter reads it', async () => {
    await expect(tableWith('price + 1', { filter: 'x > 1' })).rejects.toMatchObject({
      code: 'expression-failed',
      message: expect.stringContaining('no column `x`'),
    });
  });
});

test('a table of many columns and a file that is read anew for each question give the same', async () => {
  const features = [
    { name: 'ratio', expr: 'price / visits' },
    { name: 'large', expr: 'ratio > 6' },
    { name: 'next', expr: 'signed + 1' },
    { name: 'later', expr: 'days(next, signed) + ratio' },
    { name: 'kind', expr: "if(large, 'large', plan)" },
    { name: 'same', expr: "coalesce(kind, 'none')" },
  ];
  const wide = Array.from({ length: 600 }, (_, index) => `w${index}`);
  const [head = '', ...lines] = rows.trimEnd().split('\n');
  const widened = [`${head},${wide.join(',')}`, ...lines.map((line) => line + ',1'.repeat(600))].join('\n');
  const parquet = join(folder, 'rows.parquet');
  const plain = await csv(rows, { kinds, features });
  const cells = (name: string) => plain.rawStrings(name, Int32Array.from([0, 1, 2, 3]));
  const number = async (name: string) => ({ name, values: await plain.numbers(name) });
  const text = async (name: string) => ({ name, values: await cells(name) });
  await writeTable(parquet, [
    await number('price'),
    await number('visits'),
    await text('plan'),
    await text('signed'),
    await number('flag'),
  ]);
  const others = [
    await csv(`${widened}\n`, { kinds, features }),
    await tableOf(parquet, { kinds: { ...kinds, flag: 'boolean' }, features }),
  ];
  for (const table of others)
    for (const { name } of features) {
      const { input, kind } = plain.column(name);
      expect(table.column(name)).toMatchObject({ input, kind });
      expect([...(await table.numbers(name))]).toEqual([...(await plain.numbers(name))]);
      expect(await table.rawStrings(name, Int32Array.from([0, 1, 2, 3]))).toEqual(await cells(name));
    }
});
