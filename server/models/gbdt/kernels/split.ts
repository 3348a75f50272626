/** Finds the best split of a leaf among a range of columns, from its histogram. */
import {
  AREA_LEVELS, AREA_PREFIX, BIN_COUNTS, CHOSEN_LIST, HISTOGRAM_BYTES, IS_CATEGORY, L1, L2, MIN_LEAF, MONOTONE,
  MONOTONE_SIGNS, SPLIT_COLUMN, SPLIT_CUT, SPLIT_GAIN, SPLIT_LEFT_SUM, SPLIT_SET,
} from './layout';
import { gradientScale, hessianScale } from './gradients';
import { orderLevels } from './levels';
import { address, real, slot } from './threads';

/** Smoothing of a level's gradient share, extra penalty of category splits, rows a level needs to be sorted: LightGBM's. */
const LEVEL_SMOOTHING: f64 = 10;
const LEVEL_PENALTY: f64 = 10;
const LEVEL_ROWS: f64 = 10;
/** Up to this many levels there is little to overfit: no smoothing. */
const FEW_LEVELS: i32 = 4;
/** Least hessian of a side, as LightGBM. */
const LEAST_HESSIAN: f64 = 1e-3;

// The leaf being searched, in integer units.
let gradient: f64 = 0;
let hessian: f64 = 0;
let leastHessian: f64 = 0;
let l1: f64 = 0;
let l2: f64 = 0;
/** Values of its sides must lie between these; whether any column is monotone, and the sign of the one being searched. */
let low: f64 = 0;
let high: f64 = 0;
let bounded: bool = false;
let sign: i8 = 0;
// The best cut of the column being searched.
let bestGain: f64 = 0;
let bestCut: i32 = -1;
let bestExtraLeft: bool = false;

@inline
function gradientOf(sum: i64): f64 {
  return <f64>(sum >> 32);
}

@inline
function hessianOf(sum: i64): f64 {
  return <f64>(sum & 0xffffffff);
}

@inline
function shrink(g: f64, by: f64): f64 {
  return max(abs(g) - by, 0);
}

/** Value of a leaf without learning rate: -sign(G) max(|G| - l1, 0) / (H + l2). */
export function leafValue(sum: i64): f64 {
  const g = gradientOf(sum) / gradientScale;
  return -copysign(shrink(g, real(L1)), g) / (hessianOf(sum) / hessianScale + real(L2));
}

/**
 * Writes the best split among chosen columns first..last-1 to `split`; its gain is 0 where none is worth it.
 * `strict` doubles the share of hessian that stands for `min_leaf` rows that many times.
 */
export function searchSplit(
  histogram: usize, sum: i64, rows: i32, strict: i32, first: i32, last: i32, split: usize, area: usize,
  lowest: f64, highest: f64,
): void {
  low = lowest;
  high = highest;
  bounded = slot(MONOTONE) != 0;
  gradient = gradientOf(sum);
  hessian = hessianOf(sum);
  l1 = real(L1) * gradientScale;
  l2 = real(L2) * hessianScale;
  const share = (<f64>slot(MIN_LEAF) - 0.5) * <f64>(1 << strict);
  leastHessian = max(max(1, LEAST_HESSIAN * hessianScale), (hessian * share) / <f64>rows);
  const own = shrink(gradient, l1);
  // A gain within rounding of nothing is nothing.
  const free = bounded ? gainAt(gradient, hessian, l2, sideValue(gradient, hessian, l2)) : (own * own) / (hessian + l2);
  const parent = free * (1 + 1e-9);
  let best: f64 = 0;
  store<f64>(split, 0, SPLIT_GAIN);
  store<i32>(split, -1, SPLIT_COLUMN);
  if (2 * leastHessian > hessian) return;
  for (let column = first; column < last; column++) {
    const original = <usize>load<u32>(address(CHOSEN_LIST) + (<usize>column << 2));
    const bins = load<i32>(address(BIN_COUNTS) + (original << 2));
    const place = histogram + <usize>column * HISTOGRAM_BYTES;
    bestGain = parent + best;
    bestCut = -1;
    if (bounded) sign = load<i8>(address(MONOTONE_SIGNS) + original);
    const category = load<u8>(address(IS_CATEGORY) + original) != 0;
    const levels = category ? scanLevels(place, bins, rows, area) : scanNumbers(place, bins, area);
    if (bestCut < 0) continue;
    best = bestGain - parent;
    store<f64>(split, best, SPLIT_GAIN);
    store<i32>(split, column, SPLIT_COLUMN);
    store<i32>(split, category ? -1 : bestCut, SPLIT_CUT);
    if (category) writeLevelSet(place, bins, levels, split, area);
    else writeNumberSet(place, bins, split, area);
  }
}

