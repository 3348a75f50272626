/** Parquet and JSON files into the table `source`: types come from the file, nested values become JSON text. */
import { ModelwrightError } from '../catalog/errors.ts';
import { type Database, firstLine } from './database.ts';
import { columnId, type Loaded, type LoadedColumn, refuseOtherNames } from './loaded.ts';
import { escapeGlob } from './readCsv.ts';
import type { SourceFile } from './sources.ts';
import { sqlName, sqlText } from './sql.ts';

interface TypedFile {
  readonly path: string;
  readonly scan: string;
  readonly types: ReadonlyMap<string, string>;
}

export async function readTyped(
  database: Database,
  files: readonly SourceFile[],
  format: 'parquet' | 'json',
): Promise<Loaded> {
  const described: TypedFile[] = [];
  for (const { path } of files) described.push(await describe(database, path, format));
  const [first] = described;
  if (first === undefined) return { columns: [], ends: [] };
  const names = [...first.types.keys()];
  for (const { path, types } of described)
    refuseOtherNames({ path, names: [...types.keys()] }, { path: first.path, names });
  const columns = names.map((name): LoadedColumn => ({ name, type: commonType(described, name) }));
  const select = columns.map(
    ({ name, type }, index) => `${storedSql(sqlName(name), type)} AS ${columnId(index)}`,
  );
  const ends: number[] = [];
  for (const { path, scan } of described) {
    const verb = ends.length === 0 ? 'CREATE TABLE source AS' : 'INSERT INTO source';
    await database.run(`${verb} SELECT ${select.join(', ')} FROM ${scan}`).catch(refuse(path, format));
    const [count] = await database.row('SELECT count(*) FROM source');
    ends.push(Number(count));
  }
  if (ends.at(-1) === 0) {
    throw new ModelwrightError(
      'data-empty',
      { path: first.path, what: 'it holds no row' },
      { file: first.path },
    );
  }
  return { columns, ends };
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

export function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
}

export function isFraction(type: string): boolean {
  return /^(DOUBLE|FLOAT|DECIMAL\(.*\))$/.test(type);
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

function isNested(type: string): boolean {
  return /^(STRUCT|MAP|UNION)|\]$/.test(type);
}
