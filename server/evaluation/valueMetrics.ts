/** Metrics of predicted values (regression, counts, quantiles), from weighted sums over the rows and the order of the errors. */
import { quantileOf } from '../catalog/metrics.ts';
import { ascendingOrder } from '../statistics/order.ts';
import type { ScoredRows } from './scoredRows.ts';

/** What the formulas read, filled for one set of row weights. */
export interface ErrorFigures {
  total: number;
  /** Sums of prediction - target, of its square and of its absolute value. */
  error: number;
  square: number;
  absolute: number;
  /** Sums of the target, centred, and of its square. */
  target: number;
  targetSquare: number;
  percentage: number;
  logSquare: number;
  /** Sum of half the Poisson deviances. */
  poisson: number;
  medianAbsolute: number;
  /** Sum of the target's distances to its median. */
  medianDistance: number;
  largestAbsolute: number;
}

/** Metrics that need the rows in order. */
const ordered: Readonly<Record<string, 'error' | 'target'>> = {
  medae: 'error',
  max_error: 'error',
  d2_absolute_error: 'target',
};

type ErrorFormula = (figures: ErrorFigures) => number;

/** scikit-learn's names and values. */
const errorFormulas: Readonly<Record<string, ErrorFormula>> = {
  rmse: ({ square, total }) => Math.sqrt(square / total),
  mse: ({ square, total }) => square / total,
  mae: ({ absolute, total }) => absolute / total,
  medae: ({ medianAbsolute }) => medianAbsolute,
  max_error: ({ largestAbsolute }) => largestAbsolute,
  mape: ({ percentage, total }) => percentage / total,
  rmsle: ({ logSquare, total }) => Math.sqrt(logSquare / total),
  poisson_deviance: ({ poisson, total }) => (2 * poisson) / total,
  r2: (figures) => (figures.total < 2 ? Number.NaN : explained(figures.square, targetSpread(figures))),
  d2_absolute_error: ({ absolute, medianDistance, total }) =>
    total < 2 ? Number.NaN : explained(absolute, medianDistance),
  explained_variance: (figures) =>
    explained(figures.square - figures.error ** 2 / figures.total, targetSpread(figures)),
};

/** The formula of a metric by name; undefined where it is none of values. */
export function valueFormula(name: string): ErrorFormula | undefined {
  const quantile = quantileOf(name);
  if (quantile === undefined) return Object.hasOwn(errorFormulas, name) ? errorFormulas[name] : undefined;
  // Errors above and below the truth, told apart by their sum and the sum of their sizes.
  return ({ absolute, error, total }) =>
    (quantile * (absolute - error) + (1 - quantile) * (absolute + error)) / (2 * total);
}

function targetSpread({ target, targetSquare, total }: ErrorFigures): number {
  const spread = targetSquare - target ** 2 / total;
  return spread > 1e-13 * targetSquare ? spread : 0; // a constant target leaves rounding only
}

/** scikit-learn's reading of a constant target: 1 for a perfect prediction, else 0. */
function explained(errorSpread: number, spread: number): number {
  if (spread > 0) return 1 - errorSpread / spread;
  return errorSpread <= 0 ? 1 : 0;
}

/** Prepares a pass that fills `figures` for given row weights; an order of rows is kept only where `metrics` need it. */
export function prepareErrors(
  metrics: readonly string[],
  rows: ScoredRows,
): (weights: Uint8Array, total: number, figures: ErrorFigures) => void {
  const count = rows.target.length;
  const center = rows.target.reduce((sum, value) => sum + value, 0) / count;
  const error = rows.prediction.map((value, row) => value - (rows.target[row] ?? 0));
  const target = rows.target.map((value) => value - center);
  const percentage = error.map(
    (value, row) => Math.abs(value) / Math.max(Number.EPSILON, Math.abs(rows.target[row] ?? 0)),
  );
  const logSquare = rows.prediction.map((value, row) => (logOf(value) - logOf(rows.target[row] ?? 0)) ** 2);
  const poisson = metrics.includes('poisson_deviance')
    ? rows.prediction.map((value, row) => halfDeviance(rows.target[row] ?? 0, value))
    : undefined;
  const needs = (wanted: 'error' | 'target') => metrics.some((name) => ordered[name] === wanted);
  const sizes = needs('error') ? sorted(error.map(Math.abs)) : undefined;
  const targets = needs('target') ? sorted(rows.target) : undefined;

  return (weights, total, figures) => {
    let [sum, square, absolute, targetSum, targetSquare, percentages, logs] = [0, 0, 0, 0, 0, 0, 0];
    for (let row = 0; row < count; row++) {
      const weight = weights[row] as number; // in range: one weight for each row
      if (weight === 0) continue;
      const e = error[row] as number;
      const t = target[row] as number;
      sum += weight * e;
      square += weight * e * e;
      absolute += weight * Math.abs(e);
      targetSum += weight * t;
      targetSquare += weight * t * t;
      percentages += weight * (percentage[row] as number);
      logs += weight * (logSquare[row] as number);
    }
    figures.total = total;
    figures.error = sum;
    figures.square = square;
    figures.absolute = absolute;
    figures.target = targetSum;
    figures.targetSquare = targetSquare;
    figures.percentage = percentages;
    figures.logSquare = logs;
    if (poisson) figures.poisson = weightedSum(poisson, weights);
    if (sizes) {
      figures.medianAbsolute = medianOf(sizes, weights, total);
      figures.largestAbsolute = elementAt(sizes, weights, total - 1);
    }
    if (targets) figures.medianDistance = distanceTo(medianOf(targets, weights, total), targets, weights);
  };
}

/** y log(y / p) - y + p, undefined where the prediction is not above zero or the truth is below it, as in scikit-learn. */
function halfDeviance(truth: number, prediction: number): number {
  if (!(prediction > 0) || !(truth >= 0)) return Number.NaN;
  return (truth === 0 ? 0 : truth * Math.log(truth / prediction)) - truth + prediction;
}

function weightedSum(values: Float64Array, weights: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights[row] as number; // in range: one weight for each row
    if (weight > 0) sum += weight * (values[row] as number);
  }
  return sum;
}

/** log(1 + x), undefined from -1 down, as in scikit-learn's rmsle. */
function logOf(value: number): number {
  return value > -1 ? Math.log1p(value) : Number.NaN;
}

/** Values ascending, and the row of each. */
interface Sorted {
  readonly order: Int32Array;
  readonly values: Float64Array;
}

function sorted(values: Float64Array): Sorted {
  const order = ascendingOrder(values);
  return { order, values: Float64Array.from(order, (row) => values[row] ?? Number.NaN) };
}

function medianOf(sorted: Sorted, weights: Uint8Array, total: number): number {
  return (elementAt(sorted, weights, (total - 1) >> 1) + elementAt(sorted, weights, total >> 1)) / 2;
}

/** The value of this rank (0 is the smallest) when each row stands `weights[row]` times. */
function elementAt({ order, values }: Sorted, weights: Uint8Array, rank: number): number {
  let seen = 0;
  for (let place = 0; place < order.length; place++) {
    seen += weights[order[place] ?? 0] ?? 0;
    if (seen > rank) return values[place] ?? Number.NaN;
  }
  return Number.NaN;
}

function distanceTo(center: number, { order, values }: Sorted, weights: Uint8Array): number {
  let sum = 0;
  for (let place = 0; place < order.length; place++) {
    sum += (weights[order[place] ?? 0] ?? 0) * Math.abs((values[place] ?? 0) - center);
  }
  return sum;
}
