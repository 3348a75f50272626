/** Rows in the order of their scores, and the metrics that depend on that order alone, for any row weights. */

/** Rows by ascending score; `positive`, `last` and `score` follow `order`, not the row. */
export interface Ranking {
  readonly order: Int32Array;
  readonly positive: Uint8Array;
  /** 1 where the next row has another score: ties are judged together. */
  readonly last: Uint8Array;
  readonly score: Float64Array;
}

export function rankRows(scores: Float64Array, isPositive: Uint8Array): Ranking {
  const order = ascendingOrder(scores);
  const positive = new Uint8Array(order.length);
  const last = new Uint8Array(order.length);
  const score = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    positive[i] = isPositive[row] ?? 0;
    score[i] = scores[row] ?? 0;
    if (i > 0 && score[i] !== score[i - 1]) last[i - 1] = 1;
  }
  if (order.length > 0) last[order.length - 1] = 1;
  return { order, positive, last, score };
}

/** What one pass over a ranking gives; undefined figures are NaN. */
export interface RankFigures {
  rocAuc: number;
  averagePrecision: number;
  calibrationError: number;
}

export const calibrationBins = 15;

/**
 * ROC AUC (Mann-Whitney, ties half), average precision (one step for each distinct score, as scikit-learn) and the
 * expected calibration error in one pass, each row counted `weights[row]` times (at most 255).
 * `total` and `positives` are the weighted counts of all and of positive rows.
 */
export function scanRanking(
  ranking: Ranking,
  weights: Uint8Array,
  totals: { total: number; positives: number },
  into: RankFigures,
): void {
  const { order, positive, last, score } = ranking;
  const { total, positives } = totals;
  const negatives = total - positives;
  let below = 0;
  let positivesBelow = 0;
  let pairs = 0;
  let precision = 0;
  let groupAll = 0;
  let groupPositive = 0;

  let bin = 1;
  let cut = binCut(bin, total);
  let binScore = 0;
  let binPositive = 0;
  let gap = 0;

  for (let i = 0; i < order.length; i++) {
    const weight = weights[order[i] as number] as number; // in range: order is a permutation of the rows
    groupAll += weight;
    groupPositive += weight * (positive[i] as number);
    if (last[i] === 0 || groupAll === 0) continue;
    pairs += groupPositive * (2 * (below - positivesBelow) + groupAll - groupPositive);
    if (groupPositive > 0) precision += (groupPositive * (positives - positivesBelow)) / (total - below);
    below += groupAll;
    positivesBelow += groupPositive;
    binScore += groupAll * (score[i] as number);
    binPositive += groupPositive;
    groupAll = 0;
    groupPositive = 0;
    if (below > cut) {
      gap += Math.abs(binScore - binPositive);
      binScore = 0;
      binPositive = 0;
      while (below > cut) cut = binCut(++bin, total);
    }
  }
  into.rocAuc = positives > 0 && negatives > 0 ? pairs / (2 * positives * negatives) : Number.NaN;
  into.averagePrecision = positives > 0 ? precision / positives : Number.NaN;
  into.calibrationError = total > 0 ? gap / total : Number.NaN;
}

/**
 * The bin ends after the tie group that holds the element of this rank: scikit-learn's
 * `calibration_curve(strategy='quantile')` with its interpolated edges, in terms of ranks.
 */
function binCut(bin: number, total: number): number {
  if (bin > calibrationBins) return Number.POSITIVE_INFINITY;
  return bin < calibrationBins ? Math.floor(((total - 1) * bin) / calibrationBins) : total - 1;
}

export interface CalibrationBin {
  readonly predicted: number;
  readonly observed: number;
  readonly rows: number;
}

