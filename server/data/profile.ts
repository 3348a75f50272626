/** What stands in each column: for `profile`, the editor's hovers and the data rules. Exact over all rows, except where it says sample. */
import { missingSql, type SqlColumn } from './columnSql.ts';
import { DuckTable } from './duckTable.ts';
import { columnId } from './loaded.ts';
import { profileNumbers } from './profileNumbers.ts';
import { profileTexts } from './profileTexts.ts';
import { type ReadColumn, readColumns } from './readColumns.ts';
import { isInteger } from './readTyped.ts';
import type { ColumnKind, Table } from './table.ts';

export interface Profile {
  readonly rows: number;
  /** `sha256:…` of the source. */
  readonly hash: string;
  readonly columns: readonly ColumnProfile[];
}

/** Plain values only: it crosses from the data worker to the server unchanged. Dates are ISO text in UTC. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** DuckDB's type as read. */
  readonly type: string;
  readonly derived: boolean;
  readonly missing: number;
  /** Cells that are there but cannot be read as the column's kind: text among declared numbers, malformed dates. They are not in `missing`. */
  readonly unread: number;
  /** Of values that are not missing. */
  readonly distinct: number;
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean: number | null;
  /** Of a sample (n - 1). */
  readonly std: number | null;
  /** By probability: 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99; linear between neighbours. Numbers and dates only. */
  readonly quantiles: Readonly<Record<string, number | string>> | null;
  /** The ten most frequent values; of equally frequent ones the smaller first. */
  readonly top: readonly { readonly value: number | string | boolean; readonly count: number }[];
  /** Strength of the link with the target, 0 to 1; only where a target was named. */
  readonly link?: number | null;
  /** Values never fall (`up`) or never rise (`down`) from row to row, and are not all equal. */
  readonly monotone: 'up' | 'down' | null;
  /** Numbers and dates only. */
  readonly numbers: NumberFacts | null;
  /** Text only. */
  readonly texts: TextFacts | null;
  /** CSV and TSV only: cells of the source by null spelling, before any filter; '' is the empty cell. */
  readonly nullSpellings: Readonly<Record<string, number>> | null;
}

export interface NumberFacts {
  readonly zeros: number;
  readonly negatives: number;
  /** Infinite values of the source; they count as missing. */
  readonly infinite: number;
  /** All values are whole. */
  readonly whole: boolean;
  /** The two ends, each with its count and the next distinct value inwards; null for a constant. */
  readonly lowest: Extreme | null;
  readonly highest: Extreme | null;
  /** Known codes for a missing value that occur: -1, -9, -99, -999, -9999, 99, 999, 9999, …, smallest first. */
  readonly codes: readonly { readonly value: number; readonly count: number }[];
}

export interface Extreme {
  readonly value: number;
  readonly count: number;
  readonly next: number;
}

export interface TextFacts {
  /** In characters. */
  readonly meanLength: number;
  readonly maxLength: number;
  /** Shares of the values that are not missing. */
  readonly numeric: number;
  readonly dates: number;
  /** Share of a sample of at most 5,000 rows that holds personal data, by kind; kinds that occur. */
  readonly pii: Readonly<Partial<Record<PiiKind, number>>>;
}

export type PiiKind = 'email' | 'phone' | 'iban' | 'card' | 'ssn' | 'ip';

/** What profileNumbers and profileTexts find out. */
export type Described = Omit<ColumnProfile, 'name' | 'kind' | 'type' | 'derived' | 'nullSpellings' | 'link'>;

/** All columns of the table, in its order. The table must be one of `openTable`. */
export async function profileTable(table: Table): Promise<Profile> {
  const duck = duckTable(table);
  const profiler = await startProfile(duck);
  const columns: ColumnProfile[] = [];
  for await (const read of readColumns(duck)) columns.push(await profiler.look(read));
  return profiler.profile(columns);
}

export interface Profiler {
  look(read: ReadColumn): Promise<ColumnProfile>;
  profile(columns: readonly ColumnProfile[]): Profile;
}

/** For a walk over the columns that has other things to look at, too. */
export async function startProfile(table: DuckTable): Promise<Profiler> {
  const { relation } = table;
  const spellings = await relation.countNulls?.(sourceIds(table));
  const ids = new Map(relation.columns.map((column, index) => [column, columnId(index)]));
  const unclear = relation.columns.filter(hasUnclearGaps);
  const gaps = await relation.database.aggregate(
    unclear.flatMap((column) => [`count_if(${missingSql(column)})`, infiniteSql(column)]),
    (sql) => sql,
    { from: relation.name },
  );
  const gapsOf = new Map(
    unclear.map((column, index) => [
      column,
      { missing: Number(gaps[2 * index]), infinite: Number(gaps[2 * index + 1]) },
    ]),
  );
  return {
    async look(read) {
      const { column } = read;
      const { name, kind, type, derived } = column;
      const described =
        read.dictionary === undefined
          ? await profileNumbers(
              table,
              read,
              gapsOf.get(column) ?? { missing: table.rowCount - read.scan.present, infinite: 0 },
            )
          : await profileTexts(table, read);
      const nullSpellings = spellings?.get(ids.get(column) ?? '') ?? null;
      return { name, kind, type, derived, ...described, nullSpellings };
    },
    profile: (columns) => ({ rows: table.rowCount, hash: table.hash, columns }),
  };
}

/** Whether a number that is not there may be more than a missing one: infinite, malformed, out of range. */
function hasUnclearGaps({ input, type }: SqlColumn): boolean {
  return input !== 'string' && type !== 'BOOLEAN' && !isInteger(type);
}

function infiniteSql({ sql, type }: SqlColumn): string {
  return type === 'DOUBLE' || type === 'FLOAT' ? `count_if(isinf(${sql}))` : 'count_if(false)';
}

/** The table behind the interface, for those who ask DuckDB themselves. */
export function duckTable(table: Table): DuckTable {
  if (table instanceof DuckTable) return table;
  throw new TypeError('a table of openTable is wanted');
}

/** The columns of the source come first, in its order. */
function sourceIds({ relation }: DuckTable): string[] {
  return relation.columns.filter(({ derived }) => !derived).map((_, index) => columnId(index));
}
