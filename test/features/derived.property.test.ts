/** Random row expressions over all types: the model file says of raw inputs what the table's SQL says of the same rows. */
import { expect, test } from 'vitest';
import { columnsOf } from '../../server/config/expression/check.ts';
import { parseExpression } from '../../server/config/expression/parse.ts';
import { missingEpoch, type Table } from '../../server/data/table.ts';
import type { TensorFeed } from '../../server/engines/session.ts';
import { createRandom, type Random } from '../../server/statistics/random.ts';
import { csvIn } from '../data/tableOf.ts';
import { rounds } from '../rounds.ts';
import { temporaryFolder } from '../temporary.ts';
import { type Values, valuesInFile, valuesInTable } from './derivedValues.ts';
import { randomExpression } from './randomExpression.ts';

const csv = csvIn(temporaryFolder());
const kinds = { m: 'numeric', flag: 'boolean', d: 'datetime', e: 'datetime', s: 'categorical' } as const;

/** Numbers with gaps, infinities and what float32 cannot hold; dates that are none; texts of all sorts. */
const numbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  20.1,
  1 / 3,
  7,
  100,
  -273.15,
  1e30,
  -1e30,
  3e38,
  1e-40,
  16_777_217,
  Number.NaN,
];
const odd = [...numbers, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e39, -1e300];
const dates = [
  '2024-02-29',
  '2024-03-01T12:30:45',
  '1969-12-31T23:59:59',
  '1600-01-01',
  '2399-12-31T23:59:59',
];
const badDates = ['', 'soon', '2023-02-30', '1599-12-31', '2400-01-01', '2024-13-01', '0000-00-00'];
const texts = ['', 'pro', 'Pro', 'basic', 'naïve', 'a b', "it's", 'ß', ' pro', '10', 'x'.repeat(40), '日本'];

interface Columns {
  readonly n: number[];
  readonly m: number[];
  readonly flag: string[];
  readonly d: string[];
  readonly e: string[];
  readonly s: string[];
  readonly t: string[];
}

function randomColumns(random: Random, rows: number): Columns {
  const draw = <T>(from: readonly T[]): T[] => Array.from({ length: rows }, () => pick(random, from));
  const number = (from: readonly number[]) =>
    draw(from).map((value) => (random.uniform() < 0.4 ? Math.round(random.normal() * 1000) / 10 : value));
  return {
    n: number(odd),
    m: number(numbers),
    flag: draw(['true', 'false', '']),
    d: draw([...dates, ...dates, ...badDates]),
    e: draw([...dates, ...badDates]),
    s: draw(texts),
    t: draw([...texts, 'never seen']),
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.uniform() * from.length)] as T;
}

function asCsv(columns: Columns): string {
  const names = Object.keys(columns) as (keyof Columns)[];
  const cell = (value: number | string | undefined) =>
    typeof value === 'number' && Number.isNaN(value) ? '' : `"${String(value).replaceAll('"', '""')}"`;
  const lines = columns.n.map((_, row) => names.map((name) => cell(columns[name][row])).join(','));
  return `${names.join(',')}\n${lines.join('\n')}\n`;
}

/** As a client would send them: infinities and what float32 cannot hold stay. */
function rawFeeds(columns: Columns): Map<string, TensorFeed> {
  return new Map(
    Object.entries(columns).map(([name, values]): [string, TensorFeed] => {
      const shape = [values.length, 1];
      if (typeof values[0] === 'number')
        return [name, { type: 'float', data: Float32Array.from(values as number[]), shape }];
      if (name !== 'flag') return [name, { type: 'string', data: values as string[], shape }];
      const flags = Float32Array.from(values as string[], (flag) =>
        flag === '' ? Number.NaN : Number(flag === 'true'),
      );
      return [name, { type: 'float', data: flags, shape }];
    }),
  );
}

/** Equal, where `log` may differ in the last place of float32 between two libraries. */
function agree(a: number | bigint | string | undefined, b: typeof a): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 2 ** -23 * Math.abs(a);
}

/** Of each feature the values in the table, which the file gives too. */
async function expectAgreement(
  table: Table,
  features: readonly { name: string; expr: string }[],
  columns: Columns,
) {
  const file = await valuesInFile(table, features, rawFeeds(columns));
  const values = new Map<string, Values>();
  for (const { name, expr } of features) {
    const expected = await valuesInTable(table, name);
    values.set(name, expected);
    const given = file.get(name) ?? [];
    const row = expected.findIndex((value, at) => !agree(value, given[at]));
    if (row < 0) continue;
    const inputs = Object.entries(columns).map(([column, cells]) => [column, cells[row]]);
    const all = features.map((feature) => `${feature.name}: ${feature.expr}`).join('\n');
    const where = `${expr}\n${JSON.stringify(Object.fromEntries(inputs))}\n${all}`;
    expect(given[row], where).toEqual(expected[row]);
  }
  return values;
}

