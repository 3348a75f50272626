/** How a column's values look to each reader: numbers, seconds, the text fed to the ONNX file, a value in an expression. */

import { isFloat, isFraction, isInteger, isText, isTime, type NumberRange } from '../duckdb/sqlTypes.ts';
import type { TableColumn } from '../table.ts';
import { numberSql, timestampSql } from './csvTypes.ts';

export interface SqlColumn extends TableColumn {
  /** The stored value. */
  readonly sql: string;
  /** Of text that holds numbers. */
  readonly decimal: '.' | ',';
  /** The DuckDB table that it stands in; absent where that is the relation. See columnBlocks.ts. */
  readonly block?: string;
  /** Where reading has told; undefined where there is none. See `DuckTable.ranges`. */
  readonly range?: NumberRange | undefined;
}

/** DOUBLE; null where missing, not finite or no number. Booleans 1 and 0; dates epoch seconds. */
export function numbersSql(column: SqlColumn): string {
  const { sql, type } = column;
  if (column.kind === 'datetime' || isTime(type)) return `epoch_us(${momentSql(column)}) / 1e6`;
  if (type === 'BOOLEAN' || isInteger(type) || type.startsWith('DECIMAL')) return `CAST(${sql} AS DOUBLE)`;
  const number = isFraction(type)
    ? `CAST(${sql} AS DOUBLE)`
    : `CASE lower(${sql}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ${numberSql(sql, column.decimal)} END`;
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
}

/** TIMESTAMP in UTC; null where missing, malformed or outside 1600 to 2399. */
export function momentSql({ sql, type }: Pick<SqlColumn, 'sql' | 'type'>): string {
  const moment = isTime(type) ? `CAST(${sql} AS TIMESTAMP)` : timestampSql(`CAST(${sql} AS VARCHAR)`);
  return `CASE WHEN ${moment} BETWEEN TIMESTAMP '1600-01-01' AND TIMESTAMP '2399-12-31 23:59:59.999999' THEN ${moment} END`;
}

/** BIGINT: whole epoch seconds, rounded down; null as in `momentSql`. */
export function epochsSql(column: SqlColumn): string {
  const moment = momentSql(column);
  if (column.type === 'DATE') return `epoch_us(${moment}) // 1000000`;
  return `epoch_us(date_trunc('second', ${moment})) // 1000000`;
}

/** The text that the raw ONNX input is fed; null or '' where missing. */
export function textSql(column: SqlColumn): string {
  const { sql, type } = column;
  const format = `'%Y-%m-%dT%H:%M:%S'`;
  if (isTime(type))
    return `CASE WHEN isfinite(${sql}) THEN strftime(${sql}, ${format}) ELSE CAST(${sql} AS VARCHAR) END`;
  if (column.kind === 'datetime')
    return `coalesce(strftime(${timestampSql(`CAST(${sql} AS VARCHAR)`)}, ${format}), CAST(${sql} AS VARCHAR))`;
  if (isFloat(type)) return `CASE WHEN NOT isnan(${sql}) THEN CAST(${sql} AS VARCHAR) END`;
  return isText(type) ? sql : `CAST(${sql} AS VARCHAR)`;
}

/** The value that stands for a missing one in no comparison: null, '', NaN, infinities. Typed for expressions. */
export function valueSql(column: SqlColumn): {
  readonly sql: string;
  readonly type: 'number' | 'text' | 'boolean' | 'datetime';
} {
  const { sql, type, kind } = column;
  if (kind === 'datetime' || isTime(type)) {
    const moment = isTime(type) ? `CAST(${sql} AS TIMESTAMP)` : timestampSql(`CAST(${sql} AS VARCHAR)`);
    return { sql: moment, type: 'datetime' };
  }
  if (type === 'BOOLEAN') return { sql, type: 'boolean' };
  const numeric = isInteger(type) || isFraction(type) || column.input === 'float';
  return numeric ? { sql: numbersSql(column), type: 'number' } : { sql: `nullif(${sql}, '')`, type: 'text' };
}

/** True for a cell that counts as missing. */
export function missingSql(column: SqlColumn): string {
  const { sql, type } = column;
  if (isText(type)) return `(${sql} IS NULL OR ${sql} = '')`;
  return isFloat(type) ? `(${sql} IS NULL OR isnan(${sql}))` : `${sql} IS NULL`;
}

/** What rows are compared by. Dates that no reader takes are missing, as everywhere. */
export function comparedSql(column: SqlColumn): string {
  const isDate = column.kind === 'datetime' || isTime(column.type);
  return isDate ? momentSql(column) : valueSql(column).sql;
}
