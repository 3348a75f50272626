/** Intervals and bounds for shares, ranks and correlations at any sample size. */
import { fQuantile, normalQuantile, normalTail } from './distributions.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval of a share; `level` such as 0.95, two-sided. */
export function wilson(successes: number, trials: number, level: number): Interval {
  const z = normalQuantile(0.5 + level / 2);
  const share = successes / trials;
  const square = (z * z) / trials;
  const center = (share + square / 2) / (1 + square);
  const half = (z * Math.sqrt((share * (1 - share)) / trials + (square / trials) * 0.25)) / (1 + square);
  // Exactly so for none and for all, where rounding leaves a trace.
  return {
    low: successes === 0 ? 0 : Math.max(0, center - half),
    high: successes === trials ? 1 : Math.min(1, center + half),
  };
}

/** Of a difference of two shares, the first less the second, by Wilson's intervals of both (Newcombe, 1998, method 10). */
export function newcombe(
  a: { readonly hits: number; readonly rows: number },
  b: { readonly hits: number; readonly rows: number },
  level: number,
): Interval {
  const [shareA, shareB] = [a.hits / a.rows, b.hits / b.rows];
  const [first, second] = [wilson(a.hits, a.rows, level), wilson(b.hits, b.rows, level)];
  return {
    low: shareA - shareB - Math.hypot(shareA - first.low, second.high - shareB),
    high: shareA - shareB + Math.hypot(first.high - shareA, shareB - second.low),
  };
}

/** Standard error of an AUC with these many positives and negatives (Hanley and McNeil, 1982, formula 1). */
export function hanleyError(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const square = auc * auc;
  const variance =
    (auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}

/** Rows of one class and of all others. */
export interface ClassCounts {
  readonly positives: number;
  readonly negatives: number;
}

/** Of a mean of one-vs-rest AUCs; their errors are taken as fully correlated, which is never too small. */
function macroError(auc: number, classes: readonly ClassCounts[]): number {
  return (
    classes.reduce((sum, { positives, negatives }) => sum + hanleyError(auc, positives, negatives), 0) /
    classes.length
  );
}

/**
 * One-sided p-value that an observed AUC (of two classes: one entry; macro one-vs-rest: one a class) comes from one of
 * at most `bound`: a score test, with the standard error of the bound, so that a perfect AUC of few rows is not taken
 * for certain.
 */
export function aucAbove(auc: number, bound: number, classes: readonly ClassCounts[]): number {
  const error = macroError(bound, classes);
  return error > 0 ? normalTail((auc - bound) / error) : 1;
}

/** The smallest AUC that the score test at `alpha`, one-sided, does not refuse. */
export function aucLowerBound(auc: number, classes: readonly ClassCounts[], alpha: number): number {
  let low = 0;
  let high = auc;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (aucAbove(auc, middle, classes) < alpha) low = middle;
    else high = middle;
  }
  return low;
}

/** One-sided p-value that a correlation of `rows` pairs comes from one of at most `bound` (Fisher's z). */
export function correlationAbove(r: number, bound: number, rows: number): number {
  if (rows <= 3) return 1;
  return normalTail((Math.atanh(Math.min(r, 1 - 1e-15)) - Math.atanh(bound)) * Math.sqrt(rows - 3));
}

export function correlationLowerBound(r: number, rows: number, alpha: number): number {
  if (rows <= 3) return -1;
  return Math.tanh(Math.atanh(Math.min(r, 1 - 1e-15)) + normalQuantile(alpha) / Math.sqrt(rows - 3));
}

export interface GroupSums {
  /** Rows and sum of each group; groups without rows are skipped. */
  readonly rows: Float64Array;
  readonly sums: Float64Array;
  /** Sum of squares over all rows. */
  readonly squares: number;
}

/**
 * Intra-class correlation ICC(1) of groups of unequal size from a one-way analysis of variance, with its one-sided lower
 * bound (McGraw and Wong, 1996; the mean group size corrected as in Donner, 1986). NaN with fewer than two groups or
 * no group of two.
 */
export function intraClass(
  { rows, sums, squares }: GroupSums,
  alpha: number,
): { value: number; low: number; groups: number } {
  let groups = 0;
  let total = 0;
  let totalSum = 0;
  let sizes = 0;
  let between = 0;
  for (let g = 0; g < rows.length; g++) {
    const size = rows[g] ?? 0;
    if (size === 0) continue;
    groups++;
    total += size;
    totalSum += sums[g] ?? 0;
    sizes += size * size;
    between += ((sums[g] ?? 0) * (sums[g] ?? 0)) / size;
  }
  if (groups < 2 || total <= groups) return { value: Number.NaN, low: Number.NaN, groups };
  const within = Math.max(0, squares - between) / (total - groups);
  const among = Math.max(0, between - (totalSum * totalSum) / total) / (groups - 1);
  const size = (total - sizes / total) / (groups - 1);
  const ratio = among / within;
  const reduced = ratio / fQuantile(1 - alpha, groups - 1, total - groups);
  const correlation = (f: number) => (f === Number.POSITIVE_INFINITY ? 1 : (f - 1) / (f + size - 1));
  return { value: correlation(ratio), low: correlation(reduced), groups };
}
