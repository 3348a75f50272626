/** Rows of a table as text, for a person who wants to see what a finding is about. */
import type { RowAnswer, RowQuestion } from '../../protocol/dataMessages.ts';
import { sqlText } from '../duckdb/sql.ts';
import { missingSql, type SqlColumn, textSql, valueSql } from '../sources/columnSql.ts';
import type { Table } from '../table.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import { duckTable } from './profile.ts';

const mostRows = 100;
const mostColumns = 40;
/** Longer cells are cut: a cell can hold megabytes. */
const mostCharacters = 300;

/** Throws `column-not-found`. Columns that the question is about come first, then `wanted`, then the table's own order. */
export async function showRows(
  table: Table,
  question: RowQuestion,
  wanted: readonly string[],
): Promise<RowAnswer> {
  const duck = duckTable(table);
  const { database, name, row, columns } = duck.relation;
  const names = new Set([
    ...('column' in question ? [question.column] : []),
    ...wanted.filter((each) => columns.some((column) => column.name === each)),
    ...columns.map((column) => column.name),
  ]);
  const shown = [...names].slice(0, mostColumns).map((each) => duck.sqlColumn(each));
  const where = conditionOf(duck, question);
  const [total] = await database.row(`SELECT count(*) FROM ${name} WHERE ${where}`);
  const cells = shown.map((column) => `left(${cellSql(column)}, ${mostCharacters})`);
  const rows = await database.rows(
    `SELECT CAST(${row} AS DOUBLE), ${cells.join(', ')} FROM ${name} WHERE ${where} ${orderOf(duck, question)} LIMIT ${mostRows}`,
  );
  return {
    columns: shown.map((column) => column.name),
    rows: rows.map(([number, ...values]) => ({
      row: Number(number),
      cells: values.map((value) => (value === null ? null : String(value))),
    })),
    total: Number(total),
    allColumns: columns.length,
  };
}

/** As it stands in the source; null where it counts as missing. */
function cellSql(column: SqlColumn): string {
  return `CASE WHEN ${missingSql(column)} THEN NULL ELSE CAST(${textSql(column)} AS VARCHAR) END`;
}

function conditionOf(table: DuckTable, question: RowQuestion): string {
  const { row } = table.relation;
  switch (question.of) {
    case 'first':
      return 'true';
    case 'rows':
      return question.rows.length === 0 ? 'false' : `${row} IN (${question.rows.join(', ')})`;
    case 'missing':
      return missingSql(table.sqlColumn(question.column));
    case 'values':
      return valuesSql(table.sqlColumn(question.column), question.values);
    case 'repeated':
      return `hash(${keySql(table, question.except)}) IN (SELECT hash(${keySql(table, question.except)}) FROM ${table.relation.name} GROUP BY 1 HAVING count(*) > 1)`;
  }
}

/** Numbers by value, so that `-999` finds `-999.0`; everything else by its text. */
function valuesSql(column: SqlColumn, values: readonly string[]): string {
  const value = valueSql(column);
  const numbers = values.map(Number).filter(Number.isFinite);
  if (value.type === 'number' && numbers.length > 0) return `${value.sql} IN (${numbers.join(', ')})`;
  return values.length === 0
    ? 'false'
    : `CAST(${textSql(column)} AS VARCHAR) IN (${values.map(sqlText).join(', ')})`;
}

/** Rows that are equal stand together. */
function orderOf(table: DuckTable, question: RowQuestion): string {
  const { row } = table.relation;
  return question.of === 'repeated'
    ? `ORDER BY hash(${keySql(table, question.except)}), ${row}`
    : `ORDER BY ${row}`;
}

function keySql({ relation }: DuckTable, except: string | null): string {
  return relation.columns
    .filter(({ name }) => name !== except)
    .map((column) => valueSql(column).sql)
    .join(', ');
}
