/** Every format and spelling against what pandas and pyarrow read from the same files (oracle/reads.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { missingEpoch, type Table } from '../../server/data/table.ts';
import { type SpecPart, tableOf } from './tableOf.ts';

interface Case {
  readonly file: string;
  readonly spec: SpecPart;
  readonly rows: number;
  readonly columns: Record<string, { kind: string; values: (number | string | null)[] }>;
}

const folder = fileURLToPath(new URL('./oracle/', import.meta.url));
const cases: Case[] = JSON.parse(readFileSync(`${folder}reads.json`, 'utf8'));

async function valuesOf(table: Table, name: string): Promise<(number | string | null)[]> {
  const { input } = table.column(name);
  if (input === 'float')
    return Array.from(await table.numbers(name), (value) => (Number.isNaN(value) ? null : value));
  if (input === 'date') {
    return Array.from(await table.epochs(name), (value) => (value === missingEpoch ? null : Number(value)));
  }
  const { levels, codes } = await table.dictionary(name);
  return Array.from(codes, (code) => levels[code - 1] ?? null);
}

describe('a table holds what pandas reads', () => {
  test.each(cases)('$file $spec', async ({ file, spec, rows, columns }) => {
    const table = await tableOf(`${folder}files/${file}`, spec);
    expect(table.rowCount).toBe(rows);
    for (const [name, { kind, values }] of Object.entries(columns)) {
      expect([name, table.column(name).kind, await valuesOf(table, name)]).toEqual([name, kind, values]);
    }
  });
});

test('raw strings are what the ONNX file is fed: text untrimmed, dates in seconds, missing as empty', async () => {
  const plain = await tableOf(`${folder}files/plain.csv`);
  const rows = Int32Array.from([4, 0, 3, 2, 1]);
  expect(await plain.rawStrings('note', rows)).toEqual(['é𝄞', 'a, b', ' spaced ', 'two\nlines', 'say "hi"']);
  expect(await plain.rawStrings('day', rows)).toEqual([
    '2399-12-31T00:00:00',
    '2024-01-31T00:00:00',
    '',
    '1969-12-31T00:00:00',
    '2024-02-29T00:00:00',
  ]);
  const times = await tableOf(`${folder}files/times.csv`);
  expect(await times.rawStrings('t', Int32Array.from([0, 1, 2]))).toEqual([
    '2024-03-31T00:30:00',
    '2024-03-31T00:30:00',
    '1969-12-31T23:59:59',
  ]);
});
