/** What all answers to the extension share: how a request is registered, and the store it is about. */
import type { Call } from '../../protocol/call.ts';
import { hasStore } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { StoreWatch } from './watchStores.ts';

export type Handler<Params, Result> = (params: Params, signal: AbortSignal) => Result | Promise<Result>;

/** Lets `handler` answer; what it throws becomes the failure that a person is shown. */
export type Register = <Params, Result>(call: Call<Params, Result>, handler: Handler<Params, Result>) => void;

export interface RequestWorld {
  readonly register: Register;
  readonly watch: StoreWatch;
  /** A notification to the extension. */
  notify(method: string, params: unknown): void;
}

/** `missing` is thrown for a workspace without a store: reading must not create one. */
export async function withStore<Result>(
  workspace: string,
  missing: () => Error,
  work: (store: Store) => Result | Promise<Result>,
): Promise<Result> {
  if (!hasStore(workspace)) throw missing();
  const store = openStore(workspace);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** What `list` finds in each workspace that has a store. */
export function inStores<Entry>(
  workspaces: readonly string[],
  list: (store: Store, workspace: string) => readonly Entry[],
): Entry[] {
  return workspaces.filter(hasStore).flatMap((workspace) => {
    const store = openStore(workspace);
    try {
      return list(store, workspace);
    } finally {
      store.close();
    }
  });
}
