/** Types a CSV file's text columns: the narrowest type that every cell of the column has, not just the first ones. */
import type { Database } from './database.ts';
import { columnId, type LoadedColumn, type ReadOptions } from './loaded.ts';
import { sqlText } from './sql.ts';
import type { ColumnKind } from './table.ts';

/** Cells of CSV and TSV files that mean missing, quoted or not (cli.md). */
export const defaultNullValues = ['', 'NA', 'N/A', 'NaN', 'null', 'NULL', 'None'] as const;

/** Share of the cells that are dates from which a column holds dates, the others being malformed. */
const dateShare = 0.95;

/** Narrowest first. */
const candidates = ['BOOLEAN', 'BIGINT', 'HUGEINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR'] as const;
type Candidate = (typeof candidates)[number];

interface Column {
  readonly id: string;
  readonly name: string;
  /** Cell, null where missing. */
  readonly cell: string;
  candidate: Candidate;
  kind: ColumnKind | undefined;
}

export interface TypingOptions extends ReadOptions {
  readonly decimal: '.' | ',';
}

/** Turns the table `raw` (text in `c0`, `c1`, …) into `source`. */
export async function typeColumns(
  database: Database,
  names: readonly string[],
  options: TypingOptions,
): Promise<LoadedColumn[]> {
  const nulls = [...new Set(['', ...(options.read.null_values ?? defaultNullValues)])];
  const nullList = nulls.map(sqlText).join(', ');
  const columns = names.map((name, index): Column => {
    const id = columnId(index);
    const kind = options.kinds[name];
    const cell = `CASE WHEN ${id} NOT IN (${nullList}) THEN ${id} END`;
    return { id, name, cell, kind, candidate: asWritten(kind) ? 'VARCHAR' : 'BOOLEAN' };
  });
  await startFromSample(database, columns, options.decimal);
  await widen(database, columns, options.decimal);
  const spellings = await countNulls(database, columns, nulls);
  const typed = columns.map((column) => `${typedSql(column, options.decimal)} AS ${column.id}`);
  await database.run(`CREATE TABLE source AS SELECT ${typed.join(', ')} FROM raw`);
  await database.run('DROP TABLE raw');
  return columns.map(({ name, candidate, kind }, index) => ({
    name,
    type: candidate,
    ...(kind === undefined ? {} : { kind }),
    decimal: options.decimal,
    nullSpellings: spellings[index] ?? {},
  }));
}

/** Kinds whose cells stay as written: `007` is not 7. */
function asWritten(kind: ColumnKind | undefined): boolean {
  return kind !== undefined && !['numeric', 'boolean', 'datetime', 'cyclic'].includes(kind);
}

/** Most columns are what their first cells are: a guess saves testing every type over all rows. */
async function startFromSample(
  database: Database,
  columns: readonly Column[],
  decimal: '.' | ',',
): Promise<void> {
  const open = columns.filter(({ candidate }) => candidate !== 'VARCHAR');
  if (open.length === 0) return;
  let waiting = open;
  for (const candidate of candidates) {
    if (waiting.length === 0) return;
    for (const column of waiting) column.candidate = candidate;
    const tests = waiting.map((column) => `count(*) FILTER (${failsSql(column, decimal)})`);
    const failed = await database.row(`SELECT ${tests.join(', ')} FROM (SELECT * FROM raw LIMIT 2000)`);
    waiting = waiting.filter((_, index) => Number(failed[index]) > 0);
  }
}

/** Moves each column to the next type until no cell fails; a column of dates may keep a few malformed ones as text. */
async function widen(database: Database, columns: readonly Column[], decimal: '.' | ','): Promise<void> {
  let open = columns.filter(({ candidate }) => candidate !== 'VARCHAR');
  while (open.length > 0) {
    const tests = open.flatMap((column) => [
      `count(${column.cell})`,
      `count(*) FILTER (${failsSql(column, decimal)})`,
    ]);
    const counts = await database.row(`SELECT ${tests.join(', ')} FROM raw`);
    open = open.filter((column, index) => {
      const present = Number(counts[2 * index]);
      const failed = Number(counts[2 * index + 1]);
      // Nothing to see: a column of missing numbers, as other readers have it.
      if (present === 0) column.candidate = 'DOUBLE';
      if (present === 0 || failed === 0) return false;
      const next = candidates[candidates.indexOf(column.candidate) + 1] ?? 'VARCHAR';
      const mostlyDates = column.candidate === 'TIMESTAMP' && present - failed >= dateShare * present;
      if (mostlyDates) column.kind ??= 'datetime';
      column.candidate = next;
      return next !== 'VARCHAR';
    });
  }
}

