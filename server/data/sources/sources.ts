/** Finds the files of a source: globs in sorted order, each a regular file in a format that can be read. */
import { globSync, readdirSync, type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { nearest } from '../../config/nearest.ts';
import type { TableSpec } from '../table.ts';

export type SourceFormat = 'csv' | 'tsv' | 'json' | 'parquet' | 'arrow' | 'sqlite';

export interface SourceFile {
  readonly path: string;
  /** 1 train, 2 valid, 3 test; 0 without a predefined split. */
  readonly part: 0 | 1 | 2 | 3;
}

/** The files in reading order. Throws `data-not-found`, `data-not-a-file`, `data-unreadable`. */
export function findSources(source: TableSpec['source']): SourceFile[] {
  if (!('train' in source)) return expand(source).map((path) => ({ path, part: 0 }));
  const parts = [
    { paths: source.train, part: 1 },
    { paths: source.valid === undefined ? [] : [source.valid], part: 2 },
    { paths: source.test === undefined ? [] : [source.test], part: 3 },
  ] as const;
  return parts.flatMap(({ paths, part }) => expand(paths).map((path) => ({ path, part })));
}

/** The paths of all files that a table is read from, those of its joins among them, each once. */
export function filesOf({ source, joins = [] }: Pick<TableSpec, 'source' | 'joins'>): string[] {
  const files = [...findSources(source), ...joins.flatMap((join) => findSources([join.source]))];
  return [...new Set(files.map(({ path }) => path))];
}

/** What a file holds: as declared, else by its first bytes, else by its name. Throws `data-empty`, `data-format`. */
export async function formatOf(path: string, declared: string): Promise<SourceFormat> {
  const head = await readHead(path, 64);
  if (head.length === 0)
    throw new ModelwrightError('data-empty', { path, what: 'the file is empty' }, { file: path });
  const format = declared === 'auto' ? (formatByContent(head) ?? formatByName(path)) : declared;
  switch (format) {
    case 'csv':
    case 'tsv':
    case 'json':
    case 'parquet':
    case 'arrow':
    case 'sqlite':
      return format;
    case 'jsonl':
      return 'json';
    default:
      throw new ModelwrightError('data-format', { path, format }, { file: path });
  }
}

/** The first `bytes` bytes of a file, or all there are. */
export async function readHead(path: string, bytes: number): Promise<Buffer> {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Opens for reading; `data-unreadable` where the system refuses. */
export async function openFile(path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function expand(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    if (/^[a-z][a-z0-9+]+:\/\//i.test(pattern)) {
      throw new ModelwrightError('data-format', { path: pattern, format: 'an address on the network' });
    }
    const found = statOf(pattern);
    if (found !== undefined) return [checked(pattern, found)];
    const paths = /[*?[\]{}]/.test(pattern) ? globSync(pattern).toSorted(byCodePoint) : [];
    if (paths.length === 0) throw notFound(pattern);
    return paths.map((path) => checked(path, statOf(path)));
  });
}

function checked(path: string, found: Stats | undefined): string {
  if (found === undefined) throw notFound(path);
  if (found.isFile()) return path;
  throw new ModelwrightError('data-not-a-file', { path, what: kindOf(found) }, { file: path });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  }
}

function notFound(path: string): ModelwrightError {
  const close = nearest(basename(path), siblings(path));
  const hint =
    close === undefined
      ? 'Check the path; in an experiment it is relative to the experiment file.'
      : `Did you mean \`${close}\`?`;
  return new ModelwrightError('data-not-found', { path, nearest: hint }, { file: path });
}

function siblings(path: string): string[] {
  try {
    return readdirSync(dirname(path)).toSorted();
  } catch {
    return [];
  }
}

/** With the system's reason. */
export function unreadable(path: string, error: unknown): ModelwrightError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied.' : `${code}.`;
  return new ModelwrightError('data-unreadable', { path, reason }, { file: path });
}

function formatByContent(head: Buffer): string | undefined {
  const magic = head.toString('latin1');
  if (magic.startsWith('PAR1')) return 'parquet';
  if (magic.startsWith('ARROW1')) return 'arrow';
  if (magic.startsWith('SQLite format 3\0')) return 'sqlite';
  if (magic.startsWith('PK\x03\x04')) return 'an Excel or zip file';
  if (magic.startsWith('\x1f\x8b')) return 'a gzip file';
  return undefined;
}

function formatByName(path: string): string {
  const extension = extname(path).toLowerCase();
  return formatOfExtension[extension] ?? 'csv';
}

const formatOfExtension: Readonly<Record<string, string>> = {
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
  '.ipc': 'arrow',
  '.feather': 'arrow',
  '.db': 'sqlite',
  '.sqlite': 'sqlite',
  '.sqlite3': 'sqlite',
  '.xlsx': 'an Excel file',
  '.xls': 'an Excel file',
};

/** Text order of UTF-8 bytes, which is that of code points. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
