/** `data.read.null_values` means the same in every format: numbers by value, texts as they stand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { profileTable } from '../../server/data/profile/profile.ts';
import { temporaryFolder } from '../temporary.ts';
import { tableOf } from './tableOf.ts';

const folder = temporaryFolder();
const rows = Array.from({ length: 40 }, (_, row) => ({
  whole: row % 4 === 0 ? -999 : row,
  part: row % 5 === 0 ? -999 : row / 8,
  word: row % 8 === 0 ? 'gone' : `w${row % 3}`,
}));

test.each(['csv', 'jsonl', 'parquet', 'arrow', 'sqlite'])('%s', async (format) => {
  const table = await tableOf(await written(format), { read: { null_values: ['', '-999', 'gone'] } });
  const { columns } = await profileTable(table);
  expect(columns.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
    ['whole', 'numeric', 10],
    ['part', 'numeric', 8],
    ['word', 'categorical', 5],
  ]);
  expect(columns.map(({ min }) => min).slice(0, 2)).toEqual([1, 0.125]);
});

/** A file of the rows in this format. */
async function written(format: string): Promise<string> {
  const path = join(folder, `rows.${format}`);
  if (format === 'csv')
    writeFileSync(path, `whole,part,word\n${rows.map((row) => Object.values(row).join(',')).join('\n')}\n`);
  if (format === 'jsonl') writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  if (format === 'arrow') {
    const { tableFromJSON, tableToIPC } = await import('apache-arrow');
    writeFileSync(path, tableToIPC(tableFromJSON(rows), 'file'));
  }
  if (format === 'parquet') await writeParquet(path);
  if (format === 'sqlite') writeSqlite(path);
  return path;
}

async function writeParquet(path: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const values = rows.map(({ whole, part, word }) => `(${whole}, ${part.toFixed(3)}::DOUBLE, '${word}')`);
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${values.join(', ')}) t(whole, part, word)) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

function writeSqlite(path: string): void {
  const database = new Sqlite(path);
  database.exec('CREATE TABLE rows (whole INTEGER, part REAL, word TEXT)');
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?)');
  for (const { whole, part, word } of rows) insert.run(whole, part, word);
  database.close();
}
