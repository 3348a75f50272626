/** The shape of a column of numbers: how lopsided it is, and how many rows lie far outside. Pure. */
import type { ValueCounts } from './valueCounts.ts';

export interface Shape {
  /** Third standardised moment (Fisher and Pearson's g1); null for a constant. */
  readonly skewness: number | null;
  /**
   * Rows beyond Tukey's outer fences, three quartile ranges from the quartiles; where nothing is negative, beyond those
   * of log1p too, so that a long tail alone is no outlier. 0 where half of the rows are equal.
   */
  readonly extremes: number;
}

/** `quartiles`: the first and the third. */
export function shapeOf(
  seen: ValueCounts,
  moments: { mean: number | null; std: number | null },
  quartiles: readonly [number, number],
): Shape {
  return { skewness: skewnessOf(seen, moments), extremes: countExtremes(seen, quartiles) };
}

function skewnessOf(
  { values, counts }: ValueCounts,
  { mean, std }: { mean: number | null; std: number | null },
): number | null {
  if (mean === null || std === null || std === 0) return null;
  let rows = 0;
  let squares = 0;
  let cubes = 0;
  for (let index = 0; index < values.length; index++) {
    const count = counts[index] ?? 0;
    const distance = ((values[index] ?? 0) - mean) / std;
    rows += count;
    squares += distance * distance * count;
    cubes += distance * distance * distance * count;
  }
  return cubes / rows / (squares / rows) ** 1.5;
}

function countExtremes({ values, counts }: ValueCounts, [low, high]: readonly [number, number]): number {
  if (!(high > low)) return 0;
  let [from, to] = fences(low, high);
  if ((values[0] ?? 0) >= 0) {
    const [lower, upper] = fences(Math.log1p(low), Math.log1p(high));
    from = Math.min(from, Math.expm1(lower));
    to = Math.max(to, Math.expm1(upper));
  }
  let rows = 0;
  for (let index = 0; index < values.length && (values[index] ?? 0) < from; index++)
    rows += counts[index] ?? 0;
  for (let index = values.length - 1; index >= 0 && (values[index] ?? 0) > to; index--)
    rows += counts[index] ?? 0;
  return rows;
}

function fences(low: number, high: number): [number, number] {
  return [low - 3 * (high - low), high + 3 * (high - low)];
}
