/** The losses of linear models: what a block of rows costs, and how that changes with its raw outputs. */
import { address, real, slot } from '../../gbdt/kernels/threads';
import {
  AREA_RAW, BINARY, BLOCK, MULTICLASS, OBJECTIVE, OUTPUTS, PINBALL, POISSON, QUANTILE, SMOOTHING, TARGET, WEIGHT,
} from './layout';
import { area, madd } from './products';

/**
 * Returns Σ weight · loss (classes and counts in nats, squared: half squared errors, quantile: smoothed pinball) and
 * leaves its derivative in place of the raw outputs, 0 for the one row too many of an odd block.
 */
export function residuals(thread: i32, start: i32, count: i32): f64 {
  const raw = area(thread, AREA_RAW);
  const objective = slot(OBJECTIVE);
  if (objective == MULTICLASS) return softmaxResiduals(raw, start, count);
  if (objective == BINARY || objective == PINBALL) return logisticResiduals(raw, start, count, objective == PINBALL);
  return objective == POISSON ? poissonResiduals(raw, start, count) : squaredResiduals(raw, start, count);
}

/**
 * Leaves the curvature of each output at weight 1 in place of the raw outputs: the second derivative; softmax the
 * probability p, whose inverse is, on outputs that sum to 0, that of the whole matrix diag(p) - ppᵀ.
 */
export function curvatures(thread: i32, start: i32, count: i32): void {
  const raw = area(thread, AREA_RAW);
  const objective = slot(OBJECTIVE);
  const one = f64x2.splat(1);
  if (objective == MULTICLASS) {
    for (let i = 0; i < count; i += 2) normalise(raw + (<usize>i << 3), slot(OUTPUTS));
    return;
  }
  const isPinball = objective == PINBALL;
  const scale = f64x2.splat(isPinball ? 1 / real(SMOOTHING) : 1);
  for (let i = 0; i < count; i += 2) {
    const place = raw + (<usize>i << 3);
    let value = one;
    if (objective == POISSON) value = exp2(v128.load(place));
    else if (objective == BINARY || isPinball) {
      const z = isPinball ? f64x2.mul(f64x2.sub(v128.load(place), targets(start + i)), scale) : v128.load(place);
      const e = exp2(f64x2.neg(f64x2.abs(z)));
      const sum = f64x2.add(one, e);
      value = f64x2.mul(f64x2.div(e, f64x2.mul(sum, sum)), scale);
    }
    v128.store(place, value);
  }
}

/** Two weights; 1 where rows have none. */
@inline
export function weights(row: i32): v128 {
  const weight = address(WEIGHT);
  return weight ? v128.load(weight + (<usize>row << 3)) : f64x2.splat(1);
}

/** All bits of the rows of a pair that are within the block. */
@inline
export function present(i: i32, count: i32): v128 {
  return i + 1 < count ? i64x2.splat(-1) : i64x2(-1, 0);
}

@inline
function targets(row: i32): v128 {
  return v128.load(address(TARGET) + (<usize>row << 3));
}

@inline
function lanes(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * exp(x), x from -708 to 709 (beyond as at the bound), to an ulp or two: 2^k times the Taylor polynomial of degree 13 on
 * [-ln 2 / 2, ln 2 / 2], which leaves 4e-18.
 */
@inline
function exp2(x: v128): v128 {
  const limited = f64x2.max(f64x2.min(x, f64x2.splat(709)), f64x2.splat(-708));
  const k = f64x2.nearest(f64x2.mul(limited, f64x2.splat(1.4426950408889634)));
  let r = f64x2.sub(limited, f64x2.mul(k, f64x2.splat(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)));
  let p = madd(f64x2.splat(1.6059043836821613e-10), r, f64x2.splat(2.08767569878681e-9));
  p = madd(p, r, f64x2.splat(2.505210838544172e-8));
  p = madd(p, r, f64x2.splat(2.755731922398589e-7));
  p = madd(p, r, f64x2.splat(2.7557319223985893e-6));
  p = madd(p, r, f64x2.splat(2.48015873015873e-5));
  p = madd(p, r, f64x2.splat(1.984126984126984e-4));
  p = madd(p, r, f64x2.splat(1.388888888888889e-3));
  p = madd(p, r, f64x2.splat(8.333333333333333e-3));
  p = madd(p, r, f64x2.splat(4.1666666666666664e-2));
  p = madd(p, r, f64x2.splat(0.16666666666666666));
  p = madd(p, r, f64x2.splat(0.5));
  p = madd(p, r, f64x2.splat(1));
  p = madd(p, r, f64x2.splat(1));
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  return f64x2.mul(p, i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52));
}

/**
 * Log loss, z the raw output and t the label: max(z, 0) + log(1 + e^-|z|) - t z. The pinball loss convolved with a
 * logistic density of width h is h times the same with z = (raw - y) / h and t the quantile; it is convex and smooth, and
 * its minimiser differs from that of the pinball loss by O(h²) (He, Pan, Tan and Zhou 2023).
 */
