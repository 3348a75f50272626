/** How far the whole numbers of a column reach: what lets them cross from DuckDB in one, two or four bytes instead of eight. */

import type { Cell } from '../duckdb/database.ts';
import { isInteger, isTime, type NumberRange } from '../duckdb/sqlTypes.ts';
import { momentSql, type SqlColumn } from './columnSql.ts';

type Typed = Pick<SqlColumn, 'sql' | 'type'>;

/** Five aggregates whose values `rangeOf` reads; undefined for columns that may hold fractions or text. */
export function rangeSql(column: Typed): readonly string[] | undefined {
  const { sql, type } = column;
  if (isInteger(type)) return aggregates(sql, '0');
  const time = momentOf(column);
  return time === undefined ? undefined : aggregates(`epoch_us(${time})`, `epoch_us(${time}) % 1000000`);
}

/** Of the values of `rangeSql`; undefined where there is no value, a fraction, or more than doubles tell apart. */
export function rangeOf(
  column: Typed,
  [present, min, max, rest, least]: readonly Cell[],
): NumberRange | undefined {
  const unit = momentOf(column) === undefined ? 1 : 1e6;
  const range = { present: Number(present), min: Number(min) / unit, max: Number(max) / unit };
  if (range.present === 0 || Number(rest) !== 0 || Number(least) !== 0) return undefined;
  return Number.isSafeInteger(range.min) && Number.isSafeInteger(range.max) ? range : undefined;
}

/**
 * The column as 0 where missing, else 1 + the distance from the least value, in the narrowest type that holds it;
 * undefined beyond four bytes.
 */
export function offsetSql(column: Typed, { min, max }: NumberRange): string | undefined {
  const span = max - min + 1;
  const type =
    span < 2 ** 8 ? 'UTINYINT' : span < 2 ** 16 ? 'USMALLINT' : span < 2 ** 32 ? 'UINTEGER' : undefined;
  if (type === undefined) return undefined;
  const time = momentOf(column);
  const whole = time === undefined ? `CAST(${column.sql} AS BIGINT)` : `epoch_us(${time}) // 1000000`;
  return `coalesce(CAST(${whole} - (${min - 1}) AS ${type}), 0)`;
}

function aggregates(value: string, rest: string): string[] {
  return [`count(${value})`, `min(${value})`, `max(${value})`, `max(${rest})`, `min(${rest})`];
}

/** Of columns that are dates as they are stored; dates in text are dear to parse and are read once only. */
function momentOf({ sql, type }: Typed): string | undefined {
  return isTime(type) ? momentSql({ sql, type }) : undefined;
}
