/** Rows and what lies before each of them, sorted side by side: what point-in-time joins and windowed features are found in. */
import {
  findStretches,
  type Sorted,
  type Stretches,
  type WindowShape,
} from '../../statistics/slidingWindow.ts';
import { createTable } from '../duckdb/append.ts';
import type { Database } from '../duckdb/database.ts';

/** Rows of a relation, in SQL. */
export interface TimedRows {
  readonly relation: string;
  /** What must be equal; a row with a missing one is in no group. */
  readonly keys: readonly string[];
  /** TIMESTAMP; a row without is before nothing. */
  readonly at: string;
}

export interface PastRequest {
  readonly asking: TimedRows;
  /** Of one relation, or of several that follow each other. */
  readonly events: readonly TimedRows[];
}

interface Found {
  readonly events: Sorted;
  readonly asking: Sorted;
  /** Of each event its number in its relation, and which of the relations that is. */
  readonly eventRows: Int32Array;
  readonly eventParts: Int32Array;
  /** Of each asking row its number in its relation. */
  readonly askingRows: Int32Array;
  readonly askingCount: number;
}

/** The events in order, those of groups that nobody asks for left out, and for each row that asks where its own are. */
export class PastRows {
  readonly events: Sorted;
  /** Its rows with an instant and no missing key, by group and instant. */
  readonly asking: Sorted;
  readonly #database: Database;
  readonly #relations: readonly string[];
  readonly #found: Found;

  private constructor(database: Database, relations: readonly string[], found: Found) {
    this.#database = database;
    this.#relations = relations;
    this.#found = found;
    this.events = found.events;
    this.asking = found.asking;
  }

  /** Of events at one instant the one that stands later counts as later. */
  static async open(database: Database, { asking, events }: PastRequest): Promise<PastRows> {
    const keys = asking.keys.map((_, index) => `k${index}`);
    const using = keys.length === 0 ? '' : ` JOIN past_groups USING (${keys.join(', ')})`;
    const group = keys.length === 0 ? 'CAST(0 AS INTEGER) AS g' : 'g';
    await database.run(`CREATE TABLE past_rows AS ${timedSql(asking, 0)}`);
    if (keys.length > 0)
      await database.run(
        `CREATE TABLE past_groups AS SELECT CAST(row_number() OVER () AS INTEGER) AS g, * FROM (SELECT DISTINCT ${keys.join(', ')} FROM past_rows)`,
      );
    await database.run(
      `CREATE TABLE past_asking AS SELECT ${group}, x, r, o FROM past_rows${using} ORDER BY g, x, r`,
    );
    await database.run('DROP TABLE past_rows');
    const parts = events.map((rows, part) => timedSql(rows, part));
    await database.run(
      `CREATE TABLE past_events AS SELECT ${group}, x, r, o FROM (${parts.join(' UNION ALL ')})${using} ORDER BY g, x, o, r`,
    );
    if (keys.length > 0) await database.run('DROP TABLE past_groups');
    const asked = await takeSorted(database, 'past_asking');
    const found = await takeSorted(database, 'past_events');
    const relations = events.map(({ relation }) => relation);
    return new PastRows(database, relations, {
      events: found.sorted,
      eventRows: found.rows,
      eventParts: found.parts,
      asking: asked.sorted,
      askingRows: asked.rows,
      askingCount: await countRows(database, asking.relation),
    });
  }

  /** Instants in microseconds, as all lengths of time here. */
  stretches(shape: WindowShape): Stretches {
    return findStretches(this.events, this.asking, shape);
  }

  /** Of each event the value of its relation's SQL, NaN where missing or endless; truth values as 1 and 0. */
  async numbers(values: readonly string[]): Promise<Float64Array> {
    const number = (sql: string) =>
      `CASE WHEN isfinite(CAST(${sql} AS DOUBLE)) THEN CAST(${sql} AS DOUBLE) ELSE CAST('nan' AS DOUBLE) END`;
    return this.#ofEvents(values.map((sql, part) => `SELECT ${number(sql)} FROM ${this.#relations[part]}`));
  }

