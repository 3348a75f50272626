/** What early stopping watches: a smooth metric of the raw scores of validation rows, higher is better. */
import { defaultMetric, quantileOf } from '../catalog/metrics.ts';
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';
import { applyCalibration } from './calibration.ts';
import { forEachCut } from './cuts.ts';

export interface StopMetric {
  readonly name: string;
  /** `raw` is row-major [rows, raw outputs]. Losses are negated. */
  score(raw: Float64Array): number;
}

/** `target`: class index or value of the validation rows. */
export interface StopRows {
  readonly task: SupervisedTask;
  /** Raw outputs a row. */
  readonly outputs: number;
  readonly target: Float64Array;
  /** Of a quantile task. */
  readonly quantile?: number;
}

/**
 * The metric as asked, where it moves with every small change of the scores; otherwise `log_loss`, or what the task's values are judged by. Metrics of
 * labels (`f1`, `accuracy`, …) are steps: they stand still while the probabilities still improve, and the threshold
 * that they hang on is chosen only afterwards.
 */
export function createStopMetric(metric: string, rows: StopRows): StopMetric {
  const table = predictsValue(rows.task) ? ofValues : ofScores;
  const name = settleName(metric, rows, table);
  const level = quantileOf(name);
  const formula = level === undefined ? table[name] : pinball(level);
  return {
    name,
    score(raw) {
      const scores = applyCalibration({ method: 'none' }, rows.task, raw, rows.outputs);
      return formula?.(scores, rows) ?? Number.NaN;
    },
  };
}

function settleName(metric: string, { task, quantile = 0.5 }: StopRows, table: typeof ofScores): string {
  if (!predictsValue(task)) return Object.hasOwn(table, metric) ? metric : 'log_loss';
  if (Object.hasOwn(table, metric) || quantileOf(metric) !== undefined) return metric;
  return task === 'quantile' ? `pinball@${Math.round(100 * quantile)}` : (defaultMetric(task) ?? 'rmse');
}

/** `scores`: row-major [rows, outputs]; binary has one output, of the positive class. */
type Formula = (scores: Float64Array, rows: StopRows) => number;

const ofScores: Readonly<Record<string, Formula>> = {
  roc_auc: (scores, rows) => meanOverClasses(scores, rows, areaUnderCurve),
  pr_auc: (scores, rows) => meanOverClasses(scores, rows, averagePrecision),
  log_loss: (scores, rows) =>
    mean(rows.target, (y, i) => Math.log(Math.max(probability(scores, rows, i, y), Number.EPSILON))),
  brier: (scores, { target, outputs }) =>
    -mean(target, (y, i) => {
      if (outputs === 1) return ((scores[i] ?? 0) - y) ** 2;
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += ((scores[i * outputs + k] ?? 0) - (k === y ? 1 : 0)) ** 2;
      return sum;
    }),
};

const meanSquare: Formula = (values, { target }) => -mean(target, (y, i) => ((values[i] ?? 0) - y) ** 2);

const ofValues: Readonly<Record<string, Formula>> = {
  rmse: (values, rows) => -Math.sqrt(-meanSquare(values, rows)),
  mse: meanSquare,
  r2: (values, rows) => {
    const center = mean(rows.target, (y) => y);
    const spread = mean(rows.target, (y) => (y - center) ** 2);
    // Where all rows have one value, there is nothing to explain: the errors alone tell which is better.
    return spread > 0 ? 1 + meanSquare(values, rows) / spread : meanSquare(values, rows);
  },
  mae: (values, { target }) => -mean(target, (y, i) => Math.abs((values[i] ?? 0) - y)),
  poisson_deviance: (values, { target }) =>
    -2 *
    mean(target, (y, i) => {
      const rate = Math.max(values[i] ?? 0, Number.MIN_VALUE);
      return (y > 0 ? y * Math.log(y / rate) : 0) - y + rate;
    }),
  mape: (values, { target }) =>
    -mean(target, (y, i) => Math.abs((values[i] ?? 0) - y) / Math.max(Math.abs(y), Number.EPSILON)),
};

/** Negated. */
export function pinball(level: number): Formula {
  return (values, { target }) =>
    -mean(target, (y, i) => {
      const error = y - (values[i] ?? 0);
      return error >= 0 ? level * error : (level - 1) * error;
    });
}

function probability(scores: Float64Array, { outputs }: StopRows, row: number, label: number): number {
  if (outputs > 1) return scores[row * outputs + label] ?? 0;
  const positive = scores[row] ?? 0;
  return label === 1 ? positive : 1 - positive;
}

/** One class against the rest, over the classes that occur; two classes: the positive one. */
function meanOverClasses(
  scores: Float64Array,
  { target, outputs }: StopRows,
  formula: (scores: Float64Array, target: Float64Array, positive: number) => number,
): number {
  if (outputs === 1) return formula(scores, target, 1);
  let sum = 0;
  let present = 0;
  for (let k = 0; k < outputs; k++) {
    if (!target.includes(k)) continue;
    sum += formula(
      Float64Array.from(target, (_, i) => scores[i * outputs + k] ?? 0),
      target,
      k,
    );
    present++;
  }
  return sum / present;
}

/** Chance that a positive scores above a negative, ties half; 0.5 where one side is empty. */
function areaUnderCurve(scores: Float64Array, target: Float64Array, positive: number): number {
  let area = 0;
  let [lastTrue, lastFalse] = [0, 0];
  const { positives, negatives } = forEachCut(scores, target, positive, (_, hits, misses) => {
    area += ((misses - lastFalse) * (hits + lastTrue)) / 2;
    [lastTrue, lastFalse] = [hits, misses];
  });
  return positives > 0 && negatives > 0 ? area / positives / negatives : 0.5;
}

/** Σ precision · step in recall; 0 without positives. */
function averagePrecision(scores: Float64Array, target: Float64Array, positive: number): number {
  let sum = 0;
  let last = 0;
  const { positives } = forEachCut(scores, target, positive, (_, hits, misses) => {
    sum += ((hits - last) * hits) / (hits + misses);
    last = hits;
  });
  return positives > 0 ? sum / positives : 0;
}

function mean(target: Float64Array, of: (y: number, i: number) => number): number {
  let sum = 0;
  target.forEach((y, i) => {
    sum += of(y, i);
  });
  return sum / target.length;
}
