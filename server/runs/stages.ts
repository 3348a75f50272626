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

export type Report = (progress: StageProgress) => void;

export interface Stages {
  /** Seconds spent in each finished stage. */
  readonly timings: Readonly<Record<string, number>>;
  /**
   * Does the work of a stage; `report` may be called as often as one likes. `times`: what it is of its typical share, such
   * as of a search that is made again in each fold.
   */
  run<Result>(name: StageName, work: (report: Report) => Promise<Result>, times?: number): Promise<Result>;
}

/** Tells of one part of a stage, of parts that follow each other; `sizes`: what each of them takes of it, in any unit. */
export function partOf(report: Report, sizes: readonly number[], index: number): Report {
  const sumOf = (some: readonly number[]) => some.reduce((all, size) => all + size, 0);
  const before = sumOf(sizes.slice(0, index));
  return ({ done, total, ...rest }) => {
    const within = total === 0 ? 0 : Math.min(1, done / total);
    report({ ...rest, done: before + within * (sizes[index] ?? 0), total: sumOf(sizes) });
  };
}

interface StagesOptions {
  readonly signal?: AbortSignal;
  /** There is a stage `tune`. */
  readonly tunes?: boolean;
}

/**
 * `publish` is called at every start of a stage and at most twice a second in between; the fraction never falls, even where
 * the work of a stage begins to count anew, and is 1 at the end of the last stage.
 */
export function createStages(
  publish: (event: RunEvent) => void,
  { signal, tunes = false }: StagesOptions = {},
): Stages {
  let total = tunes ? sum : sum - shares.tune;
  const timings: Record<string, number> = {};
  const started = performance.now();
  let before = 0;
  let told = 0;
  let published = 0;

  function tell(stage: StageName, share: number, progress?: StageProgress): void {
    const within = progress === undefined || progress.total === 0 ? 0 : progress.done / progress.total;
    const fraction = Math.max(told, Math.min(1, (before + Math.min(1, within) * share) / total));
    told = fraction;
    const elapsed = (performance.now() - started) / 1000;
    publish({
      stage,
      fraction,
      secondsLeft: fraction < 0.02 || fraction === 1 ? null : (elapsed * (1 - fraction)) / fraction,
      detail: progress?.detail ?? '',
      score: progress?.score ?? null,
    });
    published = performance.now();
  }

  return {
    timings,
    async run(name, work, times = 1) {
      signal?.throwIfAborted();
      const start = performance.now();
      const share = times * shares[name];
      total += share - shares[name];
      tell(name, share);
      const result = await work((progress) => {
        if (performance.now() - published >= 500) tell(name, share, progress);
      });
      timings[name] = (timings[name] ?? 0) + (performance.now() - start) / 1000;
      if (before + share > total - 0.5) tell(name, share, { done: 1, total: 1 });
      before += share;
      return result;
    },
  };
}
