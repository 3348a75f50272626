/** A table or query of a user's SQLite file into the table `source`; the file is only ever read. */
import Sqlite from 'better-sqlite3';
import { ModelwrightError } from '../../catalog/errors.ts';
import { appendRows, createTable } from '../duckdb/append.ts';
import type { Database } from '../duckdb/database.ts';
import { refuseDuplicates } from './csvDialect.ts';
import { columnId, type Loaded, type ReadOptions } from './loaded.ts';
import { withoutNullValues } from './nullValues.ts';
import type { SourceFile } from './sources.ts';

type Value = bigint | number | string | Buffer | null;
/** What SQLite holds in a column, whatever was declared: the widest of its values' types. */
type Held = 'BIGINT' | 'DOUBLE' | 'VARCHAR';

const batchRows = 16_384;

/** `read.query`, else the only table. Throws `data-broken` where there is neither or the query fails. */
export async function readSqlite(
  database: Database,
  files: readonly SourceFile[],
  options: ReadOptions,
): Promise<Loaded> {
  const [file, second] = files;
  if (file === undefined) return { columns: [], ends: [] };
  if (second !== undefined) throw broken(file.path, 'only one SQLite file can be read at a time');
  const sqlite = new Sqlite(file.path, { readonly: true, fileMustExist: true });
  try {
    return await readQuery(database, sqlite, { path: file.path, ...options.read });
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) throw broken(file.path, error.message);
    throw error;
  } finally {
    sqlite.close();
  }
}

async function readQuery(
  database: Database,
  sqlite: Sqlite.Database,
  { path, query, null_values }: { path: string } & ReadOptions['read'],
): Promise<Loaded> {
  const statement = sqlite.prepare<[], Value[]>(query ?? `SELECT * FROM ${onlyTable(sqlite, path)}`);
  if (!statement.reader || !statement.readonly) throw broken(path, '`data.read.query` must be a SELECT');
  const names = statement.columns().map(({ name }) => name);
  refuseDuplicates(names, path);
  const held = names.map((): Held => 'BIGINT');
  await createTable(
    database,
    'raw',
    names.map((): string[] => []),
  );
  let batch = names.map((): (string | null)[] => []);
  let rows = 0;
  for (const row of statement.raw(true).safeIntegers(true).iterate()) {
    for (const [index, value] of row.entries()) {
      held[index] = wider(held[index] ?? 'BIGINT', value);
      batch[index]?.push(textOf(value));
    }
    rows++;
    if (rows % batchRows !== 0) continue;
    await appendRows(database, 'raw', batch);
    batch = names.map(() => []);
  }
  await appendRows(database, 'raw', batch);
  if (rows === 0)
    throw new ModelwrightError('data-empty', { path, what: 'the query gives none' }, { file: path });
  const select = held.map(
    (type, index) =>
      `${withoutNullValues(`CAST(a${index} AS ${type})`, type, null_values)} AS ${columnId(index)}`,
  );
  await database.run(`CREATE TABLE source AS SELECT ${select.join(', ')} FROM raw`);
  await database.run('DROP TABLE raw');
  return { columns: names.map((name, index) => ({ name, type: held[index] ?? 'VARCHAR' })), ends: [rows] };
}

/** Its name, quoted. Throws `data-broken` where there are none or several. */
export function onlyTable(sqlite: Sqlite.Database, path: string): string {
  const tables = sqlite
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck(true)
    .all();
  const [only] = tables;
  if (only === undefined) throw broken(path, 'it holds no table');
  if (tables.length > 1) {
    throw broken(
      path,
      `it holds ${tables.length} tables (${tables.join(', ')}); choose with \`data.read.query\``,
    );
  }
  return `"${only.replaceAll('"', '""')}"`;
}

function wider(held: Held, value: Value): Held {
  if (value === null || held === 'VARCHAR' || typeof value === 'bigint') return held;
  return typeof value === 'number' ? 'DOUBLE' : 'VARCHAR';
}

/** Numbers in the form that reads back as the same number. */
function textOf(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function broken(path: string, reason: string): ModelwrightError {
  return new ModelwrightError('data-broken', { path, format: 'SQLite', reason }, { file: path });
}
