/** Some rows of a Parquet file, by row number, which DuckDB finds without reading what lies before. */
import type { Database } from '../duckdb/database.ts';
import { sqlText } from '../duckdb/sql.ts';
import type { Stretch } from '../table.ts';
import { escapeGlob } from './readCsv.ts';
import { type FileSample, rowsOfWidth, type SampleRequest } from './sampleRequest.ts';

/** At each place a page of each column is decoded, whatever few rows are wanted of it. */
const mostPages = 160;
const fewestPlaces = 3;

/** Undefined where a column of its own hides the row numbers. */
export async function sampleParquet(
  path: string,
  request: SampleRequest & { readonly database: Database },
): Promise<FileSample | undefined> {
  const file = sqlText(escapeGlob(path));
  const [columns, taken, counted] = await request.database.row(
    `SELECT count(*), count_if(name = 'file_row_number'), (SELECT num_rows FROM parquet_file_metadata(${file})) FROM parquet_schema(${file})`,
  );
  if (Number(taken) > 0) return undefined;
  const total = Number(counted);
  const width = Math.max(1, Number(columns) - 1);
  const rows = rowsOfWidth(request.rows, width);
  const count = Math.min(request.stretches, Math.max(fewestPlaces, Math.floor(mostPages / width)));
  const stretches = total <= 2 * rows ? [{ from: 0, end: total }] : stretchesOf(total, { count, rows });
  const seen = stretches.reduce((sum, { from, end }) => sum + end - from, 0);
  return { path, stretches, seen, total, estimated: false };
}

/** From the first row to the last, evenly spread. */
function stretchesOf(total: number, { count, rows }: { count: number; rows: number }): Stretch[] {
  const length = Math.max(1, Math.floor(rows / count));
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * (total - length)) / Math.max(1, count - 1));
    return { from, end: from + length };
  });
}
