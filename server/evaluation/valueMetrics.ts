/** Metrics of predicted values (regression), from weighted sums over the rows and the order of the errors. */
import { ascendingOrder } from './ranking.ts';
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
  medianAbsolute: number;
  largestAbsolute: number;
}

export type ErrorFormula = (figures: ErrorFigures) => number;

/** scikit-learn's names and values. */
export const errorFormulas: Readonly<Record<string, ErrorFormula>> = {
  rmse: ({ square, total }) => Math.sqrt(square / total),
  mse: ({ square, total }) => square / total,
  mae: ({ absolute, total }) => absolute / total,
  medae: ({ medianAbsolute }) => medianAbsolute,
  max_error: ({ largestAbsolute }) => largestAbsolute,
  mape: ({ percentage, total }) => percentage / total,
  rmsle: ({ logSquare, total }) => Math.sqrt(logSquare / total),
  r2: (figures) => (figures.total < 2 ? Number.NaN : explained(figures.square, targetSpread(figures))),
  explained_variance: (figures) =>
    explained(figures.square - figures.error ** 2 / figures.total, targetSpread(figures)),
};

function targetSpread({ target, targetSquare, total }: ErrorFigures): number {
  const spread = targetSquare - target ** 2 / total;
  return spread > 1e-13 * targetSquare ? spread : 0; // a constant target leaves rounding only
}

/** scikit-learn's reading of a constant target: 1 for a perfect prediction, else 0. */
function explained(errorSpread: number, spread: number): number {
  if (spread > 0) return 1 - errorSpread / spread;
  return errorSpread <= 0 ? 1 : 0;
}

/** Prepares a pass that fills `figures` for given row weights; the error order is kept only where asked for. */
export function prepareErrors(
  rows: ScoredRows,
  ordered: boolean,
): (weights: Uint8Array, figures: ErrorFigures) => void {
  const count = rows.target.length;
  const center = rows.target.reduce((sum, value) => sum + value, 0) / count;
  const error = rows.prediction.map((value, row) => value - (rows.target[row] ?? 0));
  const target = rows.target.map((value) => value - center);
  const percentage = error.map(
    (value, row) => Math.abs(value) / Math.max(Number.EPSILON, Math.abs(rows.target[row] ?? 0)),
  );
  const logSquare = rows.prediction.map((value, row) => (logOf(value) - logOf(rows.target[row] ?? 0)) ** 2);
  const size = ordered ? error.map(Math.abs) : new Float64Array(0);
  const order = ascendingOrder(size);

  return (weights, figures) => {
    let [total, sum, square, absolute, targets, targetSquare, percentages, logs] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let row = 0; row < count; row++) {
      const weight = weights[row] as number; // in range: one weight for each row
      if (weight === 0) continue;
      const e = error[row] as number;
      const t = target[row] as number;
      total += weight;
      sum += weight * e;
      square += weight * e * e;
      absolute += weight * Math.abs(e);
      targets += weight * t;
      targetSquare += weight * t * t;
      percentages += weight * (percentage[row] as number);
      logs += weight * (logSquare[row] as number);
    }
    figures.total = total;
    figures.error = sum;
    figures.square = square;
    figures.absolute = absolute;
    figures.target = targets;
    figures.targetSquare = targetSquare;
    figures.percentage = percentages;
    figures.logSquare = logs;
    if (!ordered) return;
    figures.medianAbsolute =
      (elementAt(order, size, weights, (total - 1) >> 1) + elementAt(order, size, weights, total >> 1)) / 2;
    figures.largestAbsolute = elementAt(order, size, weights, total - 1);
  };
}

/** log(1 + x), undefined from -1 down, as in scikit-learn's rmsle. */
function logOf(value: number): number {
  return value > -1 ? Math.log1p(value) : Number.NaN;
}

/** The value of this rank (0 is the smallest) when each row stands `weights[row]` times. */
function elementAt(order: Int32Array, values: Float64Array, weights: Uint8Array, rank: number): number {
  let seen = 0;
  for (const row of order) {
    seen += weights[row] ?? 0;
    if (seen > rank) return values[row] ?? Number.NaN;
  }
  return Number.NaN;
}
