/** Decides whether and how probabilities are calibrated. */

import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import { ascendingOrder } from '../statistics/order.ts';
import { applyCalibration, type Calibration } from './calibration.ts';
import { fitScaled, type HeldRows } from './fitCalibration.ts';
import { fitIsotonic } from './isotonic.ts';

/** Above this, `auto` calibrates (language.md). */
const acceptableError = 0.05;
/** Fewer rows of a class than this give isotonic regression too little to go by. */
const isotonicRows = 1000;
/** Fewer held rows than this say nothing about calibration. */
const leastRows = 20;

/**
 * `auto`: after class weights or a focal loss, or where the expected calibration error of the held rows is above 0.05: Platt for two
 * classes, then isotonic where Platt leaves more than that and each class has 1,000 rows; temperature for more classes
 * (with offsets after weights). Without held rows only the effect of the weights is undone. `factors`: the class
 * weights that the model was trained with, if any.
 * @throws ModelwrightError model-setting for isotonic with more than two classes
 */
export async function settleCalibration(
  setting: Experiment['model']['calibrate'],
  {
    held,
    factors,
    focal = false,
  }: { held: HeldRows | undefined; factors: Float64Array | undefined; focal?: boolean },
): Promise<Calibration> {
  const weighted = factors !== undefined || focal;
  if (setting === 'isotonic' && held && held.task === 'multiclass') {
    throw new ModelwrightError('model-setting', {
      path: 'model.calibrate',
      value: setting,
      reason: 'isotonic calibration is for two classes',
      instead: 'temperature',
    });
  }
  if (setting === 'none' || (held && predictsValue(held.task))) return { method: 'none' };
  if (!held || !isEnough(held)) return factors ? undoFactors(factors) : { method: 'none' };
  if (setting === 'isotonic') return fitIsotonic(held);
  if (setting !== 'auto') return fitScaled(setting, held);
  if (!weighted && errorAfter({ method: 'none' }, held) <= acceptableError) return { method: 'none' };
  const scaled = await fitScaled(held.task === 'binary' || weighted ? 'platt' : 'temperature', held);
  if (held.task !== 'binary' || errorAfter(scaled, held) <= acceptableError) return scaled;
  const positives = held.target.reduce((sum, y) => sum + y, 0);
  const rarer = Math.min(positives, held.target.length - positives);
  return rarer >= isotonicRows ? fitIsotonic(held) : scaled;
}

/** Where no rows can tell: a model trained on reweighted classes has log-odds too high by the log of the factors. */
function undoFactors(factors: Float64Array): Calibration {
  const logs = Array.from(factors, (factor) => (factor > 0 ? Math.log(factor) : 0));
  const offsets = logs.length === 2 ? [(logs[0] ?? 0) - (logs[1] ?? 0)] : logs.map((log) => -log);
  return { method: 'platt', scale: 1, offsets };
}

/** At least 20 rows and two classes, with a weight. */
function isEnough({ target, weight }: HeldRows): boolean {
  const counted = target.filter((_, i) => (weight?.[i] ?? 1) > 0);
  return counted.length >= leastRows && counted.some((y) => y !== counted[0]);
}

function errorAfter(calibration: Calibration, held: HeldRows): number {
  const scores = applyCalibration(calibration, held.task, held.raw, held.outputs);
  return calibrationError(scores, held);
}

/**
 * Expected calibration error over 15 bins of equal count: mean over rows of |mean score - observed share| of their bin.
 * Several classes: of the highest probability and whether that class was right. `scores` as applyCalibration gives them.
 */
export function calibrationError(scores: Float64Array, { outputs, target, weight }: HeldRows): number {
  const said = new Float64Array(target.length);
  const right = new Float64Array(target.length);
  target.forEach((y, i) => {
    let best = 0;
    for (let k = 1; k < outputs; k++) {
      if ((scores[i * outputs + k] ?? 0) > (scores[i * outputs + best] ?? 0)) best = k;
    }
    said[i] = scores[i * outputs + best] ?? 0;
    right[i] = outputs === 1 ? y : y === best ? 1 : 0;
  });
  const order = ascendingOrder(said);
  const bins = Math.min(15, order.length);
  let [gap, total] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    let difference = 0;
    const [from, to] = [bin, bin + 1].map((edge) => Math.floor((edge * order.length) / bins));
    for (const i of order.subarray(from, to)) {
      const w = weight?.[i] ?? 1;
      difference += w * ((said[i] ?? 0) - (right[i] ?? 0));
      total += w;
    }
    gap += Math.abs(difference);
  }
  return total > 0 ? gap / total : 0;
}
