/** A first look at a large source: some thousand rows from stretches all over it, for an answer while the whole is read. */
import { writeFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Database } from './database.ts';
import { escapeGlob } from './readCsv.ts';
import { findSources, formatOf, type SourceFile } from './sources.ts';
import { sqlText } from './sql.ts';
import type { TableSpec } from './table.ts';

export interface SampledSource {
  readonly source: TableSpec['source'];
  /** Rows read. */
  readonly seen: number;
  /** Rows of the source; of text files an estimate from their size, to two digits. */
  readonly total: number;
}

const wantedRows = 5_000;
/** The head of a sorted file is one morning: rows come from so many places, evenly spread. */
const stretches = 10;
/** Smaller sources are as quickly read as a whole. */
const smallRows = 4 * wantedRows;
const smallBytes = 4 * 1024 ** 2;

const [lineFeed = 0, quote = 0, openBrace = 0] = Buffer.from('\n"{');

/**
 * Files like those of `spec`, with few of their rows, in `folder`. Undefined where the source is small, of many files,
 * or of a format without places to jump to.
 */
export async function sampleSource(spec: TableSpec, folder: string): Promise<SampledSource | undefined> {
  const files = findSources(spec.source);
  if (files.length > 3) return undefined;
  const samples: (FileSample & { readonly file: SourceFile })[] = [];
  for (const [index, file] of files.entries()) {
    const format = await formatOf(file.path, spec.format);
    const to = join(folder, `sample${index}${extname(file.path)}`);
    const isText = format === 'csv' || format === 'tsv' || format === 'json';
    const sample =
      format === 'parquet'
        ? await sampleParquet(file.path, to)
        : isText && isByteText(spec)
          ? await sampleLines(file.path, { to, format })
          : undefined;
    if (sample === undefined) return undefined;
    samples.push({ ...sample, file });
  }
  const sum = (of: (sample: FileSample) => number) =>
    samples.reduce((total, sample) => total + of(sample), 0);
  const named = (part: number) => samples.filter(({ file }) => file.part === part).map(({ path }) => path);
  const [valid] = named(2);
  const [test] = named(3);
  return {
    source:
      'train' in spec.source
        ? {
            train: named(1),
            ...(valid === undefined ? {} : { valid }),
            ...(test === undefined ? {} : { test }),
          }
        : named(0),
    seen: sum(({ seen }) => seen),
    total: sum(({ total }) => total),
  };
}

interface FileSample {
  readonly path: string;
  readonly seen: number;
  readonly total: number;
}

/** By row number, which DuckDB finds without reading what lies before. */
async function sampleParquet(path: string, to: string): Promise<FileSample | undefined> {
  const database = await Database.open();
  try {
    const file = `read_parquet(${sqlText(escapeGlob(path))}, hive_partitioning = false)`;
    const [count] = await database.row(`SELECT count(*) FROM ${file}`);
    const total = Number(count);
    if (total < smallRows) return undefined;
    const length = wantedRows / stretches;
    const parts = Array.from({ length: stretches }, (_, at) => {
      const from = Math.floor((at * (total - length)) / (stretches - 1));
      return `SELECT * FROM ${file} WHERE file_row_number BETWEEN ${from} AND ${from + length - 1}`;
    });
    await database.run(`COPY (${parts.join(' UNION ALL ')}) TO ${sqlText(to)} (FORMAT parquet)`);
    return { path: to, seen: wantedRows, total };
  } finally {
    database.close();
  }
}

/** UTF-8 and its like, in which a line feed is one byte that stands for nothing else. */
function isByteText({ read: { encoding } }: TableSpec): boolean {
  return encoding === undefined || !/utf.?16|utf.?32/i.test(encoding);
}

/** By bytes: whole lines of each stretch, the first of the file with its header. Undefined where a line is no record. */
async function sampleLines(
  path: string,
  { to, format }: { to: string; format: 'csv' | 'tsv' | 'json' },
): Promise<FileSample | undefined> {
  const { size } = await stat(path);
  if (size < smallBytes) return undefined;
  const file = await open(path, 'r');
  try {
    const read = async (at: number, length: number) =>
      (await file.read(Buffer.alloc(length), 0, length, at)).buffer;
    const head = await read(0, 65_536);
    // A byte order mark of two bytes, or an array of records.
    if (head.includes(0) || (format === 'json' && head[0] !== openBrace)) return undefined;
    const perRow = head.length / countLines(head);
    const length = Math.min(1024 ** 2, Math.ceil((wantedRows / stretches) * perRow));
    const pieces = [wholeLines(await read(0, length), true)];
    for (let at = 1; at < stretches; at++)
      pieces.push(
        wholeLines(await read(Math.floor((at * (size - length)) / (stretches - 1)), length), false),
      );
    if (format !== 'json' && pieces.some(hasOpenQuotes)) return undefined;
    const bytes = Buffer.concat(pieces);
    writeFileSync(to, bytes);
    const seen = countLines(bytes) - (format === 'json' ? 0 : 1);
    return { path: to, seen, total: Number(((size / bytes.length) * seen).toPrecision(2)) };
  } finally {
    await file.close();
  }
}

/** `first`: the piece begins with a line; of others what is before the first line feed belongs to one that is cut. */
function wholeLines(piece: Buffer, first: boolean): Buffer {
  const start = first ? 0 : piece.indexOf(lineFeed) + 1;
  return piece.subarray(start, piece.lastIndexOf(lineFeed) + 1);
}

/** Whether a record of the piece may go on in its next line: JSON never does, quoted cells may hold line feeds. */
function hasOpenQuotes(piece: Buffer): boolean {
  let quotes = 0;
  for (const byte of piece) {
    if (byte === quote) quotes++;
    else if (byte === lineFeed && quotes % 2 === 1) return true;
  }
  return false;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++;
  return Math.max(1, lines);
}