  /** The place of each event's value among them all, by which values that are no numbers are compared. */
  async ranks(values: readonly string[]): Promise<Float64Array> {
    const all = values.map((sql, part) => `SELECT DISTINCT ${sql} AS v FROM ${this.#relations[part]}`);
    await this.#database.run(
      `CREATE TABLE past_levels AS SELECT v, row_number() OVER (ORDER BY v) AS n FROM (SELECT DISTINCT v FROM (${all.join(' UNION ALL ')}) WHERE v IS NOT NULL)`,
    );
    const ranks = await this.#ofEvents(
      values.map(
        (sql, part) =>
          `SELECT coalesce(CAST(n AS DOUBLE), CAST('nan' AS DOUBLE)) FROM (SELECT rowid AS r, ${sql} AS w FROM ${this.#relations[part]}) LEFT JOIN past_levels ON v = w ORDER BY r`,
      ),
    );
    await this.#database.run('DROP TABLE past_levels');
    return ranks;
  }

  async #ofEvents(queries: readonly string[]): Promise<Float64Array> {
    const { eventRows, eventParts } = this.#found;
    const parts: Float64Array[] = [];
    for (const [part, query] of queries.entries()) {
      const rows = await countRows(this.#database, this.#relations[part] ?? '');
      parts.push(await this.#database.fill(query, new Float64Array(rows)));
    }
    const out = new Float64Array(eventRows.length);
    for (let event = 0; event < out.length; event++)
      out[event] = parts[eventParts[event] ?? 0]?.[eventRows[event] ?? 0] ?? Number.NaN;
    return out;
  }

  /** What was found for the asking rows, by the row's number in its relation; `none` for rows that do not ask. */
  spread(found: ArrayLike<number>, none: number): Float64Array {
    const out = new Float64Array(this.#found.askingCount).fill(none);
    const { askingRows } = this.#found;
    for (let index = 0; index < askingRows.length; index++)
      out[askingRows[index] ?? 0] = found[index] ?? none;
    return out;
  }

  /**
   * One event's columns for each row of the asking relation, which stand in the new table `table` in their order; null
   * where the event is -1. For each relation of events the SQL of the columns, `s` being the relation, by their names.
   */
  async fetch(
    table: string,
    events: Int32Array,
    columns: readonly (readonly { readonly id: string; readonly sql: string }[])[],
  ): Promise<void> {
    const { eventRows, eventParts } = this.#found;
    const rows = this.spread(
      events.map((event) => eventRows[event] ?? -1),
      -1,
    );
    const parts = this.spread(
      events.map((event) => eventParts[event] ?? -1),
      -1,
    );
    await createTable(this.#database, `${table}_places`, [rows, parts]);
    const joined = columns.map((own, part) => {
      const named = own.map(({ id, sql }) => `${sql} AS ${id}`);
      // A row without an event belongs to the first relation, in which it finds nothing.
      const mine = part === 0 ? 'p.a1 <= 0' : `p.a1 = ${part}`;
      return `SELECT p.rowid AS n, ${named.join(', ')} FROM ${table}_places AS p LEFT JOIN ${this.#relations[part]} AS s ON s.rowid = p.a0 WHERE ${mine}`;
    });
    await this.#database.run(
      `CREATE TABLE ${table} AS SELECT * EXCLUDE (n) FROM (${joined.join(' UNION ALL ')}) ORDER BY n`,
    );
    await this.#database.run(`DROP TABLE ${table}_places`);
  }
}

/** Several questions about the same rows sort them once; the last few are kept. */
export class PastCache {
  readonly #database: Database;
  readonly #kept = new Map<string, PastRows>();

  constructor(database: Database) {
    this.#database = database;
  }

  async open(request: PastRequest): Promise<PastRows> {
    const key = JSON.stringify([this.#database.schema, request]);
    const known = this.#kept.get(key) ?? (await PastRows.open(this.#database, request));
    this.#kept.delete(key);
    this.#kept.set(key, known);
    const [oldest = key] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    return known;
  }
}

const mostKept = 2;

/** `r` the row, `o` the part, `x` the instant in microseconds, `k0` … the keys; rows that miss one of them left out. */
function timedSql({ relation, keys, at }: TimedRows, part: number): string {
  const named = keys.map((sql, index) => `, ${sql} AS k${index}`).join('');
  const present = ['x', ...keys.map((_, index) => `k${index}`)].map((name) => `${name} IS NOT NULL`);
  return `SELECT * FROM (SELECT CAST(rowid AS INTEGER) AS r, CAST(${part} AS INTEGER) AS o, CAST(epoch_us(${at}) AS DOUBLE) AS x${named} FROM ${relation}) WHERE ${present.join(' AND ')}`;
}

/** The table as arrays; it is used up. */
async function takeSorted(database: Database, table: string) {
  const rows = await countRows(database, table);
  const whole = (column: string) => database.fill(`SELECT ${column} FROM ${table}`, new Int32Array(rows));
  const sorted: Sorted = {
    group: await whole('g'),
    at: await database.fill(`SELECT x FROM ${table}`, new Float64Array(rows)),
  };
  const taken = { sorted, rows: await whole('r'), parts: await whole('o') };
  await database.run(`DROP TABLE ${table}`);
  return taken;
}

async function countRows(database: Database, relation: string): Promise<number> {
  const [count] = await database.row(`SELECT count(*) FROM ${relation}`);
  return Number(count);
}
