/** Columns to the bytes of an Arrow IPC file (Feather version 2), uncompressed. */
import {
  Bool,
  Float32,
  Float64,
  Int32,
  Int64,
  makeData,
  Table,
  tableToIPC,
  Uint8,
  Utf8,
  Vector,
} from 'apache-arrow';
import type { ColumnValues, OutputColumn } from './append.ts';

export function arrowFile(columns: readonly OutputColumn[]): Uint8Array {
  const vectors: Record<string, Vector> = {};
  for (const { name, values, type } of columns) vectors[name] = vectorOf(values, type);
  return tableToIPC(new Table(vectors), 'file');
}

function vectorOf(values: ColumnValues, type: OutputColumn['type']): Vector {
  if ('codes' in values)
    return textVector(values.codes.length, (row) => values.levels[(values.codes[row] ?? 0) - 1] ?? null);
  if (!ArrayBuffer.isView(values)) {
    return values.some((value) => typeof value === 'boolean')
      ? bitVector(values.length, (row) => values[row] ?? null)
      : textVector(values.length, (row) => (typeof values[row] === 'string' ? values[row] : null));
  }
  if (type === 'BOOLEAN')
    return bitVector(values.length, (row) => (Number.isNaN(values[row]) ? null : values[row] !== 0));
  return numberVector(values, type);
}

/** In the type that was asked for, else the array's own; NaN is null. */
function numberVector(
  values: Exclude<ColumnValues, readonly unknown[] | { codes: Int32Array }>,
  type: OutputColumn['type'],
): Vector {
  const common = { length: values.length, ...nulls(values.length, (row) => !Number.isNaN(values[row])) };
  if (values instanceof BigInt64Array)
    return new Vector([makeData({ type: new Int64(), data: values, ...common })]);
  switch (type ?? ownType(values)) {
    case 'BIGINT': {
      const data = BigInt64Array.from(values, (value) => BigInt(Math.trunc(value) || 0));
      return new Vector([makeData({ type: new Int64(), data, ...common })]);
    }
    case 'INTEGER':
      return new Vector([makeData({ type: new Int32(), data: Int32Array.from(values), ...common })]);
    case 'DOUBLE':
      return new Vector([makeData({ type: new Float64(), data: Float64Array.from(values), ...common })]);
    case 'FLOAT':
      return new Vector([makeData({ type: new Float32(), data: Float32Array.from(values), ...common })]);
    default:
      return new Vector([makeData({ type: new Uint8(), data: Uint8Array.from(values), ...common })]);
  }
}

function ownType(values: Float64Array | Float32Array | Int32Array | Uint8Array): string {
  if (values instanceof Float64Array) return 'DOUBLE';
  if (values instanceof Float32Array) return 'FLOAT';
  return values instanceof Int32Array ? 'INTEGER' : 'UTINYINT';
}

function bitVector(length: number, at: (row: number) => unknown): Vector {
  const data = bitmap(length, (row) => at(row) === true);
  return new Vector([
    makeData({ type: new Bool(), length, data, ...nulls(length, (row) => at(row) !== null) }),
  ]);
}

function textVector(length: number, at: (row: number) => string | null): Vector {
  const encoded = new Map<string, Buffer>();
  const parts: Buffer[] = [];
  const valueOffsets = new Int32Array(length + 1);
  let end = 0;
  for (let row = 0; row < length; row++) {
    const text = at(row) ?? '';
    let bytes = encoded.get(text);
    if (bytes === undefined) {
      bytes = Buffer.from(text);
      if (encoded.size < 10_000) encoded.set(text, bytes);
    }
    parts.push(bytes);
    end += bytes.length;
    valueOffsets[row + 1] = end;
  }
  const missing = nulls(length, (row) => at(row) !== null);
  return new Vector([
    makeData({ type: new Utf8(), length, data: Buffer.concat(parts), valueOffsets, ...missing }),
  ]);
}

function nulls(
  length: number,
  valid: (row: number) => boolean,
): { nullBitmap: Uint8Array; nullCount: number } {
  let nullCount = 0;
  const nullBitmap = bitmap(length, (row) => {
    const present = valid(row);
    if (!present) nullCount++;
    return present;
  });
  return { nullBitmap, nullCount };
}

/** Least significant bit first, as Arrow has it. */
function bitmap(length: number, at: (row: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (let row = 0; row < length; row++)
    if (at(row)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  return bits;
}
