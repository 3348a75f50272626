/** Each column read from DuckDB once, for everything that looks at it: profile, links, levels, trend. */
import { ahead } from './ahead.ts';
import type { SqlColumn } from './columnSql.ts';
import type { DuckTable } from './duckTable.ts';
import {
  type CountedColumn,
  codeLevels,
  codeNumbers,
  countCodes,
  isNarrow,
  mergeCodes,
} from './linkCodes.ts';
import type { NumberRange } from './sqlTypes.ts';
import type { Dictionary } from './table.ts';
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

/** So many columns are read before their turn. */
const columnsAhead = 2;

/**
 * Columns in their order. DuckDB begins at once, and reads the next columns while one is looked at. Numbers of the
 * columns named `shared` are read first and held until their turn: others ask the table for them, too.
 */
export function readColumns(
  table: DuckTable,
  shared: readonly (string | undefined)[] = [],
): AsyncIterable<ReadColumn> {
  const { columns } = table.relation;
  const waiting = new Map<SqlColumn, Promise<Fetched>>();
  const fetch = (column: SqlColumn | undefined) => {
    if (column === undefined || waiting.has(column)) return;
    waiting.set(column, ahead(fetchColumn(table, column)));
  };
  for (const column of columns) if (shared.includes(column.name) && column.input !== 'string') fetch(column);
  for (const column of columns.slice(0, columnsAhead)) fetch(column);
  return (async function* walk() {
    for (const [at, column] of columns.entries()) {
      const fetched = await waiting.get(column);
      waiting.delete(column);
      fetch(columns[at + columnsAhead]);
      if (fetched !== undefined) yield 'dictionary' in fetched ? readTexts(fetched) : readNumbers(fetched);
    }
  })();
}

export type FetchedNumbers =
  | { readonly column: SqlColumn; readonly values: Float64Array; readonly range?: NumberRange }
  | { readonly column: SqlColumn; readonly offsets: Int32Array; readonly range: NumberRange };
type Fetched = FetchedNumbers | { readonly column: SqlColumn; readonly dictionary: Dictionary };

async function fetchColumn(table: DuckTable, column: SqlColumn): Promise<Fetched> {
  if (column.input === 'string') return { column, dictionary: await table.dictionary(column.name) };
  const range = await table.rangeOf(column);
  return range !== undefined && isNarrow(range)
    ? { column, offsets: await table.offsets(column, range), range }
    : { column, values: await table.numbers(column.name), ...(range === undefined ? {} : { range }) };
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
