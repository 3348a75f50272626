/** What is asked of rows that a fit does not learn from: when to stop it, and how good it is. Runs and trials of a search ask alike. */
import { type FitPlan, take } from './fitPart.ts';
import { createStopMetric, type StopMetric } from './stopMetric.ts';

/**
 * What early stopping watches. Where it is not written: the primary metric, but log loss in place of one of ranks. The best of many areas under a curve
 * of a few hundred rows is luck, often that of the first ten trees (four tables of bench/quality.ts gained .0015 to .0033 of
 * the area by it, none lost). Rows that count more than they are make probabilities wrong by design: there ranks are watched.
 */
export function watchedMetric(plan: FitPlan, rows: Int32Array): StopMetric {
  const { task, imbalance } = plan;
  const { early_stop: earlyStop } = plan.experiment.train;
  const isRanks = task.metric === 'roc_auc' || task.metric === 'pr_auc';
  const isPlain = !imbalance.weights && !imbalance.focal && imbalance.resample === undefined;
  const unwritten = isRanks && isPlain ? 'log_loss' : task.metric;
  return metricOf((earlyStop !== false && earlyStop.metric) || unwritten, plan, rows);
}

/** What settings are compared by: the primary metric, where it moves with every small change of the scores. */
export function judgingMetric(plan: FitPlan, rows: Int32Array): StopMetric {
  return metricOf(plan.task.metric, plan, rows);
}

function metricOf(metric: string, { task }: FitPlan, rows: Int32Array): StopMetric {
  const { quantile } = task;
  return createStopMetric(metric, {
    task: task.task,
    outputs: task.task === 'multiclass' ? task.classes.length : 1,
    target: take(task.values, rows),
    ...(quantile !== undefined && { quantile }),
  });
}
