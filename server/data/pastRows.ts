/** Rows and what lies before each of them, sorted side by side: what point-in-time joins and windowed features are found in. */
import { findStretches, type Sorted, type Stretches, type WindowShape } from '../statistics/slidingWindow.ts';
import { createTable } from './append.ts';
import type { Database } from './database.ts';

/** Rows of a relation, in SQL. */
export interface TimedRows {
  readonly relation: string;
  /** What must be equal; a row with a missing one is in no group. */
  readonly keys: readonly string[];
  /** TIMESTAMP; a row without is before nothing. */
  readonly at: string;
}

export interface PastRequest {
  /** Of the tables that are made. */
  readonly name: string;
  readonly asking: TimedRows;
  /** Rows of the relation that asks. */
  readonly rowCount: number;
  readonly events: readonly TimedEvents[];
}

export interface TimedEvents extends TimedRows {
  /** In SQL; of all relations equally many and of the same types. */
  readonly values: readonly string[];
}

/** The events in order, those of groups that nobody asks for left out, and for each row that asks where its own are. */
export class PastRows {
  readonly events: Sorted;
  /** Its rows with an instant and no missing key, by group and instant. */
  readonly asking: Sorted;
  /** Of each asking row its number in its relation. */
  readonly #rows: Int32Array;
  readonly #request: PastRequest;
  readonly #database: Database;

  private constructor(
    database: Database,
    request: PastRequest,
    sorted: { readonly events: Sorted; readonly asking: Sorted; readonly rows: Int32Array },
  ) {
    this.#database = database;
    this.#request = request;
    this.events = sorted.events;
    this.asking = sorted.asking;
    this.#rows = sorted.rows;
  }

  /** Of events at one instant the one that stands later counts as later. */
  static async open(database: Database, request: PastRequest): Promise<PastRows> {
    const { name, asking, events } = request;
    const keys = asking.keys.map((_, index) => `k${index}`);
    const using = keys.length === 0 ? '' : ` JOIN ${name}_groups USING (${keys.join(', ')})`;
    const group = keys.length === 0 ? 'CAST(0 AS INTEGER) AS g' : 'g';
    await database.run(`CREATE TABLE ${name}_rows AS ${timedSql(asking, '')}`);
    if (keys.length > 0)
      await database.run(
        `CREATE TABLE ${name}_groups AS SELECT CAST(row_number() OVER () AS INTEGER) AS g, * FROM (SELECT DISTINCT ${keys.join(', ')} FROM ${name}_rows)`,
      );
    await database.run(
      `CREATE TABLE ${name}_asking AS SELECT ${group}, x, CAST(r AS INTEGER) AS r FROM ${name}_rows${using} ORDER BY g, x, r`,
    );
    await database.run(`DROP TABLE ${name}_rows`);
    const parts = events.map((rows, order) => {
      const values = rows.values.map((sql, index) => `, ${sql} AS v${index}`).join('');
      return timedSql(rows, `, ${order} AS o${values}`);
    });
    const values = events[0]?.values.map((_, index) => `, v${index}`).join('') ?? '';
    await database.run(
      `CREATE TABLE ${name}_events AS SELECT ${group}, x, r${values} FROM (${parts.join(' UNION ALL ')})${using} ORDER BY g, x, o, r`,
    );
    if (keys.length > 0) await database.run(`DROP TABLE ${name}_groups`);
    const asked = await sortedOf(database, `${name}_asking`);
    const rows = await database.fill(`SELECT r FROM ${name}_asking`, new Int32Array(asked.at.length));
    await database.run(`DROP TABLE ${name}_asking`);
    return new PastRows(database, request, {
      events: await sortedOf(database, `${name}_events`),
      asking: asked,
      rows,
    });
  }

  /** Instants in microseconds, as all lengths of time here. */
  stretches(shape: WindowShape): Stretches {
    return findStretches(this.events, this.asking, shape);
  }

