/** Writes a table of results: Parquet, CSV, JSON lines or Arrow by the file's extension; whole or not at all, and the same bytes every time. */
import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { type ColumnValues, createTable, type OutputColumn } from './append.ts';
import { arrowFile } from './arrowFile.ts';
import { Database, firstLine } from './database.ts';
import { sqlList, sqlName, sqlText } from './sql.ts';

/** More distinct texts than this are sent one by one: a dictionary would save nothing. */
const dictionaryLimit = 10_000;

/**
 * Columns of equal length to `path` (`.parquet`, `.csv`, `.tsv`, `.jsonl`, `.arrow`). The file appears under its name
 * once it is complete. Throws as checkOutput, `output-unwritable` and `disk-full`.
 */
export async function writeTable(path: string, columns: readonly OutputColumn[]): Promise<void> {
  checkOutput(path);
  const options = copyOptions[extname(path).toLowerCase()];
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    if (options === undefined) await writeFile(part, arrowFile(columns));
    else await copy(part, columns, options);
    await rename(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw unwritable(path, error);
  }
}

/**
 * What can be told before the rows are there: throws `output-format`, and `output-folder` where the folder is not one
 * that this user can write to.
 */
export function checkOutput(path: string): void {
  const extension = extname(path).toLowerCase();
  if (copyOptions[extension] === undefined && extension !== '.arrow')
    throw new ModelwrightError('output-format', { path }, { file: path });
  const refuse = (reason: string) => new ModelwrightError('output-folder', { path, reason }, { file: path });
  const folder = statSync(dirname(path), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true) throw refuse(`there is no folder \`${dirname(path)}\``);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw refuse('it is a folder');
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw refuse('this user may not write to its folder');
  }
}

const copyOptions: Readonly<Record<string, string>> = {
  '.parquet': 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880',
  '.csv': 'FORMAT csv, HEADER true',
  '.tsv': "FORMAT csv, HEADER true, DELIMITER '\t'",
  '.jsonl': 'FORMAT json',
  '.ndjson': 'FORMAT json',
};

async function copy(path: string, columns: readonly OutputColumn[], options: string): Promise<void> {
  // One thread: the order and size of what is written may not depend on which thread was faster.
  const database = await Database.open({ threads: 1, tempDirectory: dirname(path) });
  try {
    const encoded = columns.map(({ values }) => dictionaryOf(values));
    await createTable(database, 'output', encoded);
    const select = columns.map(({ name, type }, index) => {
      const values = encoded[index] ?? [];
      return `${outputSql(values, `a${index}`, type)} AS ${sqlName(name)}`;
    });
    await database.run(`COPY (SELECT ${select.join(', ')} FROM output) TO ${sqlText(path)} (${options})`);
  } finally {
    database.close();
  }
}

/** Text with few distinct values as a dictionary: numbers cross to DuckDB much faster than text. */
function dictionaryOf(values: ColumnValues): ColumnValues {
  if (ArrayBuffer.isView(values) || 'codes' in values) return values;
  const codes = new Int32Array(values.length);
  const known = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (typeof value === 'boolean') return values;
    let code = known.get(value);
    if (code === undefined) {
      if (known.size === dictionaryLimit) return values;
      code = known.size + 1;
      known.set(value, code);
    }
    codes[index] = code;
  }
  return { levels: [...known.keys()], codes };
}

function outputSql(values: ColumnValues, column: string, type: string | undefined): string {
  if ('levels' in values) {
    // Code 0 lies before the list's first element, which gives null.
    return values.levels.length === 0
      ? 'CAST(NULL AS VARCHAR)'
      : `list_extract(${sqlList(values.levels)}, nullif(${column}, 0))`;
  }
  const float = values instanceof Float64Array || values instanceof Float32Array;
  const present = float ? `CASE WHEN NOT isnan(${column}) THEN ${column} END` : column;
  return type === undefined ? present : `CAST(${present} AS ${type})`;
}

function unwritable(path: string, error: unknown): unknown {
  if (error instanceof ModelwrightError || !(error instanceof Error)) return error;
  if ('code' in error && error.code === 'ENOSPC')
    return new ModelwrightError('disk-full', { path: dirname(path) });
  const reason = 'code' in error ? String(error.code) : firstLine(error.message);
  return new ModelwrightError('output-unwritable', { path, reason });
}
