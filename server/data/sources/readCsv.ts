/** CSV and TSV files into the table `source`: all cells as text first, then typed by what all of them are. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { blocksOf, type ColumnBlock, joinBlocks, refuseTooWide } from '../duckdb/columnBlocks.ts';
import { type Database, firstLine } from '../duckdb/database.ts';
import { sqlList, sqlText } from '../duckdb/sql.ts';
import { cutCsv } from './csvBlocks.ts';
import { readDialect } from './csvDialect.ts';
import { rewriteCsv } from './csvRewrite.ts';
import { soundRecords, type TextSource } from './csvSource.ts';
import { typeColumns } from './csvTypes.ts';
import {
  type CountNulls,
  columnId,
  type Loaded,
  type LoadedColumn,
  type ReadOptions,
  refuseOtherNames,
} from './loaded.ts';
import { defaultNullValues } from './nullValues.ts';
import type { SourceFile } from './sources.ts';
import { asUtf8 } from './textFile.ts';

type CsvOptions = ReadOptions & { readonly tab: boolean };

export async function readCsv(
  database: Database,
  files: readonly SourceFile[],
  options: CsvOptions,
): Promise<Loaded> {
  const sources: TextSource[] = [];
  for (const { path } of files) {
    const file = await asUtf8(path, options.read.encoding, database.directory);
    const dialect = await readDialect(file, path, {
      ...options.read,
      tab: options.tab,
      soon: options.some !== undefined,
    });
    refuseTooWide(path, dialect.names.length);
    sources.push({ path, file, dialect });
  }
  const [first] = sources;
  if (first === undefined) return { columns: [], ends: [] };
  const { names } = first.dialect;
  const blocks = blocksOf(names.length);
  const [whole] = blocks;
  if (blocks.length === 1 && whole !== undefined)
    return readBlock(database, sources, { ...options, block: whole });

  const orders = sources.map((source) => columnOrder(source, first));
  const cut = await cutCsv(sources, { blocks, orders, directory: database.directory });
  const loaded: Loaded[] = [];
  for (const [index, block] of blocks.entries())
    loaded.push(await readBlock(database, cut[index] ?? [], { ...options, block }));
  await joinBlocks(database, 'source', { tables: blocks.map(({ table }) => table) });
  return {
    columns: loaded.flatMap(({ columns }, index) =>
      columns.map((column): LoadedColumn => ({ ...column, block: blocks[index]?.table ?? 'source' })),
    ),
    ends: loaded[0]?.ends ?? [],
    countNulls: async (ids) => {
      const counts = await Promise.all(
        loaded.map(({ countNulls }, index) => countNulls?.(idsOf(ids, blocks[index]))),
      );
      return new Map(counts.flatMap((each) => [...(each ?? [])]));
    },
  };
}

function idsOf(ids: readonly string[], block: ColumnBlock | undefined): string[] {
  return ids.slice(block?.from, block?.end);
}

/** Of sources that hold the columns of the block only, in whatever order. */
async function readBlock(
  database: Database,
  sources: readonly TextSource[],
  options: CsvOptions & { readonly block: ColumnBlock },
): Promise<Loaded> {
  const [first] = sources;
  if (first === undefined) return { columns: [], ends: [] };
  const { names } = first.dialect;
  const { block } = options;
  const cells = names.map((_, index) => `${columnId(block.from + index)} VARCHAR`);
  await database.run(`CREATE TABLE raw (${cells.join(', ')})`);
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
  const rows = ends.at(-1) ?? 0;
  // Where no cell is missing, no spelling of a missing one stands.
  const gaps = new Set(
    columns.flatMap(({ present }, index) => (present === rows ? [] : columnId(block.from + index))),
  );
  return { columns, ends, countNulls: nullCounter(database, sources, { nulls, block, gaps }) };
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
    // The exact fault, if our own reader sees one.
    for await (const _ of soundRecords(source));
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
  { nulls, block, gaps }: { nulls: readonly string[]; block: ColumnBlock; gaps: ReadonlySet<string> },
): CountNulls {
  return async (ids) => {
    const [first] = sources;
    const counts = new Map(ids.map((id) => [id, {} as Record<string, number>] as const));
    const open = ids.filter((id) => gaps.has(id));
    const wanted = open.flatMap((id) => nulls.map((text) => ({ id, text })));
    if (wanted.length === 0) return counts;
    for (const source of sources) {
      const order = first === undefined ? [] : columnOrder(source, first).map(columnId);
      // Empty cells only are null here; `order` brings a file's columns in the order of the first.
      const cells = order.map((id, index) => `${id} AS ${columnId(block.from + index)}`).join(', ');
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