/** Cuts of a numeric column, with missing values on either side where there are any. Returns 0. */
function scanNumbers(histogram: usize, bins: i32, area: usize): i32 {
  let running: i64 = 0;
  const prefix = area + AREA_PREFIX;
  for (let bin = 0; bin < bins; bin++) {
    running += load<i64>(histogram + (<usize>bin << 3));
    store<i64>(prefix + (<usize>bin << 3), running);
  }
  store<i64>(prefix + (<usize>bins << 3), running);
  const missing = load<i64>(histogram + (<usize>bins << 3));
  scanCuts(prefix, bins, 0, l2, false);
  if (missing != 0) scanCuts(prefix, bins, missing, l2, true);
  return 0;
}

/**
 * Cuts through levels sorted by gradient over hessian (Fisher 1958: the best two-way partition is such a cut). Levels
 * with few rows go together, on either side. Returns the number of sorted levels; their bins stand in AREA_LEVELS.
 */
function scanLevels(histogram: usize, bins: i32, rows: i32, area: usize): i32 {
  const few = bins <= FEW_LEVELS;
  const smoothing = few ? 0 : LEVEL_SMOOTHING * hessianScale;
  const support = few ? 1 : min((hessian * LEVEL_ROWS) / <f64>rows, hessian * 0.1);
  const sorted = orderLevels(histogram, bins, support, smoothing, area);
  const prefix = area + AREA_PREFIX;
  const order = area + AREA_LEVELS;
  let running: i64 = 0;
  for (let i = 0; i < sorted; i++) {
    running += load<i64>(histogram + (<usize>load<i32>(order + (<usize>i << 2)) << 3));
    store<i64>(prefix + (<usize>i << 3), running);
  }
  store<i64>(prefix + (<usize>sorted << 3), running);
  const rest = (<i64>gradient << 32) + <i64>hessian - running;
  const penalty = few ? l2 : l2 + LEVEL_PENALTY * hessianScale;
  scanCuts(prefix, sorted, 0, penalty, false);
  if (rest != 0) scanCuts(prefix, sorted, rest, penalty, true);
  return sorted;
}

@inline
function score2(g: v128, h: v128, weakness: v128): v128 {
  const shrunk = f64x2.max(f64x2.sub(f64x2.abs(g), weakness), f64x2.splat(0));
  return f64x2.mul(f64x2.mul(shrunk, shrunk), h);
}

/**
 * Tries the `count` sums of `prefix` (each plus `extra`) as left side: G_l^2 / (H_l + l2) + G_r^2 / (H_r + l2), two at
 * a time with one division. Keeps a cut that is better than the best so far.
 */