function logisticResiduals(raw: usize, start: i32, count: i32, isPinball: bool): f64 {
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const isWeighted = address(WEIGHT) != 0;
  const h = isPinball ? real(SMOOTHING) : 1;
  const scale = f64x2.splat(1 / h);
  const quantile = f64x2.splat(real(QUANTILE));
  let sum = zero;
  // Logs of products instead of sums of logs: 256 factors of at most 2 stay finite.
  let product = one;
  let logs: f64 = 0;
  for (let i = 0; i < count; i += 2) {
    const place = raw + (<usize>i << 3);
    const own = v128.load(place);
    const y = targets(start + i);
    const z = isPinball ? f64x2.mul(f64x2.sub(own, y), scale) : own;
    const t = isPinball ? quantile : y;
    const e = exp2(f64x2.neg(f64x2.abs(z)));
    const normaliser = f64x2.add(one, e);
    const isIn = present(i, count);
    const above = f64x2.div(v128.bitselect(one, e, f64x2.ge(z, zero)), normaliser);
    const weight = v128.and(weights(start + i), isIn);
    sum = madd(weight, f64x2.sub(f64x2.max(z, zero), f64x2.mul(t, z)), sum);
    if (isWeighted) {
      logs += f64x2.extract_lane(weight, 0) * Math.log(f64x2.extract_lane(normaliser, 0));
      logs += f64x2.extract_lane(weight, 1) * Math.log(f64x2.extract_lane(normaliser, 1));
    } else product = f64x2.mul(product, v128.bitselect(normaliser, one, isIn));
    v128.store(place, f64x2.mul(weight, f64x2.sub(above, t)));
  }
  logs += Math.log(f64x2.extract_lane(product, 0)) + Math.log(f64x2.extract_lane(product, 1));
  return h * (lanes(sum) + logs);
}

/** exp(raw) - y raw: the Poisson log-likelihood under a log link, up to what no coefficient changes. */
function poissonResiduals(raw: usize, start: i32, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += 2) {
    const place = raw + (<usize>i << 3);
    const own = v128.load(place);
    const y = targets(start + i);
    const rate = exp2(own);
    const weight = v128.and(weights(start + i), present(i, count));
    sum = madd(weight, f64x2.sub(rate, f64x2.mul(y, own)), sum);
    v128.store(place, f64x2.mul(weight, f64x2.sub(rate, y)));
  }
  return lanes(sum);
}

function squaredResiduals(raw: usize, start: i32, count: i32): f64 {
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += 2) {
    const place = raw + (<usize>i << 3);
    const error = f64x2.sub(v128.load(place), targets(start + i));
    const residual = f64x2.mul(v128.and(weights(start + i), present(i, count)), error);
    sum = madd(residual, error, sum);
    v128.store(place, residual);
  }
  return 0.5 * lanes(sum);
}

function softmaxResiduals(raw: usize, start: i32, count: i32): f64 {
  const outputs = slot(OUTPUTS);
  let loss: f64 = 0;
  for (let i = 0; i < count; i += 2) {
    const place = raw + (<usize>i << 3);
    const weight = v128.and(weights(start + i), present(i, count));
    const first = <i32>load<f64>(address(TARGET) + (<usize>(start + i) << 3));
    const second = i + 1 < count ? <i32>load<f64>(address(TARGET) + (<usize>(start + i + 1) << 3)) : 0;
    const own = f64x2(load<f64>(place + (<usize>first * BLOCK << 3)), load<f64>(place + (<usize>second * BLOCK << 3), 8));
    const excess = f64x2.mul(weight, f64x2.sub(normalise(place, outputs), own));
    loss += lanes(excess);
    subtractOne(place + (<usize>first * BLOCK << 3));
    subtractOne(place + (<usize>second * BLOCK << 3) + 8);
    for (let k = 0; k < outputs; k++) {
      const at = place + (<usize>k * BLOCK << 3);
      v128.store(at, f64x2.mul(weight, v128.load(at)));
    }
  }
  return loss;
}

@inline
function subtractOne(place: usize): void {
  store<f64>(place, load<f64>(place) - 1);
}

/** Turns the logits of two rows into probabilities; returns the logs of their normalisers. */
function normalise(place: usize, outputs: i32): v128 {
  let top = v128.load(place);
  for (let k = 1; k < outputs; k++) top = f64x2.max(top, v128.load(place + (<usize>k * BLOCK << 3)));
  let sum = f64x2.splat(0);
  for (let k = 0; k < outputs; k++) {
    const at = place + (<usize>k * BLOCK << 3);
    const e = exp2(f64x2.sub(v128.load(at), top));
    v128.store(at, e);
    sum = f64x2.add(sum, e);
  }
  for (let k = 0; k < outputs; k++) {
    const at = place + (<usize>k * BLOCK << 3);
    v128.store(at, f64x2.div(v128.load(at), sum));
  }
  const logs = f64x2(Math.log(f64x2.extract_lane(sum, 0)), Math.log(f64x2.extract_lane(sum, 1)));
  return f64x2.add(top, logs);
}
