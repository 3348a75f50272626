/** Types a CSV file's text columns: the narrowest type that every cell of the column has, not just the first ones. */

import type { ColumnBlock } from '../duckdb/columnBlocks.ts';
import { type CellType, guessTypes, widerType } from '../duckdb/csvGuess.ts';
import type { Database } from '../duckdb/database.ts';
import { type ColumnKind, declaredKind } from '../table.ts';
import { columnId, type LoadedColumn, type ReadOptions } from './loaded.ts';

/** Share of the cells that are dates from which a column holds dates, the others being malformed. */
const dateShare = 0.95;

interface Column {
  readonly id: string;
  readonly name: string;
  type: CellType;
  kind: ColumnKind | undefined;
  /** Cells that are not missing. */
  readonly present: number;
}

export interface TypingOptions extends ReadOptions {
  readonly decimal: '.' | ',';
  /** The table that is made, of the columns that `names` are. */
  readonly block: ColumnBlock;
}

/** Turns the table `raw` (text in `c0`, `c1`, …, counted over all blocks; null where missing) into the block's own. */
export async function typeColumns(
  database: Database,
  names: readonly string[],
  { kinds, decimal, block, some }: TypingOptions,
): Promise<LoadedColumn[]> {
  const ids = names.map((_, index) => columnId(block.from + index));
  const guesses = await guessTypes(database, ids, { decimal, soon: some !== undefined });
  const guessed = names.map((name, index) => {
    const kind = declaredKind(kinds, name);
    const type = asWritten(kind) ? 'VARCHAR' : (guesses[index] ?? 'VARCHAR');
    return { id: columnId(block.from + index), name, kind, type };
  });
  const counted = await database.aggregateEach(
    guessed.map((column) => [`count(${column.id})`, failuresSql(column, decimal)]),
    'raw',
  );
  const columns = guessed.map((column, index): Column => {
    const present = Number(counted[index]?.[0]);
    // Nothing to see: a column of missing numbers, as other readers have it.
    return { ...column, type: present === 0 && column.type !== 'VARCHAR' ? 'DOUBLE' : column.type, present };
  });
  await widen(database, columns, { decimal, failures: counted.map((own) => Number(own[1])) });
  const typed = columns.map((column) => `${typedSql(column, decimal)} AS ${column.id}`);
  await database.run(`CREATE TABLE ${block.table} AS SELECT ${typed.join(', ')} FROM raw`);
  await database.run('DROP TABLE raw');
  return columns.map(({ name, type, kind, present }) => ({
    name,
    type,
    decimal,
    present,
    ...(kind === undefined ? {} : { kind }),
  }));
}

/** Moves each column to the next type until no cell fails; a column of dates may keep a few malformed ones as text. */
async function widen(
  database: Database,
  columns: readonly Column[],
  { decimal, failures: counted }: { decimal: '.' | ','; failures: readonly number[] },
): Promise<void> {
  let open = columns.filter((_, index) => (counted[index] ?? 0) > 0);
  let failures: readonly unknown[] = counted.filter((failed) => failed > 0);
  while (open.length > 0) {
    open = open.filter((column, index) => {
      const failed = Number(failures[index]);
      if (failed === 0) return false;
      const mostlyDates =
        column.type === 'TIMESTAMP' && column.present - failed >= dateShare * column.present;
      if (mostlyDates) column.kind ??= 'datetime';
      column.type = widerType(column.type);
      return column.type !== 'VARCHAR';
    });
    failures = await database.aggregate(open, (column) => failuresSql(column, decimal), { from: 'raw' });
  }
}

/** Kinds whose cells stay as written: `007` is not 7. */
function asWritten(kind: ColumnKind | undefined): boolean {
  return kind !== undefined && !['numeric', 'boolean', 'datetime', 'cyclic'].includes(kind);
}

function failuresSql(column: Pick<Column, 'type' | 'id'>, decimal: '.' | ','): string {
  return `count_if(${failsSql(column, decimal)})`;
}

/** True for a cell that is present and not of the candidate type. */
function failsSql({ type, id }: Pick<Column, 'type' | 'id'>, decimal: '.' | ','): string {
  const number = numberSql(id, decimal);
  switch (type) {
    case 'BOOLEAN':
      return `lower(${id}) NOT IN ('true', 'false')`;
    case 'BIGINT':
    case 'HUGEINT':
      return `${id} IS NOT NULL AND (NOT regexp_full_match(${id}, '\\s*[+-]?[0-9]+\\s*') OR try_cast(${id} AS ${type}) IS NULL)`;
    case 'DOUBLE':
      return `${id} IS NOT NULL AND (${number}) IS NULL`;
    case 'DATE':
      return `${id} IS NOT NULL AND (NOT regexp_full_match(${id}, '${datePattern}') OR try_cast(${id} AS DATE) IS NULL)`;
    case 'TIMESTAMP':
      return `${id} IS NOT NULL AND (${timestampSql(id)}) IS NULL`;
    case 'VARCHAR':
      return 'false';
  }
}

function typedSql({ type, id }: Column, decimal: '.' | ','): string {
  switch (type) {
    case 'BOOLEAN':
      return `lower(${id}) = 'true'`;
    case 'BIGINT':
    case 'HUGEINT':
    case 'DATE':
      return `CAST(${id} AS ${type})`;
    case 'DOUBLE':
      return numberSql(id, decimal);
    case 'TIMESTAMP':
      return timestampSql(id);
    case 'VARCHAR':
      return id;
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
