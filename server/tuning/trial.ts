/** One tried setting, as searches see it. */
import type { Curve } from './pruning.ts';
import type { Params } from './space.ts';

/** Training up to a share of the full number of steps, and what came of it. */
export interface TrialResult {
  /** In (0, 1]; 1 is all the steps that the experiment allows. */
  readonly budget: number;
  /** Higher is better (losses are negated); NaN where the fit failed. */
  readonly score: number;
  /** Stopped early, as worse than most before it at the same point: the score is what it had by then. */
  readonly pruned: boolean;
  /** For `watchTrial`. */
  readonly curve: Curve;
}

export interface Trial {
  /** From 0, in the order in which they were suggested. */
  readonly index: number;
  readonly params: Params;
  /** By growing budget; empty while it has not come back yet. */
  readonly results: readonly TrialResult[];
}

/** What to train next: a new trial, or one more result of an earlier one with a larger budget. */
export interface Job {
  readonly index: number;
  readonly params: Params;
  readonly budget: number;
}

/** The result with the largest budget. */
export function lastResult({ results }: Trial): TrialResult | undefined {
  return results.at(-1);
}

/** The best of those that got furthest; undefined where none has a score. */
export function bestTrial(trials: readonly Trial[]): Trial | undefined {
  let best: { trial: Trial; result: TrialResult } | undefined;
  for (const trial of trials) {
    const result = lastResult(trial);
    if (result === undefined || result.pruned || Number.isNaN(result.score)) continue;
    const further = best === undefined || result.budget > best.result.budget;
    const asFar = best !== undefined && result.budget === best.result.budget;
    if (further || (asFar && result.score > (best?.result.score ?? 0))) best = { trial, result };
  }
  return best?.trial;
}
