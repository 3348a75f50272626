/** Stops trials that are worse than most before them at the same point of the training. Pure. */

/** How far a trial is: in fit `part` (a fold, from 0), after `steps` of at most `total` steps of it. */
export interface Point {
  readonly part: number;
  readonly steps: number;
  readonly total: number;
}

/** The best score so far of one trial at the points that are looked at, by `part share`. Higher is better. */
export type Curve = Readonly<Record<string, number>>;

export interface PruneRequest {
  /** Trials that must have run to the end before one is stopped. */
  readonly after: number;
  /** Worst share that is stopped, in (0, 1). */
  readonly fraction: number;
  /** Of the trials that ran to the end. */
  readonly finished: readonly Curve[];
}

export interface TrialWatch {
  readonly curve: Curve;
  /** Whether the trial is to be stopped at this point. */
  look(point: Point, score: number): boolean;
}

/**
 * Shares of a training at which it is judged. Not sooner: a slow learner is behind at first, whatever it comes to in
 * the end.
 */
const looks = [1 / 16, 1 / 8, 1 / 4, 1 / 2];

/**
 * The rule of `tune.prune`: a trial is stopped when its best score so far is among the worst `fraction` of those of the
 * trials that ran to the end, at the same point (0.5 is the median rule of Golovin et al. 2017).
 */
export function watchTrial({ after, fraction, finished }: PruneRequest): TrialWatch {
  const curve: Record<string, number> = {};
  let part = 0;
  let passed = 0;
  let best = Number.NEGATIVE_INFINITY;
  return {
    curve,
    look(point, score) {
      if (point.part !== part) [part, passed, best] = [point.part, 0, Number.NEGATIVE_INFINITY];
      if (score > best) best = score;
      const due = looks.filter((share) => point.steps >= share * point.total).length;
      if (due === passed || best === Number.NEGATIVE_INFINITY) return false;
      passed = due;
      const key = `${part} ${due}`;
      curve[key] = best;
      if (finished.length < Math.max(1, after)) return false;
      const others = finished.map((each) => each[key]).filter((each) => each !== undefined);
      const better = others.filter((each) => each > best).length;
      return others.length > 0 && better > (1 - fraction) * others.length;
    },
  };
}
