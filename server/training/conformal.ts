/** Split conformal prediction: how far predictions of rows that the model did not see were off says how far the next will be. */
import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import { weightedQuantile } from '../statistics/weightedQuantile.ts';

/**
 * `width`: values within prediction ± width; `least`: the classes whose probability is at least this. Either holds the
 * truth of a new row of the same kind with at least the probability `coverage`.
 */
export interface Uncertainty {
  readonly method: 'conformal';
  readonly coverage: number;
  readonly width?: number;
  readonly least?: number;
}

export interface ConformalRequest {
  readonly task: SupervisedTask;
  /** Calibrated scores of rows that their model was not trained on, row-major, and their targets. */
  readonly held: { readonly scores: Float64Array; readonly target: Float64Array } | undefined;
}

const usualCoverage = 0.9;
/** 0.9 / (1 - 0.9) is a hair above 9. */
const rounding = 1e-9;

/**
 * The ⌈(n + 1) · coverage⌉-th smallest score of nonconformity: the absolute error, or one minus the probability of the
 * true class. Sources: Papadopoulos et al. 2002; Lei et al. 2018; Sadinle, Lei and Wasserman 2019.
 * @throws ModelwrightError uncertainty-without-rows where there are too few rows for the coverage; model-setting
 */
export function fitUncertainty(
  setting: Experiment['model']['uncertainty'],
  { task, held }: ConformalRequest,
): Uncertainty | undefined {
  const { method = 'none', coverage = usualCoverage } = setting ?? {};
  if (method === 'none') return undefined;
  if (task === 'quantile') {
    throw new ModelwrightError('model-setting', {
      path: 'model.uncertainty',
      value: method,
      reason: 'a quantile is a bound already',
      instead: 'none',
    });
  }
  const rows = held?.target.length ?? 0;
  const needed = Math.ceil((rows + 1) * coverage - rounding);
  if (!held || needed > rows) {
    throw new ModelwrightError('uncertainty-without-rows', {
      coverage,
      rows,
      least: Math.ceil(coverage / (1 - coverage) - rounding),
    });
  }
  const { scores, target } = held;
  const outputs = scores.length / rows;
  const apart = target.map((y, row) => {
    const own = scores[row * outputs] ?? 0;
    if (predictsValue(task)) return Math.abs(y - own);
    if (task === 'binary') return y === 1 ? 1 - own : own;
    return 1 - (scores[row * outputs + y] ?? 0);
  });
  const bound = weightedQuantile(apart, needed / rows);
  return predictsValue(task)
    ? { method: 'conformal', coverage, width: bound }
    : { method: 'conformal', coverage, least: 1 - bound };
}
