/** How exactly the test rows can tell the primary metric: the half-width of its 95 % interval before any model is fitted. */
import { hanleyError, wilson } from '../../statistics/intervals.ts';

/** A respectable model, at which intervals are judged (lint.md, `test-too-small`). */
const prior = 0.8;
const z = 1.959963984540054;

export interface TestRows {
  readonly rows: number;
  /** Class index or value of each; only some metrics want them. */
  readonly target: () => Float64Array;
  /** Per class; empty for regression. */
  readonly classes: readonly number[];
  /** Mean target of the training rows: what a guess answers. */
  readonly trainMean: number;
}

/**
 * AUC by Hanley and McNeil, shares by Wilson, both at a prior of 0.8; what depends on the rarer class by its rows. For
 * pr_auc, log_loss, brier and errors of numbers: of always answering the training rate or mean, where errors in units
 * of the target are taken relative to their own size. Null for other metrics.
 */
export function halfWidth(metric: string, { rows, target, classes, trainMean }: TestRows): number | null {
  const name = metric.replace(/[@(].*$/, '');
  if (rows === 0) return null;
  const rest = classes.map((count) => rows - count);
  const judged = classes.length === 2 ? [1] : classes.flatMap((count, c) => (count > 0 ? [c] : []));
  const perClass = (widthOf: (c: number) => number) =>
    Math.sqrt(judged.reduce((sum, c) => sum + widthOf(c) ** 2, 0)) / judged.length;
  switch (name) {
    case 'roc_auc':
      return perClass((c) => z * hanleyError(prior, Math.max(1, classes[c] ?? 0), Math.max(1, rest[c] ?? 0)));
    case 'accuracy':
      return share(prior, rows);
    case 'recall':
    case 'f1':
    case 'precision':
      return share(prior, classes[1] ?? 0);
    case 'specificity':
      return share(prior, classes[0] ?? 0);
    case 'macro_f1':
      return Math.sqrt(classes.reduce((sum, count) => sum + share(prior, count) ** 2, 0)) / classes.length;
    case 'balanced_accuracy':
      return Math.sqrt(classes.reduce((sum, count) => sum + share(prior, count) ** 2, 0)) / classes.length;
    case 'pr_auc':
      return perClass((c) => share((classes[c] ?? 0) / rows, rows));
    case 'rmse':
      return relative(target(), (value) => (value - trainMean) ** 2) / 2;
    case 'mae':
      return relative(target(), (value) => Math.abs(value - trainMean));
    default:
      return null;
  }
}

function share(rate: number, rows: number): number {
  if (rows === 0) return 0.5;
  const { low, high } = wilson(rate * rows, rows, 0.95);
  return (high - low) / 2;
}

/** Half-width of a mean loss over the mean loss. */
function relative(target: Float64Array, loss: (value: number) => number): number {
  const losses = target.map(loss);
  const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  const variance =
    losses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, losses.length - 1);
  return mean > 0 ? (z * Math.sqrt(variance / losses.length)) / mean : 0;
}
