/** Columns of a table in shared memory, read once: every fit, fold and scoring of a run, in any thread, looks at them. */
import type { Dictionary, Table } from '../data/table.ts';

/** As the float inputs of a model take them: float32; missing is NaN, what overflows is infinite. */
export function sharedNumbers(table: Table, column: string): Promise<Float32Array> {
  return once(table, `numbers ${column}`, async () => {
    const values = await table.numbers(column);
    const shared = new Float32Array(new SharedArrayBuffer(4 * values.length));
    shared.set(values);
    return shared;
  });
}

/** See Table.epochs. */
export function sharedEpochs(table: Table, column: string): Promise<BigInt64Array> {
  return once(table, `epochs ${column}`, async () => {
    const values = await table.epochs(column);
    const shared = new BigInt64Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return shared;
  });
}

/** See Table.dictionary. */
export function sharedDictionary(table: Table, column: string): Promise<Dictionary> {
  return once(table, `dictionary ${column}`, async () => {
    const { levels, codes } = await table.dictionary(column);
    return { levels, codes: shareRows(codes) };
  });
}

/** The same array where it is shared already. */
export function shareRows(values: Int32Array): Int32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Int32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** Freed with the table. */
const cache = new WeakMap<Table, Map<string, Promise<unknown>>>();

function once<T>(table: Table, key: string, read: () => Promise<T>): Promise<T> {
  const columns = cache.get(table) ?? new Map<string, Promise<unknown>>();
  cache.set(table, columns);
  // A key names one of the readers above, so that what it holds is what that reader gives.
  const known = columns.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const values = read();
  columns.set(key, values);
  // What failed once may be asked for again.
  values.catch(() => columns.delete(key));
  return values;
}