const vast = '(m * 1e300 * 1e300)';
const undefinedNumber = `(${vast} - ${vast})`;
/** Where two implementations part: beyond float32 and double, ties of rounding, the ends of the calendar. */
const edges = [
  undefinedNumber,
  `if(${undefinedNumber} > 1e38 * m, 1, 0)`,
  `if(${undefinedNumber} == (n * 1e300 * 1e300) - (n * 1e300 * 1e300), 1, 0)`,
  `if(min(${undefinedNumber}, n) < 3, 1, 0)`,
  `if(max(${undefinedNumber}, n) > 3, 1, 0)`,
  `if(clip(n, 1, ${undefinedNumber}) > 3, 1, 0)`,
  `if(log(${undefinedNumber}) is null, 1, 0)`,
  'if(m * 1e10 > 3e38, 1, 0)',
  'if(m * 1e10 is null, 1, 0)',
  'if(m in [m * 1e10, n], 1, 0)',
  'm * 1e10',
  'm / (m - m)',
  'clip(m, n, null)',
  'clip(m, if(n > 0, n, null), 7)',
  'clip(m, 7, 1)',
  'd - 5.787037037037037e-12',
  'd - 5.78e-12',
  'd + 5.787037037037037e-12',
  'd + 3652424.9 - 3652424',
  'd - 3652425 + 3652424',
  'd - 400000 + 400000',
  'hour(d + 3652424 * clip(m, -1, 1))',
  'weekday(d - 400000)',
  'weekday(d + 400000.75)',
  'hour(d - 1e-11)',
  'd + m / (m - m)',
  `d + ${vast}`,
  "if(matches(s, ''), 1, 0)",
  "if(matches(s, '^$'), 1, 0)",
  "if(s == '', 1, 0)",
  "coalesce(s, '')",
  "if(coalesce(s, '') == '', 'none', s)",
  'not (flag and null)',
  'flag or null',
  'isnull(isnull(m))',
  'if(isnull(m is null), d, 2024-01-01)',
  "if(isnull(m is null), s, 'same')",
  'min(flag, n > 0)',
  'flag + flag / 2',
  'if(n == 16777217, 1, 0)',
  'if(n < 20.1, 1, 0)',
  'if(n in 0.1..20.1, 1, 0)',
].map((expr, index) => ({ name: `edge ${index}`, expr }));

test('where two implementations part', async () => {
  const columns = randomColumns(createRandom(3, 'edges'), 300);
  const table = await csv(asCsv(columns), { kinds, features: edges });
  const values = await expectAgreement(table, edges, columns);
  const same = [...values].filter(([, each]) => new Set(each).size === 1).map(([name]) => name);
  expect(same.length).toBeLessThan(edges.length / 3);
});

const tables = rounds(12, 400);
const featuresEach = 25;

test(`${tables * featuresEach} random expressions of all types`, { timeout: 7_200_000 }, async () => {
  const random = createRandom(7, 'derived');
  const seen = { number: 0, boolean: 0, text: 0, date: 0, missing: 0, present: 0 };
  for (let round = 0; round < tables; round++) {
    const columns = randomColumns(random, 60);
    const features: { name: string; expr: string }[] = [];
    while (features.length < featuresEach) {
      const [type, expr] = randomExpression(random, features);
      const { ast } = parseExpression(expr);
      if (ast === undefined) throw new Error(`does not parse: ${expr}`);
      if (columnsOf(ast).length > 0) features.push({ name: `${type} ${features.length}`, expr });
    }
    const table = await csv(asCsv(columns), { kinds, features });
    const values = await expectAgreement(table, features, columns);
    for (const { name } of features) {
      const expected = values.get(name) ?? [];
      seen[name.split(' ')[0] as 'number']++;
      const absent = expected.filter(
        (value) => Number.isNaN(value) || value === '' || value === missingEpoch,
      );
      seen.missing += absent.length;
      seen.present += expected.length - absent.length;
    }
    await table.close();
  }
  // Each type, and values as well as gaps.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(tables);
  expect(seen.present).toBeGreaterThan(seen.missing / 4);
});
