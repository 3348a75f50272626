/** Sums about the mean that lose nothing to cancellation, far from zero too. Source: Welford (1962). */

/** Of the values that are numbers: how many, their mean, and the sum of their squared distances from it; 0 for none. */
export function momentsOf(values: Iterable<number>): { count: number; mean: number; squares: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const distance = value - mean;
    mean += distance / ++count;
    squares += distance * (value - mean);
  }
  return { count, mean, squares };
}
