/** Features of `features.derive` that depend on their own row: in the table what the model file computes from its raw inputs. */
import type { DerivedFeature } from '../config/derivedFeature.ts';
import { epochsSql, numbersSql, type SqlColumn, textSql } from './columnSql.ts';
import { type CompiledExpression, compileExpression, failed, type Scope } from './compileExpression.ts';
import type { SqlValue } from './functionSql.ts';

/**
 * Its columns enter as the model file takes them, numbers as float32 and dates in whole seconds, and it is computed in
 * double; see `rowFeatureColumn` for what it gives. Throws `expression-failed`.
 */
export function compileRowFeature(
  { expr }: Pick<DerivedFeature, 'expr'>,
  columns: readonly SqlColumn[],
): CompiledExpression {
  const scope: Scope = {
    columns: new Map(columns.map((column) => [column.name, enteringSql(column)] as const)),
    relation: 'source',
    inFile: true,
  };
  const value = compileExpression(expr, scope);
  if (value.type === 'null') throw failed(expr, 'it is null in every row');
  if (value.wholeTable) throw failed(expr, 'it reads no column');
  return value;
}

/** The stored value and its type: numbers are rounded to float32, where what is too large is null. */
export function rowFeatureColumn({ sql, type }: SqlValue): { readonly sql: string; readonly type: string } {
  if (type === 'number') return { sql: `TRY_CAST(${sql} AS FLOAT)`, type: 'FLOAT' };
  if (type === 'datetime') return { sql, type: 'TIMESTAMP' };
  if (type === 'boolean') return { sql, type: 'BOOLEAN' };
  return { sql: `CAST(${sql} AS VARCHAR)`, type: 'VARCHAR' };
}

/** What the raw input of a column is to an expression. A feature of features is not written out twice. */
function enteringSql(column: SqlColumn): SqlValue {
  const { sql, kind, input, type, derived } = column;
  const computed = derived === 'row';
  if (input === 'date') {
    const seconds = computed
      ? keptWhere(
          sql,
          `lambda v: v BETWEEN TIMESTAMP '1600-01-01' AND TIMESTAMP '2399-12-31 23:59:59.999999'`,
        )
      : undefined;
    return {
      sql:
        seconds === undefined
          ? `make_timestamp(${epochsSql(column)} * 1000000)`
          : `date_trunc('second', ${seconds})`,
      type: 'datetime',
    };
  }
  if (input === 'string')
    return {
      sql: computed ? keptWhere(sql, `lambda v: v <> ''`) : `nullif(${textSql(column)}, '')`,
      type: 'text',
    };
  if (kind === 'boolean') {
    if (type === 'BOOLEAN') return { sql, type: 'boolean' };
    return { sql: `(CASE ${numbersSql(column)} WHEN 1 THEN true WHEN 0 THEN false END)`, type: 'boolean' };
  }
  const number =
    computed && type !== 'BOOLEAN' ? keptWhere(sql, 'lambda v: isfinite(v)') : numbersSql(column);
  return { sql: `CAST(TRY_CAST(${number} AS FLOAT) AS DOUBLE)`, type: 'number' };
}

/** The value where the condition holds, else null; it stands in the text once, so that features of features stay short. */
function keptWhere(sql: string, condition: string): string {
  return `list_extract(list_filter([${sql}], ${condition}), 1)`;
}
