/** The stages of a run as its progress: what it is doing, how far it is, how long it will take. */
import type { RunEvent } from '../protocol/runMessages.ts';

/**
 * Share of the whole that a stage takes on a typical table, for the time left; measured on the flights example and
 * corrected while the run goes on by the time that has really passed.
 */
const shares = {
  read: 4,
  lint: 4,
  split: 2,
  tune: 400,
  train: 55,
  baselines: 9,
  score: 12,
  evaluate: 12,
  write: 2,
} as const;
export type StageName = keyof typeof shares;

const sum = Object.values(shares).reduce((all, share) => all + share, 0);

export interface StageProgress {
  readonly done: number;
  readonly total: number;
  readonly detail?: string;
  readonly score?: { readonly metric: string; readonly value: number };
}

export interface Stages {
  /** Seconds spent in each finished stage. */
  readonly timings: Readonly<Record<string, number>>;
  /** Does the work of a stage; `report` may be called as often as one likes. */
  run<Result>(
    name: StageName,
    work: (report: (progress: StageProgress) => void) => Promise<Result>,
  ): Promise<Result>;
}

interface StagesOptions {
  readonly signal?: AbortSignal;
  /** There is a stage `tune`. */
  readonly tunes?: boolean;
}

/**
 * `publish` is called at every start of a stage and at most twice a second in between; the fraction never falls, even where
 * the work of a stage begins to count anew.
 */
export function createStages(
  publish: (event: RunEvent) => void,
  { signal, tunes = false }: StagesOptions = {},
): Stages {
  const total = tunes ? sum : sum - shares.tune;
  const timings: Record<string, number> = {};
  const started = performance.now();
  let before = 0;
  let told = 0;
  let published = 0;

  function tell(stage: StageName, progress: StageProgress | undefined): void {
    const within = progress === undefined || progress.total === 0 ? 0 : progress.done / progress.total;
    const fraction = Math.max(told, Math.min(1, (before + Math.min(1, within) * shares[stage]) / total));
    told = fraction;
    const elapsed = (performance.now() - started) / 1000;
    publish({
      stage,
      fraction,
      secondsLeft: fraction < 0.02 ? null : (elapsed * (1 - fraction)) / fraction,
      detail: progress?.detail ?? '',
      score: progress?.score ?? null,
    });
    published = performance.now();
  }

  return {
    timings,
    async run(name, work) {
      signal?.throwIfAborted();
      const start = performance.now();
      tell(name, undefined);
      const result = await work((progress) => {
        if (performance.now() - published >= 500) tell(name, progress);
      });
      timings[name] = (timings[name] ?? 0) + (performance.now() - start) / 1000;
      before += shares[name];
      return result;
    },
  };
}
