/** Each column read from DuckDB once, for everything that looks at it: profile, links, levels, trend. */
import type { SqlColumn } from './columnSql.ts';
import type { DuckTable } from './duckTable.ts';
import { type CodedColumn, codeLevels, codeNumbers } from './linkCodes.ts';
import type { Dictionary } from './table.ts';
import { type NumberScan, scanNumbers } from './valueCounts.ts';

export type ReadColumn = ReadNumbers | ReadTexts;

interface Read {
  readonly column: SqlColumn;
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
  readonly dictionary: Dictionary;
}

/** So many columns are read before their turn. */
const ahead = 2;

/** Columns in their order. DuckDB begins at once, and reads the next columns while one is looked at. */
export function readColumns(
  table: DuckTable,
  columns: readonly SqlColumn[] = table.relation.columns,
): AsyncIterable<ReadColumn> {
  const waiting: Promise<Fetched>[] = [];
  const fetchNext = (column: SqlColumn | undefined) => {
    if (column === undefined) return;
    const fetched = fetchColumn(table, column);
    fetched.catch(() => undefined); // told when it is awaited
    waiting.push(fetched);
  };
  for (const column of columns.slice(0, ahead)) fetchNext(column);
  return (async function* walk() {
    for (let at = ahead; waiting.length > 0; at++) {
      const fetched = await waiting.shift();
      fetchNext(columns[at]);
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
  if ('dictionary' in fetched) {
    const coded = codeLevels(fetched.dictionary);
    return { ...fetched, coded, counts: countCodes(coded) };
  }
  const scan = scanNumbers(fetched.values);
  const coded = codeNumbers(fetched.values, scan);
  return { ...fetched, scan, coded, counts: countCodes(coded) };
}

function countCodes({ codes, levels }: CodedColumn): Int32Array {
  const counts = new Int32Array(levels);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
