/** Metrics of predicted probabilities, from the order of the scores and the loss of each row. */
import { isClass } from './classCounts.ts';
import type { LabelCounts } from './labelMetrics.ts';
import {
  accumulate,
  calibrationGaps,
  computeCalibrationError,
  countTopPositives,
  type RankFigures,
  rankRows,
  scanPositives,
} from './ranking.ts';
import type { ScoredRows } from './scoredRows.ts';

/** What the formulas read, filled for one set of row weights. */
export interface ScoreFigures {
  logLoss: number;
  squareLoss: number;
  /** Binary: one, of the positive class; multiclass: one a class. */
  readonly ranks: readonly RankFigures[];
  calibrationError: number;
  /** Binary: weighted positives among the k highest scores. */
  positivesAmong: (k: number) => number;
}

type ScoreFormula = (figures: ScoreFigures, counts: LabelCounts) => number;

/** The formula of a metric of scores; undefined for other metrics. */
export function scoreFormula(name: string, task: 'binary' | 'multiclass'): ScoreFormula | undefined {
  if (Object.hasOwn(scoreFormulas, name)) return scoreFormulas[name];
  const [, kind, size] = topPattern.exec(name) ?? [];
  if (kind === undefined || task !== 'binary') return undefined;
  return ({ positivesAmong }, { actual, total }) => {
    const k = Math.min(Number(size), total);
    return positivesAmong(k) / (kind === 'recall' ? (actual[1] ?? 0) : k);
  };
}

const scoreFormulas: Readonly<Record<string, ScoreFormula>> = {
  roc_auc: ({ ranks }) => meanDefined(ranks.map(({ rocAuc }) => rocAuc)),
  pr_auc: ({ ranks }) => meanDefined(ranks.map(({ averagePrecision }) => averagePrecision)),
  log_loss: ({ logLoss }, { total }) => logLoss / total,
  brier: ({ squareLoss }, { total }) => squareLoss / total,
  ece: ({ calibrationError }) => calibrationError,
};

const topPattern = /^(recall|precision)@([1-9]\d*)$/;

/** Fills `figures` for row weights whose counts are known. */
type Measure = (weights: Uint8Array, counts: LabelCounts) => void;

/** Prepares what the named metrics need and no more. */
export function prepareScores(
  names: readonly string[],
  rows: ScoredRows,
): { figures: ScoreFigures; measure: Measure } {
  const figures: ScoreFigures = {
    logLoss: Number.NaN,
    squareLoss: Number.NaN,
    ranks: rows.scores.map(() => ({ rocAuc: Number.NaN, averagePrecision: Number.NaN })),
    calibrationError: Number.NaN,
    positivesAmong: () => Number.NaN,
  };
  if (rows.scores.every(isConstant)) return { figures, measure: measureConstant(rows, figures) };
  const needs = (...wanted: string[]) => wanted.some((name) => names.includes(name));
  const measures = [
    ...(needs('log_loss', 'brier') ? [measureLosses(rows, figures)] : []),
    ...(needs('roc_auc', 'pr_auc') ||
    (rows.task === 'binary' && names.some((name) => topPattern.test(name) || name === 'ece'))
      ? [measureRanks(rows, figures, rows.task === 'binary' && needs('ece'))]
      : []),
    ...(rows.task === 'multiclass' && needs('ece') ? [measureConfidence(rows, figures)] : []),
  ];
  return {
    figures,
    measure: (weights, counts) => {
      for (const measure of measures) measure(weights, counts);
    },
  };
}

function measureRanks(rows: ScoredRows, figures: ScoreFigures, calibrated: boolean): Measure {
  const labels = rows.task === 'binary' ? [1] : rows.scores.map((_, label) => label);
  const rankings = rows.scores.map((scores, index) => rankRows(scores, isClass(rows, labels[index] ?? 0)));
  const below = new Int32Array(rows.target.length + 1);
  const [first] = rankings;
  const gaps = calibrated && first ? calibrationGaps(first) : undefined;
  if (first) figures.positivesAmong = (k) => countTopPositives(first, below, k);
  return (weights, { actual }) => {
    figures.ranks.forEach((figure, index) => {
      const ranking = rankings[index];
      if (!ranking) return;
      accumulate(ranking, weights, below);
      scanPositives(ranking, below, actual[labels[index] ?? 0] ?? 0, figure);
    });
    if (gaps && first) figures.calibrationError = computeCalibrationError(first, below, gaps);
  };
}

