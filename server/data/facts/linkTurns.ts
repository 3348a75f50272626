/** Whether the order of a column's few numbers says anything about the target: codes jump up and down where quantities move. */
import { fTail } from '../../statistics/distributions.ts';

export interface LevelMeans {
  /** Rows and sum of the target of each level, in the order of the values. */
  readonly rows: readonly number[];
  readonly sums: readonly number[];
  /** Of the target within the levels. */
  readonly variance: number;
}

/** Fewer rows are no level. */
const leastRows = 10;

/**
 * True where the levels differ for certain (F test, 0.1 %), the mean changes direction at least three times by steps
 * beyond chance, and a parabola through the levels explains less than half of what they explain.
 */
export function isOutOfOrder({ rows, sums, variance }: LevelMeans): boolean {
  const kept = [...rows.keys()].filter((level) => (rows[level] ?? 0) >= leastRows);
  if (kept.length < 5 || !(variance > 0)) return false;
  const weights = kept.map((level) => rows[level] ?? 0);
  const means = kept.map((level) => (sums[level] ?? 0) / (rows[level] ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = means.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) / total;
  const between = means.reduce((sum, value, i) => sum + (weights[i] ?? 0) * (value - mean) ** 2, 0);
  if (fTail(between / (kept.length - 1) / variance, kept.length - 1, total - kept.length) > 0.001)
    return false;
  return turns(means, weights, variance) >= 3 && parabola(means, weights) < 0.5 * between;
}

/** Changes of direction among the steps of more than three standard errors. */
function turns(means: readonly number[], weights: readonly number[], variance: number): number {
  const directions: number[] = [];
  for (let i = 1; i < means.length; i++) {
    const error = Math.sqrt(variance * (1 / (weights[i] ?? 1) + 1 / (weights[i - 1] ?? 1)));
    const step = (means[i] ?? 0) - (means[i - 1] ?? 0);
    if (Math.abs(step) > 3 * error) directions.push(Math.sign(step));
  }
  return directions.filter((direction, i) => i > 0 && direction !== directions[i - 1]).length;
}

/** What the best weighted parabola over the levels' places explains: two orthogonal polynomials, one after the other. */
function parabola(means: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0) * (weights[i] ?? 0), 0);
  const less = (a: readonly number[], b: readonly number[]) => {
    const share = dot(a, b) / dot(b, b);
    return a.map((value, i) => value - share * (b[i] ?? 0));
  };
  const ones = means.map(() => 1);
  const places = means.map((_, i) => i);
  const line = less(places, ones);
  const curve = less(
    less(
      places.map((place) => place ** 2),
      ones,
    ),
    line,
  );
  return total > 0 ? dot(means, line) ** 2 / dot(line, line) + dot(means, curve) ** 2 / dot(curve, curve) : 0;
}