function scanCuts(prefix: usize, count: i32, extra: i64, penalty: f64, extraLeft: bool): void {
  if (bounded) return scanBounded(prefix, count, extra, penalty, extraLeft);
  if (!mayBeat(prefix, count, extra, penalty)) return;
  const allG = f64x2.splat(gradient);
  const allH = f64x2.splat(hessian);
  const least = f64x2.splat(leastHessian);
  const weakness = f64x2.splat(l1);
  const ridge = f64x2.splat(penalty);
  const added = i64x2.splat(extra);
  let best = f64x2.splat(bestGain);
  let at = i64x2.splat(-1);
  let index = i64x2(0, 1);
  const end = prefix + (<usize>count << 3);
  for (let place = prefix; place < end; place += 16) {
    const sum = i64x2.add(v128.load(place), added);
    const g = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sum, sum, 1, 3, 1, 3));
    const h = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(sum, sum, 0, 2, 0, 2));
    const otherH = f64x2.sub(allH, h);
    const allowed = v128.and(f64x2.ge(h, least), f64x2.ge(otherH, least));
    const left = f64x2.add(h, ridge);
    const right = f64x2.add(otherH, ridge);
    const top = f64x2.add(score2(g, right, weakness), score2(f64x2.sub(allG, g), left, weakness));
    const gain = f64x2.div(top, f64x2.mul(left, right));
    const better = v128.and(allowed, f64x2.gt(gain, best));
    best = v128.bitselect(gain, best, better);
    at = v128.bitselect(index, at, better);
    index = i64x2.add(index, i64x2.splat(2));
  }
  keepLane(f64x2.extract_lane(best, 0), <i32>i64x2.extract_lane(at, 0), extraLeft);
  keepLane(f64x2.extract_lane(best, 1), <i32>i64x2.extract_lane(at, 1), extraLeft);
}

/**
 * Whether any cut could be better than the best so far: four at a time in single precision, without a division. Sums of
 * gradients and hessians are exact, and no term is negative: each side of the comparison is off by nine roundings (2^-24)
 * at most, less than the bar is lowered by. A cut past the end that seems better costs an exact look, no more.
 */
function mayBeat(prefix: usize, count: i32, extra: i64, penalty: f64): bool {
  // Differences would lose more; with larger penalties products could leave the range of single precision.
  if (l1 > 0 || penalty > 268435456.0) return true;
  const allG = i32x4.splat(<i32>gradient);
  const allH = i32x4.splat(<i32>hessian);
  const least = i32x4.splat(<i32>min(ceil(leastHessian), 2147483647.0));
  const ridge = f32x4.splat(<f32>penalty);
  const bar = f32x4.splat(<f32>(bestGain * (1 - 1.0 / 262144.0)));
  const added = i64x2.splat(extra);
  let beaten = i32x4.splat(0);
  const end = prefix + (<usize>count << 3);
  for (let place = prefix; place < end; place += 32) {
    const first = i64x2.add(v128.load(place), added);
    const second = i64x2.add(v128.load(place, 16), added);
    const g = v128.shuffle<i32>(first, second, 1, 3, 5, 7);
    const h = v128.shuffle<i32>(first, second, 0, 2, 4, 6);
    const otherH = i32x4.sub(allH, h);
    const allowed = v128.and(i32x4.ge_s(h, least), i32x4.ge_s(otherH, least));
    const left = f32x4.add(f32x4.convert_i32x4_s(h), ridge);
    const right = f32x4.add(f32x4.convert_i32x4_s(otherH), ridge);
    const top = f32x4.add(f32x4.mul(square4(g), right), f32x4.mul(square4(i32x4.sub(allG, g)), left));
    const reached = f32x4.ge(top, f32x4.mul(f32x4.mul(left, right), bar));
    beaten = v128.or(beaten, v128.and(allowed, reached));
  }
  return v128.any_true(beaten);
}

@inline
function square4(sum: v128): v128 {
  const value = f32x4.convert_i32x4_s(sum);
  return f32x4.mul(value, value);
}

/** Value of a side under the bounds, in real units; sums and penalty in integer units. */
@inline
function sideValue(g: f64, h: f64, penalty: f64): f64 {
  const best = -copysign(shrink(g, l1) / gradientScale, g) / ((h + penalty) / hessianScale);
  return max(low, min(high, best));
}

