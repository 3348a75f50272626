/** Every metric by name: prepared once for a set of rows, then evaluated for any row weights. scikit-learn's names and values. */
import { ModelwrightError } from '../catalog/errors.ts';
import { parseMetricName } from '../catalog/metrics.ts';
import { type ClassTask, predictsValue, type ValueTask } from '../catalog/tasks.ts';
import { prepareCounts } from './classCounts.ts';
import { labelFormulas } from './labelMetrics.ts';
import type { EvaluationTask, ScoredRows } from './scoredRows.ts';
import { prepareScores, scoreFormula } from './scoreMetrics.ts';
import { type ErrorFigures, prepareErrors, valueFormula } from './valueMetrics.ts';

/** Values of the metrics in the order asked for, when row i counts `weights[i]` times, `total` in all. The array is reused by the next call. */
export type Evaluate = (weights: Uint8Array, total: number) => Float64Array;

/**
 * One metric over all rows. NaN where it is undefined (one class only, no rows). Conventions (cli.md): multiclass
 * `roc_auc` and `pr_auc` are macro one-vs-rest over the classes that occur, `log_loss` clips at the float64 epsilon,
 * multiclass `brier` sums over classes, `ece` has 15 bins of equal count (multiclass: of the predicted class).
 */
export function computeMetric(name: string, rows: ScoredRows): number {
  return computeMetrics([name], rows)[name] ?? Number.NaN;
}

export function computeMetrics(names: readonly string[], rows: ScoredRows): Record<string, number> {
  const values = prepareMetrics(names, rows)(new Uint8Array(rows.target.length).fill(1), rows.target.length);
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? Number.NaN]));
}

/** Whether this version computes the metric for the task. */
export function isComputable(name: string, task: EvaluationTask): boolean {
  if (predictsValue(task)) return suitable(name, task) && valueFormula(name) !== undefined;
  return Object.hasOwn(labelFormulas[task], name) || scoreFormula(name, task) !== undefined;
}

/** Whether the table of metrics has it for a task of values. */
function suitable(name: string, task: ValueTask): boolean {
  return parseMetricName(name)?.metric.tasks.includes(task) === true;
}

export function prepareMetrics(names: readonly string[], rows: ScoredRows): Evaluate {
  const unknown = names.find((name) => !isComputable(name, rows.task));
  if (unknown !== undefined)
    throw new ModelwrightError('unknown-metric', { metric: unknown, task: rows.task });
  const { task } = rows;
  return predictsValue(task) ? prepareValues(names, rows) : prepareClasses(names, rows, task);
}

function prepareValues(names: readonly string[], rows: ScoredRows): Evaluate {
  const formulas = names.flatMap((name) => valueFormula(name) ?? []);
  const measure = prepareErrors(names, rows);
  const values = new Float64Array(names.length);
  const figures: ErrorFigures = {
    total: 0,
    error: 0,
    square: 0,
    absolute: 0,
    target: 0,
    targetSquare: 0,
    percentage: 0,
    logSquare: 0,
    poisson: 0,
    medianAbsolute: Number.NaN,
    medianDistance: Number.NaN,
    largestAbsolute: Number.NaN,
  };
  return (weights, total) => {
    measure(weights, total, figures);
    formulas.forEach((formula, index) => {
      values[index] = figures.total > 0 ? formula(figures) : Number.NaN;
    });
    return values;
  };
}

function prepareClasses(names: readonly string[], rows: ScoredRows, task: ClassTask): Evaluate {
  const { counts, fill } = prepareCounts(rows);
  const { figures, measure } = prepareScores(names, rows);
  const formulas = names.map((name): (() => number) => {
    const score = scoreFormula(name, task);
    if (score) return () => score(figures, counts);
    const label = labelFormulas[task][name];
    return () => label?.(counts) ?? Number.NaN;
  });
  const values = new Float64Array(names.length);
  return (weights, total) => {
    fill(weights, total);
    measure(weights, counts);
    formulas.forEach((formula, index) => {
      values[index] = total > 0 ? formula() : Number.NaN;
    });
    return values;
  };
}
