/** Equal rows: repeats of whole rows, and equal features with different targets. */
import type { DuckTable } from './duckTable.ts';
import { firstOfEqual, firstWithin, rowsInSets } from './splitTwins.ts';

export interface EqualRows {
  /** Per row the first row that is equal in every column but the id. */
  readonly whole: Int32Array;
  /** Per row the first row of equal features; undefined where there are none. */
  readonly featured?: Int32Array;
}

export interface EqualRowsQuestion {
  /** Name of the column that only numbers the rows. */
  readonly id: string | undefined;
  readonly features: readonly string[];
}

/** Rows that are equal as a whole have equal features, so that mostly few have to be compared as a whole. */
export async function compareRows(table: DuckTable, { id, features }: EqualRowsQuestion): Promise<EqualRows> {
  const names = table.columns.map((column) => column.name).filter((name) => name !== id);
  const read = async (columns: readonly string[]) => firstOfEqual(await table.rowHashes(columns));
  if (features.length === 0) return { whole: names.length > 0 ? await read(names) : new Int32Array(0) };
  const featured = await read(features);
  if (!features.every((name) => names.includes(name))) return { whole: await read(names), featured };
  // What is derived follows from the rest; but not where it may be derived from the id.
  const others = table.columns.filter(
    ({ name, derived }) => names.includes(name) && !features.includes(name) && !(derived && id === undefined),
  );
  if (others.length === 0) return { whole: featured, featured };
  const rows = rowsInSets(featured);
  const hashes = await table.someHashes(
    others.map(({ name }) => name),
    rows,
  );
  return { whole: firstWithin(featured, rows, hashes), featured };
}
