/** Some rows of a large table as a table of their own, and what is counted over all rows: so that not every value must cross. */
import { createTable } from '../duckdb/append.ts';
import { isInBlocks, takeFromBlocks } from '../duckdb/columnBlocks.ts';
import { numbersSql, textSql } from '../sources/columnSql.ts';
import { DuckTable } from './duckTable.ts';
import { findLevels, readCodes } from './levels.ts';

/** The rows at these positions, which ascend, in memory. It is closed with `table`. */
export async function pickRows(table: DuckTable, rows: Int32Array): Promise<DuckTable> {
  const { database, name, columns } = table.relation;
  await createTable(database, 'picked_rows', [rows]);
  if (isInBlocks(columns)) {
    const asked = { name: 'chosen', rows: 'SELECT a0 AS r FROM picked_rows' };
    const taken = await takeFromBlocks(table.relation, asked);
    await database.run('DROP TABLE picked_rows');
    return new DuckTable({ ...table.relation, ...taken });
  }
  const kept = columns.map(({ sql }, index) => `${sql} AS p${index}`);
  await database.run(`CREATE TABLE picked AS SELECT a0 AS source_row, ${kept.join(', ')}
    FROM ${name} JOIN picked_rows ON ${name}.rowid = a0 ORDER BY a0`);
  await database.run('DROP TABLE picked_rows');
  return new DuckTable({
    ...table.relation,
    name: 'picked',
    view: false,
    columns: columns.map(({ range: _, ...column }, index) => ({ ...column, sql: `p${index}` })),
    row: 'source_row',
    rowCount: rows.length,
  });
}

/** Of a column of numbers over all rows. */
export interface NumberTotals {
  readonly missing: number;
  /** Infinity and -Infinity where no row has a value. */
  readonly low: number;
  readonly high: number;
  /** Rows outside the range that was asked about. */
  readonly outside: number;
}

interface NumberQuestion {
  readonly name: string;
  readonly range: { readonly low: number; readonly high: number } | undefined;
}

/** One for each question, in their order, in one pass over the table. */
export async function totalNumbers(
  table: DuckTable,
  questions: readonly NumberQuestion[],
): Promise<NumberTotals[]> {
  if (questions.length === 0) return [];
  const { database, name: relation } = table.relation;
  const numbers = questions.map(({ name }, index) => `${numbersSql(table.sqlColumn(name))} AS x${index}`);
  const wanted = questions.map(({ range }, index) => {
    const x = `x${index}`;
    const outside =
      range === undefined ? '0' : `count_if(${x} < ${doubleOf(range.low)} OR ${x} > ${doubleOf(range.high)})`;
    return [`count(${x})`, `min(${x})`, `max(${x})`, outside];
  });
  const answers = await database.aggregateEach(wanted, `(SELECT ${numbers.join(', ')} FROM ${relation})`);
  return answers.map(([present = 0, low = null, high = null, outside = 0]) => ({
    missing: table.rowCount - Number(present),
    low: low === null ? Infinity : Number(low),
    high: high === null ? -Infinity : Number(high),
    outside: Number(outside),
  }));
}

/** A literal that DuckDB reads as this very double. */
function doubleOf(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

export interface LevelTotals {
  /** Of all rows, sorted by code point. */
  readonly levels: readonly string[];
  /** Of all rows, by level. */
  readonly counts: Float64Array;
  /** Of the picked rows: 0 where missing, else 1 + the index of the level. */
  readonly codes: Int32Array;
}

/** `picked`: what `pickRows` made of `table`. */
export async function totalLevels(table: DuckTable, picked: DuckTable, name: string): Promise<LevelTotals> {
  const { database } = table.relation;
  const sourceOf = (own: DuckTable) => ({
    relation: own.sqlColumn(name).block ?? own.relation.name,
    text: textSql(own.sqlColumn(name)),
  });
  const index = table.columns.findIndex((column) => column.name === name);
  const found = await findLevels(database, `totals${index}`, sourceOf(table));
  const counts = new Float64Array(found.texts.length);
  await database.fill(`SELECT CAST(n AS DOUBLE) FROM ${found.table}`, counts);
  const codes = new Int32Array(picked.rowCount);
  if (found.texts.length > 0) await readCodes(database, sourceOf(picked), found, codes);
  return { levels: found.texts, counts, codes };
}
