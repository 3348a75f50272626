/** Cross-validation folds over the training rows: by chance, or forward in time. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { createRandom } from '../../statistics/random.ts';
import { dealRows } from './splitDeal.ts';
import { gapStart, lowerBound, sortedTimes, tieSafeCut } from './splitTime.ts';

export interface CrossValidation {
  readonly folds: number;
  readonly repeats: number;
  /**
   * `expanding`: each of `folds` consecutive stretches of time is predicted from everything before it, `rolling`: from
   * the stretch before it; the first stretch of all is only trained on.
   */
  readonly kind: 'kfold' | 'expanding' | 'rolling';
}

export interface Fold {
  /** Positions of table rows, ascending. */
  readonly train: Int32Array;
  readonly valid: Int32Array;
}

interface FoldRequest {
  readonly target: Float64Array;
  readonly strata: number;
  readonly stratum?: Float64Array;
  readonly atoms?: Int32Array;
  readonly time?: Float64Array;
  readonly gap?: { readonly unit: 'time' | 'rows'; readonly length: number };
  readonly seed: number;
}

/**
 * `positions`: the rows to divide. Fewer folds than asked where rows, groups or instants do not suffice. Throws
 * `split-folds-empty` where none along time has rows to train on.
 */
export function planFolds(request: FoldRequest, cv: CrossValidation, positions: Int32Array): Fold[] {
  if (cv.kind !== 'kfold' && request.time) return foldsInTime(request, request.time, cv, positions);
  const folds: Fold[] = [];
  for (let repeat = 0; repeat < cv.repeats; repeat++) {
    const random = createRandom(request.seed, 'folds', repeat);
    const shares = new Array<number>(cv.folds).fill(1 / cv.folds);
    const { strata, atoms } = request;
    const stratum = request.stratum ?? request.target;
    const sides = dealRows({ positions, stratum, strata, atoms, shares, random });
    for (let fold = 0; fold < cv.folds; fold++) {
      const train = positions.filter((_, i) => sides[i] !== fold);
      const valid = positions.filter((_, i) => sides[i] === fold);
      if (train.length > 0 && valid.length > 0) folds.push({ train, valid });
    }
  }
  return folds;
}

function foldsInTime(
  request: FoldRequest,
  time: Float64Array,
  { folds, kind }: CrossValidation,
  positions: Int32Array,
): Fold[] {
  const sorted = sortedTimes(positions, time);
  const cuts: number[] = [];
  for (let fold = 1; fold <= folds; fold++) {
    const from = tieSafeCut(sorted, (sorted.length * fold) / (folds + 1));
    if (from > (cuts.at(-1) ?? Number.NEGATIVE_INFINITY)) cuts.push(from);
  }
  const cut = cuts.map((from, fold) => {
    const start =
      kind === 'rolling' ? (cuts[fold - 1] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
    const until = cuts[fold + 1] ?? Number.POSITIVE_INFINITY;
    const gapFrom = gapStart(sorted, from, lowerBound(sorted, from), request.gap);
    const valid = positions.filter((row) => within(time[row], from, until));
    const heldOut = new Set(request.atoms && valid.map((row) => request.atoms?.[row] ?? -1));
    const train = positions.filter((row) => {
      const early = Number.isNaN(time[row]) || within(time[row], start, gapFrom);
      return early && !(request.atoms && heldOut.has(request.atoms[row] ?? -1));
    });
    return { train, valid };
  });
  // A gap, or groups that lie across the cut, can take all that was to be learnt from.
  const kept = cut.filter(({ train, valid }) => train.length > 0 && valid.length > 0);
  if (kept.length === 0) throw new ModelwrightError('split-folds-empty', { folds: cut.length });
  return kept;
}

function within(at: number | undefined, from: number, until: number): boolean {
  return at !== undefined && at >= from && at < until;
}
