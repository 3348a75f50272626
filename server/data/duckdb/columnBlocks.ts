/**
 * Wide tables: DuckDB takes time and memory for every column of a table, whichever of them a question is about, so that
 * many columns stand in several tables side by side, and a view of all for the questions that expressions ask.
 */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Database } from './database.ts';

/** Columns from which a table is kept in blocks. */
const manyColumns = 500;
const blockColumns = 200;
/** Beyond it every step after reading would take hours: each column is an input of the model file. */
const mostColumns = 20_000;

/** Columns of a source that stand in one DuckDB table. */
export interface ColumnBlock {
  readonly table: string;
  /** Index of the first, and after the last. */
  readonly from: number;
  readonly end: number;
}

/** The tables for so many columns: `source` itself, or blocks of which `joinBlocks` makes `source`. */
export function blocksOf(columns: number): readonly ColumnBlock[] {
  if (columns <= manyColumns) return [{ table: 'source', from: 0, end: columns }];
  return Array.from({ length: Math.ceil(columns / blockColumns) }, (_, index) => ({
    table: `block${index}`,
    from: index * blockColumns,
    end: Math.min(columns, (index + 1) * blockColumns),
  }));
}

/** Throws `too-many-columns`. */
export function refuseTooWide(path: string, columns: number): void {
  if (columns <= mostColumns) return;
  throw new ModelwrightError('too-many-columns', { path, columns, most: mostColumns }, { file: path });
}

/** The view `name` of tables with equally many rows, where there are several; `row` stands in each of them. */
export async function joinBlocks(
  database: Database,
  name: string,
  { tables, row }: { tables: readonly string[]; row?: string },
): Promise<void> {
  const [first] = tables;
  if (first === undefined || first === name) return;
  const rest = tables.slice(1).map((table) => `${table}.*${row === undefined ? '' : ` EXCLUDE (${row})`}`);
  await database.run(
    `CREATE VIEW ${name} AS SELECT ${first}.rowid AS rowid, ${[`${first}.*`, ...rest].join(', ')} FROM ${tables.join(' POSITIONAL JOIN ')}`,
  );
}

/** The columns by the DuckDB table that answers for them, in their order. */
export function groupByBlock<T extends { readonly block?: string }>(
  relation: string,
  columns: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(columns, ({ block }) => block ?? relation);
}

export interface TakenRows {
  /** Of the new relation, whose columns are `${name}_0`, `${name}_1`, …. */
  readonly name: string;
  /** SQL of a query whose only column `r` is rowids in ascending order. */
  readonly rows: string;
}

/** What is asked of a column here. */
interface HeldColumn {
  readonly sql: string;
  readonly block?: string;
  readonly range?: unknown;
}

/** A relation whose columns stand in blocks; see duckTable.ts. */
interface HeldRows<Column extends HeldColumn> {
  readonly database: Database;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly row: string;
}

/** Some rows of a relation in blocks as new blocks, with the row numbers of the source in `source_row`. */
export async function takeFromBlocks<Column extends HeldColumn>(
  { database, name: relation, columns, row }: HeldRows<Column>,
  { name, rows }: TakenRows,
) {
  await database.run(`CREATE TABLE ${name}_rows AS ${rows}`);
  const names = new Map(columns.map((column, index) => [column, `${name}_${index}`]));
  const taken = new Map<Column, Omit<Column, 'range'> & { sql: string; block: string }>();
  const tables: string[] = [];
  for (const [from, held] of groupByBlock(relation, columns)) {
    const table = `${name}_${from}`;
    const select = held.map((column) => {
      const sql = names.get(column) ?? '';
      // The range of fewer rows may be another.
      const { range: _, ...kept } = column;
      taken.set(column, { ...kept, sql, block: table });
      return `${column.sql} AS ${sql}`;
    });
    const number = row === 'rowid' ? `${from}.rowid` : `${from}.${row}`;
    await database.run(
      `CREATE TABLE ${table} AS SELECT ${number} AS source_row, ${select.join(', ')} FROM ${from} JOIN ${name}_rows ON ${from}.rowid = r ORDER BY r`,
    );
    tables.push(table);
  }
  const [count] = await database.row(`SELECT count(*) FROM ${name}_rows`);
  await database.run(`DROP TABLE ${name}_rows`);
  await joinBlocks(database, name, { tables, row: 'source_row' });
  return {
    name,
    columns: columns.flatMap((column) => taken.get(column) ?? []),
    row: 'source_row',
    rowCount: Number(count),
    view: false,
  };
}

/** Of a relation that is used up. */
export async function dropBlocks({ database, name, columns }: HeldRows<HeldColumn>): Promise<void> {
  await database.run(`DROP VIEW ${name}`);
  for (const table of new Set(columns.flatMap(({ block }) => block ?? [])))
    await database.run(`DROP TABLE ${table}`);
}

export function isInBlocks(columns: readonly { readonly block?: string }[]): boolean {
  return columns.some(({ block }) => block !== undefined);
}
