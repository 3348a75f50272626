/** Intervals with a formula of their own, for evaluate.ci.method wilson and hanley. */
import { predictsValue } from '../catalog/tasks.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import { hanleyError, type Interval, wilson } from '../statistics/intervals.ts';
import type { ScoredRows } from './scoredRows.ts';

/** Undefined where the metric has no such formula: the bootstrap stands in. */
export function closedFormInterval(request: {
  readonly method: 'wilson' | 'hanley';
  readonly metric: string;
  readonly value: number;
  readonly rows: ScoredRows;
  readonly level: number;
}): Interval | undefined {
  const { method, metric, value, rows, level } = request;
  if (Number.isNaN(value)) return undefined;
  if (method === 'wilson') {
    const trials = trialsOf(metric, rows);
    return trials === undefined || trials === 0 ? undefined : wilson(value * trials, trials, level);
  }
  if (metric !== 'roc_auc' || rows.task !== 'binary') return undefined;
  const positives = count(rows.target, 1);
  const half =
    normalQuantile(0.5 + level / 2) * hanleyError(value, positives, rows.target.length - positives);
  return { low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

/** The number of rows that the metric is a share of. */
function trialsOf(metric: string, rows: ScoredRows): number | undefined {
  if (predictsValue(rows.task)) return undefined;
  if (metric === 'accuracy') return rows.target.length;
  if (rows.task !== 'binary') return undefined;
  if (metric === 'recall') return count(rows.target, 1);
  if (metric === 'specificity') return count(rows.target, 0);
  return metric === 'precision' ? count(rows.prediction, 1) : undefined;
}

function count(values: Float64Array, wanted: number): number {
  return values.reduce((sum, value) => sum + (value === wanted ? 1 : 0), 0);
}
