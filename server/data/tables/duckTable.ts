/** The Table over a DuckDB relation: every method is one query whose result lands in one typed array. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { dropBlocks, groupByBlock, isInBlocks, takeFromBlocks } from '../duckdb/columnBlocks.ts';
import type { Database, Items } from '../duckdb/database.ts';
import { Shared } from '../duckdb/shared.ts';
import { isFloat, isTime, type NumberRange } from '../duckdb/sqlTypes.ts';
import { columnNotFound } from '../sources/columnNotFound.ts';
import { comparedSql, epochsSql, type SqlColumn, textSql } from '../sources/columnSql.ts';
import type { CountNulls } from '../sources/loaded.ts';
import { offsetSql, rangeOf, rangeSql } from '../sources/numberRange.ts';
import { pickHashes } from '../split/splitTwins.ts';
import {
  type Dictionary,
  type JoinedSource,
  missingEpoch,
  type Table,
  type TableColumn,
  type UsedHistory,
} from '../table.ts';
import { compileExpression, rethrow, scopeOf } from './compileExpression.ts';
import {
  codeTexts,
  findLevels,
  type Levels,
  readCodes,
  readDictionaries,
  type TextSource,
} from './levels.ts';
import { addOffsets, doubleSql, type Floats, floatSql, readFloats, setFinite } from './numberTransfer.ts';

export interface Relation {
  readonly database: Database;
  /** The table in DuckDB. */
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  /** SQL for the zero-based row number in the source. */
  readonly row: string;
  readonly rowCount: number;
  readonly hash: string;
  /** `name` is a view of the files. */
  readonly view: boolean;
  /** CSV only. */
  readonly countNulls?: CountNulls;
  /** Which part of a predefined split each file is, and the rows of the source after it. */
  readonly parts: readonly { readonly part: 0 | 1 | 2 | 3; readonly end: number }[];
  readonly joined?: readonly JoinedSource[];
  readonly used?: readonly UsedHistory[];
}

