/** Checks the data against its contract, `data.columns` and `data.expect`, and does with broken rows what `data.quality.on_fail` says. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { ColumnContract, Experiment, Scalar } from '../../config/experiment.ts';
import { grouped } from '../../protocol/grouped.ts';
import { sqlText } from '../duckdb/sql.ts';
import { isTime } from '../duckdb/sqlTypes.ts';
import { missingSql, numbersSql, type SqlColumn, textSql, valueSql } from '../sources/columnSql.ts';
import type { Table } from '../table.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import { DuckTable } from './duckTable.ts';

/** One promise of the contract that the data breaks. Plain values only. */
export interface ContractFailure {
  /** The setting, such as `data.columns.age.max` or `data.expect.0`. */
  readonly path: string;
  readonly column?: string;
  /** What is wrong, as a part of a sentence: `12 values of \`age\` are above 120`. */
  readonly message: string;
  /** Rows at fault; 0 where the table as a whole is. */
  readonly count: number;
  /** Row numbers in the source of the first five of them. */
  readonly rows: readonly number[];
}

interface Check {
  readonly path: string;
  readonly column?: string;
  /** True for a row at fault; absent where the failure is known without looking at rows. */
  readonly fault?: string;
  readonly message: (count: number) => string;
}

/** All failures, in the order of the settings; an expectation that cannot be used is one. */
export async function checkContract(table: Table, experiment: Experiment): Promise<ContractFailure[]> {
  const { relation } = duckTable(table);
  const failures: ContractFailure[] = [];
  for (const check of await checksOf(duckTable(table), experiment)) {
    const { path, column, fault, message } = check;
    const named = { path, ...(column === undefined ? {} : { column }) };
    if (fault === undefined) {
      failures.push({ ...named, message: message(0), count: 0, rows: [] });
      continue;
    }
    const run = (sql: string) => relation.database.row(sql).catch(rethrow(path));
    const [count] = await run(`SELECT count(*) FROM ${relation.name} WHERE ${fault}`);
    if (Number(count) === 0) continue;
    const [list] = await run(
      `SELECT string_agg(r, ',') FROM (SELECT CAST(${relation.row} AS VARCHAR) AS r FROM ${relation.name} WHERE ${fault} LIMIT 5)`,
    );
    const rows = String(list).split(',').map(Number);
    failures.push({ ...named, message: message(Number(count)), count: Number(count), rows });
  }
  return failures;
}

/**
 * The table to go on with. `on_fail: fail` throws `contract-broken` for any failure; `warn` lets all pass; `quarantine`
 * leaves the rows at fault out and throws only for what no row is to blame for. The table given is used up.
 */
export async function enforceContract(experiment: Experiment, table: Table): Promise<Table> {
  const { on_fail } = experiment.data.quality;
  if (on_fail === 'warn') return table;
  const failures = await checkContract(table, experiment);
  const fatal = on_fail === 'fail' ? failures : failures.filter(({ count }) => count === 0);
  const [first] = fatal;
  if (first !== undefined) {
    const more = fatal.length > 1 ? ` (and ${fatal.length - 1} more)` : '';
    const [row] = first.rows;
    throw new ModelwrightError(
      'contract-broken',
      { failures: first.message + more },
      {
        ...(first.column === undefined ? {} : { column: first.column }),
        ...(row === undefined ? {} : { row }),
      },
    );
  }
  if (failures.length === 0) return table;
  const checks = await checksOf(duckTable(table), experiment);
  return duckTable(table).without(checks.flatMap(({ fault }) => (fault === undefined ? [] : [fault])));
}

async function checksOf(table: DuckTable, { data }: Experiment): Promise<Check[]> {
  const names = new Map(table.relation.columns.map((column) => [column.name, column]));
  const checks = Object.entries(data.columns).flatMap(([name, contract]) => {
    const column = names.get(name);
    const path = `data.columns.${name}`;
    if (column === undefined)
      return [{ path, column: name, message: () => `there is no column \`${name}\`` }];
    return columnChecks(column, contract, { path, relation: table.relation.name });
  });
  for (const [index, expression] of data.expect.entries()) {
    const check = await expectation(table, expression, `data.expect.${index}`);
    if (check !== undefined) checks.push(check);
  }
  return checks;
}

