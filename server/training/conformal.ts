/** Conformal prediction: how far predictions of rows that the model did not see were off says how far the next will be. */
import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import { rowsForCoverage, usualCoverage } from '../config/impossible/judging.ts';
import { weightedQuantile } from '../statistics/weightedQuantile.ts';

/**
 * Either of them holds the truth of a new row of the same kind with at least the probability `coverage`:
 * - `conformal`: values within prediction ± `width`; classes whose probability is at least `least`;
 * - `quantile`: values from the lower model's less `margin` to the upper one's more `margin`;
 * - `ensemble`: values within prediction ± `factor` · √(variance of the members + `noise`²); classes whose mean
 *   probability over the members is at least `least`.
 */
export type Uncertainty = { readonly coverage: number } & (
  | { readonly method: 'conformal'; readonly width?: number; readonly least?: number }
  | { readonly method: 'quantile'; readonly margin: number }
  | {
      readonly method: 'ensemble';
      readonly factor?: number;
      readonly noise?: number;
      readonly least?: number;
    }
);

export interface ConformalRequest {
  readonly task: SupervisedTask;
  /** Calibrated scores of rows that their model was not trained on, row-major, and their targets. */
  readonly held: HeldScores | undefined;
}

export interface HeldScores {
  readonly scores: Float64Array;
  readonly target: Float64Array;
  /** Likewise of each model beside the main one. */
  readonly companions?: readonly Float64Array[];
}

/** 0.9 / (1 - 0.9) is a hair above 9. */
const rounding = 1e-9;

/**
 * The ⌈(n + 1) · coverage⌉-th smallest score of nonconformity. `conformal`: the absolute error, or one minus the
 * probability of the true class (Papadopoulos et al. 2002; Lei et al. 2018; Sadinle, Lei and Wasserman 2019).
 * `quantile`: how far the truth lies outside, below 0 inside (Romano, Patterson and Candès 2019). `ensemble`: the
 * absolute error in units of its expected size (Lei et al. 2018, 5.2).
 * @throws ModelwrightError uncertainty-without-rows where there are too few rows for the coverage
 */
export function fitUncertainty(
  setting: Experiment['model']['uncertainty'],
  { task, held }: ConformalRequest,
): Uncertainty | undefined {
  const { method = 'none', coverage = usualCoverage } = setting ?? {};
  if (method === 'none') return undefined;
  const rows = held?.target.length ?? 0;
  const needed = Math.ceil((rows + 1) * coverage - rounding);
  if (!held || needed > rows) {
    throw new ModelwrightError('uncertainty-without-rows', {
      coverage,
      rows,
      least: rowsForCoverage(coverage),
    });
  }
  const boundOf = (scores: Float64Array) => weightedQuantile(scores, needed / rows);
  if (method === 'quantile') return { method, coverage, margin: boundOf(outside(held)) };
  if (!predictsValue(task)) {
    const least = 1 - boundOf(missed(method === 'ensemble' ? meanOf(held) : held.scores, held.target, task));
    return { method, coverage, least };
  }
  const errors = held.target.map((y, row) => Math.abs(y - (held.scores[row] ?? 0)));
  if (method === 'conformal') return { method, coverage, width: boundOf(errors) };
  const variances = varianceOf(held);
  const noise = noiseOf(errors, variances);
  const factor = boundOf(errors.map((error, row) => error / spread(variances[row] ?? 0, noise)));
  return { method, coverage, noise, factor };
}

/** Below 0: how far inside. Ends that cross count by their order. */
function outside({ target, companions: [low, high] = [] }: HeldScores): Float64Array {
  return target.map((y, row) => {
    const [a, b] = [low?.[row] ?? 0, high?.[row] ?? 0];
    return Math.max(Math.min(a, b) - y, y - Math.max(a, b));
  });
}

/** One minus the probability of the true class. */
function missed(scores: Float64Array, target: Float64Array, task: SupervisedTask): Float64Array {
  const outputs = scores.length / target.length;
  return target.map((y, row) => {
    const own = scores[row * outputs] ?? 0;
    if (task === 'binary') return y === 1 ? 1 - own : own;
    return 1 - (scores[row * outputs + y] ?? 0);
  });
}

/** Float32, as the file's are. */
function meanOf({ scores, companions = [] }: HeldScores): Float64Array {
  return scores.map((_, i) =>
    Math.fround(companions.reduce((sum, member) => sum + (member[i] ?? 0), 0) / companions.length),
  );
}

/** Of the members' values, a row. */
function varianceOf({ target, companions = [] }: HeldScores): Float64Array {
  return target.map((_, row) => {
    const mean = companions.reduce((sum, member) => sum + (member[row] ?? 0), 0) / companions.length;
    const squares = companions.reduce((sum, member) => sum + ((member[row] ?? 0) - mean) ** 2, 0);
    return squares / companions.length;
  });
}

/** What of the squared errors the members' variance does not account for, as a standard deviation: at least a tenth of them. */
function noiseOf(errors: Float64Array, variances: Float64Array): number {
  const squares = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
  const explained = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
  return Math.sqrt(Math.max(squares - explained, squares / 10));
}

/** Expected size of an error; 1 where nothing was ever off. */
function spread(variance: number, noise: number): number {
  return Math.sqrt(variance + noise * noise) || 1;
}
