/** The experiment files under a folder, and the text of one file: the only places where this stage reads the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeText } from './decode.ts';
import { nearest } from './nearest.ts';

const skipped: ReadonlySet<string> = new Set(['.git', 'node_modules', '.modelwright']);

export function isExperimentFile(path: string): boolean {
  return /(?:^|\.)experiment\.yaml$|\.experiment\.yml$/.test(basename(path));
}

/** Absolute paths if `directory` is, sorted; folders that cannot be read are left out, links to folders not followed. */
export function findExperimentFiles(directory: string): string[] {
  const found: string[] = [];
  const pending = [directory];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) pending.push(path);
      } else if (isExperimentFile(entry.name) && isFile(path)) {
        found.push(path);
      }
    }
  }
  return found.sort();
}

/** Larger files are not read into memory at all. Bytes. */
const mostBytes = 8_000_000;

/** Throws an Error whose message says why the file cannot be read; text that is broken is read as well as it can be. */
export function readTextFile(path: string): string {
  const status = statSync(path);
  if (status.isDirectory()) throw new Error('it is a folder');
  if (!status.isFile()) throw new Error('it is no plain file');
  if (status.size > mostBytes) throw new Error(`it has ${status.size} bytes; at most ${mostBytes} are read`);
  return decodeText(readFileSync(path)).text;
}

/** The file whose name is nearest to that of `path` in its folder; undefined where none is near. */
export function nearestFile(path: string): string | undefined {
  const folder = dirname(path);
  const names = entriesOf(folder).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const near = nearest(basename(path), names);
  return near === undefined ? undefined : join(folder, near);
}

function entriesOf(folder: string): ReturnType<typeof readDirectory> {
  try {
    return readDirectory(folder);
  } catch {
    return [];
  }
}

function readDirectory(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
