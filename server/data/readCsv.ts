/** CSV and TSV files into the table `source`: all cells as text first, then typed by what all of them are. */
import { createReadStream } from 'node:fs';
import { ModelwrightError } from '../catalog/errors.ts';
import { type CsvDialect, readDialect } from './csvDialect.ts';
import { readRecords } from './csvRecords.ts';
import { rewriteCsv } from './csvRewrite.ts';
import { typeColumns } from './csvTypes.ts';
import { type Database, firstLine } from './database.ts';
import { type CountNulls, columnId, type Loaded, type ReadOptions, refuseOtherNames } from './loaded.ts';
import type { SourceFile } from './sources.ts';
import { sqlList, sqlText } from './sql.ts';
import { asUtf8 } from './textFile.ts';

/** Cells of CSV and TSV files that mean missing, quoted or not (cli.md). */
const defaultNullValues = ['', 'NA', 'N/A', 'NaN', 'null', 'NULL', 'None'];

interface TextSource {
  /** As the user knows it. */
  readonly path: string;
  /** UTF-8, perhaps a copy. */
  file: string;
  dialect: CsvDialect;
}

export async function readCsv(
  database: Database,
  files: readonly SourceFile[],
  options: ReadOptions & { readonly tab: boolean },
): Promise<Loaded> {
  const sources: TextSource[] = [];
  for (const { path } of files) {
    const file = await asUtf8(path, options.read.encoding, database.directory);
    sources.push({
      path,
      file,
      dialect: await readDialect(file, path, { ...options.read, tab: options.tab }),
    });
  }
  const [first] = sources;
  if (first === undefined) return { columns: [], ends: [] };
  const { names } = first.dialect;
  await database.run(
    `CREATE TABLE raw (${names.map((_, index) => `${columnId(index)} VARCHAR`).join(', ')})`,
  );
  const nulls = [...new Set(['', ...(options.read.null_values ?? defaultNullValues)])];
  const ends: number[] = [];
  for (const source of sources) {
    await insert(database, source, { first, nulls });
    const [count] = await database.row('SELECT count(*) FROM raw');
    ends.push(Number(count));
  }
  if (ends.at(-1) === 0) {
    throw new ModelwrightError(
      'data-empty',
      { path: first.path, what: 'there is only a header' },
      { file: first.path },
    );
  }
  const decimal = sources.some(({ dialect }) => dialect.decimal === ',') ? ',' : '.';
  const columns = await typeColumns(database, names, { ...options, decimal });
  return { columns, ends, countNulls: nullCounter(database, sources, nulls) };
}

async function insert(
  database: Database,
  source: TextSource,
  { first, nulls }: { first: TextSource; nulls: readonly string[] },
): Promise<void> {
  const order = columnOrder(source, first).map(columnId).join(', ');
  try {
    await database.run(`INSERT INTO raw SELECT ${order} FROM ${scan(source, nulls)}`);
  } catch (error) {
    if (error instanceof ModelwrightError || !(error instanceof Error)) throw error;
    await diagnose(source);
    // Our reader has no complaint: mixed line ends and the like. It writes the file as DuckDB wants it.
    source.file = await rewriteCsv(source.file, source.dialect.delimiter, database.directory);
    source.dialect = { ...source.dialect, delimiter: ',' };
    await database
      .run(`INSERT INTO raw SELECT ${order} FROM ${scan(source, nulls)}`)
      .catch((again: unknown) => {
        if (again instanceof ModelwrightError) throw again;
        const reason = reasonOf(error.message);
        throw new ModelwrightError(
          'data-broken',
          { path: source.path, format: 'CSV', reason },
          { file: source.path },
        );
      });
  }
}

function scan({ file, dialect }: TextSource, nulls: readonly string[]): string {
  const columns = dialect.names.map((_, index) => `${columnId(index)}: 'VARCHAR'`).join(', ');
  return `read_csv(${sqlText(escapeGlob(file))}, auto_detect = false, header = ${dialect.header}, delim = ${sqlText(dialect.delimiter)},
    quote = '"', escape = '"', columns = {${columns}}, null_padding = false, strict_mode = true, nullstr = ${sqlList(nulls)})`;
}

/** Only the profile asks, so that a run does not read twice. */
function nullCounter(
  database: Database,
  sources: readonly TextSource[],
  nulls: readonly string[],
): CountNulls {
  return async (ids) => {
    const [first] = sources;
    const counts = new Map(ids.map((id) => [id, {} as Record<string, number>] as const));
    const wanted = ids.flatMap((id) => nulls.map((text) => ({ id, text })));
    for (const source of sources) {
      const order = first === undefined ? [] : columnOrder(source, first).map(columnId);
      // Empty cells only are null here; `order` brings a file's columns in the order of the first.
      const cells = order.map((id, index) => `${id} AS ${columnId(index)}`).join(', ');
      const from = `(SELECT ${cells} FROM ${scan(source, [''])})`;
      const found = await database.aggregate(
        wanted,
        ({ id, text }) => (text === '' ? `count_if(${id} IS NULL)` : `count_if(${id} = ${sqlText(text)})`),
        { from, batch: 700 },
      );
      for (const [index, { id, text }] of wanted.entries()) {
        const count = Number(found[index]);
        const column = counts.get(id);
        if (count > 0 && column !== undefined) column[text] = (column[text] ?? 0) + count;
      }
    }
    return counts;
  };
}

/** What DuckDB has against the file: its message names the line first, which our own place does better. */
function reasonOf(message: string): string {
  const lines = message
    .split('\n')
    .filter((line) => line.trim() !== '' && !/CSV Error on Line|^Original Line/.test(line));
  return firstLine(lines[0] ?? message);
}

/** DuckDB expands globs in every path; brackets make a sign stand for itself. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]');
}

/** For each column of the first file, where it stands in this one. */
function columnOrder(source: TextSource, first: TextSource): number[] {
  const { names } = source.dialect;
  refuseOtherNames({ path: source.path, names }, { path: first.path, names: first.dialect.names });
  return first.dialect.names.map((name) => names.indexOf(name));
}

/** Throws the exact fault of a file that DuckDB has refused, if our own reader sees one. */
async function diagnose({ path, file, dialect }: TextSource): Promise<void> {
  let row = dialect.header ? -1 : 0;
  const expected = dialect.names.length;
  const text = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
  for await (const { fields, line, fault } of readRecords(text, dialect.delimiter)) {
    const place = { file: path, row, range: lineRange(line) };
    if (fault !== undefined) {
      const what = fault === 'open' ? 'is never closed' : 'is followed by more text after it closes';
      throw new ModelwrightError('data-quote', { path, row, line: line + 1, fault: what }, place);
    }
    if (fields.length !== expected) {
      throw new ModelwrightError(
        'data-ragged',
        { path, row, line: line + 1, found: fields.length, expected },
        place,
      );
    }
    row++;
  }
}

function lineRange(line: number) {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}
