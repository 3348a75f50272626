/** Some rows of the only table of a SQLite file, by its row ids. */
import Sqlite from 'better-sqlite3';
import { onlyTable } from './readSqlite.ts';
import { type FileSample, rowsOfWidth, type SampleRequest } from './sampleRequest.ts';

/** Undefined where a table has no row ids, or few: what cannot be read at all is told by the reading of the whole. */
export function sampleSqlite(path: string, request: SampleRequest): FileSample | undefined {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
    const table = onlyTable(sqlite, path);
    const columns = sqlite.prepare(`SELECT * FROM ${table}`).columns().length;
    const ends = sqlite.prepare<[], number | null>(
      `SELECT min(rowid) FROM ${table} UNION ALL SELECT max(rowid) FROM ${table}`,
    );
    const [first, last] = ends.pluck(true).all();
    if (typeof first !== 'number' || typeof last !== 'number') return undefined;
    const total = last - first + 1;
    const rows = rowsOfWidth(request.rows, columns);
    const length = Math.max(1, Math.floor(rows / request.stretches));
    const step = (total - length) / Math.max(1, request.stretches - 1);
    if (step < length) return undefined;
    // Where row ids have gaps a stretch begins after one; none goes into the next.
    const parts = Array.from({ length: request.stretches }, (_, at) => {
      const [from, end] = [at, at + 1].map((each) => first + Math.floor(each * step));
      return `SELECT * FROM (SELECT * FROM ${table} WHERE rowid >= ${from} AND rowid < ${end} ORDER BY rowid LIMIT ${length})`;
    });
    const query = parts.join(' UNION ALL ');
    const [seen = 0] = sqlite.prepare<[], number>(`SELECT count(*) FROM (${query})`).pluck(true).all();
    return { path, query, seen, total, estimated: true };
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return undefined;
    throw error;
  } finally {
    sqlite?.close();
  }
}
