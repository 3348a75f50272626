/** The Table over a DuckDB relation: every method is one query whose result lands in one typed array. */
import { ModelwrightError } from '../catalog/errors.ts';
import { nearest } from '../config/nearest.ts';
import { epochsSql, numbersSql, type SqlColumn, textSql, valueSql } from './columnSql.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import type { Database } from './database.ts';
import type { CountNulls } from './loaded.ts';
import { type Dictionary, missingEpoch, type Table, type TableColumn } from './table.ts';

export interface Relation {
  readonly database: Database;
  /** The table in DuckDB. */
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  /** SQL for the zero-based row number in the source. */
  readonly row: string;
  readonly rowCount: number;
  readonly hash: string;
  /** CSV only. */
  readonly countNulls?: CountNulls;
  /** Which part of a predefined split each file is, and the rows of the source after it. */
  readonly parts: readonly { readonly part: 0 | 1 | 2 | 3; readonly end: number }[];
}

export class DuckTable implements Table {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  readonly hash: string;
  /** For the profile and the contract check, which ask DuckDB themselves. */
  readonly relation: Relation;
  readonly #columns: ReadonlyMap<string, SqlColumn>;
  /** Read once for all who ask while somebody still holds them. */
  readonly #reading = new Map<string, Promise<Float64Array>>();
  readonly #numbers = new Map<string, WeakRef<Float64Array>>();
  readonly #levels = new Map<string, Promise<Levels>>();

  constructor(relation: Relation) {
    this.relation = relation;
    this.columns = relation.columns.map(({ name, kind, input, type, derived }) => ({
      name,
      kind,
      input,
      type,
      derived,
    }));
    this.rowCount = relation.rowCount;
    this.hash = relation.hash;
    this.#columns = new Map(relation.columns.map((column) => [column.name, column]));
  }

  column(name: string): TableColumn {
    const { kind, input, type, derived } = this.sqlColumn(name);
    return { name, kind, input, type, derived };
  }

  sqlColumn(name: string): SqlColumn {
    const column = this.#columns.get(name);
    if (column !== undefined) return column;
    const close = nearest(name, this.#columns.keys());
    const names = [...this.#columns.keys()].slice(0, 10).join(', ');
    const hint = close === undefined ? `It has: ${names}.` : `Did you mean \`${close}\`?`;
    throw new ModelwrightError('column-not-found', { column: name, nearest: hint }, { column: name });
  }

  async rowNumbers(): Promise<Float64Array> {
    const rows = new Float64Array(this.rowCount);
    if (this.relation.row !== 'rowid') return this.#fill(`CAST(${this.relation.row} AS DOUBLE)`, rows);
    for (let row = 0; row < rows.length; row++) rows[row] = row;
    return rows;
  }

  async predefined(): Promise<Uint8Array | undefined> {
    const { parts } = this.relation;
    if (parts.every(({ part }) => part === 0)) return undefined;
    const rows = await this.rowNumbers();
    const out = new Uint8Array(this.rowCount);
    let file = 0;
    for (let index = 0; index < out.length; index++) {
      while (file < parts.length - 1 && (rows[index] ?? 0) >= (parts[file]?.end ?? 0)) file++;
      out[index] = parts[file]?.part ?? 0;
    }
    return out;
  }

  numbers(name: string): Promise<Float64Array> {
    const held = this.#numbers.get(name)?.deref();
    if (held !== undefined) return Promise.resolve(held);
    const reading = this.#reading.get(name) ?? this.#readNumbers(name);
    this.#reading.set(name, reading);
    return reading;
  }

  async #readNumbers(name: string): Promise<Float64Array> {
    try {
      const number = numbersSql(this.sqlColumn(name));
      const out = new Float64Array(this.rowCount);
      const values = await this.#fill(`coalesce(${number}, CAST('nan' AS DOUBLE))`, out);
      this.#numbers.set(name, new WeakRef(values));
      return values;
    } finally {
      this.#reading.delete(name);
    }
  }

  async epochs(name: string): Promise<BigInt64Array> {
    const seconds = epochsSql(this.sqlColumn(name));
    const missing = `CAST('${missingEpoch}' AS BIGINT)`;
    return this.#fill(`coalesce(${seconds}, ${missing})`, new BigInt64Array(this.rowCount));
  }

  async dictionary(name: string): Promise<Dictionary> {
    const column = this.sqlColumn(name);
    const { levels, type } = await this.#levelsOf(column);
    const codes = new Int32Array(this.rowCount);
    if (type === undefined) return { levels, codes };
    const code = `CAST(enum_code(CAST(nullif(${textSql(column)}, '') AS ${type})) AS INTEGER) + 1`;
    await this.#fill(`coalesce(${code}, 0)`, codes);
    return { levels, codes };
  }

  async rawStrings(name: string, rows: Int32Array): Promise<string[]> {
    if (rows.length === 0) return [];
    const text = `coalesce(${textSql(this.sqlColumn(name))}, '')`;
    const { first, last } = rangeOf(rows);
    const { database, name: relation } = this.relation;
    // Rows close together: read the stretch. Rows far apart: look each up.
    if (last - first < 20 * rows.length) {
      const stretch = await database.texts(
        `SELECT ${text} FROM ${relation} WHERE rowid BETWEEN ${first} AND ${last}`,
      );
      return Array.from(rows, (row) => stretch[row - first] ?? '');
    }
    const distinct = [...new Set(rows)].toSorted((a, b) => a - b);
    const found = await database.texts(
      `SELECT ${text} FROM ${relation} WHERE rowid IN (${distinct.join(', ')}) ORDER BY rowid`,
    );
    const byRow = new Map(distinct.map((row, index) => [row, found[index] ?? '']));
    return Array.from(rows, (row) => byRow.get(row) ?? '');
  }

  async test(expression: string): Promise<Uint8Array> {
    const { columns, name } = this.relation;
    const { sql } = compileExpression(expression, scopeOf(columns, name), { wants: 'boolean' });
    const code = `CAST(CASE WHEN ${sql} THEN 1 WHEN NOT ${sql} THEN 0 ELSE 2 END AS UTINYINT)`;
    return this.#fill(code, new Uint8Array(this.rowCount)).catch(rethrow(expression));
  }

  async rowHashes(names: readonly string[]): Promise<BigUint64Array<ArrayBuffer>> {
    return this.#fill(this.#hashSql(names), new BigUint64Array(this.rowCount));
  }

  /** As `rowHashes` of some columns, and of them and others together, at little more than the price of one. */
  async nestedHashes(
    names: readonly string[],
    others: readonly string[],
  ): Promise<[BigUint64Array<ArrayBuffer>, BigUint64Array<ArrayBuffer>]> {
    const [inner, outer] = [new BigUint64Array(this.rowCount), new BigUint64Array(this.rowCount)];
    await this.relation.database.fillAll(
      `SELECT inside, hash(inside, ${this.#hashSql(others)}) FROM (SELECT *, ${this.#hashSql(names)} AS inside FROM ${this.relation.name})`,
      [inner, outer],
    );
    return [inner, outer];
  }

  #hashSql(names: readonly string[]): string {
    return `hash(${names.map((name) => valueSql(this.sqlColumn(name)).sql).join(', ')})`;
  }

