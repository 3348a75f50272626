/** Expressions to DuckDB SQL: names only ever become our own column names, values only ever literals. Logic is SQL's, three-valued. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Expression } from '../config/expression/ast.ts';
import { aggregates, type CheckOptions, checkExpression } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { type SqlColumn, valueSql } from './columnSql.ts';
import { firstLine } from './database.ts';
import { callSql, type SqlValue } from './functionSql.ts';
import { sqlText } from './sql.ts';

export interface Scope {
  readonly columns: ReadonlyMap<string, SqlValue>;
  /** SQL for the number of rows. */
  readonly rows: string;
}

/** Throws `expression-failed` for what does not parse or fit the columns. */
export function compileExpression(
  text: string,
  scope: Scope,
  options: CheckOptions = {},
): SqlValue & { aggregated: boolean } {
  const { ast, problem } = parseExpression(text);
  if (ast === undefined) throw failed(text, problem.message);
  const types = new Map([...scope.columns].map(([name, { type }]) => [name, type] as const));
  const [first] = checkExpression(ast, types, options);
  if (first !== undefined) throw failed(text, first.message);
  return { ...new Compiler(text, scope).compile(ast), aggregated: aggregates(ast) };
}

/** What expressions may read: the columns, and `rows` as a count over the relation. */
export function scopeOf(columns: readonly SqlColumn[], relation: string): Scope {
  const values = new Map(columns.map((column) => [column.name, valueSql(column)] as const));
  return { columns: values, rows: `CAST((SELECT count(*) FROM ${relation}) AS DOUBLE)` };
}

/** What DuckDB refuses in an expression that type-checked: a pattern that RE2 does not know, a date out of range. */
export function rethrow(expression: string) {
  return (error: unknown): never => {
    if (error instanceof ModelwrightError || !(error instanceof Error)) throw error;
    throw failed(expression, firstLine(error.message));
  };
}

function failed(expression: string, reason: string): ModelwrightError {
  return new ModelwrightError('expression-failed', {
    expression,
    reason: reason.endsWith('.') ? reason : `${reason}.`,
  });
}

class Compiler {
  readonly #text: string;
  readonly #scope: Scope;

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  compile(ast: Expression): SqlValue {
    switch (ast.kind) {
      case 'number':
        return {
          sql: Number.isFinite(ast.value) ? `CAST(${ast.value} AS DOUBLE)` : 'CAST(NULL AS DOUBLE)',
          type: 'number',
        };
      case 'text':
        return { sql: sqlText(ast.value), type: 'text' };
      case 'boolean':
        return { sql: String(ast.value), type: 'boolean' };
      case 'null':
        return { sql: 'NULL', type: 'null' };
      case 'date':
        return momentOf(ast.value);
      case 'name':
        return this.#scope.columns.get(ast.name) ?? { sql: this.#scope.rows, type: 'number' };
      case 'call': {
        const args = ast.args.map((argument) => this.compile(argument));
        const value = callSql(ast.name, args, this.#scope.rows);
        if (value === undefined) throw failed(this.#text, `\`${ast.name}\` cannot be used here`);
        return value;
      }
      case 'negate':
        return { sql: `(-${this.compile(ast.operand).sql})`, type: 'number' };
      case 'not':
        return { sql: `(NOT ${this.compile(ast.operand).sql})`, type: 'boolean' };
      case 'logic':
        return boolean(
          `${this.compile(ast.left).sql} ${ast.operator.toUpperCase()} ${this.compile(ast.right).sql}`,
        );
      case 'isNull':
        return boolean(`${this.compile(ast.operand).sql} IS ${ast.negated ? 'NOT ' : ''}NULL`);
      case 'arithmetic':
        return arithmetic(ast.operator, this.compile(ast.left), this.compile(ast.right));
      default:
        return this.#comparison(ast);
    }
  }

  #comparison(ast: Extract<Expression, { kind: 'compare' | 'between' | 'oneOf' }>): SqlValue {
    if (ast.kind === 'compare') {
      const [left = '', right = ''] = alike([this.compile(ast.left), this.compile(ast.right)]);
      const operator = ast.operator === '==' ? '=' : ast.operator === '!=' ? '<>' : ast.operator;
      return boolean(`${left} ${operator} ${right}`);
    }
    const not = ast.negated ? 'NOT ' : '';
    if (ast.kind === 'between') {
      const parts = [ast.value, ast.low, ast.high].map((part) => this.compile(part));
      const [value = '', low = '', high = ''] = alike(parts);
      return boolean(`${value} ${not}BETWEEN ${low} AND ${high}`);
    }
    const [value = '', ...options] = alike([ast.value, ...ast.options].map((part) => this.compile(part)));
    return boolean(`${value} ${not}IN (${options.join(', ')})`);
  }
}

/** Text beside dates is read as a date. */
function alike(values: readonly SqlValue[]): string[] {
  const dates = values.some(({ type }) => type === 'datetime');
  return values.map(({ sql, type }) =>
    dates && type === 'text' ? `CAST(try_cast(${sql} AS TIMESTAMPTZ) AS TIMESTAMP)` : sql,
  );
}

function arithmetic(operator: '+' | '-' | '*' | '/', left: SqlValue, right: SqlValue): SqlValue {
  if (left.type === 'datetime' && right.type === 'datetime') {
    return { sql: `((epoch_us(${left.sql}) - epoch_us(${right.sql})) / 86400e6)`, type: 'number' };
  }
  if (left.type === 'datetime') {
    const shift = `to_microseconds(CAST(round(${right.sql} * 86400e6) AS BIGINT))`;
    return { sql: `(${left.sql} ${operator} ${shift})`, type: 'datetime' };
  }
  const divisor = operator === '/' ? `nullif(${right.sql}, 0)` : right.sql;
  return { sql: `(${left.sql} ${operator} ${divisor})`, type: 'number' };
}

function momentOf(text: string): SqlValue {
  return { sql: `CAST(CAST(${sqlText(text)} AS TIMESTAMPTZ) AS TIMESTAMP)`, type: 'datetime' };
}

function boolean(sql: string): SqlValue {
  return { sql: `(${sql})`, type: 'boolean' };
}
