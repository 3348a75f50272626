/** What boosting minimises, chosen by the task and its primary metric, and where it starts from. */
import { absoluteMetrics } from '../../catalog/metrics.ts';
import { predictsValue } from '../../catalog/tasks.ts';
import { weightedQuantile } from '../../statistics/weightedQuantile.ts';
import type { FitRequest } from '../family.ts';
import * as layout from './kernels/layout.ts';

export interface Objective {
  readonly loss: keyof typeof kernelOf;
  /** Leaf values become this quantile of the leaf's residuals. */
  readonly renewAt?: number;
  /** Huber: errors beyond it count linearly. */
  readonly delta?: number;
}

/** A kernel of gradients for each loss; the absolute error is the pinball loss of the median. */
export const kernelOf = {
  log: layout.BINARY,
  softmax: layout.MULTICLASS,
  focal: layout.FOCAL,
  'focal softmax': layout.FOCAL_MULTICLASS,
  squared: layout.SQUARED,
  absolute: layout.QUANTILE,
  huber: layout.HUBER,
  poisson: layout.POISSON,
  quantile: layout.QUANTILE,
} as const;

/** Share of the errors around the median that count squared under `huber` (Friedman 2001, as scikit-learn's alpha). */
const huberShare = 0.9;

/**
 * A regression that is judged by `mae` or `d2_absolute_error` minimises absolute errors, one by `medae` the Huber loss,
 * every other one squared errors.
 */
export function objectiveOf(request: FitRequest<unknown>): Objective {
  const { task, metric, quantile = 0.5, focal, train } = request;
  switch (task) {
    case 'binary':
      return { loss: focal ? 'focal' : 'log' };
    case 'multiclass':
      return { loss: focal ? 'focal softmax' : 'softmax' };
    case 'count':
      return { loss: 'poisson' };
    case 'quantile':
      return { loss: 'quantile', renewAt: quantile };
    case 'regression':
      if (metric !== undefined && absoluteMetrics.includes(metric)) return { loss: 'absolute', renewAt: 0.5 };
      return metric === 'medae' ? huberOf(train) : { loss: 'squared' };
  }
}

/** Where nearly all errors are nothing, there is no scale to tell outliers by. */
function huberOf({ target, weight }: FitRequest<unknown>['train']): Objective {
  const median = weightedQuantile(target.slice(), 0.5, weight);
  const errors = target.map((y) => Math.abs(y - median));
  const delta = weightedQuantile(errors, huberShare, weight);
  return delta > 0 ? { loss: 'huber', delta } : { loss: 'squared' };
}

/** The best constant: log-odds, log shares, mean, its log or a quantile, weighted; an empty class has a share of 1e-15. */
export function fitBase(
  { task, train: { target, weight }, outputs }: FitRequest<unknown>,
  { loss, renewAt }: Objective,
): Float64Array {
  const start = renewAt ?? (loss === 'huber' ? 0.5 : undefined);
  if (start !== undefined) return Float64Array.of(weightedQuantile(target.slice(), start, weight) || 0);
  const sums = new Float64Array(predictsValue(task) ? 1 : outputs);
  let total = 0;
  target.forEach((y, i) => {
    const w = weight ? (weight[i] ?? 0) : 1;
    total += w;
    if (predictsValue(task)) sums[0] = (sums[0] ?? 0) + w * y;
    else sums[y] = (sums[y] ?? 0) + w;
  });
  const shares = sums.map((sum) => (total > 0 ? sum / total : 0));
  if (task === 'regression') return shares;
  const logs = shares.map((share) => Math.log(Math.max(share, 1e-15)));
  return task === 'binary' ? Float64Array.of((logs[1] ?? 0) - (logs[0] ?? 0)) : logs;
}
