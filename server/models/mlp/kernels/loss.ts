/** Losses of a batch and their gradients by the raw outputs. */
import {
  BINARY, FOCAL, L_BEFORE, L_DELTA, L_OUT, LOSSES, MULTICLASS, OBJECTIVE, BATCH_ROOM, OUTPUTS,
  PINBALL, POISSON, QUANTILE, SMOOTHING, TARGET, WEIGHT,
} from './layout';
import { address, real, slot } from '../../gbdt/kernels/threads';

/**
 * For rows begin .. end of the batch whose rows stand at `order`: weight times loss to LOSSES, and its gradient over
 * `count` to the deltas of the output layer; deltas beyond `count` rows and OUTPUTS columns are 0. With mixup `share` of
 * it is of the row's own target, and the rest of its partner's; `partners` is 0 without.
 */
export function lossOfRows(
  layer: usize, order: usize, partners: usize, share: f64, count: i32, begin: i32, end: i32,
): void {
  const panels = load<i32>(layer, L_OUT) >> 3;
  const stride = <usize>slot(BATCH_ROOM) << 5;
  for (let row = begin; row < end; row++) {
    const d = <usize>load<u32>(layer, L_DELTA) + (<usize>row << 5);
    for (let j = 0; j < panels; j++) {
      v128.store(d + <usize>j * stride, f32x4.splat(0));
      v128.store(d + <usize>j * stride, f32x4.splat(0), 16);
    }
    let loss: f64 = 0;
    if (row < count) {
      const z = <usize>load<u32>(layer, L_BEFORE) + (<usize>row << 5);
      const at = <usize>row << 2;
      if (partners) {
        loss = lossOfTarget(z, d, <usize>load<u32>(order + at), share, count);
        loss += lossOfTarget(z, d, <usize>load<u32>(partners + at), 1 - share, count);
      } else loss = lossOfTarget(z, d, <usize>load<u32>(order + at), 1, count);
    }
    store<f64>(address(LOSSES) + (<usize>row << 3), loss);
  }
}

/** `share` of weight times loss of the raw outputs at `z` by the target of row `source`; its gradient is added at `d`. */
function lossOfTarget(z: usize, d: usize, source: usize, share: f64, count: i32): f64 {
  const outputs = slot(OUTPUTS);
  const stride = <usize>slot(BATCH_ROOM) << 5;
  const objective = slot(OBJECTIVE);
  const smoothing = real(SMOOTHING);
  const y = <f64>load<f32>(address(TARGET) + (source << 2));
  const weight = share * (address(WEIGHT) ? <f64>load<f32>(address(WEIGHT) + (source << 2)) : 1);
  const scale = weight / <f64>count;
  const focal = slot(FOCAL) == 1;
  if (objective == BINARY && focal) return weight * focalBinary(z, d, y, smoothing, scale);
  if (objective == MULTICLASS && focal) {
    return weight * focalMulticlass(z, d, <i32>y, outputs, stride, smoothing, scale);
  }
  if (objective == BINARY) return weight * binary(z, d, y, smoothing, scale);
  if (objective == MULTICLASS) return weight * multiclass(z, d, <i32>y, outputs, stride, smoothing, scale);
  if (objective == POISSON) {
    const log = <f64>load<f32>(z);
    const rate = Math.exp(log);
    add(d, (rate - y) * scale);
    return weight * (rate - y * log);
  }
  if (objective == PINBALL) {
    const above = y - <f64>load<f32>(z);
    const pull = above > 0 ? real(QUANTILE) : real(QUANTILE) - 1;
    add(d, -pull * scale);
    return weight * pull * above;
  }
  const difference = <f64>load<f32>(z) - y;
  add(d, difference * scale);
  return weight * 0.5 * difference * difference;
}

@inline
function add(at: usize, value: f64): void {
  store<f32>(at, load<f32>(at) + <f32>value);
}

