/** Row features against pandas and numpy (oracle/derived.py): in the table, and in the model file from raw values. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainSpec } from '../../server/data/spec.ts';
import { missingEpoch, type Table } from '../../server/data/table.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import type { TensorFeed } from '../../server/engines/session.ts';
import { temporaryFolder } from '../temporary.ts';
import { type Values, valuesInFile, valuesInTable } from './derivedValues.ts';

const oracle: {
  cells: Record<string, string[]>;
  expressions: Record<string, (number | string | boolean | null)[]>;
} = JSON.parse(readFileSync(new URL('oracle/derived.json', import.meta.url), 'utf8'));
const features = Object.keys(oracle.expressions).map((expr, index) => ({ name: `f${index}`, expr }));
const kinds = {
  price: 'numeric',
  visits: 'numeric',
  flag: 'boolean',
  signed: 'datetime',
  seen: 'datetime',
} as const;
const folder = temporaryFolder();
let table: Table;
let file: ReadonlyMap<string, Values>;

beforeAll(async () => {
  const names = Object.keys(oracle.cells);
  const lines = (oracle.cells['price'] ?? []).map((_, row) =>
    names.map((name) => `"${oracle.cells[name]?.[row] ?? ''}"`).join(','),
  );
  const path = join(folder, 'cells.csv');
  writeFileSync(path, `${names.join(',')}\n${lines.join('\n')}\n`);
  table = await openTable({ ...plainSpec(path), kinds, features });
  file = await valuesInFile(table, features, new Map(names.map((name) => [name, feedOf(name)])));
});
afterAll(() => table.close());

/** -0 is 0. */
function unsigned<T>(value: T): T | 0 {
  return value === 0 ? 0 : value;
}

function feedOf(name: string): TensorFeed {
  const cells = oracle.cells[name] ?? [];
  const shape = [cells.length, 1];
  if (!['price', 'visits', 'flag'].includes(name)) return { type: 'string', data: cells, shape };
  const numbers = { true: 1, false: 0, '': Number.NaN } as const;
  const data = Float32Array.from(cells, (cell) => (cell in numbers ? numbers[cell as ''] : Number(cell)));
  return { type: 'float', data, shape };
}

test.each(features)('$expr', async ({ name, expr }) => {
  const { input } = table.column(name);
  const expected = oracle.expressions[expr]?.map((value) => {
    if (value === null) return { date: missingEpoch, string: '', float: Number.NaN }[input];
    return input === 'date' ? BigInt(value) : typeof value === 'string' ? value : unsigned(Number(value));
  });
  // Libraries may differ in the last place of a logarithm.
  const wanted = expr.startsWith('log')
    ? expected?.map((value) => (Number.isNaN(value) ? value : expect.closeTo(Number(value), 6)))
    : expected;
  for (const values of [await valuesInTable(table, name), file.get(name)])
    expect(values?.map(unsigned)).toEqual(wanted);
});
