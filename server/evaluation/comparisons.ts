/** Is the model better than what it must beat: paired tests on the same rows, corrected for their number. */
import { predictsValue } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Comparison } from '../protocol/run.ts';
import { benjaminiHochberg, holm } from '../statistics/corrections.ts';
import { betaCdf, normalQuantile, normalTail } from '../statistics/distributions.ts';
import { delong } from '../statistics/rankAuc.ts';
import type { Bootstrap } from './bootstrap.ts';
import { isClass } from './classCounts.ts';
import { type ResampleOptions, runJobs } from './resampleJobs.ts';
import type { ScoredRows } from './scoredRows.ts';

export type Correction = Experiment['evaluate']['compare']['correction'];

export interface ComparisonRequest {
  /** Rows of the main model under its name, and of what it is compared with, all in one order. */
  readonly models: Readonly<Record<string, ScoredRows>>;
  readonly main: string;
  /** Holds `metric` of all models. */
  readonly bootstrap: Bootstrap;
  readonly metric: string;
  /** bootstrap (also for `auto`), mcnemar, delong or permutation; where one does not apply, bootstrap. */
  readonly test: string;
  readonly correction: Correction;
  readonly level: number;
  readonly samples: number;
  readonly seed: number;
}

/**
 * Main minus each other model. mcnemar compares `accuracy` (exact test), delong `roc_auc` of two classes; bootstrap and
 * permutation the metric asked for. `low` and `high` hold at `level` for each difference alone; `pAdjusted` counts all.
 */
export async function compareModels(
  request: ComparisonRequest,
  options: ResampleOptions = {},
): Promise<Comparison[]> {
  const others = Object.keys(request.models).filter((name) => name !== request.main);
  const plain: Omit<Comparison, 'pAdjusted'>[] = [];
  for (const to of others) plain.push(await compareWith(to, request, options));
  const adjusted = adjust(
    plain.map(({ p }) => Number(p)),
    request.correction,
  );
  return plain.map((comparison, index) => ({ ...comparison, pAdjusted: adjusted[index] ?? Number.NaN }));
}

export function adjust(p: readonly number[], correction: Correction): readonly number[] {
  if (correction === 'none') return p;
  return correction === 'holm' ? holm(p) : benjaminiHochberg(p);
}

/**
 * Level of the interval that belongs to the corrected test of the index-th difference: under Holm, alpha is divided by the
 * number of tests with no smaller p; under Benjamini-Hochberg the intervals of the selected keep the false coverage rate
 * (Benjamini and Yekutieli, 2005).
 */
export function adjustedLevel(
  p: readonly number[],
  index: number,
  alpha: number,
  correction: Correction,
): number {
  const tests = p.filter((value) => !Number.isNaN(value)).length;
  const own = p[index] ?? Number.NaN;
  if (correction === 'none' || tests === 0) return 1 - alpha;
  if (correction === 'holm') {
    const before = p.filter((value, other) => value < own || (value === own && other < index)).length;
    return 1 - alpha / Math.max(1, tests - before);
  }
  const selected = benjaminiHochberg(p).filter((value) => value <= alpha).length;
  return 1 - (alpha * Math.max(1, selected)) / tests;
}

async function compareWith(
  to: string,
  request: ComparisonRequest,
  options: ResampleOptions,
): Promise<Omit<Comparison, 'pAdjusted'>> {
  const { models, main, metric, level, bootstrap } = request;
  const [first, second] = [models[main], models[to]];
  if (!first || !second) throw new Error(`no rows of ${main} or ${to}`);
  if (request.test === 'mcnemar' && !predictsValue(first.task)) {
    return { to, metric: 'accuracy', ...mcnemar(first, second, level), test: 'mcnemar' };
  }
  if (request.test === 'delong' && first.task === 'binary') {
    return { to, metric: 'roc_auc', ...compareAreas(first, second, level), test: 'delong' };
  }
  const difference = bootstrap.difference(metric, main, to);
  const figures = { difference: difference.value, ...difference.interval(level) };
  if (request.test === 'permutation') {
    const p = await permute([first, second], difference.value, { ...request, to }, options);
    return { to, metric, ...figures, p, test: 'permutation' };
  }
  return { to, metric, ...figures, p: difference.p, test: 'bootstrap' };
}

interface Tested {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

/** McNemar's exact test of two accuracies on the same rows, with the Wald interval of the paired difference. */
export function mcnemar(first: ScoredRows, second: ScoredRows, level: number): Tested {
  let gained = 0;
  let lost = 0;
  first.target.forEach((actual, row) => {
    const right = first.prediction[row] === actual;
    if (right === (second.prediction[row] === actual)) return;
    if (right) gained++;
    else lost++;
  });
  const rows = first.target.length;
  const difference = (gained - lost) / rows;
  const error = Math.sqrt(gained + lost - (gained - lost) ** 2 / rows) / rows;
  const fewer = Math.min(gained, lost);
  // Twice the binomial tail at one half, through the incomplete beta.
  const p = gained === lost ? 1 : Math.min(1, 2 * betaCdf(0.5, gained + lost - fewer, fewer + 1));
  return { difference, ...around(difference, error, level), p };
}

/** DeLong's test of two areas under the ROC curve on the same rows. */
export function compareAreas(first: ScoredRows, second: ScoredRows, level: number): Tested {
  const scores = [first, second].map((rows) => rows.scores[0] ?? new Float64Array(0));
  const { auc, covariance } = delong(scores, isClass(first, 1));
  const [[a = Number.NaN, both = Number.NaN] = [], [, b = Number.NaN] = []] = covariance;
  const difference = (auc[0] ?? Number.NaN) - (auc[1] ?? Number.NaN);
  const error = Math.sqrt(Math.max(0, a + b - 2 * both));
  const p = difference === 0 ? 1 : Math.min(1, 2 * normalTail(Math.abs(difference) / error));
  return { difference, ...around(difference, error, level), p };
}

function around(value: number, error: number, level: number): { low: number; high: number } {
  const half = normalQuantile(0.5 + level / 2) * error;
  return { low: value - half, high: value + half };
}

/** Share of random exchanges of the two models' predictions, row by row, that differ at least as much. */
async function permute(
  models: readonly ScoredRows[],
  observed: number,
  request: ComparisonRequest & { to: string },
  options: ResampleOptions,
): Promise<number> {
  const { metric, samples, seed, to } = request;
  const stream = `permutation of ${to}`;
  const job = { models, metrics: [metric], resampling: { kind: 'swap' } as const, samples, seed, stream };
  const [values = new Float64Array(0)] = await runJobs([job], options);
  let atLeast = 0;
  for (let sample = 0; sample < samples; sample++) {
    const drawn = (values[2 * sample] ?? 0) - (values[2 * sample + 1] ?? 0);
    // Rounding must not make an exchange that changes nothing look smaller.
    if (Math.abs(drawn) >= Math.abs(observed) * (1 - 1e-12)) atLeast++;
  }
  return (atLeast + 1) / (samples + 1);
}
