/** Tells the editor what changes in the stores of its workspaces, whichever process changed it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunsChanged } from '../protocol/workbench.ts';
import { hasStore, openStore, type Store, storeFolder } from '../store/store.ts';
import { readActivity } from '../tracking/overview.ts';

/** Milliseconds. A look costs a query without rows while nothing happens. */
const interval = 700;

interface Watched {
  store: Store | undefined;
  /** Of the database file: a folder that was deleted and made anew has another. */
  inode: number;
  version: unknown;
  stamp: string;
  running: boolean;
}

export interface StoreWatch {
  /** From now on changes in this workspace are told. */
  add(workspace: string): void;
  stop(): void;
}

export function watchStores(notify: (change: RunsChanged) => void): StoreWatch {
  const watched = new Map<string, Watched>();
  const timer = setInterval(() => {
    for (const [workspace, state] of watched) {
      try {
        const change = look(workspace, state);
        if (change !== undefined) notify(change);
      } catch {
        // A store that is busy, broken or gone: the commands that need it say so; the next look tries again.
        close(state);
      }
    }
  }, interval);
  timer.unref();
  return {
    add(workspace) {
      if (!watched.has(workspace)) watched.set(workspace, fresh());
    },
    stop() {
      clearInterval(timer);
      for (const state of watched.values()) close(state);
    },
  };
}

function fresh(): Watched {
  return { store: undefined, inode: 0, version: undefined, stamp: '', running: false };
}

function look(workspace: string, state: Watched): RunsChanged | undefined {
  if (!hasStore(workspace)) {
    if (state.store === undefined) return undefined;
    close(state);
    Object.assign(state, fresh());
    return { workspace, listed: true, running: [] };
  }
  const { ino } = statSync(join(workspace, storeFolder, 'store.db'));
  if (state.inode !== ino) close(state);
  state.store ??= openStore(workspace);
  state.inode = ino;
  const version = state.store.database.pragma('data_version', { simple: true });
  // A worker that was killed changes nothing in the store: while one runs, look every time.
  if (version === state.version && !state.running) return undefined;
  state.version = version;
  const { stamp, running } = readActivity(state.store);
  const listed = stamp !== state.stamp;
  state.stamp = stamp;
  const ended = state.running && running.length === 0;
  state.running = running.length > 0;
  return listed || ended || state.running ? { workspace, listed, running: [...running] } : undefined;
}

function close(state: Watched): void {
  state.store?.close();
  state.store = undefined;
}
