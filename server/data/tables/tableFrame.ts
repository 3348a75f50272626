/** A relation that grows by columns found in tables beside it, row by row, as joins and windowed features are. */
import { isInBlocks, joinBlocks } from '../duckdb/columnBlocks.ts';
import type { Database } from '../duckdb/database.ts';
import type { SqlColumn } from '../sources/columnSql.ts';

/** Columns in a DuckDB table of as many rows in the same order. */
export interface BesideTable {
  readonly table: string;
  readonly columns: readonly { readonly id: string; readonly sql: string }[];
}

export class TableFrame {
  readonly database: Database;
  /** The DuckDB relation; its rows are counted by `rowid`. */
  readonly relation: string;
  readonly rowCount: number;
  /** It is a view of the files. */
  view: boolean;
  columns: SqlColumn[];
  /** Columns by which rows are kept that join none: SQL of conditions. */
  readonly conditions: string[] = [];
  #waiting: BesideTable[] = [];

  constructor(
    database: Database,
    frame: { relation: string; rowCount: number; view: boolean; columns: SqlColumn[] },
  ) {
    this.database = database;
    this.relation = frame.relation;
    this.rowCount = frame.rowCount;
    this.view = frame.view;
    this.columns = frame.columns;
  }

  /** The columns are part of the relation once it is settled. */
  attach(beside: BesideTable): void {
    this.#waiting.push(beside);
  }

  /** Brings what was attached into the relation: one copy of its rows, or one block more. */
  async settle(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    await (isInBlocks(this.columns) ? this.#addBlock(waiting) : this.#copy(waiting));
    for (const { table } of waiting) await this.database.run(`DROP TABLE ${table}`);
  }

  async #copy(waiting: readonly BesideTable[]): Promise<void> {
    const { relation, database } = this;
    const own = this.view ? `${relation}.* EXCLUDE (rowid)` : `${relation}.*`;
    const from = [relation, ...waiting.map(({ table }) => table)].join(' POSITIONAL JOIN ');
    await database.run(
      `CREATE TABLE ${relation}_grown AS SELECT ${[own, ...selected(waiting)].join(', ')} FROM ${from}`,
    );
    await database.run(`DROP ${this.view ? 'VIEW' : 'TABLE'} ${relation}`);
    await database.run(`ALTER TABLE ${relation}_grown RENAME TO ${relation.split('.').at(-1)}`);
    this.view = false;
  }

  async #addBlock(waiting: readonly BesideTable[]): Promise<void> {
    const { relation, database } = this;
    const blocks = [...new Set(this.columns.flatMap(({ block }) => block ?? []))];
    const block = `${relation}_block${blocks.length}`;
    const from = waiting.map(({ table }) => table).join(' POSITIONAL JOIN ');
    await database.run(`CREATE TABLE ${block} AS SELECT ${selected(waiting).join(', ')} FROM ${from}`);
    const ids = new Set(waiting.flatMap(({ columns }) => columns.map(({ id }) => id)));
    this.columns = this.columns.map((column) => (ids.has(column.sql) ? { ...column, block } : column));
    await database.run(`DROP VIEW ${relation}`);
    await joinBlocks(database, relation, { tables: [...blocks, block] });
  }
}

function selected(waiting: readonly BesideTable[]): string[] {
  return waiting.flatMap(({ columns }) => columns.map(({ id, sql }) => `${sql} AS ${id}`));
}
