/** How often intervals or sets of classes hold the truth, and how large they are: what `model.uncertainty` promised, measured. */
import { normalQuantile } from '../statistics/distributions.ts';
import { wilson } from '../statistics/intervals.ts';
import type { Estimate, ScoredRows } from './scoredRows.ts';

export interface MeasuredCoverage {
  /** Share of the rows whose truth is inside. */
  readonly measured: Estimate;
  /** Mean width of the intervals. */
  readonly width?: Estimate;
  /** Mean number of classes in a set. */
  readonly size?: Estimate;
}

export interface CoverageOptions {
  /** Of the intervals, such as 0.95; undefined: none are given. */
  readonly level?: number | undefined;
  /** Rows of a cluster count as dependent: the cluster of each row, any integers. */
  readonly clusters?: Int32Array;
}

/**
 * Undefined where the model says neither, or there are no rows. The share has Wilson's interval, over as many rows as
 * clustered ones are worth (Korn and Graubard 1998); means have the normal one with the variance between clusters.
 */
export function measureCoverage(rows: ScoredRows, options: CoverageOptions): MeasuredCoverage | undefined {
  const { target, bounds, set } = rows;
  if (target.length === 0) return undefined;
  if (bounds) {
    const { lower, upper } = bounds;
    const inside = target.map((y, row) => Number(y >= (lower[row] ?? y) && y <= (upper[row] ?? y)));
    const widths = upper.map((end, row) => end - (lower[row] ?? end));
    return { measured: shareOf(inside, options), width: meanOf(widths, options) };
  }
  if (!set) return undefined;
  const inside = target.map((label, row) => set[label]?.[row] ?? 0);
  const sizes = target.map((_, row) => set.reduce((sum, members) => sum + (members[row] ?? 0), 0));
  return { measured: shareOf(inside, options), size: meanOf(sizes, options) };
}

function shareOf(inside: Float64Array, options: CoverageOptions): Estimate {
  const { value, variance, units } = summarize(inside, options);
  if (options.level === undefined) return { value, low: Number.NaN, high: Number.NaN };
  const independent = options.clusters === undefined || units === inside.length;
  // All or none inside: clusters do not vary, and count as one row each.
  const trials = independent ? inside.length : variance > 0 ? (value * (1 - value)) / variance : units;
  return { value, ...wilson(value * trials, trials, options.level) };
}

function meanOf(values: Float64Array, options: CoverageOptions): Estimate {
  const { value, variance } = summarize(values, options);
  const half =
    options.level === undefined ? Number.NaN : normalQuantile(0.5 + options.level / 2) * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

/** The mean, its variance between clusters (rows where there are none), and how many of those there are. */
function summarize(values: Float64Array, { clusters }: CoverageOptions) {
  const value = values.reduce((sum, each) => sum + each, 0) / values.length;
  const apart = new Map<number, number>();
  values.forEach((each, row) => {
    const unit = clusters?.[row] ?? row;
    apart.set(unit, (apart.get(unit) ?? 0) + each - value);
  });
  const units = apart.size;
  const squares = [...apart.values()].reduce((sum, each) => sum + each * each, 0);
  const variance = units < 2 ? Number.NaN : ((units / (units - 1)) * squares) / values.length ** 2;
  return { value, variance, units };
}
