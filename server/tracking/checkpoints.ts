/** Checkpoints of a run: named files in its folder, replaced whole, removed when the run has finished. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';

export interface Checkpoints {
  /** The newest whole state saved under this name, if any. A damaged file counts as none. */
  load(name: string): Uint8Array | undefined;
  /** Durable when it returns. Throws `disk-full` or `not-writable`. */
  save(name: string, state: Uint8Array): void;
  removeAll(): void;
}

/** Each file starts with the SHA-256 of the rest, so that a torn write is never taken for a checkpoint. */
const digestBytes = 32;

export function openCheckpoints(store: Store, runId: string): Checkpoints {
  const directory = join(folderOf(store), runId);
  // Names hold experiment text (a baseline's name); their digest is a safe file name.
  const pathOf = (name: string) =>
    join(directory, createHash('sha256').update(name).digest('hex').slice(0, 32));
  return {
    load(name) {
      const path = pathOf(name);
      if (!existsSync(path)) return undefined;
      const content = readFileSync(path);
      const state = content.subarray(digestBytes);
      const whole = content.length >= digestBytes && digestOf(state).equals(content.subarray(0, digestBytes));
      return whole ? state : undefined;
    },
    save(name, state) {
      replaceFile(pathOf(name), Buffer.concat([digestOf(state), state]));
    },
    removeAll() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Removes those of finished runs: a process killed between the end of its run and its clearing up leaves them. */
export function removeSpentCheckpoints(store: Store): void {
  if (!existsSync(folderOf(store))) return;
  const finished = store.database.prepare("SELECT 1 FROM runs WHERE id = ? AND status = 'finished'");
  for (const runId of readdirSync(folderOf(store))) {
    if (finished.get(runId) !== undefined) openCheckpoints(store, runId).removeAll();
  }
}

function folderOf(store: Store): string {
  return join(store.directory, 'checkpoints');
}

function digestOf(state: Uint8Array): Buffer {
  return createHash('sha256').update(state).digest();
}
