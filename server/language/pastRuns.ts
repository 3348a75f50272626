/** Past runs of an experiment out of the workspace's store, for lenses, hovers and hints. Reads only, and only what is new. */
import { hasStore } from '../store/place.ts';
import { openStore, type Store } from '../store/store.ts';
import { listRuns, type RunSummary, readRun } from '../tracking/runs.ts';
import type { PastRun } from './openExperiment.ts';

/** Each look at the store is kept until it is forgotten, or for so long: checks come with every key press. Milliseconds. */
const keptFor = 5_000;
const mostRuns = 50;

export interface PastRuns {
  /** Newest first; none where there is no store, or none that can be read. */
  of(workspace: string, experiment: string): readonly PastRun[];
  /** The stores have changed. */
  forget(): void;
}

export function pastRuns(): PastRuns {
  const stores = new Map<string, Store>();
  const looks = new Map<string, { at: number; runs: readonly RunSummary[] }>();
  const finished = new Map<string, PastRun>();

  const storeOf = (workspace: string): Store => {
    const known = stores.get(workspace) ?? openStore(workspace);
    stores.set(workspace, known);
    return known;
  };

  const summaries = (workspace: string): readonly RunSummary[] => {
    const known = looks.get(workspace);
    if (known !== undefined && Date.now() - known.at < keptFor) return known.runs;
    const runs = hasStore(workspace) ? listRuns(storeOf(workspace)) : [];
    looks.set(workspace, { at: Date.now(), runs });
    return runs;
  };

  const detailed = (workspace: string, summary: RunSummary): PastRun => {
    const known = finished.get(summary.id);
    if (known !== undefined) return known;
    const run = { ...pastRun(summary), gates: readRun(storeOf(workspace), summary.id).document?.gates ?? [] };
    finished.set(summary.id, run);
    return run;
  };

  const of: PastRuns['of'] = (workspace, experiment) => {
    try {
      const own = summaries(workspace)
        .filter((summary) => summary.experiment === experiment)
        .slice(0, mostRuns);
      const last = own.find(({ status }) => status === 'finished');
      // Only the last result's gates are shown; the others stay in the store.
      return own.map((summary) => (summary === last ? detailed(workspace, summary) : pastRun(summary)));
    } catch {
      // Past runs are an extra: a store that is busy, foreign or broken is told by the commands that need it.
      stores.delete(workspace);
      return [];
    }
  };
  return { of, forget: () => looks.clear() };
}

function pastRun({ metric, value, low, high, ...head }: RunSummary): PastRun {
  const numbers = [value, low, high].map(Number);
  const [v = Number.NaN, l = Number.NaN, h = Number.NaN] = numbers;
  return {
    head,
    ...(typeof metric === 'string' && Number.isFinite(v)
      ? { headline: { metric, value: v, low: l, high: h } }
      : {}),
    gates: [],
  };
}
