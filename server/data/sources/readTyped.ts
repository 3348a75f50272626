/**
 * Parquet and JSON files as `source`: types come from the file, nested values become JSON text. Parquet is not copied
 * into a table: a column is sooner read from the file, where its texts are dictionaries, and needs no memory there.
 */
import { ModelwrightError } from '../../catalog/errors.ts';
import { blocksOf, joinBlocks, refuseTooWide } from '../duckdb/columnBlocks.ts';
import { type Database, firstLine } from '../duckdb/database.ts';
import { sqlName, sqlText } from '../duckdb/sql.ts';
import { isFraction, isInteger, isText } from '../duckdb/sqlTypes.ts';
import type { Stretch } from '../table.ts';
import {
  columnId,
  type Loaded,
  type LoadedColumn,
  type ReadOptions,
  refuseOtherNames,
  type SeenColumn,
} from './loaded.ts';
import { withoutNullValues } from './nullValues.ts';
import { rangeOf, rangeSql } from './numberRange.ts';
import { escapeGlob } from './readCsv.ts';
import type { SourceFile } from './sources.ts';
import { watchFiles } from './watchFiles.ts';

interface TypedFile {
  readonly path: string;
  readonly scan: string;
  readonly types: ReadonlyMap<string, string>;
}

export async function readTyped(
  database: Database,
  files: readonly SourceFile[],
  format: 'parquet' | 'json',
  { read, some }: ReadOptions,
): Promise<Loaded> {
  const described: TypedFile[] = [];
  for (const { path } of files) described.push(await describe(database, path, format));
  const [first] = described;
  if (first === undefined) return { columns: [], ends: [] };
  const names = [...first.types.keys()];
  for (const { path, types } of described)
    refuseOtherNames({ path, names: [...types.keys()] }, { path: first.path, names });
  refuseTooWide(first.path, names.length);
  const columns = names.map((name): LoadedColumn => ({ name, type: commonType(described, name) }));
  const select = columns.map(
    ({ name, type }, index) =>
      `${withoutNullValues(storedSql(sqlName(name), type), type, read.null_values)} AS ${columnId(index)}`,
  );
  const plain = columns.every(({ name, type }) => isPlain(type) && name !== rowNumber);
  const blocks = blocksOf(columns.length);
  if (format === 'parquet' && plain && blocks.length === 1 && some === undefined)
    return viewOf(database, described, { columns, select });
  const ends: number[] = [];
  for (const { path, scan } of described) {
    for (const { table, from, end } of blocks) {
      const verb = ends.length === 0 ? `CREATE TABLE ${table} AS` : `INSERT INTO ${table}`;
      const selected = select.slice(from, end).join(', ');
      await database
        .run(`${verb} SELECT ${selected} FROM ${scan}${onlySql(some?.[path])}`)
        .catch(refuse(path, format));
    }
    const [count] = await database.row(`SELECT count(*) FROM ${blocks[0]?.table ?? 'source'}`);
    ends.push(Number(count));
  }
  refuseEmpty(described, ends);
  if (blocks.length === 1) return { columns, ends };
  await joinBlocks(database, 'source', { tables: blocks.map(({ table }) => table) });
  const inBlocks = blocks.flatMap(({ table, from, end }) =>
    columns.slice(from, end).map((column): LoadedColumn => ({ ...column, block: table })),
  );
  return { columns: inBlocks, ends };
}

/** Of all stretches in one condition: a file is then read once, and by all threads. */
function onlySql(stretches: readonly Stretch[] | undefined): string {
  if (stretches === undefined) return '';
  const conditions = stretches.map(({ from, end }) => `${rowNumber} BETWEEN ${from} AND ${end - 1}`);
  return ` WHERE ${conditions.join(' OR ')}`;
}

/** Of each row of a Parquet file, in a column that every file has; one of its own of this name would hide it. */
const rowNumber = 'file_row_number';

async function viewOf(
  database: Database,
  files: readonly TypedFile[],
  { columns, select }: { columns: readonly LoadedColumn[]; select: readonly string[] },
): Promise<Loaded> {
  const unchanged = watchFiles(files.map(({ path }) => path));
  const ends: number[] = [];
  const parts: string[] = [];
  for (const { path, scan } of files) {
    const from = ends.at(-1) ?? 0;
    parts.push(`SELECT ${select.join(', ')}, ${rowNumber} + ${from} AS rowid FROM ${scan}`);
    const [count] = await database.row(`SELECT count(*) FROM ${scan}`).catch(refuse(path, 'parquet'));
    ends.push(from + Number(count));
  }
  refuseEmpty(files, ends);
  await database.run(`CREATE VIEW source AS ${parts.join(' UNION ALL ')}`);
  database.guard(unchanged, (run) => decodeAll(run, files));
  const seen = await lookAt(database, columns);
  return {
    columns: columns.map((column, index) => ({ ...column, seen: seen[index] ?? nothingSeen })),
    ends,
    view: true,
  };
}

