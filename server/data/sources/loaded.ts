/**
 * What every reader leaves behind: all rows as the relation `source`, in source order, its columns `c0`, `c1`, … and
 * `rowid`, which counts them from 0. A table, or a view where the file itself is as good as one.
 */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { NumberRange } from '../duckdb/sqlTypes.ts';
import type { ColumnKind, TableSpec } from '../table.ts';

export interface LoadedColumn {
  readonly name: string;
  /** DuckDB's type as read. */
  readonly type: string;
  /** Of numbers in text. */
  readonly decimal?: '.' | ',';
  /** Cells that are not missing, where reading has counted them. */
  readonly present?: number;
  /** Known from the reading alone, such as dates with a few malformed cells; else from type and values. */
  readonly kind?: ColumnKind;
  /** What a first look at all rows has told, where there was one. */
  readonly seen?: SeenColumn;
  /** The table that it stands in, where there are several; see columnBlocks.ts. */
  readonly block?: string;
}

export interface SeenColumn {
  /** Undefined where the values are not all whole. */
  readonly range: NumberRange | undefined;
  /** Text: characters on average; undefined where there is none. */
  readonly meanLength: number | undefined;
}

export interface Loaded {
  readonly columns: readonly LoadedColumn[];
  /** Rows of `source` after each file. */
  readonly ends: readonly number[];
  /** CSV only. */
  readonly countNulls?: CountNulls;
  /** `source` is a view: the files are read anew for each question. */
  readonly view?: boolean;
}

/** How often each null spelling stands in each of the named columns (by id), before any filter; '' is the empty cell. Reads the files again. */
export type CountNulls = (
  ids: readonly string[],
) => Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;

export interface ReadOptions {
  readonly read: TableSpec['read'];
  readonly kinds: TableSpec['kinds'];
  readonly some?: TableSpec['some'];
}

/** The column's name inside DuckDB. Headers never enter SQL as names: they may differ by case only, or hold anything. */
export function columnId(index: number): string {
  return `c${index}`;
}

interface NamedFile {
  readonly path: string;
  readonly names: readonly string[];
}

/** Throws `data-columns-differ` unless both files have the same columns, in whatever order. */
export function refuseOtherNames(file: NamedFile, first: NamedFile): void {
  const missing = first.names.find((name) => !file.names.includes(name));
  const extra = file.names.find((name) => !first.names.includes(name));
  const column = missing ?? extra;
  if (column === undefined) return;
  const fault = missing === undefined ? 'a' : 'no';
  const parameters = { path: file.path, first: first.path, fault, column };
  throw new ModelwrightError('data-columns-differ', parameters, { file: file.path, column });
}
