/** Some rows of a Parquet file, by row number, which DuckDB finds without reading what lies before. */
import type { Database } from './database.ts';
import { escapeGlob } from './readCsv.ts';
import { type FileSample, rowsOfWidth, type SampleRequest } from './sampleRequest.ts';
import { sqlText } from './sql.ts';
import type { Stretch } from './table.ts';

/** Each row group costs the dictionaries of all its columns: rows come from so many of them, evenly spread. */
const mostGroups = 4;

/** Undefined where a column of its own hides the row numbers. */
export async function sampleParquet(
  path: string,
  request: SampleRequest & { readonly database: Database },
): Promise<FileSample | undefined> {
  const { database } = request;
  const file = sqlText(escapeGlob(path));
  const [columns, taken] = await database.row(
    `SELECT count(*), count_if(name = 'file_row_number') FROM parquet_schema(${file})`,
  );
  if (Number(taken) > 0) return undefined;
  const sizes = await database.rows(
    `SELECT row_group_num_rows FROM parquet_metadata(${file}) WHERE column_id = 0 ORDER BY row_group_id`,
  );
  const groups = groupsOf(sizes.map(([rows]) => Number(rows)));
  const total = groups.at(-1)?.end ?? 0;
  const rows = rowsOfWidth(request.rows, Number(columns) - 1);
  const stretches =
    total <= 2 * rows
      ? [{ from: 0, end: total }]
      : stretchesOf(spread(groups), { count: request.stretches, rows });
  const seen = stretches.reduce((sum, { from, end }) => sum + end - from, 0);
  return { path, stretches, seen, total, estimated: false };
}

function groupsOf(sizes: readonly number[]): Stretch[] {
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return { from: end - size, end };
  });
}

function spread(groups: readonly Stretch[]): readonly Stretch[] {
  if (groups.length <= mostGroups) return groups;
  const places = Array.from({ length: mostGroups }, (_, at) =>
    Math.round((at * (groups.length - 1)) / (mostGroups - 1)),
  );
  return groups.filter((_, index) => places.includes(index));
}

/** From the beginning of each group on, which is where reading it is cheapest; the last of several ends with the file. */
function stretchesOf(
  groups: readonly Stretch[],
  { count, rows }: { count: number; rows: number },
): Stretch[] {
  const length = Math.max(1, Math.floor(rows / count));
  const found = groups.flatMap(({ from, end }, index) => {
    const own =
      Math.floor(((index + 1) * count) / groups.length) - Math.floor((index * count) / groups.length);
    const step = (end - from) / Math.max(1, own);
    return Array.from({ length: own }, (_, at) => {
      const first = from + Math.floor(at * step);
      return { from: first, end: Math.min(first + Math.min(length, Math.floor(step)), end) };
    });
  });
  const last = found.length > 1 ? found.pop() : undefined;
  const end = groups.at(-1)?.end ?? 0;
  return last === undefined ? found : [...found, { from: end - (last.end - last.from), end }];
}
