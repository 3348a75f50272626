/**
 * From raw scores to packed gradients: gradient and hessian of the loss, then both as integers in one 64-bit word, so
 * that histograms are sums of integers: the same bits in whatever order and on however many threads they are formed.
 */
import {
  BINARY, BLOCK, BLOCK_SUMS, FOCAL, FOCAL_MULTICLASS, HUBER, HUBER_DELTA, MULTICLASS, OBJECTIVE, OUTPUT, OUTPUTS, PACKED, POISSON, PROBABILITY,
  QUANTILE, QUANTILE_LEVEL, RAW, ROWS, TARGET, WEIGHT,
} from './layout';
import { address, barrier, real, shareBegin, slot } from './threads';

/** Integer units of one gradient and of one hessian, of the tree being grown. */
export let gradientScale: f64 = 1;
export let hessianScale: f64 = 1;

/** Fills PACKED with (hessian, gradient) for this thread's rows: high 32 bits signed gradient, low 32 bits hessian. */
export function packGradients(thread: i32): void {
  const rows = slot(ROWS);
  const begin = shareBegin(thread, rows, BLOCK);
  const end = shareBegin(thread + 1, rows, BLOCK);
  const objective = slot(OBJECTIVE);
  const isSoftmax = objective == MULTICLASS || objective == FOCAL_MULTICLASS;
  if (isSoftmax && slot(OUTPUT) == 0) softmax(begin, end);
  for (let at = begin; at < end; at += BLOCK) {
    const to = min(at + BLOCK, end);
    if (objective == BINARY) binary(at, to);
    else if (isSoftmax) multiclass(at, to, objective == FOCAL_MULTICLASS);
    else if (objective == FOCAL) focal(at, to);
    else if (objective == POISSON) poisson(at, to);
    else if (objective == QUANTILE) quantile(at, to);
    else if (objective == HUBER) huber(at, to);
    else squared(at, to);
    if (address(WEIGHT)) applyWeights(at, to);
    sumBlock(at, to);
  }
  barrier();
  setScales(rows);
  quantise(begin, end);
}

/** exp(x) for |x| <= 87 to about 2e-7: 2^k times a polynomial on [-ln 2 / 2, ln 2 / 2] (Cephes expf). */
@inline
export function exp4(x: v128): v128 {
  const limited = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const k = f32x4.nearest(f32x4.mul(limited, f32x4.splat(1.44269504)));
  let r = f32x4.sub(limited, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** Four raw scores from here on as float32. */
@inline
function raw4(place: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(place));
  const high = f32x4.demote_f64x2_zero(v128.load(place, 16));
  return v128.shuffle<i32>(low, high, 0, 1, 4, 5);
}

/** Four (hessian, gradient) pairs. Arrays have room for a whole vector past their end. */
@inline
function storePairs(place: usize, hessian: v128, gradient: v128): void {
  v128.store(place, v128.shuffle<i32>(hessian, gradient, 0, 4, 1, 5));
  v128.store(place, v128.shuffle<i32>(hessian, gradient, 2, 6, 3, 7), 16);
}

/** Log loss: g = p - y, h = p(1 - p). */
function binary(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  const one = f32x4.splat(1);
  for (let i = begin; i < end; i += 4) {
    const p = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(raw4(raw + (<usize>i << 3))))));
    const gradient = f32x4.sub(p, v128.load(target + (<usize>i << 2)));
    storePairs(packed + (<usize>i << 3), f32x4.mul(p, f32x4.sub(one, p)), gradient);
  }
}

/**
 * log(x) for positive x that are not subnormal, to about 1e-7: an exponent, and a polynomial on [sqrt(1/2), sqrt(2)]
 * (Cephes logf).
 */
@inline
function log4(x: v128): v128 {
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const mantissa = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const m = f32x4.sub(mantissa, f32x4.splat(1));
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(3.3333331174e-1));
  const square = f32x4.mul(m, m);
  const tail = f32x4.sub(f32x4.mul(f32x4.mul(p, square), m), f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.mul(exponent, f32x4.splat(0.693147181)), f32x4.add(m, tail));
}