export class DuckTable implements Table {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  readonly hash: string;
  readonly joined: readonly JoinedSource[];
  readonly used: readonly UsedHistory[];
  /** For the profile and the contract check, which ask DuckDB themselves. */
  readonly relation: Relation;
  readonly #columns: ReadonlyMap<string, SqlColumn>;
  readonly #numbers = new Shared<Float64Array>();
  readonly #offsets = new Shared<Int32Array>();
  readonly #infinite = new Map<string, number>();
  readonly #levels = new Map<string, Promise<Levels>>();
  #together: Promise<ReadonlyMap<string, Floats>> | undefined;
  #texts: Promise<ReadonlyMap<string, Dictionary>> | undefined;
  readonly #ranges = new Map<number, Promise<ReadonlyMap<string, NumberRange>>>();

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
    this.joined = relation.joined ?? [];
    this.used = relation.used ?? [];
    this.#columns = new Map(relation.columns.map((column) => [column.name, column]));
  }

  column(name: string): TableColumn {
    const { kind, input, type, derived } = this.sqlColumn(name);
    return { name, kind, input, type, derived };
  }

  sqlColumn(name: string): SqlColumn {
    const column = this.#columns.get(name);
    if (column !== undefined) return column;
    throw columnNotFound(name, [...this.#columns.keys()]);
  }

  async rowNumbers(): Promise<Float64Array> {
    const rows = new Float64Array(this.rowCount);
    if (this.relation.row !== 'rowid') {
      const from = this.relation.columns[0]?.block ?? this.relation.name;
      return this.#fill(`CAST(${this.relation.row} AS DOUBLE)`, rows, from);
    }
    for (let row = 0; row < rows.length; row++) rows[row] = row;
    return rows;
  }

  async rowNumbersOf(rows: readonly number[]): Promise<number[]> {
    if (rows.length === 0 || this.relation.row === 'rowid') return [...rows];
    const numbers = await this.rowNumbers();
    return rows.map((row) => numbers[row] ?? row);
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
    return this.#numbers.of(name, async () => {
      const column = this.sqlColumn(name);
      const values = new Float64Array(new SharedArrayBuffer(8 * this.rowCount));
      const range = await this.rangeOf(column);
      const offset = range && offsetSql(column, range);
      if (range === undefined || offset === undefined)
        return isFloat(column.type) && column.kind !== 'datetime'
          ? this.#floats(column, values)
          : this.#fill(doubleSql(column), values, column.block);
      const take = (items: ArrayLike<number>, from: number) => addOffsets(items, range.min - 1, values, from);
      const read = this.#offsets.known(name);
      if (read === undefined) await this.#scan(offset, take, column.block);
      else take(await read, 0);
      return values;
    });
  }

  async #floats(column: SqlColumn, values: Float64Array): Promise<Float64Array> {
    if (this.#hasFewCells()) {
      this.#together ??= readFloats(this.relation);
      const own = (await this.#together).get(column.name);
      if (own !== undefined) {
        this.#infinite.set(column.name, own.infinite);
        return own.values;
      }
    }
    let infinite = 0;
    await this.#scan(
      floatSql(column),
      (items, from) => {
        infinite += setFinite(items, values, from);
      },
      column.block,
    );
    this.#infinite.set(column.name, infinite);
    return values;
  }

  #hasFewCells(): boolean {
    const { columns } = this.relation;
    return !isInBlocks(columns) && this.rowCount * columns.length <= fewCells;
  }

  /** Rows of a column that `numbers` has read which are infinite. */
  infiniteOf(name: string): number {
    return this.#infinite.get(name) ?? 0;
  }

  /** The column's place between the ends of its range, from 1 on; 0 where missing. For ranges of less than 2^31. */
  async offsets(column: SqlColumn, range: NumberRange): Promise<Int32Array> {
    return this.#offsets.of(column.name, () =>
      this.#fill(
        offsetSql(column, range) ?? '0',
        new Int32Array(new SharedArrayBuffer(4 * this.rowCount)),
        column.block,
      ),
    );
  }

  /** Undefined for a column without values, or whose values are not all whole. Found for some columns at once. */
  async rangeOf(column: SqlColumn): Promise<NumberRange | undefined> {
    if ('range' in column) return isNumber(column) ? column.range : undefined;
    if (column.type === 'BOOLEAN') return { min: 0, max: 1 };
    const group = Math.floor(this.relation.columns.indexOf(column) / rangeGroup);
    const finding = this.#ranges.get(group) ?? this.#findRanges(group);
    this.#ranges.set(group, finding);
    return (await finding).get(column.name);
  }

  async #findRanges(group: number): Promise<ReadonlyMap<string, NumberRange>> {
    const { database, name: relation, columns } = this.relation;
    const open = columns
      .slice(group * rangeGroup, (group + 1) * rangeGroup)
      .filter((column) => isNumber(column) && !('range' in column) && rangeSql(column) !== undefined);
    const ranges = new Map<string, NumberRange>();
    for (const [from, held] of groupByBlock(relation, open)) {
      const answers = await database.aggregateEach(
        held.map((column) => rangeSql(column) ?? []),
        from,
      );
      for (const [index, column] of held.entries()) {
        const range = rangeOf(column, answers[index] ?? []);
        if (range !== undefined) ranges.set(column.name, range);
      }
    }
    return ranges;
  }

  async epochs(name: string): Promise<BigInt64Array> {
    const column = this.sqlColumn(name);
    const missing = `CAST('${missingEpoch}' AS BIGINT)`;
    const seconds = `coalesce(${epochsSql(column)}, ${missing})`;
    return this.#fill(seconds, new BigInt64Array(this.rowCount), column.block);
  }

  async dictionary(name: string): Promise<Dictionary> {
    const column = this.sqlColumn(name);
    if (this.rowCount <= fewRows) {
      if (this.#hasFewCells()) this.#texts ??= readDictionaries(this.relation);
      const own = (await this.#texts)?.get(name);
      if (own !== undefined) return own;
      const { relation, text } = this.#textsOf(column);
      return codeTexts(await this.relation.database.texts(`SELECT coalesce(${text}, '') FROM ${relation}`));
    }
    const levels = await this.#levelsOf(column);
    const codes = new Int32Array(new SharedArrayBuffer(4 * this.rowCount));
    if (levels.texts.length > 0)
      await readCodes(this.relation.database, this.#textsOf(column), levels, codes);
    return { levels: levels.texts, codes };
  }

  async rawStrings(name: string, rows: Int32Array): Promise<string[]> {
    if (rows.length === 0) return [];
    const column = this.sqlColumn(name);
    const text = `coalesce(${textSql(column)}, '')`;
    const { first, last } = endsOf(rows);
    const { database } = this.relation;
    const relation = column.block ?? this.relation.name;
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
    const blocks = this.#blocksOf(names);
    const [only] = blocks;
    const hashes = (from: string | undefined, held: readonly string[]) =>
      this.#fill(this.#hashSql(held), new BigUint64Array(this.rowCount), from);
    if (blocks.length < 2) return hashes(only?.[0], names);
    const all = new BigUint64Array(this.rowCount);
    for (const [from, held] of blocks) mixHashes(all, await hashes(from, held));
    return all;
  }

  /** As `rowHashes`, of some rows only: positions in ascending order. */
  async someHashes(names: readonly string[], rows: Int32Array): Promise<BigUint64Array> {
    const [block, ...others] = this.#blocksOf(names);
    if (rows.length > mostNamed || others.length > 0) return pickHashes(await this.rowHashes(names), rows);
    const { database, name } = this.relation;
    const from = block?.[0] ?? name;
    const some = `SELECT ${this.#hashSql(names)} FROM ${from} WHERE rowid IN (${rows.join(', ')}) ORDER BY rowid`;
    return rows.length === 0 ? new BigUint64Array(0) : database.fill(some, new BigUint64Array(rows.length));
  }

  /** The names by the DuckDB table that holds them. */
  #blocksOf(names: readonly string[]): (readonly [string, readonly string[]])[] {
    const groups = groupByBlock(
      this.relation.name,
      names.map((name) => this.sqlColumn(name)),
    );
    return [...groups].map(([from, held]) => [from, held.map(({ name }) => name)] as const);
  }

  #hashSql(names: readonly string[]): string {
    return `hash(${names.map((name) => comparedSql(this.sqlColumn(name))).join(', ')})`;
  }

  /** A table without the rows for which one of the SQL conditions is true. This one is used up. */
  async without(faults: readonly string[]): Promise<DuckTable> {
    const { database, name, columns, row } = this.relation;
    const sound = `NOT (${faults.map((fault) => `coalesce(${fault}, false)`).join(' OR ')})`;
    if (isInBlocks(columns)) {
      const rows = `SELECT rowid AS r FROM ${name} WHERE ${sound}`;
      const taken = await takeFromBlocks(this.relation, { name: 'kept', rows });
      await dropBlocks(this.relation);
      if (taken.rowCount === 0) throw new ModelwrightError('data-filtered-out', { rows: this.rowCount });
      return new DuckTable({ ...this.relation, ...taken });
    }
    const kept = columns.map(({ sql }, index) => `${sql} AS q${index}`);
    await database.run(`CREATE TABLE kept AS SELECT ${row} AS source_row, ${kept.join(', ')} FROM ${name}
      WHERE ${sound}`);
    await database.run(`DROP ${this.relation.view ? 'VIEW' : 'TABLE'} ${name}`);
    const [count] = await database.row('SELECT count(*) FROM kept');
    if (Number(count) === 0) throw new ModelwrightError('data-filtered-out', { rows: this.rowCount });
    return new DuckTable({
      ...this.relation,
      name: 'kept',
      view: false,
      columns: columns.map(({ range: _, ...column }, index) => ({ ...column, sql: `q${index}` })),
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
    from = this.relation.name,
  ) {
    return this.relation.database.fill(`SELECT ${sql} FROM ${from}`, out);
  }

  #scan(sql: string, take: (items: Items, from: number) => void, from = this.relation.name): Promise<void> {
    return this.relation.database.scan(`SELECT ${sql} FROM ${from}`, take);
  }

  /** What to select the levels `v` of a column from, and the rows `n` of each. */
  async levelTable(name: string): Promise<string> {
    const column = this.sqlColumn(name);
    if (this.rowCount > fewRows) return (await this.#levelsOf(column)).table;
    const { relation, text } = this.#textsOf(column);
    return `(SELECT ${text} AS v, count(*) AS n FROM ${relation} GROUP BY v HAVING v <> '')`;
  }

  /** Found once, for as long as the table is open. */
  #levelsOf(column: SqlColumn): Promise<Levels> {
    const known = this.#levels.get(column.name);
    if (known !== undefined) return known;
    const name = `levels${this.#levels.size}`;
    const found = findLevels(this.relation.database, name, this.#textsOf(column));
    this.#levels.set(column.name, found);
    return found;
  }

  #textsOf(column: SqlColumn): TextSource {
    return { relation: column.block ?? this.relation.name, text: textSql(column) };
  }
}

/** Few enough to be read as they are: hashes and tables of levels would take longer. */
const fewRows = 20_000;
/** Few enough to be held together. */
const fewCells = 1_000_000;

/** Columns whose ranges are found in one pass: as many as DuckDB takes aggregates without sighing. */
const rangeGroup = 20;

/** Some rows are asked for by number; more than so many are sooner found among all. */
const mostNamed = 10_000;

/** Whether `numbersSql` takes the stored value as it is: dates in text are parsed, and dear. */
function isNumber({ input, kind, type }: SqlColumn): boolean {
  return input !== 'string' && (kind !== 'datetime' || isTime(type));
}

/** Brings the hashes of more columns into those of the first ones, row by row. */
function mixHashes(all: BigUint64Array, more: BigUint64Array): void {
  for (let row = 0; row < all.length; row++)
    all[row] = (all[row] ?? 0n) * 0x9e3779b97f4a7c15n + (more[row] ?? 0n);
}

function endsOf(rows: Int32Array): { first: number; last: number } {
  let first = rows[0] ?? 0;
  let last = first;
  for (const row of rows) {
    if (row < first) first = row;
    if (row > last) last = row;
  }
  return { first, last };
}