/** Calibration of several classes: the score of the class a row was given, against that class coming true. */
function measureConfidence(rows: ScoredRows, figures: ScoreFigures): Measure {
  const given = rows.prediction.map((label, row) => rows.scores[label]?.[row] ?? 0);
  const right = Uint8Array.from(rows.prediction, (label, row) => (label === rows.target[row] ? 1 : 0));
  const ranking = rankRows(given, right);
  const gaps = calibrationGaps(ranking);
  const below = new Int32Array(given.length + 1);
  return (weights) => {
    accumulate(ranking, weights, below);
    figures.calibrationError = computeCalibrationError(ranking, below, gaps);
  };
}

function measureLosses(rows: ScoredRows, figures: ScoreFigures): Measure {
  const logLoss = rows.target.map((actual, row) => logLossOf(rows, row, actual));
  const squareLoss = rows.target.map((actual, row) => squareLossOf(rows, row, actual));
  return (weights) => {
    let logs = 0;
    let squares = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row] as number; // in range: one weight for each row
      logs += weight * (logLoss[row] as number);
      squares += weight * (squareLoss[row] as number);
    }
    figures.logLoss = logs;
    figures.squareLoss = squares;
  };
}

/** The dummy gives all rows the same scores: then counts say everything, at no cost by row. */
function measureConstant(rows: ScoredRows, figures: ScoreFigures): Measure {
  const classes = rows.classes.map((_, label) => label);
  const [given = 0] = rows.prediction;
  const confidence = (rows.task === 'binary' ? rows.scores[0]?.[0] : rows.scores[given]?.[0]) ?? 0;
  return (_, { actual, hits, total }) => {
    const sumOver = (of: (label: number) => number) =>
      classes.reduce((sum, label) => sum + (actual[label] ?? 0) * of(label), 0);
    figures.logLoss = sumOver((label) => logLossOf(rows, 0, label));
    figures.squareLoss = sumOver((label) => squareLossOf(rows, 0, label));
    figures.ranks.forEach((figure, index) => {
      const positives = actual[rows.task === 'binary' ? 1 : index] ?? 0;
      figure.rocAuc = positives > 0 && positives < total ? 0.5 : Number.NaN;
      figure.averagePrecision = positives > 0 ? positives / total : Number.NaN;
    });
    const right = rows.task === 'binary' ? (actual[1] ?? 0) : hits.reduce((sum, count) => sum + count, 0);
    figures.calibrationError = Math.abs(confidence - right / total);
    figures.positivesAmong = (k) => (k * (actual[1] ?? 0)) / total;
  };
}

function isConstant(values: Float64Array): boolean {
  return values.length > 0 && values.every((value) => value === values[0]);
}

function logLossOf(rows: ScoredRows, row: number, actual: number): number {
  const probability = probabilityOf(rows, row, actual);
  return -Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability)));
}

function squareLossOf(rows: ScoredRows, row: number, actual: number): number {
  if (rows.task === 'binary') return (1 - probabilityOf(rows, row, actual)) ** 2;
  return rows.scores.reduce(
    (sum, scores, label) => sum + ((scores[row] ?? 0) - (label === actual ? 1 : 0)) ** 2,
    0,
  );
}

/** What the model gave the class. */
function probabilityOf(rows: ScoredRows, row: number, label: number): number {
  if (rows.task !== 'binary') return rows.scores[label]?.[row] ?? Number.NaN;
  const positive = rows.scores[0]?.[row] ?? Number.NaN;
  return label === 1 ? positive : 1 - positive;
}

function meanDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
