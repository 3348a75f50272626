/** Quantiles as the minimisers of the pinball loss: one of the values, never a mixture of two. */
import { ascendingOrder } from './order.ts';

/**
 * The smallest value that at least the share (0..1) of all weight lies at or below: NumPy's `inverted_cdf`. Weights are
 * not negative, absent: all 1. NaN where nothing has a weight. `values` may be reordered where there are no weights.
 */
export function weightedQuantile(values: Float64Array, share: number, weight?: Float64Array): number {
  if (weight === undefined) {
    if (values.length === 0) return Number.NaN;
    // A share of 0.1 times 30 is a hair above 3.
    const rank = Math.ceil(share * values.length - 1e-9) - 1;
    return selectRank(values, Math.max(0, Math.min(values.length - 1, rank)));
  }
  const order = ascendingOrder(values);
  const total = weight.reduce((sum, w) => sum + w, 0);
  let below = 0;
  for (const row of order) {
    const own = weight[row] ?? 0;
    below += own;
    if (own > 0 && below >= share * total * (1 - 1e-12)) return values[row] ?? Number.NaN;
  }
  return Number.NaN;
}

/** The value of this rank (0: the smallest), by Hoare's quickselect, which reorders `values`. */
function selectRank(values: Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = middleOf(values[low] ?? 0, values[(low + high) >> 1] ?? 0, values[high] ?? 0);
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++;
      while ((values[j] ?? 0) > pivot) j--;
      if (i > j) break;
      const value = values[i] ?? 0;
      values[i++] = values[j] ?? 0;
      values[j--] = value;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
