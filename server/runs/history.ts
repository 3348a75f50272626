/** Reads the results of past runs out of a workspace's store, for the lint rules that know them. */
import type { Histories, PastDeployment, PastFailure, PastResult, RunHistory } from '../lint/history.ts';
import { readCheck } from '../monitoring/lastCheck.ts';
import { readVersions } from '../registry/versions.ts';
import { deploymentFolder, listDeployments } from '../serving/deployments.ts';
import { readFigures } from '../serving/figures.ts';
import { hasStore } from '../store/place.ts';
import { openStore, type Store } from '../store/store.ts';
import { countLooks, listResultIds, listRunIds } from '../tracking/overview.ts';
import { type RunRecord, readRun } from '../tracking/runs.ts';
import { columnsThen } from './columnsThen.ts';
import { codeLineage } from './git.ts';

/** Rules compare with at most so many results; the test set's looks are counted over all. */
const mostResults = 100;

export interface HistoryRequest {
  readonly workspace: string;
  readonly experiment: string;
  readonly variant?: string;
  /** Of the experiment file: where its code is. */
  readonly directory: string;
}

/** Undefined where there is no store, or none that can be read: past runs are an extra. */
export function readHistory(request: HistoryRequest): RunHistory | undefined {
  if (!hasStore(request.workspace)) return undefined;
  const store = openStore(request.workspace);
  try {
    const history = historyOf(store, request, new Map());
    // Counted now, since the store is closed when a rule asks.
    const looks = new Map(
      history.results.map(({ document }) => document.split.hash).map((hash) => [hash, history.looksAt(hash)]),
    );
    return { ...history, looksAt: (hash) => looks.get(hash) ?? 0 };
  } finally {
    store.close();
  }
}

/** The history of a run that has just been judged: itself alone, so that it is the same whatever else the store holds. */
export function historyOfRun(
  document: PastResult['document'],
  experiment: Readonly<Record<string, unknown>>,
): RunHistory {
  return { results: [{ document, experiment, overrides: [], promoted: [] }], looksAt: () => 1 };
}

/** For the editor: finished runs do not change, so each is read once. */
export function histories(): Histories {
  const stores = new Map<string, Store>();
  const finished = new Map<string, RunRecord>();
  const columns = new Map<string, ReturnType<typeof columnsThen>>();
  const known = new Map<string, RunHistory | undefined>();
  return {
    of(workspace, experiment, directory) {
      const key = JSON.stringify([workspace, experiment, directory]);
      if (known.has(key)) return known.get(key);
      try {
        if (!hasStore(workspace)) return undefined;
        const store = stores.get(workspace) ?? openStore(workspace);
        stores.set(workspace, store);
        const history = historyOf(store, { workspace, experiment, directory }, finished);
        const columnsOf = (run: string) => {
          const record = finished.get(run);
          const kept = columns.get(run) ?? (record && columnsThen(workspace, record));
          columns.set(run, kept);
          return kept;
        };
        known.set(key, { ...history, columnsOf });
        return known.get(key);
      } catch {
        // A store that is busy, foreign or broken is told by the commands that need it.
        stores.delete(workspace);
        return undefined;
      }
    },
    forget() {
      // A store that was deleted and made anew is another file.
      for (const store of stores.values()) store.close();
      stores.clear();
      known.clear();
    },
  };
}

function historyOf(store: Store, request: HistoryRequest, finished: Map<string, RunRecord>): RunHistory {
  const { experiment, variant = null, directory } = request;
  const promoted = promotions(store);
  const results = listResultIds(store, experiment, { variant, limit: mostResults }).flatMap(
    (id): PastResult[] => {
      const record = finished.get(id) ?? readRun(store, id);
      finished.set(id, record);
      if (record.document === undefined) return [];
      const { experiment: frozen, overrides } = record.request;
      const { names = [], champion = false } = promoted.get(id) ?? {};
      return [{ document: record.document, experiment: frozen, overrides, promoted: names, champion }];
    },
  );
  const counted = new Map<string, number>();
  const ids = new Set(listRunIds(store));
  return {
    results,
    failures: failuresOf(store, request),
    deployments: deploymentsOf(store, results),
    hasRun: (id) => ids.has(id),
    looksAt: (hash) => {
      const known = counted.get(hash) ?? countLooks(store, hash);
      counted.set(hash, known);
      return known;
    },
    code: () => codeLineage(directory),
  };
}

function deploymentsOf(store: Store, results: readonly PastResult[]): PastDeployment[] {
  const known = new Set(results.map(({ document }) => document.run.id));
  return listDeployments(store).flatMap(({ id, models }) => {
    if (!models.some(({ run }) => run !== null && known.has(run))) return [];
    const figures = readFigures(store, id);
    const check = readCheck(deploymentFolder(store, id));
    return models.flatMap(({ run }, index): PastDeployment[] => {
      if (run === null || !known.has(run)) return [];
      const { requests = 0, p95 = null } = figures[index] ?? {};
      return [{ id, run, requests, p95, ...(check?.run === run ? { check } : {}) }];
    });
  });
}

/** The newest few: an error of long ago is no news. */
const mostFailures = 10;

function failuresOf(store: Store, request: HistoryRequest): PastFailure[] {
  const asked = { variant: request.variant ?? null, limit: mostFailures, status: 'failed' } as const;
  return listResultIds(store, request.experiment, asked).flatMap((id) => {
    const { head, request: frozen, error } = readRun(store, id);
    if (error === undefined) return [];
    const { code, message } = error;
    return [{ run: id, started: head.started, experiment: frozen.experiment, code, message }];
  });
}

/** Versions in use, by run. */
function promotions(
  store: Store,
): ReadonlyMap<string, { readonly names: readonly string[]; readonly champion: boolean }> {
  const used = readVersions(store).filter(({ aliases }) => aliases.length > 0);
  return new Map(
    [...Map.groupBy(used, ({ run }) => run)].map(([run, versions]) => [
      run,
      {
        names: versions.map(({ name, version }) => `${name}/${version}`),
        champion: versions.some(({ aliases }) => aliases.includes('production')),
      },
    ]),
  );
}