/**
 * Focal loss -(1 - q)^2 log q of the probability q of the truth (Lin and others 2017, gamma = 2): the gradient of the
 * log loss times a = r (r - 2 q log q) where r = 1 - q. The hessian is 3 a q r, which the second derivative comes up to
 * where q nears 1 and is nowhere above: it is negative for rows that are far off.
 */
function focal(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  for (let i = begin; i < end; i += 4) {
    const side = f32x4.sub(f32x4.mul(two, v128.load(target + (<usize>i << 2))), one);
    const e = exp4(f32x4.neg(f32x4.mul(side, raw4(raw + (<usize>i << 3)))));
    const q = f32x4.div(one, f32x4.add(one, e));
    const r = f32x4.mul(e, q);
    const a = f32x4.mul(r, f32x4.add(r, f32x4.mul(f32x4.mul(two, q), log4(f32x4.add(one, e)))));
    const pull = f32x4.mul(a, r);
    const hessian = f32x4.mul(f32x4.mul(f32x4.splat(3), pull), q);
    storePairs(packed + (<usize>i << 3), hessian, f32x4.neg(f32x4.mul(side, pull)));
  }
}

/** Squared loss: g = prediction - y, h = 1. */
function squared(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  for (let i = begin; i < end; i += 4) {
    const gradient = f32x4.sub(raw4(raw + (<usize>i << 3)), v128.load(target + (<usize>i << 2)));
    storePairs(packed + (<usize>i << 3), f32x4.splat(1), gradient);
  }
}

/** Poisson deviance of exp(raw): g = rate - y, h = rate e^0.7, which keeps steps short (LightGBM's poisson_max_delta_step). */
function poisson(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  const longer = f32x4.splat(2.01375271);
  for (let i = begin; i < end; i += 4) {
    const rate = exp4(raw4(raw + (<usize>i << 3)));
    const gradient = f32x4.sub(rate, v128.load(target + (<usize>i << 2)));
    storePairs(packed + (<usize>i << 3), f32x4.mul(rate, longer), gradient);
  }
}

/** Pinball loss: g = 1 - q above the truth, else -q; h = 1. Leaf values come from the residuals themselves. */
function quantile(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  const level = <f32>real(QUANTILE_LEVEL);
  const above = f32x4.splat(1 - level);
  const below = f32x4.splat(-level);
  for (let i = begin; i < end; i += 4) {
    const isAbove = f32x4.ge(raw4(raw + (<usize>i << 3)), v128.load(target + (<usize>i << 2)));
    storePairs(packed + (<usize>i << 3), f32x4.splat(1), v128.bitselect(above, below, isAbove));
  }
}

/** Huber loss: g = the error, at most delta in size; h = 1. */
function huber(begin: i32, end: i32): void {
  const raw = address(RAW);
  const target = address(TARGET);
  const packed = address(PACKED);
  const most = f32x4.splat(<f32>real(HUBER_DELTA));
  const least = f32x4.neg(most);
  for (let i = begin; i < end; i += 4) {
    const error = f32x4.sub(raw4(raw + (<usize>i << 3)), v128.load(target + (<usize>i << 2)));
    storePairs(packed + (<usize>i << 3), f32x4.splat(1), f32x4.min(f32x4.max(error, least), most));
  }
}

/**
 * Softmax of one class: g = p - [y = class], h = k / (k - 1) p(1 - p) (Friedman 2001, as LightGBM has it). Focal: g times
 * a, h times 3 a, as of two classes.
 */
function multiclass(begin: i32, end: i32, isFocal: bool): void {
  const outputs = slot(OUTPUTS);
  const output = slot(OUTPUT);
  const target = address(TARGET);
  const packed = address(PACKED);
  const factor = <f32>outputs / <f32>(outputs - 1);
  let p = address(PROBABILITY) + (<usize>begin * <usize>outputs + <usize>output) * 4;
  for (let i = begin; i < end; i++) {
    const probability = load<f32>(p);
    const truth = <i32>load<f32>(target + (<usize>i << 2));
    const hit = truth == output;
    const a = isFocal ? focus(max(load<f32>(p + ((truth - output) << 2)), <f32>1e-30)) : <f32>1;
    const curve = isFocal ? <f32>3 * a * factor : factor;
    store<f32>(packed + (<usize>i << 3), curve * probability * (1 - probability));
    store<f32>(packed + (<usize>i << 3), a * (probability - <f32>i32(hit)), 4);
    p += <usize>outputs << 2;
  }
}