/** `place`: the column's path in the experiment, and the table that holds it. */
function columnChecks(
  column: SqlColumn,
  contract: ColumnContract,
  { path, relation }: { path: string; relation: string },
): Check[] {
  const { name } = column;
  const checks: Check[] = [];
  const add = (field: string, fault: string, message: (count: number) => string) =>
    checks.push({ path: `${path}.${field}`, column: name, fault, message });
  const missing = missingSql(column);
  if (contract.type !== undefined && column.input !== 'string') {
    const read = column.input === 'date' ? valueSql(column).sql : numbersSql(column);
    const noun = column.input === 'date' ? 'dates' : 'numbers';
    add(
      'type',
      `NOT ${missing} AND (${read}) IS NULL`,
      (n) => `${values(n, name)} cannot be read as ${noun}`,
    );
  }
  if (contract.nullable === false) add('nullable', missing, (n) => `${values(n, name)} are missing`);
  if (contract.min !== undefined) {
    add('min', compareSql(column, '<', contract.min), (n) => `${values(n, name)} are below ${contract.min}`);
  }
  if (contract.max !== undefined) {
    add('max', compareSql(column, '>', contract.max), (n) => `${values(n, name)} are above ${contract.max}`);
  }
  if (contract.in !== undefined) {
    const list = contract.in.map(say).join(', ');
    add('in', notInSql(column, contract.in), (n) => `${values(n, name)} are none of ${list}`);
  }
  if (contract.regex !== undefined) {
    const fault = `NOT ${missing} AND NOT regexp_full_match(${textSql(column)}, ${sqlText(contract.regex)})`;
    add('regex', fault, (n) => `${values(n, name)} do not match ${contract.regex} as a whole`);
  }
  if (contract.unique === true) {
    const value = valueSql(column).sql;
    const fault = `${value} IN (SELECT ${value} FROM ${relation} GROUP BY 1 HAVING count(*) > 1)`;
    add('unique', fault, (n) => `${values(n, name)} occur more than once`);
  }
  return checks;
}

function values(count: number, name: string): string {
  return `${grouped(count)} values of \`${name}\``;
}

/** Beyond a bound: a number, or a date for columns of dates. Missing values are beyond none. */
function compareSql(column: SqlColumn, operator: '<' | '>', bound: number | string): string {
  if (column.kind === 'datetime' || isTime(column.type)) {
    return `${valueSql(column).sql} ${operator} try_cast(try_cast(${sqlText(String(bound))} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  }
  return `${numbersSql(column)} ${operator} CAST(${Number(bound)} AS DOUBLE)`;
}

function notInSql(column: SqlColumn, allowed: readonly Scalar[]): string {
  const present = allowed.filter((value) => value !== null);
  const { sql, type } = valueSql(column);
  const list =
    type === 'number' && present.every((value) => typeof value === 'number')
      ? `${sql} IN (${present.map((value) => `CAST(${value} AS DOUBLE)`).join(', ')})`
      : `${textSql(column)} IN (${present.map((value) => sqlText(String(value))).join(', ')})`;
  return `NOT ${missingSql(column)} AND NOT ${present.length === 0 ? 'false' : list}`;
}

function say(value: Scalar): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A row-wise expectation has rows at fault where it is false; one over the table holds or fails as a whole. */
async function expectation(table: DuckTable, expression: string, path: string): Promise<Check | undefined> {
  const { columns, name, database } = table.relation;
  try {
    const value = compileExpression(expression, scopeOf(columns, name), {
      wants: 'boolean',
      aggregates: true,
    });
    const message = (n: number) => `${grouped(n)} rows break \`${expression}\``;
    if (!value.wholeTable) return { path, fault: `NOT coalesce(${value.sql}, true)`, message };
    const [holds] = await database.row(`SELECT ${value.sql}`).catch(rethrow(expression));
    return holds === true ? undefined : { path, message: () => `\`${expression}\` does not hold` };
  } catch (error) {
    if (!(error instanceof ModelwrightError) || error.code !== 'expression-failed') throw error;
    const { message } = error;
    return { path, message: () => message };
  }
}

function duckTable(table: Table): DuckTable {
  if (!(table instanceof DuckTable)) throw new TypeError('the contract is checked on a table of openTable');
  return table;
}
