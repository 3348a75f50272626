/** Features of `features.derive` that depend on their own row: in the table what the model file computes from its raw inputs. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { DerivedFeature } from '../../config/derivedFeature.ts';
import type { Database } from '../duckdb/database.ts';
import { epochsSql, numbersSql, type SqlColumn, textSql } from '../sources/columnSql.ts';
import { inputOf } from '../sources/kinds.ts';
import { type ColumnKind, declaredKind, type TableSpec } from '../table.ts';
import {
  type CompiledExpression,
  compileExpression,
  failed,
  rethrow,
  type Scope,
} from './compileExpression.ts';
import type { SqlValue } from './functionSql.ts';

/**
 * Its columns enter as the model file takes them, numbers as float32 and dates in whole seconds, and it is computed in
 * double. Throws `expression-failed`.
 */
function compileRowFeature(
  { expr }: Pick<DerivedFeature, 'expr'>,
  columns: readonly SqlColumn[],
): CompiledExpression {
  const scope: Scope = {
    columns: new Map(columns.map((column) => [column.name, enteringSql(column)] as const)),
    relation: 'source',
    inFile: 'text',
  };
  const value = compileExpression(expr, scope);
  if (value.type === 'null') throw failed(expr, 'it is null in every row');
  if (value.wholeTable) throw failed(expr, 'it reads no column');
  return value;
}

/**
 * Refuses what is no condition of one row that a model file can hold whose texts are codes. Throws `expression-failed`.
 */
export function checkCondition(text: string, columns: readonly EnteringColumn[]): void {
  const values = columns.map((column) => [column.name, { sql: 'NULL', type: enteringType(column) }] as const);
  const scope: Scope = { columns: new Map(values), relation: '', inFile: 'code' };
  compileExpression(text, scope, { wants: 'boolean' });
}

export interface RowFeature {
  readonly feature: Pick<DerivedFeature, 'name' | 'expr'>;
  readonly kinds: TableSpec['kinds'];
  /** The column of the table `source` to keep the values in; undefined where `source` is a view, which computes them anew. */
  readonly id: string | undefined;
}

/**
 * The column of `source` that a feature makes from those before it. Numbers are rounded to float32, where what is too
 * large is null. Throws `column-name-taken`, `expression-failed`.
 */
export async function rowFeatureColumn(
  database: Database,
  columns: readonly SqlColumn[],
  { feature: { name, expr }, kinds, id }: RowFeature,
): Promise<SqlColumn> {
  if (columns.some((column) => column.name === name))
    throw new ModelwrightError('column-name-taken', { setting: 'features.derive', column: name });
  const value = compileRowFeature({ expr }, columns);
  const { sql, type, fits } = forms[value.type === 'null' ? 'text' : value.type](value.sql);
  const [usual = 'categorical'] = fits;
  const kind = declaredKind(kinds, name) ?? usual;
  if (!fits.includes(kind)) {
    const reason = `\`${name}\` is declared as ${kind}, but what it gives can be ${fits.join(' or ')} only`;
    throw failed(expr, reason);
  }
  const made = { name, type, kind, input: inputOf(kind), derived: 'row', decimal: '.' } as const;
  if (id !== undefined) {
    await database.run(`ALTER TABLE source ADD COLUMN ${id} ${type}`);
    await database
      .run(`ALTER TABLE source ALTER ${id} SET DATA TYPE ${type} USING ${sql}`)
      .catch(rethrow(expr));
    return { ...made, sql: id };
  }
  // What DuckDB itself refuses is told here, not by whoever reads the column first.
  await database.run(`SELECT ${sql} FROM source LIMIT 0`).catch(rethrow(expr));
  return { ...made, sql };
}

interface Form {
  readonly sql: string;
  readonly type: string;
  /** Kinds that it can be, the usual one first. */
  readonly fits: readonly ColumnKind[];
}

/** How a value is stored, by what it is. */
const forms = {
  number: (sql: string): Form => ({
    sql: `TRY_CAST(${sql} AS FLOAT)`,
    type: 'FLOAT',
    fits: ['numeric', 'cyclic', 'boolean'],
  }),
  boolean: (sql: string): Form => ({ sql, type: 'BOOLEAN', fits: ['boolean', 'numeric', 'cyclic'] }),
  datetime: (sql: string): Form => ({ sql, type: 'TIMESTAMP', fits: ['datetime'] }),
  text: (sql: string): Form => ({
    sql: `CAST(${sql} AS VARCHAR)`,
    type: 'VARCHAR',
    fits: ['categorical', 'ordinal', 'text'],
  }),
} as const;

type EnteringColumn = Pick<SqlColumn, 'name' | 'kind' | 'input'>;

/** What the raw input of a column is to an expression. */
function enteringType({ kind, input }: EnteringColumn): 'number' | 'text' | 'boolean' | 'datetime' {
  if (input === 'date') return 'datetime';
  if (input === 'string') return 'text';
  return kind === 'boolean' ? 'boolean' : 'number';
}

/** A feature that is computed anew is not written out twice. */
function enteringSql(column: SqlColumn): SqlValue {
  const { sql, type } = column;
  const computed = column.derived === 'row' && !/^\w+$/.test(sql);
  const entering = enteringType(column);
  switch (entering) {
    case 'datetime': {
      const kept = `lambda v: v BETWEEN TIMESTAMP '1600-01-01' AND TIMESTAMP '2399-12-31 23:59:59.999999'`;
      const seconds = computed
        ? `date_trunc('second', ${keptWhere(sql, kept)})`
        : `make_timestamp(${epochsSql(column)} * 1000000)`;
      return { sql: seconds, type: entering };
    }
    case 'text': {
      const text = computed ? keptWhere(sql, `lambda v: v <> ''`) : `nullif(${textSql(column)}, '')`;
      return { sql: text, type: entering };
    }
    case 'boolean': {
      const truth = `(CASE ${numbersSql(column)} WHEN 1 THEN true WHEN 0 THEN false END)`;
      return { sql: type === 'BOOLEAN' ? sql : truth, type: entering };
    }
    case 'number': {
      const isNumber = computed && type !== 'BOOLEAN';
      const number = isNumber ? keptWhere(sql, 'lambda v: isfinite(v)') : numbersSql(column);
      return { sql: `CAST(TRY_CAST(${number} AS FLOAT) AS DOUBLE)`, type: entering };
    }
  }
}

/** The value where the condition holds, else null; it stands in the text once, so that features of features stay short. */
function keptWhere(sql: string, condition: string): string {
  return `list_extract(list_filter([${sql}], ${condition}), 1)`;
}
