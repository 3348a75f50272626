/** What stands in each column: for `profile`, the editor's hovers and the data rules. Exact over all rows, except where it says sample. */

import { groupByBlock } from '../duckdb/columnBlocks.ts';
import { isFraction, isInteger } from '../duckdb/sqlTypes.ts';
import { missingSql, type SqlColumn } from '../sources/columnSql.ts';
import { columnId } from '../sources/loaded.ts';
import type { Table } from '../table.ts';
import { DuckTable } from '../tables/duckTable.ts';
import type { ColumnProfile, Described, Profile } from './columnProfile.ts';
import { countDistinct, describeNumbers } from './profileNumbers.ts';
import { profileTexts } from './profileTexts.ts';
import { type ReadColumn, readColumns } from './readColumns.ts';

/** All columns of the table, in its order. The table must be one of `openTable`. */
export async function profileTable(table: Table): Promise<Profile> {
  const duck = duckTable(table);
  const profiler = await startProfile(duck);
  const columns: ColumnProfile[] = [];
  for await (const read of readColumns(duck).columns) columns.push(await profiler.look(read));
  return profiler.profile(columns);
}

export interface Profiler {
  look(read: ReadColumn): Promise<ColumnProfile>;
  /** Of a column that was looked at before. */
  known(column: SqlColumn): Promise<ColumnProfile> | undefined;
  /** What `describeNumbers` has to be told of a column. */
  missing(column: SqlColumn): number | undefined;
  /** For columns that were described elsewhere. */
  keep(column: SqlColumn, described: Promise<Described>): Promise<ColumnProfile>;
  profile(columns: readonly ColumnProfile[]): Profile;
}

const profilers = new WeakMap<DuckTable, Promise<Profiler>>();

/** For a walk over the columns that has other things to look at, too. A column is profiled once, however often it is walked past. */
export function startProfile(table: DuckTable): Promise<Profiler> {
  const known = profilers.get(table);
  if (known !== undefined) return known;
  const created = createProfiler(table);
  profilers.set(table, created);
  // What failed is tried again by the next who asks.
  created.catch(() => profilers.delete(table));
  return created;
}

async function createProfiler(table: DuckTable): Promise<Profiler> {
  const { relation } = table;
  const spellings = await relation.countNulls?.(sourceIds(table));
  const ids = new Map(relation.columns.map((column, index) => [column, columnId(index)]));
  const unclear = relation.columns.filter((column) => hasUnclearGaps(column, table.rowCount));
  const missing = new Map<SqlColumn, number>();
  for (const [from, held] of groupByBlock(relation.name, unclear)) {
    const counts = await relation.database.aggregate(held, (column) => `count_if(${missingSql(column)})`, {
      from,
    });
    for (const [index, column] of held.entries()) missing.set(column, Number(counts[index]));
  }
  const profiles = new Map<SqlColumn, Promise<ColumnProfile>>();
  const profileOf = async (column: SqlColumn, described: Promise<Described>): Promise<ColumnProfile> => {
    const { name, kind, type, derived } = column;
    const nullSpellings = spellings?.get(ids.get(column) ?? '') ?? null;
    return {
      name,
      kind,
      type,
      derived: derived !== false,
      ...(await countDistinct(table, column, await described)),
      nullSpellings,
    };
  };
  const describe = async (read: ReadColumn) =>
    read.dictionary === undefined
      ? describeNumbers(read, missing.get(read.column))
      : await profileTexts(table, read);
  const profiler: Profiler = {
    look: (read) => profiler.known(read.column) ?? profiler.keep(read.column, describe(read)),
    known: (column) => profiles.get(column),
    missing: (column) => missing.get(column),
    keep(column, described) {
      const profiled = profileOf(column, described);
      profiles.set(column, profiled);
      // What failed is tried again by the next who asks.
      profiled.catch(() => profiles.delete(column));
      return profiled;
    },
    profile: (columns) => ({ rows: table.rowCount, hash: table.hash, columns }),
  };
  return profiler;
}

/** Whether a number that is not there may be more than a missing one: malformed, out of range. */
function hasUnclearGaps({ input, kind, type, range }: SqlColumn, rows: number): boolean {
  const clear = type === 'BOOLEAN' || isInteger(type) || (isFraction(type) && kind !== 'datetime');
  return input !== 'string' && range?.present !== rows && !clear;
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
