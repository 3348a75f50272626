/** Each column read from DuckDB once, for everything that looks at it: profile, links, levels, trend. */
import type { SqlColumn } from './columnSql.ts';
import type { DuckTable } from './duckTable.ts';
import { type CodedColumn, codeLevels, codeNumbers } from './linkCodes.ts';
import type { Dictionary } from './table.ts';
import { type NumberScan, scanNumbers } from './valueCounts.ts';

export type ReadColumn = ReadNumbers | ReadTexts;

interface Read {
  readonly column: SqlColumn;
  /** Computed when it is first asked for. */
  readonly coding: () => Coding;
}

interface Coding {
  readonly coded: CodedColumn;
  /** Rows of each code. */
  readonly counts: Int32Array;
}

/** Numbers, truth values, dates. */
export interface ReadNumbers extends Read {
  /** As `Table.numbers`. */
  readonly values: Float64Array;
  readonly scan: NumberScan;
  readonly dictionary?: undefined;
}

export interface ReadTexts extends Read {
  readonly values?: undefined;
  readonly dictionary: Dictionary;
}

/** So many columns are read before their turn. */
const ahead = 2;

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
    const fetched = fetchColumn(table, column);
    fetched.catch(() => undefined); // told when it is awaited
    waiting.set(column, fetched);
  };
  for (const column of columns) if (shared.includes(column.name) && column.input !== 'string') fetch(column);
  for (const column of columns.slice(0, ahead)) fetch(column);
  return (async function* walk() {
    for (const [at, column] of columns.entries()) {
      const fetched = await waiting.get(column);
      waiting.delete(column);
      fetch(columns[at + ahead]);
      if (fetched !== undefined) yield code(fetched);
    }
  })();
}

type Fetched =
  | { readonly column: SqlColumn; readonly values: Float64Array }
  | { readonly column: SqlColumn; readonly dictionary: Dictionary };

async function fetchColumn(table: DuckTable, column: SqlColumn): Promise<Fetched> {
  return column.input === 'string'
    ? { column, dictionary: await table.dictionary(column.name) }
    : { column, values: await table.numbers(column.name) };
}

function code(fetched: Fetched): ReadColumn {
  if ('dictionary' in fetched) return { ...fetched, coding: once(() => codeLevels(fetched.dictionary)) };
  const scan = scanNumbers(fetched.values);
  return { ...fetched, scan, coding: once(() => codeNumbers(fetched.values, scan)) };
}

function once(code: () => CodedColumn): () => Coding {
  let coding: Coding | undefined;
  return () => {
    if (coding === undefined) {
      const coded = code();
      coding = { coded, counts: countCodes(coded) };
    }
    return coding;
  };
}

function countCodes({ codes, levels }: CodedColumn): Int32Array {
  const counts = new Int32Array(levels);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
