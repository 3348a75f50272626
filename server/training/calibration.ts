/** From raw outputs to probabilities: what a calibration is, and applying it. Fitting it is in fitCalibration.ts. */
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';

/**
 * `scaled`: sigmoid or softmax of scale · raw + offset (Platt 1999; temperature has offsets of 0). `offsets` has one
 * entry a raw output.
 * `isotonic` (binary): linear between the points, level beyond them; `raw` rises strictly, `probability` never falls.
 */
export type Calibration =
  | { readonly method: 'none' }
  | { readonly method: 'platt' | 'temperature'; readonly scale: number; readonly offsets: readonly number[] }
  | { readonly method: 'isotonic'; readonly raw: readonly number[]; readonly probability: readonly number[] };

/** Row-major [rows, outputs] in and out: probabilities (binary: of the positive class), or the values predicted. */
export function applyCalibration(
  calibration: Calibration,
  task: SupervisedTask,
  raw: Float64Array,
  outputs: number,
): Float64Array {
  if (task === 'count') return raw.map(Math.exp);
  if (predictsValue(task)) return raw.slice();
  if (calibration.method === 'isotonic') return raw.map((value) => interpolate(calibration, value));
  const { scale, offsets } = calibration.method === 'none' ? { scale: 1, offsets: [] } : calibration;
  const scaled = raw.map((value, i) => scale * value + (offsets[i % outputs] ?? 0));
  if (task === 'binary') return scaled.map(sigmoid);
  for (let at = 0; at < scaled.length; at += outputs) softmax(scaled.subarray(at, at + outputs));
  return scaled;
}

export function sigmoid(value: number): number {
  const e = Math.exp(-Math.abs(value));
  return (value >= 0 ? 1 : e) / (1 + e);
}

/** In place; returns the log of Σ exp(logits). */
export function softmax(logits: Float64Array): number {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    const e = Math.exp((logits[k] ?? 0) - top);
    logits[k] = e;
    sum += e;
  }
  for (let k = 0; k < logits.length; k++) logits[k] = (logits[k] ?? 0) / sum;
  return top + Math.log(sum);
}

/** The number of points at or below `value`, by bisection; then the line through the two points around it. */
function interpolate(
  { raw, probability }: { raw: readonly number[]; probability: readonly number[] },
  value: number,
): number {
  let low = 0;
  let high = raw.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((raw[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  const [left, right] = [low - 1, low];
  if (left < 0) return probability[0] ?? 0;
  const [x0 = 0, y0 = 0] = [raw[left], probability[left]];
  const [x1, y1] = [raw[right], probability[right]];
  return x1 === undefined || y1 === undefined ? y0 : y0 + ((y1 - y0) / (x1 - x0)) * (value - x0);
}
