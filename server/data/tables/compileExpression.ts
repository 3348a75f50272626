/** Expressions to DuckDB SQL: names only ever become our own column names, values only ever literals. Logic is SQL's, three-valued. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Expression } from '../../config/expression/ast.ts';
import { type CheckOptions, checkExpression, isAggregate } from '../../config/expression/check.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import { firstLine } from '../duckdb/database.ts';
import { instantSql, sqlText } from '../duckdb/sql.ts';
import { type SqlColumn, valueSql } from '../sources/columnSql.ts';
import { callSql, numeric, type SqlValue } from './functionSql.ts';
import { callLimit, comparisonLimit, sidesOf, type TextsInFile } from './modelFileLimits.ts';

export interface Scope {
  readonly columns: ReadonlyMap<string, SqlValue>;
  /** The table in DuckDB: aggregates are taken over all its rows. */
  readonly relation: string;
  /**
   * The model file says the same: what it cannot say is refused, and numbers are compared as float32, so that one which
   * was read as 20.1 meets a limit of 20.1.
   */
  readonly inFile?: TextsInFile;
  /** What has been found in past rows, for the parts of an expression that look at them; see windowColumns.ts. */
  readonly past?: ReadonlyMap<Expression, SqlValue>;
}

export interface CompiledExpression extends SqlValue {
  /** It has one value for all rows: every column stands inside an aggregate. */
  readonly wholeTable: boolean;
}

/** Throws `expression-failed` for what does not parse or fit the columns. */
export function compileExpression(
  text: string,
  scope: Scope,
  options: CheckOptions = {},
): CompiledExpression {
  const ast = readExpression(text, scope, options);
  const compiler = new Compiler(text, scope);
  const value = compiler.compile(ast);
  return { ...value, wholeTable: !compiler.readsRows };
}

/** The tree of an expression that fits the columns. Throws `expression-failed`. */
export function readExpression(
  text: string,
  scope: Pick<Scope, 'columns'>,
  options: CheckOptions = {},
): Expression {
  const { ast, problem } = parseExpression(text);
  if (ast === undefined) throw failed(text, problem.message);
  const types = new Map([...scope.columns].map(([name, { type }]) => [name, type] as const));
  const [first] = checkExpression(ast, types, options);
  if (first !== undefined) throw failed(text, first.message);
  return ast;
}

/** A part of the expression `text`, or the whole, that has been checked. */
export function compilePart(part: Expression, text: string, scope: Scope): SqlValue {
  return new Compiler(text, scope).compile(part);
}

/** What expressions may read: the columns, and `rows` as a count over the relation. */
export function scopeOf(columns: readonly SqlColumn[], relation: string): Scope {
  const values = new Map(columns.map((column) => [column.name, valueSql(column)] as const));
  return { columns: values, relation };
}

/** What DuckDB refuses in an expression that type-checked: a pattern that RE2 does not know, a date out of range. */
export function rethrow(expression: string) {
  return (error: unknown): never => {
    if (error instanceof ModelwrightError || !(error instanceof Error)) throw error;
    throw failed(expression, firstLine(error.message));
  };
}

export function failed(expression: string, reason: string): ModelwrightError {
  return new ModelwrightError('expression-failed', {
    expression,
    reason: reason.endsWith('.') ? reason : `${reason}.`,
  });
}

class Compiler {
  readonly #text: string;
  readonly #scope: Scope;
  /** Aggregates that the current part stands in. */
  #depth = 0;
  readsRows = false;

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  compile(ast: Expression): SqlValue {
    const found = this.#scope.past?.get(ast);
    if (found !== undefined) return found;
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
        return { sql: instantSql(ast.value), type: 'datetime' };
      case 'name':
        return this.#name(ast.name);
      case 'call':
        return this.#call(ast);
      case 'negate':
        return { sql: `(-${numeric(this.compile(ast.operand))})`, type: 'number' };
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

  #name(name: string): SqlValue {
    const column = this.#scope.columns.get(name);
    if (column === undefined) {
      if (this.#scope.inFile) throw failed(this.#text, 'a model file sees one row, it does not count `rows`');
      return this.#overAll({ sql: 'CAST(count(*) AS DOUBLE)', type: 'number' });
    }
    if (this.#depth === 0) this.readsRows = true;
    return column;
  }

  #call(ast: Extract<Expression, { kind: 'call' }>): SqlValue {
    const aggregate = isAggregate(ast);
    if (aggregate) this.#depth++;
    const args = ast.args.map((argument) => this.compile(argument));
    if (aggregate) this.#depth--;
    if (this.#scope.inFile) this.#refuse(callLimit(ast, args, this.#scope.inFile));
    const value = callSql(ast.name, args);
    if (value === undefined) throw failed(this.#text, `\`${ast.name}\` cannot be used here`);
    return aggregate ? this.#overAll(value) : value;
  }

  /** A query of its own, so that rows can be compared with a figure of all rows. */
  #overAll({ sql, type }: SqlValue): SqlValue {
    return { sql: `(SELECT ${sql} FROM ${this.#scope.relation})`, type };
  }

  #comparison(ast: Extract<Expression, { kind: 'compare' | 'between' | 'oneOf' }>): SqlValue {
    const values = sidesOf(ast).map((part) => this.compile(part));
    if (this.#scope.inFile) this.#refuse(comparisonLimit(ast, values, this.#scope.inFile));
    const [first = '', ...others] = this.#alike(values);
    if (ast.kind === 'compare') {
      const operator = ast.operator === '==' ? '=' : ast.operator === '!=' ? '<>' : ast.operator;
      return boolean(`${first} ${operator} ${others[0]}`);
    }
    const not = ast.negated ? 'NOT ' : '';
    return ast.kind === 'between'
      ? boolean(`${first} ${not}BETWEEN ${others.join(' AND ')}`)
      : boolean(`${first} ${not}IN (${others.join(', ')})`);
  }

  #refuse(reason: string | undefined): void {
    if (reason !== undefined) throw failed(this.#text, reason);
  }

  /** Text beside dates is read as a date; booleans beside numbers count as 1 and 0. */
  #alike(values: readonly SqlValue[]): string[] {
    const dates = values.some(({ type }) => type === 'datetime');
    if (!values.some(({ type }) => type === 'number'))
      return values.map(({ sql, type }) =>
        dates && type === 'text' ? `CAST(try_cast(${sql} AS TIMESTAMPTZ) AS TIMESTAMP)` : sql,
      );
    return values.map((value) =>
      this.#scope.inFile ? `TRY_CAST(${numeric(value)} AS FLOAT)` : numeric(value),
    );
  }
}

function arithmetic(operator: '+' | '-' | '*' | '/', left: SqlValue, right: SqlValue): SqlValue {
  if (left.type === 'datetime' && right.type === 'datetime') {
    return { sql: `((epoch_us(${left.sql}) - epoch_us(${right.sql})) / 86400e6)`, type: 'number' };
  }
  if (left.type === 'datetime') {
    const days = numeric(right);
    const shift = `to_microseconds(CAST(round(${days} * 86400e6) AS BIGINT))`;
    // Ten thousand years keep the sum within what a timestamp holds.
    return {
      sql: `(CASE WHEN abs(${days}) < 3652425 THEN ${left.sql} ${operator} ${shift} END)`,
      type: 'datetime',
    };
  }
  const divisor = operator === '/' ? `nullif(${numeric(right)}, 0)` : numeric(right);
  return { sql: `(${numeric(left)} ${operator} ${divisor})`, type: 'number' };
}

function boolean(sql: string): SqlValue {
  return { sql: `(${sql})`, type: 'boolean' };
}