@inline
function focus(q: f32): f32 {
  const r = <f32>1 - q;
  return r * (r - <f32>2 * q * f32x4.extract_lane(log4(f32x4.splat(q)), 0));
}

function softmax(begin: i32, end: i32): void {
  const outputs = slot(OUTPUTS);
  const raw = address(RAW);
  const probability = address(PROBABILITY);
  for (let i = begin; i < end; i++) {
    const from = raw + ((<usize>i * <usize>outputs) << 3);
    const to = probability + ((<usize>i * <usize>outputs) << 2);
    let top = load<f64>(from);
    for (let k = 1; k < outputs; k++) top = max(top, load<f64>(from + (<usize>k << 3)));
    let sum: f32 = 0;
    for (let k = 0; k < outputs; k++) {
      const e = f32x4.extract_lane(exp4(f32x4.splat(<f32>(load<f64>(from + (<usize>k << 3)) - top))), 0);
      store<f32>(to + (<usize>k << 2), e);
      sum += e;
    }
    for (let k = 0; k < outputs; k++) {
      const place = to + (<usize>k << 2);
      store<f32>(place, load<f32>(place) / sum);
    }
  }
}

function applyWeights(begin: i32, end: i32): void {
  const packed = address(PACKED);
  const weight = address(WEIGHT);
  for (let i = begin; i < end; i++) {
    const w = load<f32>(weight + (<usize>i << 2));
    const place = packed + (<usize>i << 3);
    store<f32>(place, load<f32>(place) * w);
    store<f32>(place, load<f32>(place, 4) * w, 4);
  }
}

/** Sum of hessians and of absolute gradients of one block. */
function sumBlock(begin: i32, end: i32): void {
  const packed = address(PACKED);
  // Pairs past the end would be counted: clear them (there is room for a vector).
  for (let i = end; i & 3; i++) store<u64>(packed + (<usize>i << 3), 0);
  let sum = f32x4.splat(0);
  for (let i = begin; i < end; i += 2) {
    sum = f32x4.add(sum, f32x4.abs(v128.load(packed + (<usize>i << 3))));
  }
  const to = address(BLOCK_SUMS) + (<usize>(begin / BLOCK) << 4);
  store<f64>(to, <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 2));
  store<f64>(to, <f64>f32x4.extract_lane(sum, 1) + <f64>f32x4.extract_lane(sum, 3), 8);
}

/** Units so small that no sum over all rows leaves 31 bits; the margin covers the float32 sums above. */
function setScales(rows: i32): void {
  const blocks = (rows + BLOCK - 1) / BLOCK;
  const sums = address(BLOCK_SUMS);
  let hessian: f64 = 0;
  let gradient: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    hessian += load<f64>(sums + (<usize>block << 4));
    gradient += load<f64>(sums + (<usize>block << 4), 8);
  }
  const units = (2147483647.0 - <f64>rows) * (1.0 - 1.0 / 4096.0);
  gradientScale = <f64>(<f32>(gradient > 0 ? min(units / gradient, 1e30) : 1));
  hessianScale = <f64>(<f32>(hessian > 0 ? min(units / hessian, 1e30) : 1));
}

/** Every row has a hessian of at least one unit, so that no side of a split is empty by rounding. */
function quantise(begin: i32, end: i32): void {
  const packed = address(PACKED);
  const scale = f32x4(<f32>hessianScale, <f32>gradientScale, <f32>hessianScale, <f32>gradientScale);
  const least = i32x4(1, i32.MIN_VALUE, 1, i32.MIN_VALUE);
  for (let i = begin; i < end; i += 2) {
    const place = packed + (<usize>i << 3);
    const units = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(place), scale)));
    v128.store(place, i32x4.max_s(units, least));
  }
}
