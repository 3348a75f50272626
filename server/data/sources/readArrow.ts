/** Arrow IPC files and streams (Feather version 2) into the table `source`, batch by batch. */
import { readFile } from 'node:fs/promises';
import {
  type DataType,
  type Field,
  type RecordBatch,
  RecordBatchReader,
  Type,
  type Vector,
} from 'apache-arrow';
import { ModelwrightError } from '../../catalog/errors.ts';
import { appendRows, type ColumnValues, createTable } from '../duckdb/append.ts';
import { refuseTooWide } from '../duckdb/columnBlocks.ts';
import type { Database } from '../duckdb/database.ts';
import { acceptCompression } from './arrowCompression.ts';
import { refuseDuplicates } from './csvDialect.ts';
import { columnId, type Loaded, type ReadOptions, refuseOtherNames } from './loaded.ts';
import { withoutNullValues } from './nullValues.ts';
import type { SourceFile } from './sources.ts';

/** How one Arrow type travels: as an array that DuckDB takes, then as SQL that gives it its type. */
interface Passage {
  /** DuckDB's name of the type. */
  readonly type: string;
  collect(vector: Vector, rows: number): ColumnValues;
  sql(column: string): string;
}

/** Stands for a missing value among 64-bit integers. */
const missing = -(2n ** 63n);

export async function readArrow(
  database: Database,
  files: readonly SourceFile[],
  { read }: ReadOptions,
): Promise<Loaded> {
  acceptCompression();
  let first: { path: string; fields: readonly Field[] } | undefined;
  const ends: number[] = [];
  let rows = 0;
  for (const { path } of files) {
    try {
      for (const batch of RecordBatchReader.from(await readFile(path))) {
        const { fields } = batch.schema;
        if (first === undefined) {
          refuseDuplicates(
            fields.map(({ name }) => name),
            path,
          );
          refuseTooWide(path, fields.length);
          first = { path, fields };
          const empty = fields
            .map((field) => passageOf(field.type))
            .map((passage, index) => passage.collect(vectorAt(batch, index), 0));
          await createTable(database, 'raw', empty);
        }
        await append(database, batch, { path, first });
        rows += batch.numRows;
      }
    } catch (error) {
      if (error instanceof ModelwrightError || !(error instanceof Error)) throw error;
      throw new ModelwrightError(
        'data-broken',
        { path, format: 'Arrow', reason: error.message },
        { file: path },
      );
    }
    ends.push(rows);
  }
  if (first === undefined || rows === 0) {
    const path = files[0]?.path ?? '';
    throw new ModelwrightError('data-empty', { path, what: 'it holds no row' }, { file: path });
  }
  const passages = first.fields.map(({ type }) => passageOf(type));
  const select = passages.map(
    ({ sql, type }, index) =>
      `${withoutNullValues(sql(`a${index}`), type, read.null_values)} AS ${columnId(index)}`,
  );
  await database.run(`CREATE TABLE source AS SELECT ${select.join(', ')} FROM raw`);
  await database.run('DROP TABLE raw');
  return {
    columns: first.fields.map(({ name }, index) => ({ name, type: passages[index]?.type ?? 'VARCHAR' })),
    ends,
  };
}

async function append(
  database: Database,
  batch: RecordBatch,
  { path, first }: { path: string; first: { path: string; fields: readonly Field[] } },
): Promise<void> {
  const names = first.fields.map(({ name }) => name);
  refuseOtherNames({ path, names: batch.schema.fields.map(({ name }) => name) }, { path: first.path, names });
  const columns = first.fields.map(({ name, type }) => {
    const index = batch.schema.fields.findIndex((field) => field.name === name);
    const found = batch.schema.fields[index]?.type;
    if (String(found) !== String(type))
      throw new Error(`column ${name} is ${found}, but ${type} in the first file`);
    return passageOf(type).collect(vectorAt(batch, index), batch.numRows);
  });
  await appendRows(database, 'raw', columns);
}

