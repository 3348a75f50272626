/** What is written is read back by DuckDB and Arrow; the same input gives the same bytes; a failure leaves nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OutputColumn } from '../../server/data/duckdb/append.ts';
import { writeTable } from '../../server/data/duckdb/write.ts';
import { temporaryFolder } from '../temporary.ts';
import { tableOf } from './tableOf.ts';

const folder = temporaryFolder();

function columnsOf(rows: number): OutputColumn[] {
  const numbers = Float64Array.from({ length: rows }, (_, row) => row);
  return [
    { name: 'row', values: numbers, type: 'BIGINT' },
    {
      name: 'split',
      values: Array.from(numbers, (row) => (row % 5 === 0 ? 'test' : row % 5 === 1 ? null : "tr'ain")),
    },
    { name: 'text "x"', values: Array.from(numbers, (row) => `unique ${row}`) },
    { name: 'target', values: numbers.map((row) => (row % 3 === 0 ? Number.NaN : row % 2)), type: 'BOOLEAN' },
    { name: 'score', values: Float32Array.from(numbers, (row) => Math.sin(row)), type: 'DOUBLE' },
    { name: 'level', values: { levels: ['b', 'ä'], codes: Int32Array.from(numbers, (row) => row % 3) } },
  ];
}

test.each(['parquet', 'csv', 'tsv', 'jsonl', 'arrow'])(
  '%s holds the same rows as were given',
  async (extension) => {
    const rows = 30_000;
    const path = join(folder, `out.${extension}`);
    await writeTable(path, columnsOf(rows));
    const table = await tableOf(path);
    expect(table.rowCount).toBe(rows);
    const picked = Int32Array.from([0, 1, 2, 15_001, rows - 1]);
    expect(await table.rawStrings('row', picked)).toEqual(['0', '1', '2', '15001', `${rows - 1}`]);
    expect(await table.rawStrings('split', picked)).toEqual(['test', '', "tr'ain", '', "tr'ain"]);
    expect(await table.rawStrings('text "x"', picked)).toEqual(Array.from(picked, (row) => `unique ${row}`));
    expect(await table.rawStrings('level', picked)).toEqual(['', 'b', 'ä', 'b', 'ä']);
    const target = await table.numbers('target');
    expect(Array.from(picked, (row) => target[row])).toEqual([Number.NaN, 1, 0, 1, 1]);
    expect((await table.numbers('score'))[15_001]).toBe(Math.fround(Math.sin(15_001)));
  },
);

test.each(['parquet', 'csv', 'jsonl', 'arrow'])('%s has the same bytes every time', async (extension) => {
  const paths = ['first', 'second'].map((name) => join(folder, `${name}.${extension}`));
  for (const path of paths) await writeTable(path, columnsOf(200_000));
  const [first, second] = paths.map((path) => readFileSync(path));
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
});

test('a failure leaves no file, and an old one as it was', async () => {
  await expect(writeTable(join(folder, 'out.docx'), columnsOf(1))).rejects.toMatchObject({
    code: 'output-format',
  });
  await expect(writeTable(join(folder, 'no', 'such.csv'), columnsOf(1))).rejects.toMatchObject({
    code: 'output-folder',
  });
  const directory = join(folder, 'taken');
  mkdirSync(join(directory, 'out.csv'), { recursive: true });
  await expect(writeTable(join(directory, 'out.csv'), columnsOf(1))).rejects.toMatchObject({
    code: 'output-folder',
  });
  expect(readdirSync(directory)).toEqual(['out.csv']);
  const old = join(folder, 'old.parquet');
  await writeTable(old, columnsOf(10));
  const before = readFileSync(old);
  const infinite: OutputColumn = { name: 'x', values: Float64Array.of(1, Infinity), type: 'BIGINT' };
  await expect(writeTable(old, [infinite])).rejects.toMatchObject({ code: 'output-unwritable', exit: 3 });
  expect(readFileSync(old).equals(before)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(existsSync(join(folder, 'out.docx'))).toBe(false);
});
