/** Every metric by name: prepared once for a set of rows, then evaluated for any row weights. scikit-learn's names and values. */
import { ModelwrightError } from '../catalog/errors.ts';
import { type LabelCounts, labelFormulas } from './labelMetrics.ts';
import {
  accumulate,
  calibrationGaps,
  computeCalibrationError,
  countTopPositives,
  type RankFigures,
  type Ranking,
  rankRows,
  scanPositives,
} from './ranking.ts';
import type { EvaluationTask, ScoredRows } from './scoredRows.ts';
import { type ErrorFigures, errorFormulas, prepareErrors } from './valueMetrics.ts';

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
  if (task === 'regression') return name in errorFormulas;
  return name in labelFormulas[task] || name in scoreFormulas || (task === 'binary' && topPattern.test(name));
}

export function prepareMetrics(names: readonly string[], rows: ScoredRows): Evaluate {
  const unknown = names.find((name) => !isComputable(name, rows.task));
  if (unknown !== undefined)
    throw new ModelwrightError('unknown-metric', { metric: unknown, task: rows.task });
  return rows.task === 'regression' ? prepareValues(names, rows) : prepareClasses(names, rows, rows.task);
}

function prepareValues(names: readonly string[], rows: ScoredRows): Evaluate {
  const formulas = names.flatMap((name) => errorFormulas[name] ?? []);
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

/** What the score formulas read, filled for one set of row weights. */
interface ScoreFigures {
  readonly counts: LabelCounts;
  logLoss: number;
  squareLoss: number;
  /** Binary: one, of the positive class; multiclass: one a class. */
  readonly ranks: readonly RankFigures[];
  calibrationError: number;
}

const scoreFormulas: Readonly<Record<string, (figures: ScoreFigures) => number>> = {
  roc_auc: ({ ranks }) => meanDefined(ranks.map(({ rocAuc }) => rocAuc)),
  pr_auc: ({ ranks }) => meanDefined(ranks.map(({ averagePrecision }) => averagePrecision)),
  log_loss: ({ logLoss, counts }) => logLoss / counts.total,
  brier: ({ squareLoss, counts }) => squareLoss / counts.total,
  ece: ({ calibrationError }) => calibrationError,
};

const topPattern = /^(recall|precision)@([1-9]\d*)$/;

function prepareClasses(names: readonly string[], rows: ScoredRows, task: 'binary' | 'multiclass'): Evaluate {
  const needs = (...wanted: string[]) => wanted.some((name) => names.includes(name));
  const binary = task === 'binary';
  const ranked =
    needs('roc_auc', 'pr_auc') || (binary && (needs('ece') || names.some((name) => topPattern.test(name))));
  const rankings = ranked
    ? rows.scores.map((scores, label) => rankRows(scores, isClass(rows, binary ? 1 : label)))
    : [];
  const confidence = needs('ece') ? (binary ? rankings[0] : rankConfidence(rows)) : undefined;
  const gaps = confidence && calibrationGaps(confidence);
  const count = prepareCounts(rows);
  const addLosses = needs('log_loss', 'brier') ? prepareLosses(rows) : undefined;

  const below = new Int32Array(rows.target.length + 1);
  const ranks = rankings.map(() => ({ rocAuc: Number.NaN, averagePrecision: Number.NaN }));
  const figures: ScoreFigures = {
    counts: count.counts,
    logLoss: Number.NaN,
    squareLoss: Number.NaN,
    ranks,
    calibrationError: Number.NaN,
  };
  const formulas = names.map((name) => formulaOf(name, task, rankings[0]));
  const values = new Float64Array(names.length);
  return (weights, total) => {
    count.fill(weights, total);
    addLosses?.(weights, figures);
    ranks.forEach((figure, label) => {
      const ranking = rankings[label];
      if (!ranking) return;
      accumulate(ranking, weights, below);
      scanPositives(ranking, below, figures.counts.actual[binary ? 1 : label] ?? 0, figure);
    });
    if (confidence && gaps) {
      if (!binary) accumulate(confidence, weights, below);
      figures.calibrationError = computeCalibrationError(confidence, below, gaps);
    }
    formulas.forEach((formula, index) => {
      values[index] = figures.counts.total > 0 ? formula(figures, below) : Number.NaN;
    });
    return values;
  };
}

type Formula = (figures: ScoreFigures, below: Int32Array) => number;

function formulaOf(name: string, task: 'binary' | 'multiclass', ranking: Ranking | undefined): Formula {
  const score = scoreFormulas[name];
  if (score) return score;
  const label = labelFormulas[task][name];
  if (label) return ({ counts }) => label(counts);
  const [, kind, size] = topPattern.exec(name) ?? [];
  return ({ counts }, below) => {
    if (!ranking) return Number.NaN;
    const k = Math.min(Number(size), counts.total);
    return countTopPositives(ranking, below, k) / (kind === 'recall' ? (counts.actual[1] ?? 0) : k);
  };
}

/** Counts by class. The commonest pair of class and prediction is what the other pairs leave: its rows are not visited. */
function prepareCounts(rows: ScoredRows): {
  counts: LabelCounts;
  fill(weights: Uint8Array, total: number): void;
} {
  const classes = rows.classes.length;
  const rowsOf = new Map<number, number[]>();
  rows.target.forEach((actual, row) => {
    const key = actual * classes + (rows.prediction[row] ?? 0);
    const list = rowsOf.get(key);
    if (list) list.push(row);
    else rowsOf.set(key, [row]);
  });
  const [commonest, ...others] = [...rowsOf]
    .map(([key, list]) => ({
      actual: Math.floor(key / classes),
      predicted: key % classes,
      rows: Int32Array.from(list),
    }))
    .sort((a, b) => b.rows.length - a.rows.length);
  const counts: LabelCounts = {
    total: 0,
    hits: new Float64Array(classes),
    predicted: new Float64Array(classes),
    actual: new Float64Array(classes),
  };
  function add({ actual, predicted }: { actual: number; predicted: number }, weight: number): void {
    counts.actual[actual] = (counts.actual[actual] ?? 0) + weight;
    counts.predicted[predicted] = (counts.predicted[predicted] ?? 0) + weight;
    if (actual === predicted) counts.hits[actual] = (counts.hits[actual] ?? 0) + weight;
  }
  function fill(weights: Uint8Array, total: number): void {
    for (const values of [counts.hits, counts.predicted, counts.actual]) values.fill(0);
    counts.total = total;
    let left = counts.total;
    for (const pair of others) {
      const weight = sumAt(weights, pair.rows);
      add(pair, weight);
      left -= weight;
    }
    if (commonest) add(commonest, left);
  }
  return { counts, fill };
}

function sumAt(weights: Uint8Array, rows: Int32Array): number {
  let sum = 0;
  for (let index = 0; index < rows.length; index++) sum += weights[rows[index] as number] as number; // rows of `weights`
  return sum;
}

function prepareLosses(
  rows: ScoredRows,
): (weights: Uint8Array, into: { logLoss: number; squareLoss: number }) => void {
  const logLoss = rows.target.map((actual, row) => -Math.log(clip(probabilityOf(rows, row, actual))));
  const squareLoss = rows.target.map((actual, row) => {
    if (rows.task === 'binary') return (1 - probabilityOf(rows, row, actual)) ** 2;
    return rows.scores.reduce(
      (sum, scores, label) => sum + ((scores[row] ?? 0) - (label === actual ? 1 : 0)) ** 2,
      0,
    );
  });
  return (weights, into) => {
    let logs = 0;
    let squares = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row] as number; // in range: one weight for each row
      logs += weight * (logLoss[row] as number);
      squares += weight * (squareLoss[row] as number);
    }
    into.logLoss = logs;
    into.squareLoss = squares;
  };
}

/** What the model gave the class that came true. */
function probabilityOf(rows: ScoredRows, row: number, actual: number): number {
  if (rows.task !== 'binary') return rows.scores[actual]?.[row] ?? Number.NaN;
  const positive = rows.scores[0]?.[row] ?? Number.NaN;
  return actual === 1 ? positive : 1 - positive;
}

function clip(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}

export function isClass(rows: ScoredRows, label: number): Uint8Array {
  return Uint8Array.from(rows.target, (actual) => (actual === label ? 1 : 0));
}

/** Ranks rows by the score of the class they were given; positive where that class came true. */
function rankConfidence(rows: ScoredRows): Ranking {
  const given = rows.prediction.map((label, row) => rows.scores[label]?.[row] ?? 0);
  return rankRows(
    given,
    Uint8Array.from(rows.prediction, (label, row) => (label === rows.target[row] ? 1 : 0)),
  );
}

function meanDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