/** The non-empty bins behind the calibration error: at most 15 of equal count, tied scores in one bin. */
export function binCalibration(ranking: Ranking): CalibrationBin[] {
  const { order, positive, last, score } = ranking;
  const bins: CalibrationBin[] = [];
  let bin = 1;
  let start = 0;
  let sum = 0;
  let positives = 0;
  for (let i = 0; i < order.length; i++) {
    sum += score[i] ?? 0;
    positives += positive[i] ?? 0;
    if (last[i] === 0 || i < binCut(bin, order.length)) continue;
    const rows = i + 1 - start;
    bins.push({ predicted: sum / rows, observed: positives / rows, rows });
    start = i + 1;
    sum = 0;
    positives = 0;
    while (i >= binCut(bin, order.length)) bin++;
  }
  return bins;
}

/** Weighted positives among the `k` rows of highest score; of tied rows at the edge, their share. */
export function countTopPositives(ranking: Ranking, weights: Uint8Array, k: number): number {
  const { order, positive, last } = ranking;
  let left = k;
  let found = 0;
  let groupAll = 0;
  let groupPositive = 0;
  for (let i = order.length - 1; i >= 0 && left > 0; i--) {
    const weight = weights[order[i] ?? 0] ?? 0;
    groupAll += weight;
    groupPositive += weight * (positive[i] ?? 0);
    if (i > 0 && last[i - 1] === 0) continue;
    const taken = Math.min(left, groupAll);
    if (groupAll > 0) found += (groupPositive * taken) / groupAll;
    left -= taken;
    groupAll = 0;
    groupPositive = 0;
  }
  return found;
}

const digitBits = 11;
const digits = 6;

/**
 * Indices that sort `values` ascending, equal values in index order: a radix sort over the bits of the doubles.
 * Passes in which all values agree are left out, so float32 values cost half. NaN sorts last.
 */
export function ascendingOrder(values: Float64Array): Int32Array {
  const keys = sortableBits(values);
  const histograms = countDigits(keys, values.length);
  let order = Int32Array.from(values, (_, index) => index);
  let spare = new Int32Array(values.length);
  histograms.forEach((histogram, digit) => {
    if (histogram.some((count) => count === values.length)) return;
    let start = 0;
    for (let bucket = 0; bucket < histogram.length; bucket++) {
      const count = histogram[bucket] ?? 0;
      histogram[bucket] = start;
      start += count;
    }
    for (const index of order) {
      const bucket = digitOf(keys, index, digit);
      const place = histogram[bucket] ?? 0;
      histogram[bucket] = place + 1;
      spare[place] = index;
    }
    [order, spare] = [spare, order];
  });
  return order;
}

/** Doubles as unsigned 64-bit integers of the same order: words 2i (low) and 2i + 1 (high). */
function sortableBits(values: Float64Array): Uint32Array {
  const copy = Float64Array.from(values, (value) => value + 0); // -0 becomes 0: they are equal
  const bits = new Uint32Array(copy.buffer);
  for (let i = 0; i < bits.length; i += 2) {
    const high = bits[i + 1] ?? 0;
    if (high >>> 31 === 1) {
      bits[i] = ~(bits[i] ?? 0);
      bits[i + 1] = ~high;
    } else {
      bits[i + 1] = high | 0x8000_0000;
    }
  }
  return bits;
}

function digitOf(keys: Uint32Array, index: number, digit: number): number {
  const shift = digit * digitBits;
  const low = keys[2 * index] as number; // in range: two words for each index
  const high = keys[2 * index + 1] as number;
  if (shift >= 32) return (high >>> (shift - 32)) & 0x7ff;
  const bits = low >>> shift;
  return (shift + digitBits > 32 ? bits | (high << (32 - shift)) : bits) & 0x7ff;
}

function countDigits(keys: Uint32Array, length: number): Uint32Array[] {
  const histograms = Array.from({ length: digits }, () => new Uint32Array(1 << digitBits));
  histograms.forEach((histogram, digit) => {
    for (let index = 0; index < length; index++) {
      const bucket = digitOf(keys, index, digit);
      histogram[bucket] = (histogram[bucket] ?? 0) + 1;
    }
  });
  return histograms;
}
