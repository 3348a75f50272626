/** What every reader leaves behind: all rows in the table `source`, in source order, its columns `c0`, `c1`, … */
import type { ColumnKind, TableSpec } from './table.ts';

export interface LoadedColumn {
  readonly name: string;
  /** DuckDB's type as read. */
  readonly type: string;
  /** Of numbers in text. */
  readonly decimal?: '.' | ',';
  /** Known from the reading alone, such as dates with a few malformed cells; else from type and values. */
  readonly kind?: ColumnKind;
  /** CSV only: how often each null spelling stands in the column. Empty text is ''. */
  readonly nullSpellings?: Readonly<Record<string, number>>;
}

export interface Loaded {
  readonly columns: readonly LoadedColumn[];
  /** Rows of `source` after each file. */
  readonly ends: readonly number[];
}

export interface ReadOptions {
  readonly read: TableSpec['read'];
  readonly kinds: TableSpec['kinds'];
}

/** The column's name inside DuckDB. Headers never enter SQL as names: they may differ by case only, or hold anything. */
export function columnId(index: number): string {
  return `c${index}`;
}
