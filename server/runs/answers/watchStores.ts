/** Tells the editor what changes in the stores of its workspaces, whichever process changed it. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunsChanged } from '../../protocol/workbench.ts';
import { registryStamp } from '../../registry/changes.ts';
import { listDeployments } from '../../serving/deployments.ts';
import { readFigures } from '../../serving/figures.ts';
import { hasStore, storeFolder } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import { readActivity } from '../../tracking/overview.ts';

/** Milliseconds. A look costs a query without rows while nothing happens. */
const interval = 700;

interface Watched {
  store: Store | undefined;
  /** Of the database file: a folder that was deleted and made anew has another. */
  inode: number;
  version: unknown;
  runs: string;
  models: string;
  deployments: string;
  running: boolean;
  serving: boolean;
}

/** What is told of a workspace. */
export interface StoreListeners {
  readonly runs: (change: RunsChanged) => void;
  /** The registered models are others. */
  readonly models?: (workspace: string) => void;
  /** A deployment came or ended, or its figures are others. */
  readonly deployments?: (workspace: string) => void;
}

export interface StoreWatch {
  /** From now on changes in this workspace are told. */
  add(workspace: string): void;
  stop(): void;
}

export function watchStores(listeners: StoreListeners): StoreWatch {
  const watched = new Map<string, Watched>();
  const timer = setInterval(() => {
    for (const [workspace, state] of watched) {
      try {
        look(workspace, state, listeners);
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
  const nothing = { runs: '', models: '', deployments: '' };
  return { store: undefined, inode: 0, version: undefined, running: false, serving: false, ...nothing };
}

function look(workspace: string, state: Watched, listeners: StoreListeners): void {
  if (!hasStore(workspace)) {
    if (state.store === undefined) return;
    close(state);
    Object.assign(state, fresh());
    listeners.runs({ workspace, listed: true, running: [] });
    listeners.models?.(workspace);
    listeners.deployments?.(workspace);
    return;
  }
  const { ino } = statSync(join(workspace, storeFolder, 'store.db'));
  if (state.inode !== ino) close(state);
  state.store ??= openStore(workspace);
  state.inode = ino;
  const version = state.store.database.pragma('data_version', { simple: true });
  // A worker that was killed changes nothing in the store: while one runs or serves, look every time.
  if (version === state.version && !state.running && !state.serving) return;
  state.version = version;
  const before = { ...state };
  const { stamp, running } = readActivity(state.store);
  state.runs = stamp;
  state.models = registryStamp(state.store);
  const deployments = listeners.deployments === undefined ? nothingServed : readServing(state.store);
  state.deployments = deployments.stamp;
  const listed = state.runs !== before.runs;
  // After the last one has ended there is one more word of it.
  if (listed || running.length > 0 || before.running)
    listeners.runs({ workspace, listed, running: [...running] });
  state.running = running.length > 0;
  state.serving = deployments.serving;
  if (state.models !== before.models) listeners.models?.(workspace);
  if (state.deployments !== before.deployments) listeners.deployments?.(workspace);
}

const nothingServed = { stamp: '', serving: false };

/** Another stamp as soon as a deployment or its figures are others; one that died is found here too. */
function readServing(store: Store): { readonly stamp: string; readonly serving: boolean } {
  const deployments = listDeployments(store);
  const lines = deployments.map(({ id, status }) => [
    id,
    status,
    status === 'running' ? readFigures(store, id) : null,
  ]);
  return { stamp: JSON.stringify(lines), serving: deployments.some(({ status }) => status === 'running') };
}

function close(state: Watched): void {
  state.store?.close();
  state.store = undefined;
}