/** True for a cell that is present and not of the candidate type. */
function failsSql({ candidate, cell }: Column, decimal: '.' | ','): string {
  const number = numberSql(cell, decimal);
  switch (candidate) {
    case 'BOOLEAN':
      return `lower(${cell}) NOT IN ('true', 'false')`;
    case 'BIGINT':
    case 'HUGEINT':
      return `${cell} IS NOT NULL AND (NOT regexp_full_match(${cell}, '\\s*[+-]?[0-9]+\\s*') OR try_cast(${cell} AS ${candidate}) IS NULL)`;
    case 'DOUBLE':
      return `${cell} IS NOT NULL AND (${number}) IS NULL`;
    case 'DATE':
      return `${cell} IS NOT NULL AND (NOT regexp_full_match(${cell}, '${datePattern}') OR try_cast(${cell} AS DATE) IS NULL)`;
    case 'TIMESTAMP':
      return `${cell} IS NOT NULL AND (${timestampSql(cell)}) IS NULL`;
    case 'VARCHAR':
      return 'false';
  }
}

function typedSql({ candidate, cell }: Column, decimal: '.' | ','): string {
  switch (candidate) {
    case 'BOOLEAN':
      return `lower(${cell}) = 'true'`;
    case 'BIGINT':
    case 'HUGEINT':
    case 'DATE':
      return `CAST(${cell} AS ${candidate})`;
    case 'DOUBLE':
      return numberSql(cell, decimal);
    case 'TIMESTAMP':
      return timestampSql(cell);
    case 'VARCHAR':
      return cell;
  }
}

/** Text to DOUBLE, null where it is none. DuckDB would also take `1_000`, and a point beside a decimal comma. */
export function numberSql(text: string, decimal: '.' | ','): string {
  return decimal === '.'
    ? `CASE WHEN NOT contains(${text}, '_') THEN try_cast(${text} AS DOUBLE) END`
    : `CASE WHEN NOT contains(${text}, '_') AND NOT contains(${text}, '.') THEN try_cast(replace(${text}, ',', '.') AS DOUBLE) END`;
}

const datePattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const timePattern = '[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))?';

/** ISO 8601 text to TIMESTAMP in UTC, null where it is none. */
export function timestampSql(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '${datePattern}(${timePattern})?') THEN CAST(try_cast(${text} AS TIMESTAMPTZ) AS TIMESTAMP) END`;
}

async function countNulls(
  database: Database,
  columns: readonly Column[],
  nulls: readonly string[],
): Promise<Record<string, number>[]> {
  const totals = columns.flatMap(({ id, cell }) => [
    `count(*) FILTER (${id} IS NULL OR ${id} = '')`,
    `count(*) - count(${cell})`,
  ]);
  const counts = await database.row(`SELECT ${totals.join(', ')} FROM raw`);
  const found: Record<string, number>[] = [];
  for (const [index, { id }] of columns.entries()) {
    const empty = Number(counts[2 * index]);
    const all = Number(counts[2 * index + 1]);
    const spellings: Record<string, number> = empty > 0 ? { '': empty } : {};
    if (all > empty) {
      const rows = await database.rows(
        `SELECT ${id}, count(*) FROM raw WHERE ${id} <> '' AND ${id} IN (${nulls.map(sqlText).join(', ')}) GROUP BY 1 ORDER BY 1`,
      );
      for (const [spelling, count] of rows) spellings[String(spelling)] = Number(count);
    }
    found.push(spellings);
  }
  return found;
}