function vectorAt(batch: RecordBatch, index: number): Vector {
  const vector = batch.getChildAt(index);
  if (vector === null) throw new Error(`column ${index} is not there`);
  return vector;
}

function passageOf(type: DataType): Passage {
  switch (type.typeId) {
    case Type.Int:
      return integers(type);
    case Type.Float:
      return doubles(String(type) === 'Float64' ? 'DOUBLE' : 'FLOAT');
    case Type.Bool:
      return {
        type: 'BOOLEAN',
        collect: (vector, rows) => doubles('BOOLEAN').collect(vector, rows),
        sql: (a) => `${present(a)} = 1`,
      };
    case Type.Date:
      return { ...moments, type: 'DATE', sql: (a) => `CAST(${moments.sql(a)} AS DATE)` };
    case Type.Timestamp:
      return moments;
    case Type.Decimal:
      return decimals(type);
    case Type.Utf8:
    case Type.LargeUtf8:
      return texts('VARCHAR', String);
    case Type.Dictionary:
      return passageOfDictionary(type);
    default:
      return texts('VARCHAR', (value) => JSON.stringify(value));
  }
}

function passageOfDictionary(type: DataType): Passage {
  // `dictionary` is there for this type id.
  const { dictionary } = type as DataType & { dictionary: DataType };
  return passageOf(dictionary);
}

function decimals(type: DataType): Passage {
  // `precision` and `scale` are there for this type id.
  const { precision, scale } = type as DataType & { precision: number; scale: number };
  const pointed = (value: unknown): string => {
    const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(String(value)) ?? [];
    const padded = digits.padStart(scale + 1, '0');
    return `${sign}${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
  };
  return texts(`DECIMAL(${precision},${scale})`, pointed);
}

function integers(type: DataType): Passage {
  const name = integerTypes[String(type)] ?? 'BIGINT';
  if (!/64$/.test(String(type))) return doubles(name);
  if (name === 'UBIGINT') return texts(name, String);
  return {
    type: name,
    collect: bigints((value) => BigInt(value as bigint)),
    sql: (a) => `nullif(${a}, ${missingSql})`,
  };
}

const integerTypes: Readonly<Record<string, string>> = {
  Int8: 'TINYINT',
  Int16: 'SMALLINT',
  Int32: 'INTEGER',
  Int64: 'BIGINT',
  Uint8: 'UTINYINT',
  Uint16: 'USMALLINT',
  Uint32: 'UINTEGER',
  Uint64: 'UBIGINT',
};

const missingSql = `CAST('${missing}' AS BIGINT)`;

function present(column: string): string {
  return `CASE WHEN NOT isnan(${column}) THEN ${column} END`;
}

function doubles(type: string): Passage {
  return {
    type,
    collect: (vector, rows) =>
      Float64Array.from({ length: rows }, (_, row) => Number(vector.get(row) ?? Number.NaN)),
    sql: (column) => `CAST(${present(column)} AS ${type})`,
  };
}

function bigints(convert: (value: unknown) => bigint): Passage['collect'] {
  return (vector, rows) =>
    BigInt64Array.from({ length: rows }, (_, row) => {
      const value: unknown = vector.get(row);
      return value === null ? missing : convert(value);
    });
}

/** Dates and times come as milliseconds, microseconds as their fraction. */
const moments: Passage = {
  type: 'TIMESTAMP',
  collect: bigints((value) => BigInt(Math.round(Number(value) * 1000))),
  sql: (column) => `make_timestamp(nullif(${column}, ${missingSql}))`,
};

function texts(type: string, say: (value: unknown) => string): Passage {
  return {
    type,
    collect: (vector, rows) =>
      Array.from({ length: rows }, (_, row) => {
        const value: unknown = vector.get(row);
        return value === null ? null : say(value);
      }),
    sql: (column) => (type === 'VARCHAR' ? column : `CAST(${column} AS ${type})`),
  };
}