/** Log loss of one log-odds; the label is moved by half the smoothing. */
function binary(z: usize, d: usize, y: f64, smoothing: f64, scale: f64): f64 {
  const x = <f64>load<f32>(z);
  const label = y * (1 - smoothing) + 0.5 * smoothing;
  const e = Math.exp(-Math.abs(x));
  const p = (x >= 0 ? 1 : e) / (1 + e);
  add(d, (p - label) * scale);
  return Math.max(x, 0) - x * label + Math.log1p(e);
}

/** Logarithm of the sum of the exponentials of a row's raw outputs. */
function logSum(z: usize, outputs: i32, stride: usize): f64 {
  let top = -Infinity;
  for (let k = 0; k < outputs; k++) top = Math.max(top, <f64>load<f32>(place(z, k, stride)));
  let sum: f64 = 0;
  for (let k = 0; k < outputs; k++) sum += Math.exp(<f64>load<f32>(place(z, k, stride)) - top);
  return top + Math.log(sum);
}

/** Cross entropy of softmax; the label is spread over all classes by the smoothing. */
function multiclass(
  z: usize, d: usize, y: i32, outputs: i32, stride: usize, smoothing: f64, scale: f64,
): f64 {
  const log = logSum(z, outputs, stride);
  let loss: f64 = 0;
  const other = smoothing / <f64>outputs;
  for (let k = 0; k < outputs; k++) {
    const x = <f64>load<f32>(place(z, k, stride));
    const label = (k == y ? 1 - smoothing : 0) + other;
    add(place(d, k, stride), (Math.exp(x - log) - label) * scale);
    loss += label * (log - x);
  }
  return loss;
}

/** What (1 - p)^2 makes of the gradient of -log p; r is 1 - p (Lin and others 2017 with gamma = 2). */
@inline
function focus(p: f64, r: f64, minusLog: f64): f64 {
  return r * (r + 2 * p * minusLog);
}

/** The focal loss of both labels, each with its share of the smoothed one. */
function focalBinary(z: usize, d: usize, y: f64, smoothing: f64, scale: f64): f64 {
  const x = <f64>load<f32>(z);
  const label = y * (1 - smoothing) + 0.5 * smoothing;
  const e = Math.exp(-Math.abs(x));
  const p = (x >= 0 ? 1 : e) / (1 + e);
  const r = (x >= 0 ? e : 1) / (1 + e);
  const tail = Math.log1p(e);
  const ofOne = Math.max(-x, 0) + tail;
  const ofZero = Math.max(x, 0) + tail;
  const slope = (1 - label) * focus(r, p, ofZero) * p - label * focus(p, r, ofOne) * r;
  add(d, slope * scale);
  return label * r * r * ofOne + (1 - label) * p * p * ofZero;
}

/** The focal loss of all classes, each with its share of the smoothed label. */
function focalMulticlass(
  z: usize, d: usize, y: i32, outputs: i32, stride: usize, smoothing: f64, scale: f64,
): f64 {
  const log = logSum(z, outputs, stride);
  let loss: f64 = 0;
  let pull: f64 = 0;
  const other = smoothing / <f64>outputs;
  for (let k = 0; k < outputs; k++) {
    const minusLog = log - <f64>load<f32>(place(z, k, stride));
    const p = Math.exp(-minusLog);
    const label = (k == y ? 1 - smoothing : 0) + other;
    const own = label * focus(p, 1 - p, minusLog);
    pull += own;
    loss += label * (1 - p) * (1 - p) * minusLog;
    add(place(d, k, stride), -own * scale);
  }
  for (let k = 0; k < outputs; k++) {
    const p = Math.exp(<f64>load<f32>(place(z, k, stride)) - log);
    add(place(d, k, stride), p * pull * scale);
  }
  return loss;
}

@inline
function place(panels: usize, column: i32, stride: usize): usize {
  return panels + <usize>(column >> 3) * stride + (<usize>(column & 7) << 2);
}
