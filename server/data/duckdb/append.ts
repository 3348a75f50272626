/** Columns in memory to a DuckDB table, chunk by chunk: for tables that are written, and sources that DuckDB does not read. */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Database } from './database.ts';

/** One array of values per column; null is missing, and so is NaN. Text may come as a dictionary (`Dictionary` of table.ts). */
export type ColumnValues =
  | Float64Array
  | Float32Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | readonly (string | null)[]
  | readonly (boolean | null)[]
  | { readonly levels: readonly string[]; readonly codes: Int32Array };

/** A column of a table that is written. */
export interface OutputColumn {
  readonly name: string;
  /** NaN and null are written as null. */
  readonly values: ColumnValues;
  /** What numbers are written as; by the array where absent. Whole numbers beyond 2^31 come as Float64Array with BIGINT. */
  readonly type?: 'DOUBLE' | 'FLOAT' | 'INTEGER' | 'BIGINT' | 'BOOLEAN';
}

/** DuckDB reads and writes vectors of this many rows. */
const chunkRows = 2048;

/** Appends all columns, which are equally long, to a new table `name` with columns `a0`, `a1`, …; dictionaries as their codes. */
export async function createTable(
  database: Database,
  name: string,
  columns: readonly ColumnValues[],
): Promise<void> {
  const types = columns.map(typeOf);
  await database.run(`CREATE TABLE ${name} (${types.map((type, index) => `a${index} ${type}`).join(', ')})`);
  await appendRows(database, name, columns);
}

/** Appends to a table whose columns have the types of `createTable`. */
export async function appendRows(
  database: Database,
  name: string,
  columns: readonly ColumnValues[],
): Promise<void> {
  const rows = lengthOf(columns[0]);
  const appender = await database.connection.createAppender(name, database.schema);
  const types = columns.map(typeOf);
  for (let from = 0; from < rows; from += chunkRows) {
    const count = Math.min(chunkRows, rows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [index, values] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      fillVector(vector, values, { from, count });
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

export function lengthOf(values: ColumnValues | undefined): number {
  if (values === undefined) return 0;
  return 'codes' in values ? values.codes.length : values.length;
}

function typeOf(values: ColumnValues): DuckDBType {
  if (values instanceof Float64Array) return DOUBLE;
  if (values instanceof Float32Array) return FLOAT;
  if (values instanceof BigInt64Array) return BIGINT;
  if (values instanceof Uint8Array) return UTINYINT;
  if (values instanceof Int32Array || 'codes' in values) return INTEGER;
  return values.some((value) => typeof value === 'boolean') ? BOOLEAN : VARCHAR;
}

function fillVector(
  vector: DuckDBVector,
  values: ColumnValues,
  { from, count }: { from: number; count: number },
): void {
  const array = 'codes' in values ? values.codes : values;
  if (!ArrayBuffer.isView(array)) {
    for (let index = 0; index < count; index++) vector.setItem(index, array[from + index] ?? null);
    return;
  }
  // All fixed-width vectors have `items` of their type's array, but the package's base class does not say so.
  const { items } = vector as unknown as {
    items: { set(part: ArrayLike<number> | ArrayLike<bigint>): void };
  };
  items.set(array.subarray(from, from + count));
}
