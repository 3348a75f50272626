/** Rows in which every column is empty: separators without a value between them. */

import { groupByBlock } from '../duckdb/columnBlocks.ts';
import type { ColumnProfile } from '../profile/columnProfile.ts';
import { missingSql, type SqlColumn } from '../sources/columnSql.ts';
import type { DuckTable } from '../tables/duckTable.ts';

/** Asks DuckDB only where each column lacks a value. Derived columns do not count. */
export async function countEmptyRows(
  { relation }: DuckTable,
  profiles: readonly ColumnProfile[],
): Promise<number> {
  const stored = relation.columns.filter(({ derived }) => !derived);
  if (stored.length < 2 || profiles.some(({ derived, missing }) => !derived && missing === 0)) return 0;
  const empty = (columns: readonly SqlColumn[]) => columns.map((column) => missingSql(column)).join(' AND ');
  const blocks = [...groupByBlock(relation.name, stored)];
  // In each block the rows that are empty there: mostly none in the first one already.
  let rows: string | undefined;
  for (const [index, [from, columns]] of blocks.entries()) {
    const before = rows === undefined ? '' : ` AND rowid IN (SELECT r FROM ${rows})`;
    rows = `empty_rows${index}`;
    await relation.database.run(
      `CREATE TEMP TABLE ${rows} AS SELECT rowid AS r FROM ${from} WHERE ${empty(columns)}${before}`,
    );
  }
  const [count] = await relation.database.row(`SELECT count(*) FROM ${rows}`);
  for (const index of blocks.keys()) await relation.database.run(`DROP TABLE empty_rows${index}`);
  return Number(count);
}
