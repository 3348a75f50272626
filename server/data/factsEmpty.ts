/** Rows in which every column is empty: separators without a value between them. */

import type { ColumnProfile } from './columnProfile.ts';
import { missingSql } from './columnSql.ts';
import type { DuckTable } from './duckTable.ts';

/** Asks DuckDB only where each column lacks a value. Derived columns do not count. */
export async function countEmptyRows(
  { relation }: DuckTable,
  profiles: readonly ColumnProfile[],
): Promise<number> {
  const stored = relation.columns.filter(({ derived }) => !derived);
  if (stored.length < 2 || profiles.some(({ derived, missing }) => !derived && missing === 0)) return 0;
  const [rows] = await relation.database.row(
    `SELECT count(*) FROM ${relation.name} WHERE ${stored.map((column) => missingSql(column)).join(' AND ')}`,
  );
  return Number(rows);
}
