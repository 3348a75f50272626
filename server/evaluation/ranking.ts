/** Rows in the order of their scores, and the metrics that depend on that order alone, for any row weights. */
import { ascendingOrder } from '../statistics/order.ts';

/** Rows by ascending score; all but `order` are by place in that order, not by row. */
export interface Ranking {
  readonly order: Int32Array;
  /** Where the run of equal scores that holds this place starts, and the place after its end: ties are judged together. */
  readonly tieStart: Int32Array;
  readonly tieEnd: Int32Array;
  /** Places of positive rows, ascending. */
  readonly positives: Int32Array;
  readonly score: Float64Array;
}

export function rankRows(scores: Float64Array, isPositive: Uint8Array): Ranking {
  const order = ascendingOrder(scores);
  const score = Float64Array.from(order, (row) => scores[row] ?? 0);
  const places = order.map((_, place) => place);
  const tieStart = places.slice();
  const tieEnd = places.map((place) => place + 1);
  for (let place = 1; place < score.length; place++) {
    if (score[place] === score[place - 1]) tieStart[place] = tieStart[place - 1] ?? 0;
  }
  for (let place = score.length - 2; place >= 0; place--) {
    if (score[place] === score[place + 1]) tieEnd[place] = tieEnd[place + 1] ?? 0;
  }
  const positives = places.filter((place) => isPositive[order[place] ?? 0] === 1);
  return { order, tieStart, tieEnd, positives, score };
}

/**
 * Weight below each place: entry i is the sum over the places before i, the last entry the total. Row r weighs
 * `weights[r]`. Written into `below`, which has one entry more than there are rows.
 */
export function accumulate(ranking: Ranking, weights: Uint8Array, below: Int32Array): void {
  const { order } = ranking;
  let sum = 0;
  for (let place = 0; place < order.length; place++) {
    below[place] = sum;
    sum += weights[order[place] as number] as number; // in range: order is a permutation of the rows
  }
  below[order.length] = sum;
}

/** Undefined figures are NaN. */
export interface RankFigures {
  rocAuc: number;
  averagePrecision: number;
}

/**
 * ROC AUC (Mann-Whitney, ties half) and average precision (one step for each distinct score, as scikit-learn).
 * Only ties that hold positives are visited; `below` comes from `accumulate`, `weight` is that of all positives.
 */
export function scanPositives(ranking: Ranking, below: Int32Array, weight: number, into: RankFigures): void {
  const { tieStart, tieEnd, positives, order } = ranking;
  const total = below[order.length] ?? 0;
  let seen = 0;
  let pairs = 0;
  let precision = 0;
  // Indices below are in range by construction; the casts spare the hot loop its checks.
  for (let next = 0; next < positives.length; ) {
    const place = positives[next] as number;
    const end = tieEnd[place] as number;
    let tied = 0;
    for (; next < positives.length && (positives[next] as number) < end; next++) {
      const at = positives[next] as number;
      tied += (below[at + 1] as number) - (below[at] as number);
    }
    const under = below[tieStart[place] as number] as number;
    pairs += tied * (2 * (under - seen) + (below[end] as number) - under - tied);
    // Where nothing is left above, `tied` is 0 too.
    precision += (tied * (weight - seen)) / Math.max(1, total - under);
    seen += tied;
  }
  into.rocAuc = weight > 0 && weight < total ? pairs / (2 * weight * (total - weight)) : Number.NaN;
  into.averagePrecision = weight > 0 ? precision / weight : Number.NaN;
}

export const calibrationBins = 15;

/** Places where the bins end: at most 15 bins of equal weight, tied scores in one bin. */
export function binEnds(ranking: Ranking, below: Int32Array): number[] {
  const { tieEnd, order } = ranking;
  const total = below[order.length] ?? 0;
  const ends: number[] = [];
  for (let bin = 1; bin <= calibrationBins; bin++) {
    // scikit-learn's calibration_curve(strategy='quantile') interpolates its edges; in ranks, a bin ends after the
    // tie that holds the element of this rank.
    const rank = bin < calibrationBins ? Math.floor(((total - 1) * bin) / calibrationBins) : total - 1;
    const end = tieEnd[placeOfRank(below, rank)] ?? order.length;
    if (end > (ends.at(-1) ?? 0)) ends.push(end);
  }
  return ends;
}

/** The last place with at most `rank` below it: it holds the element of this rank. */
function placeOfRank(below: Int32Array, rank: number): number {
  let low = 0;
  let high = below.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((below[middle] ?? 0) <= rank) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Score minus outcome at each place: what calibration sums. */
export function calibrationGaps(ranking: Ranking): Float64Array {
  const gaps = ranking.score.slice();
  for (const place of ranking.positives) gaps[place] = (gaps[place] ?? 0) - 1;
  return gaps;
}

/** Expected calibration error: mean over rows of the distance between said and happened in the row's bin. */
export function computeCalibrationError(ranking: Ranking, below: Int32Array, gaps: Float64Array): number {
  let error = 0;
  let place = 0;
  for (const end of binEnds(ranking, below)) {
    let sum = 0;
    for (; place < end; place++) {
      sum += ((below[place + 1] as number) - (below[place] as number)) * (gaps[place] as number);
    }
    error += Math.abs(sum);
  }
  return error / (below[ranking.order.length] ?? 0);
}

/** Weighted positives among the `k` rows of highest score; of tied rows at the edge, their share. */
export function countTopPositives(ranking: Ranking, below: Int32Array, k: number): number {
  const { order, tieStart, tieEnd, positives } = ranking;
  const rest = (below[order.length] ?? 0) - k;
  let found = 0;
  for (let next = positives.length - 1; next >= 0; next--) {
    const place = positives[next] ?? 0;
    const start = below[tieStart[place] ?? 0] ?? 0;
    const end = below[tieEnd[place] ?? 0] ?? 0;
    if (end <= rest) break;
    const share = Math.min(1, (end - rest) / (end - start));
    if (end > start) found += share * ((below[place + 1] ?? 0) - (below[place] ?? 0));
  }
  return found;
}