  /** The events' value of that number, NaN where missing; truth values as 1 and 0. */
  async numbers(value: number): Promise<Float64Array> {
    const sql = `CAST(v${value} AS DOUBLE)`;
    const number = `CASE WHEN isfinite(${sql}) THEN ${sql} ELSE CAST('nan' AS DOUBLE) END`;
    return this.#database.fill(
      `SELECT ${number} FROM ${this.#request.name}_events`,
      new Float64Array(this.events.at.length),
    );
  }

  /** The place of each event's value among them all, by which values that are no numbers are compared. */
  async ranks(value: number): Promise<Float64Array> {
    const { name } = this.#request;
    await this.#database.run(
      `CREATE TABLE ${name}_levels AS SELECT v, row_number() OVER (ORDER BY v) AS n FROM (SELECT DISTINCT v${value} AS v FROM ${name}_events WHERE v${value} IS NOT NULL)`,
    );
    const ranks = await this.#database.fill(
      `SELECT coalesce(CAST(n AS DOUBLE), CAST('nan' AS DOUBLE)) FROM ${name}_events AS e LEFT JOIN ${name}_levels ON v${value} = v ORDER BY e.rowid`,
      new Float64Array(this.events.at.length),
    );
    await this.#database.run(`DROP TABLE ${name}_levels`);
    return ranks;
  }

  /** What was found for the asking rows, by the row's number in its relation; `none` for rows that do not ask. */
  spread(found: ArrayLike<number>, none: number): Float64Array {
    const out = new Float64Array(this.#request.rowCount).fill(none);
    for (const [index, row] of this.#rows.entries()) out[row] = found[index] ?? none;
    return out;
  }

  /**
   * The named SQL of one event for each row of the asking relation, which stand in the new table `table` in their order;
   * null where the event is -1. `relation`: where the SQL is evaluated if not over the events' own values.
   */
  async fetch(
    table: string,
    events: Int32Array,
    { columns, relation }: { columns: readonly string[]; relation?: string },
  ): Promise<void> {
    const places = this.spread(events, -1);
    await createTable(this.#database, `${table}_places`, [places]);
    const own = `${this.#request.name}_events`;
    const source = relation === undefined ? own : `${relation} AS s`;
    const number = relation === undefined ? `${own}.rowid` : 's.rowid';
    const wanted =
      relation === undefined
        ? `SELECT rowid AS n, a0 AS p FROM ${table}_places`
        : `SELECT q.rowid AS n, e.r AS p FROM ${table}_places AS q LEFT JOIN ${own} AS e ON e.rowid = q.a0`;
    await this.#database.run(
      `CREATE TABLE ${table} AS SELECT ${columns.join(', ')} FROM (${wanted}) AS w LEFT JOIN ${source} ON ${number} = w.p ORDER BY w.n`,
    );
    await this.#database.run(`DROP TABLE ${table}_places`);
  }

  async close(): Promise<void> {
    await this.#database.run(`DROP TABLE ${this.#request.name}_events`);
  }
}

/** `r` the row, `x` the instant in microseconds, `k0` … the keys; rows that miss one of them left out. */
function timedSql({ relation, keys, at }: TimedRows, more: string): string {
  const named = keys.map((sql, index) => `, ${sql} AS k${index}`).join('');
  const present = ['x', ...keys.map((_, index) => `k${index}`)].map((name) => `${name} IS NOT NULL`);
  return `SELECT * FROM (SELECT rowid AS r, CAST(epoch_us(${at}) AS DOUBLE) AS x${named}${more} FROM ${relation}) WHERE ${present.join(' AND ')}`;
}

async function sortedOf(database: Database, table: string): Promise<Sorted> {
  const [count] = await database.row(`SELECT count(*) FROM ${table}`);
  const rows = Number(count);
  return {
    group: await database.fill(`SELECT g FROM ${table}`, new Int32Array(rows)),
    at: await database.fill(`SELECT x FROM ${table}`, new Float64Array(rows)),
  };
}
