/** Each column read from DuckDB once, for everything that looks at it: profile, links, levels, trend. */
import { ahead } from '../ahead.ts';
import type { NumberRange } from '../duckdb/sqlTypes.ts';
import type { SqlColumn } from '../sources/columnSql.ts';
import type { Dictionary } from '../table.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import {
  type CountedColumn,
  codeLevels,
  codeNumbers,
  countCodes,
  isNarrow,
  mergeCodes,
} from './linkCodes.ts';
import {
  countsOfCodes,
  type NumberScan,
  scanCodes,
  scanNumbers,
  type ValueCounts,
  valueCounts,
} from './valueCounts.ts';

export type ReadColumn = ReadNumbers | ReadTexts;

interface Read {
  readonly column: SqlColumn;
  /** Computed when it is first asked for. */
  readonly coding: () => CountedColumn;
}

/** Numbers, truth values, dates. */
export interface ReadNumbers extends Read {
  /** Plain values, from which `readNumbers` makes the rest. */
  readonly fetched: FetchedNumbers;
  readonly scan: () => NumberScan;
  readonly valueCounts: () => ValueCounts;
  /** NaN where missing: for those who look at some rows only. */
  readonly valueAt: (row: number) => number;
  readonly dictionary?: undefined;
}

export interface ReadTexts extends Read {
  readonly valueAt?: undefined;
  readonly dictionary: Dictionary;
}

export interface ColumnReading {
  /** Those that are asked for sooner, then as the table has them; where all are held, those first that are quick to look at. */
  readonly columns: AsyncIterable<ReadColumn>;
  /** When each was taken. */
  readonly taken: Promise<void>;
}

export interface ReadingOptions {
  /** Numbers of these columns are read first: others ask the table for them, too. */
  readonly first?: readonly (string | undefined)[];
  /**
   * Is handed each column as soon as it is read. All are then read at once, and held until their turn; texts are asked
   * for first, since it takes several questions to read them.
   */
  readonly take?: (column: Fetched) => void;
}

/** So many columns are read at a time: DuckDB always knows the next question, however long nobody listens. */
const columnsAtOnce = 4;
/** So many are read before their turn where columns are not held. */
const columnsAhead = 2;

/** DuckDB begins at once, and reads the next columns while one is looked at. */
export function readColumns(table: DuckTable, { first = [], take }: ReadingOptions = {}): ColumnReading {
  const { columns } = table.relation;
  const sooner = columns.filter(({ name, input }) => first.includes(name) && input !== 'string');
  const texts = take ? columns.filter(({ input }) => input === 'string') : [];
  const order = [...new Set([...texts, ...sooner, ...columns])];
  const waiting = new Map(order.map((column) => [column, Promise.withResolvers<Fetched>()]));
  for (const { promise } of waiting.values()) ahead(promise);
  const all = Promise.withResolvers<void>();
  ahead(all.promise);
  const most = take ? order.length : sooner.length + columnsAhead;
  const count = { begun: 0, reading: 0, held: 0, left: order.length };
  const begin = () => {
    while (count.reading < columnsAtOnce && count.held < most && count.begun < order.length)
      read(order[count.begun++]);
  };
  const read = async (column: SqlColumn | undefined) => {
    const settled = column && waiting.get(column);
    if (column === undefined || settled === undefined) return;
    count.reading++;
    count.held++;
    try {
      const fetched = await fetchColumn(table, column);
      take?.(fetched);
      settled.resolve(fetched);
      if (--count.left === 0) all.resolve();
    } catch (error) {
      settled.reject(error);
      all.reject(error);
    }
    count.reading--;
    begin();
  };
  begin();
  return { columns: walk(), taken: all.promise };

  async function* walk() {
    for (const column of take ? await quickFirst() : order) {
      const fetched = await waiting.get(column)?.promise;
      waiting.delete(column);
      count.held--;
      begin();
      if (fetched !== undefined) yield 'dictionary' in fetched ? readTexts(fetched) : readNumbers(fetched);
    }
  }

  /** A thread that helps can then be given them while the others are looked at. */
  async function quickFirst() {
    const held = await Promise.all([...waiting.values()].map(({ promise }) => promise));
    return held.sort((a, b) => costOf(a) - costOf(b)).map(({ column }) => column);
  }
}

export type FetchedNumbers =
  | {
      readonly column: SqlColumn;
      readonly values: Float64Array;
      /** Rows whose value is infinite, NaN in `values`. */
      readonly infinite: number;
      readonly range?: NumberRange;
    }
  | { readonly column: SqlColumn; readonly offsets: Int32Array; readonly range: NumberRange };
export type Fetched = FetchedNumbers | { readonly column: SqlColumn; readonly dictionary: Dictionary };

/** How columns compare in what a look at them costs. */
function costOf(fetched: Fetched): number {
  return 'offsets' in fetched ? 0 : 'dictionary' in fetched ? 1 : 2;
}

async function fetchColumn(table: DuckTable, column: SqlColumn): Promise<Fetched> {
  if (column.input === 'string') return { column, dictionary: await table.dictionary(column.name) };
  const range = await table.rangeOf(column);
  if (range !== undefined && isNarrow(range))
    return { column, offsets: await table.offsets(column, range), range };
  const values = await table.numbers(column.name);
  return {
    column,
    values,
    infinite: table.infiniteOf(column.name),
    ...(range === undefined ? {} : { range }),
  };
}

function readTexts({ column, dictionary }: { column: SqlColumn; dictionary: Dictionary }): ReadTexts {
  return { column, dictionary, coding: once(() => countCodes(codeLevels(dictionary))) };
}

export function readNumbers(fetched: FetchedNumbers): ReadNumbers {
  const { column, range } = fetched;
  if ('offsets' in fetched) {
    const { offsets: codes, range } = fetched;
    const coding = once(() => countCodes({ codes, levels: range.max - range.min + 2, ordered: true }));
    const valueAt = (row: number) => {
      const code = codes[row] ?? 0;
      return code === 0 ? Number.NaN : range.min + code - 1;
    };
    return {
      column,
      fetched,
      scan: once(() => scanCodes(codes, range)),
      coding,
      valueCounts: () => countsOfCodes(coding().counts, range.min),
      valueAt,
    };
  }
  const { values } = fetched;
  const scan = once(() => scanNumbers(values, range));
  const fine = once(() => countCodes(codeNumbers(values, scan())));
  // Whole numbers may be names, which are not to be taken together.
  const coding = once(() => (scan().whole ? fine() : mergeCodes(fine())));
  return {
    column,
    fetched,
    scan,
    coding,
    valueCounts: () => valueCounts(values, scan(), fine),
    valueAt: (row) => values[row] ?? Number.NaN,
  };
}

function once<T>(work: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: work() };
    return found.value;
  };
}
