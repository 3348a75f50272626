/** Checkpoints of a run: numbered files in its folder, the last few of each name, removed when the run has finished. */
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { replaceFile } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';

export interface Checkpoints {
  /** The newest whole state saved under this name, if any; the best where none of the last is whole. */
  load(name: string): Uint8Array | undefined;
  /** Durable when it returns. `isBest`: no earlier one was better. Throws `disk-full` or `not-writable`. */
  save(name: string, state: Uint8Array, isBest?: boolean): void;
  removeAll(): void;
}

interface CheckpointOptions {
  /** Saves of each name that stay. */
  readonly keep?: number;
  /** The best stays beside them. */
  readonly best?: boolean;
}

/** Each file starts with the SHA-256 of the rest, so that a torn write is never taken for a checkpoint. */
const digestBytes = 32;

export function openCheckpoints(
  store: Store,
  runId: string,
  { keep = 1, best = false }: CheckpointOptions = {},
): Checkpoints {
  const directory = join(folderOf(store), runId);
  /** Of each file name, the newest first. */
  const known = new Map<string, number[]>();
  return {
    load: (name) => loadFrom(directory, name),
    save(name, state, isBest = false) {
      const stem = join(directory, fileName(name));
      const numbers = known.get(stem) ?? numbersOf(directory, fileName(name));
      const number = (numbers[0] ?? 0) + 1;
      const path = `${stem}.${number}`;
      replaceFile(path, Buffer.concat([digestOf(state), state]));
      if (best && isBest) linkFile(path, `${stem}.best`);
      known.set(stem, [number, ...numbers.slice(0, keep - 1)]);
      for (const old of numbers.slice(keep - 1)) rmSync(`${stem}.${old}`, { force: true });
    },
    removeAll() {
      known.clear();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Those that lie in a folder, or in one file of it; undefined where there is neither. */
export function readCheckpoints(path: string): Pick<Checkpoints, 'load'> | undefined {
  if (!existsSync(path)) return undefined;
  if (statSync(path).isDirectory()) return { load: (name) => loadFrom(path, name) };
  const [stem] = basename(path).split('.');
  return {
    load(name) {
      if (fileName(name) !== stem) return undefined;
      return readWhole(path);
    },
  };
}

/** The folder that saves at a path lie in. */
export function checkpointFolder(path: string): string {
  return existsSync(path) && !statSync(path).isDirectory() ? dirname(path) : path;
}

/** Removes those of finished runs: a process killed between the end of its run and its clearing up leaves them. */
export function removeSpentCheckpoints(store: Store): void {
  if (!existsSync(folderOf(store))) return;
  const finished = store.database.prepare("SELECT 1 FROM runs WHERE id = ? AND status = 'finished'");
  for (const runId of readdirSync(folderOf(store))) {
    if (finished.get(runId) !== undefined) openCheckpoints(store, runId).removeAll();
  }
}

function loadFrom(directory: string, name: string): Uint8Array | undefined {
  const stem = fileName(name);
  const files = [...numbersOf(directory, stem).map((number) => `${stem}.${number}`), `${stem}.best`];
  for (const file of files) {
    const state = readWhole(join(directory, file));
    if (state !== undefined) return state;
  }
  return undefined;
}

/** The newest first. */
function numbersOf(directory: string, stem: string): number[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.startsWith(`${stem}.`) && /^\d+$/.test(file.slice(stem.length + 1)))
    .map((file) => Number(file.slice(stem.length + 1)))
    .sort((a, b) => b - a);
}

/** Without its digest; undefined where the file is not there or not whole. */
function readWhole(path: string): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  const content = readFileSync(path);
  const state = content.subarray(digestBytes);
  const isWhole = content.length >= digestBytes && digestOf(state).equals(content.subarray(0, digestBytes));
  return isWhole ? state : undefined;
}

/** A second name for a file that is never written again; a copy where the disk knows no second names. */
function linkFile(path: string, target: string): void {
  const scratch = `${target}.${randomBytes(4).toString('hex')}`;
  try {
    linkSync(path, scratch);
  } catch {
    copyFileSync(path, scratch);
  }
  renameSync(scratch, target);
}

/** Names hold experiment text (a baseline's name); their digest is a safe file name. */
function fileName(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

function folderOf(store: Store): string {
  return join(store.directory, 'checkpoints');
}

function digestOf(state: Uint8Array): Buffer {
  return createHash('sha256').update(state).digest();
}