/** What a side of this value takes off the loss, twice. */
@inline
function gainAt(g: f64, h: f64, penalty: f64, value: f64): f64 {
  const linear = (g / gradientScale) * value + (l1 / gradientScale) * abs(value);
  return -2 * linear - ((h + penalty) / hessianScale) * value * value;
}

/** As `scanCuts` where a column is monotone: sides keep to their bounds, and a split against its sign is none. */
function scanBounded(prefix: usize, count: i32, extra: i64, penalty: f64, extraLeft: bool): void {
  for (let i = 0; i < count; i++) {
    const sum = load<i64>(prefix + (<usize>i << 3)) + extra;
    const h = hessianOf(sum);
    if (h < leastHessian || hessian - h < leastHessian) continue;
    const g = gradientOf(sum);
    const left = sideValue(g, h, penalty);
    const right = sideValue(gradient - g, hessian - h, penalty);
    if (<f64>sign * (right - left) < 0) continue;
    const gain = gainAt(g, h, penalty, left) + gainAt(gradient - g, hessian - h, penalty, right);
    if (gain > bestGain) {
      bestGain = gain;
      bestCut = i;
      bestExtraLeft = extraLeft;
    }
  }
}

/** Keeps a cut that is better; among equals of one scan the lower one. */
@inline
function keepLane(gain: f64, cut: i32, extraLeft: bool): void {
  if (cut < 0) return;
  const tie = gain == bestGain && extraLeft == bestExtraLeft && bestCut > cut;
  if (gain > bestGain || tie) {
    bestGain = gain;
    bestCut = cut;
    bestExtraLeft = extraLeft;
  }
}

@inline
function setLeft(split: usize, bin: i32): void {
  const word = split + SPLIT_SET + (<usize>(bin >> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (bin & 31)));
}

/** Where values go of which the leaf has none: to its heavier side. */
@inline
function heavierIsLeft(left: i64): bool {
  return 2 * hessianOf(left) >= hessian;
}

function writeNumberSet(histogram: usize, bins: i32, split: usize, area: usize): void {
  memory.fill(split + SPLIT_SET, 0, 32);
  for (let bin = 0; bin <= bestCut; bin++) setLeft(split, bin);
  const missing = load<i64>(histogram + (<usize>bins << 3));
  let left = load<i64>(area + AREA_PREFIX + (<usize>bestCut << 3));
  if (bestExtraLeft) left += missing;
  if (missing != 0 ? bestExtraLeft : heavierIsLeft(left)) setLeft(split, bins);
  store<i64>(split, left, SPLIT_LEFT_SUM);
}

function writeLevelSet(histogram: usize, bins: i32, sorted: i32, split: usize, area: usize): void {
  memory.fill(split + SPLIT_SET, 0, 32);
  const order = area + AREA_LEVELS;
  let left: i64 = 0;
  let listed: i64 = 0;
  for (let i = 0; i < sorted; i++) {
    const bin = load<i32>(order + (<usize>i << 2));
    const sum = load<i64>(histogram + (<usize>bin << 3));
    listed += sum;
    if (i > bestCut) continue;
    left += sum;
    setLeft(split, bin);
  }
  const rest = (<i64>gradient << 32) + <i64>hessian - listed;
  if (bestExtraLeft) left += rest;
  store<i64>(split, left, SPLIT_LEFT_SUM);
  if (!(rest != 0 ? bestExtraLeft : heavierIsLeft(left))) return;
  // Everything but the sorted levels of the right side.
  memory.fill(split + SPLIT_SET, 0xff, 32);
  for (let i = bestCut + 1; i < sorted; i++) {
    const bin = load<i32>(order + (<usize>i << 2));
    const word = split + SPLIT_SET + (<usize>(bin >> 5) << 2);
    store<u32>(word, load<u32>(word) & ~(1 << (bin & 31)));
  }
}
