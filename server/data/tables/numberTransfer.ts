/** How numbers come across from DuckDB: as SQL there, as values of an array here. */

import type { Database } from '../duckdb/database.ts';
import { isFloat } from '../duckdb/sqlTypes.ts';
import { numbersSql, type SqlColumn } from '../sources/columnSql.ts';

/** As `numbersSql`, NaN where that is null. */
export function doubleSql(column: SqlColumn): string {
  return `coalesce(${numbersSql(column)}, CAST('nan' AS DOUBLE))`;
}

/** As it is stored, NaN where it is null. */
export function floatSql({ sql, type }: SqlColumn): string {
  return `coalesce(${sql}, CAST('nan' AS ${type}))`;
}

/** The number of infinite ones, which become NaN. */
export function setFinite(items: ArrayLike<number>, values: Float64Array, from: number): number {
  let infinite = 0;
  for (let at = 0; at < items.length; at++) {
    const value = items[at] ?? Number.NaN;
    const endless = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
    values[from + at] = endless ? Number.NaN : value;
    if (endless) infinite++;
  }
  return infinite;
}

/** Infinite values are NaN, and counted. */
export interface Floats {
  readonly values: Float64Array;
  readonly infinite: number;
}

/** All columns of floats in one question, by name. */
export async function readFloats({
  database,
  name,
  columns,
  rowCount,
}: {
  readonly database: Database;
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  readonly rowCount: number;
}): Promise<ReadonlyMap<string, Floats>> {
  const floats = columns.filter(({ type, kind }) => isFloat(type) && kind !== 'datetime');
  const read = floats.map(() => ({
    values: new Float64Array(new SharedArrayBuffer(8 * rowCount)),
    infinite: 0,
  }));
  await database.scanEach(`SELECT ${floats.map(floatSql).join(', ')} FROM ${name}`, (index, items, from) => {
    const into = read[index];
    if (into !== undefined) into.infinite += setFinite(items, into.values, from);
  });
  return new Map(
    floats.flatMap((column, index) => {
      const own = read[index];
      return own === undefined ? [] : [[column.name, own]];
    }),
  );
}

/** Of offsets as `offsetSql` has them, `base` being one less than the least value. */
export function addOffsets(items: ArrayLike<number>, base: number, values: Float64Array, from: number): void {
  // Items are of several widths, and a loop over them would look anew at each which it is.
  values.set(items, from);
  for (let at = from; at < from + items.length; at++) {
    const offset = values[at];
    values[at] = offset === 0 ? Number.NaN : (offset ?? 0) + base;
  }
}