const nothingSeen: SeenColumn = { range: undefined, meanLength: undefined };

/** In one pass, what says how columns are best read; of the others nothing has to be known. */
async function lookAt(database: Database, columns: readonly LoadedColumn[]): Promise<SeenColumn[]> {
  const questions = columns.map(({ type }, index) => {
    const sql = columnId(index);
    return rangeSql({ sql, type }) ?? (isText(type) ? [`avg(length(${sql}))`] : []);
  });
  const answers = await database.aggregateEach(questions, 'source');
  return columns.map(({ type }, index) => {
    const [first = null, ...more] = answers[index] ?? [];
    if (more.length > 0)
      return { range: rangeOf({ sql: '', type }, [first, ...more]), meanLength: undefined };
    return { range: undefined, meanLength: isText(type) && first !== null ? Number(first) : undefined };
  });
}

/** Reads every column of every file; throws for the first that cannot be decoded. */
async function decodeAll(run: (sql: string) => Promise<unknown>, files: readonly TypedFile[]): Promise<void> {
  // Counting would be answered from the file's statistics.
  for (const { path, scan, types } of files)
    for (const name of types.keys())
      await run(`SELECT bit_xor(hash(${sqlName(name)})) FROM ${scan}`).catch(refuse(path, 'parquet'));
}

function refuseEmpty(files: readonly TypedFile[], ends: readonly number[]): void {
  const [{ path } = { path: '' }] = files;
  if (ends.at(-1) !== 0) return;
  throw new ModelwrightError('data-empty', { path, what: 'it holds no row' }, { file: path });
}

async function describe(database: Database, path: string, format: 'parquet' | 'json'): Promise<TypedFile> {
  const file = sqlText(escapeGlob(path));
  const scan =
    format === 'parquet'
      ? `read_parquet(${file}, hive_partitioning = false)`
      : `read_json(${file}, sample_size = -1, maximum_depth = 2, hive_partitioning = false)`;
  const rows = await database.rows(`DESCRIBE SELECT * FROM ${scan}`).catch(refuse(path, format));
  const types = new Map(rows.map(([name, type]) => [String(name), String(type)]));
  if (format === 'parquet') return { path, scan, types };
  // JSON has no dates: text stays text, and what is a date is decided over all rows, as for CSV.
  const fields = [...types].map(([name, type]) => [name, isTextual(type) ? 'VARCHAR' : type] as const);
  const columns = fields.map(([name, type]) => `${sqlName(name)}: ${sqlText(type)}`).join(', ');
  return {
    path,
    scan: `read_json(${file}, columns = {${columns}}, hive_partitioning = false)`,
    types: new Map(fields),
  };
}

function isTextual(type: string): boolean {
  return /^(DATE|TIME|TIMESTAMP|UUID|VARCHAR)/.test(type);
}

function refuse(path: string, format: string) {
  return (error: unknown): never => {
    if (error instanceof ModelwrightError || !(error instanceof Error)) throw error;
    const reason = firstLine(error.message).replaceAll(path, 'the file');
    const name = format === 'json' ? 'JSON' : 'Parquet';
    throw new ModelwrightError('data-broken', { path, format: name, reason }, { file: path });
  };
}

/** One type for a column that files hold in several: numbers meet in DOUBLE, all else in text. */
function commonType(files: readonly TypedFile[], name: string): string {
  const types = [...new Set(files.map((file) => file.types.get(name) ?? 'VARCHAR'))];
  const [only] = types;
  if (types.length === 1 && only !== undefined) return only;
  if (types.every(isInteger)) return 'HUGEINT';
  return types.every((type) => isInteger(type) || isFraction(type)) ? 'DOUBLE' : 'VARCHAR';
}

/** The value as it is kept: numbers, truth values, dates and text; everything else as its text. */
function storedSql(name: string, type: string): string {
  if (type === 'BOOLEAN' || type === 'DATE' || isInteger(type) || isFraction(type)) {
    return `CAST(${name} AS ${type})`;
  }
  if (type.startsWith('TIMESTAMP')) return `CAST(${name} AS TIMESTAMP)`;
  // `->>` takes the quotes off text.
  if (type === 'JSON') return `${name} ->> '$'`;
  return isNested(type) ? `CAST(to_json(${name}) AS VARCHAR)` : `CAST(${name} AS VARCHAR)`;
}

/** Stored as it stands, or next to it: nothing that costs anything to compute again. */
function isPlain(type: string): boolean {
  return type !== 'JSON' && !isNested(type);
}

function isNested(type: string): boolean {
  return /^(STRUCT|MAP|UNION)|\]$/.test(type);
}
