/** Facts that outlive the worker: found again by what a file holds, so that data which have not changed are not read again. */
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { hashSources } from '../sources/hash.ts';
import { filesOf } from '../sources/sources.ts';
import { fileSignature } from '../sources/watchFiles.ts';
import type { TableSpec } from '../table.ts';
import type { DataFacts } from './facts.ts';

/** Beyond these the entries that have not been asked for longest go. */
const mostEntries = 64;
const mostBytes = 32 * 1024 ** 2;

export interface FactsCache {
  /** Undefined where these questions have not been answered for this content, by this version. */
  get(): DataFacts | undefined;
  put(facts: DataFacts): void;
}

export interface FactsQuestion {
  readonly spec: TableSpec;
  /** Everything that the facts depend on but the content. */
  readonly question: unknown;
  readonly version: string;
  /** Files that have changed are not hashed: whoever asks has no time for that. */
  readonly soon?: boolean;
}

/**
 * A file whose size, times or inode have changed is hashed again, and an entry counts for the content with its hash
 * alone. A cache that cannot be written is no fault.
 */
export async function factsCache(
  folder: string,
  { spec, question, version, soon = false }: FactsQuestion,
): Promise<FactsCache> {
  const files = filesOf(spec);
  const signature = files.map((path) => [path, fileSignature(path)]);
  const known = join(folder, `content-${digest(files)}`);
  const remembered = read(known);
  const isKnown = isRecord(remembered) && digest(remembered['signature']) === digest(signature);
  // Of data never seen there is nothing to find, and the table's own reading will tell its hash.
  const hash = isKnown ? remembered['hash'] : remembered && !soon && (await hashSources(spec));
  const entryOf = (content: unknown) => join(folder, `facts-${digest([version, content, question])}`);
  return {
    get() {
      if (typeof hash !== 'string') return undefined;
      const found = read(entryOf(hash));
      if (!isRecord(found) || found['hash'] !== hash) return undefined;
      quietly(() => {
        if (!isKnown) write(known, { signature, hash });
        const now = new Date();
        utimesSync(entryOf(hash), now, now);
      });
      // Written by `put` of this very version.
      return found as unknown as DataFacts;
    },
    put(facts) {
      // A file that has changed meanwhile has facts of no one content.
      if (files.some((path, index) => fileSignature(path) !== signature[index]?.[1])) return;
      quietly(() => {
        write(entryOf(facts.hash), facts);
        write(known, { signature, hash: facts.hash });
        trim(folder);
      });
    },
  };
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 32);
}

function read(path: string): unknown {
  try {
    return deserialize(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another process may be reading. */
function write(path: string, value: unknown): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.gitignore'), '*\n');
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, serialize(value));
  renameSync(draft, path);
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A full disk or a folder that is not ours to write: the next answer will be read from the data again.
  }
}

function trim(folder: string): void {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.gitignore')
    .flatMap(({ name }) => {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, size: found.size, used: found.mtimeMs }];
    })
    .toSorted((a, b) => b.used - a.used);
  let bytes = 0;
  for (const [index, { name, size }] of entries.entries()) {
    bytes += size;
    if (index >= mostEntries || bytes > mostBytes) rmSync(join(folder, name), { force: true });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