  /** A table without the rows for which one of the SQL conditions is true. This one is used up. */
  async without(faults: readonly string[]): Promise<DuckTable> {
    const { database, name, columns, row } = this.relation;
    const kept = columns.map(({ sql }, index) => `${sql} AS q${index}`);
    await database.run(`CREATE TABLE kept AS SELECT ${row} AS source_row, ${kept.join(', ')} FROM ${name}
      WHERE NOT (${faults.map((fault) => `coalesce(${fault}, false)`).join(' OR ')})`);
    await database.run(`DROP TABLE ${name}`);
    const [count] = await database.row('SELECT count(*) FROM kept');
    if (Number(count) === 0) throw new ModelwrightError('data-filtered-out', { rows: this.rowCount });
    return new DuckTable({
      ...this.relation,
      name: 'kept',
      columns: columns.map((column, index) => ({ ...column, sql: `q${index}` })),
      row: 'source_row',
      rowCount: Number(count),
    });
  }

  async close(): Promise<void> {
    this.relation.database.close();
  }

  #fill<T extends Float64Array | Int32Array | BigInt64Array | BigUint64Array | Uint8Array>(
    sql: string,
    out: T,
  ) {
    return this.relation.database.fill(`SELECT ${sql} FROM ${this.relation.name}`, out);
  }

  /** Name of a DuckDB table of the levels `v` of a column, in their order, and the rows `n` of each. */
  async levelTable(name: string): Promise<string> {
    return (await this.#levelsOf(this.sqlColumn(name))).table;
  }

  /** The column's levels, and an enum type of them, for as long as the table is open. */
  #levelsOf(column: SqlColumn): Promise<Levels> {
    const known = this.#levels.get(column.name);
    if (known !== undefined) return known;
    const found = this.#makeLevels(column, `levels${this.#levels.size}`);
    this.#levels.set(column.name, found);
    return found;
  }

  async #makeLevels(column: SqlColumn, name: string): Promise<Levels> {
    const { database, name: relation } = this.relation;
    const table = `${name}_rows`;
    const text = `nullif(${textSql(column)}, '')`;
    await database.run(`CREATE TEMP TABLE ${table} AS
      SELECT ${text} AS v, count(*) AS n FROM ${relation} WHERE ${text} IS NOT NULL GROUP BY v ORDER BY v`);
    const levels = await database.texts(`SELECT v FROM ${table}`);
    if (levels.length === 0) return { levels, table, type: undefined };
    await database.run(`CREATE TYPE ${name} AS ENUM (SELECT v FROM ${table})`);
    return { levels, table, type: name };
  }
}

interface Levels {
  readonly levels: string[];
  /** See `levelTable`. */
  readonly table: string;
  /** The enum; none without levels. */
  readonly type: string | undefined;
}

function rangeOf(rows: Int32Array): { first: number; last: number } {
  let first = rows[0] ?? 0;
  let last = first;
  for (const row of rows) {
    if (row < first) first = row;
    if (row > last) last = row;
  }
  return { first, last };
}
