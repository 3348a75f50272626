/** XᵀDX of a block of rows: what Newton's method divides a gradient by. */
import { address, slot } from '../../gbdt/kernels/threads';
import {
  AREA_COLUMNS, AREA_RAW, AREA_WEIGHTED, AREA_WEIGHTS, BLOCK, CATEGORIES, CURVATURE, DIAGONAL, INTERCEPT, JOINT, NUMERIC,
  OUTPUTS, STARTS, WIDTH,
} from './layout';
import { curvatures, present, weights } from './loss';
import { addLanes, area, centerOf, centred, codesOf, columnOf, madd } from './products';

/** Adds the block's part of every matrix; its raw outputs are at hand. */
export function addCurvature(thread: i32, start: i32, count: i32, sums: usize): void {
  const kind = slot(CURVATURE);
  const width = <usize>slot(WIDTH);
  const bytes = (kind == DIAGONAL ? width : width * width) << 3;
  if (kind != DIAGONAL) fillColumns(thread, start, count);
  curvatures(thread, start, count);
  let to = sums;
  for (let k = 0; k < slot(OUTPUTS); k++) {
    for (let l = kind == JOINT ? 0 : k; l <= k; l++) {
      fillWeights(thread, start, count, k, kind == JOINT ? l : -1);
      if (kind == DIAGONAL) addDiagonal(thread, start, count, to);
      else addGram(thread, start, count, to);
      to += bytes;
    }
  }
}

/** Numeric columns and the intercept. */
@inline
function denseCount(): i32 {
  return slot(NUMERIC) + (slot(INTERCEPT) < 0 ? 0 : 1);
}

/** Bytes of a column of the block. */
const COLUMN: usize = BLOCK << 3;

function fillColumns(thread: i32, start: i32, count: i32): void {
  const columns = area(thread, AREA_COLUMNS);
  const numeric = slot(NUMERIC);
  for (let j = 0; j < numeric; j++) {
    const to = columns + <usize>j * COLUMN;
    const x = columnOf(j, start);
    const center = centerOf(j);
    for (let i = 0; i < count; i += 2) v128.store(to + (<usize>i << 3), centred(x + (<usize>i << 2), center));
  }
  if (slot(INTERCEPT) < 0) return;
  const ones = columns + <usize>numeric * COLUMN;
  for (let i = 0; i < count; i += 2) v128.store(ones + (<usize>i << 3), f64x2.splat(1));
}

/** D of output k by itself, or (softmax) p_k (δ - p_l) between outputs k and l; 0 beyond the block. */
function fillWeights(thread: i32, start: i32, count: i32, k: i32, l: i32): void {
  const raw = area(thread, AREA_RAW);
  const to = area(thread, AREA_WEIGHTS);
  const same = f64x2.splat(k == l ? 1 : 0);
  for (let i = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const own = f64x2.mul(v128.load(raw + <usize>k * COLUMN + at), v128.and(weights(start + i), present(i, count)));
    const value = l < 0 ? own : f64x2.mul(own, f64x2.sub(same, v128.load(raw + <usize>l * COLUMN + at)));
    v128.store(to + at, value);
  }
}

@inline
function startOf(category: i32): usize {
  return <usize>load<u32>(address(STARTS) + (<usize>category << 2));
}

function addDiagonal(thread: i32, start: i32, count: i32, diagonal: usize): void {
  const weight = area(thread, AREA_WEIGHTS);
  const numeric = slot(NUMERIC);
  for (let j = 0; j < numeric; j++) {
    const from = columnOf(j, start);
    const center = centerOf(j);
    let sum = f64x2.splat(0);
    for (let i = 0; i < count; i += 2) {
      const x = centred(from + (<usize>i << 2), center);
      sum = madd(f64x2.mul(v128.load(weight + (<usize>i << 3)), x), x, sum);
    }
    addLanes(diagonal + (<usize>j << 3), sum);
  }
  for (let i = 0; i < count; i++) {
    const own = load<f64>(weight + (<usize>i << 3));
    if (slot(INTERCEPT) >= 0) addTo(diagonal + (<usize>numeric << 3), own);
    for (let c = 0; c < slot(CATEGORIES); c++) {
      addTo(diagonal + ((startOf(c) + <usize>load<u32>(codesOf(c, start) + (<usize>i << 2))) << 3), own);
    }
  }
}

@inline
function addTo(place: usize, value: f64): void {
  store<f64>(place, load<f64>(place) + value);
}

function addGram(thread: i32, start: i32, count: i32, gram: usize): void {
  addDense(thread, count, gram);
  if (slot(CATEGORIES) == 0) return;
  fillWeighted(thread, count);
  const dense = denseCount();
  const stride = <usize>((dense + 1) & ~1) << 3;
  const weight = area(thread, AREA_WEIGHTS);
  const weighted = area(thread, AREA_WEIGHTED);
  const line = <usize>slot(WIDTH) << 3;
  for (let c = 0; c < slot(CATEGORIES); c++) {
    const codes = codesOf(c, start);
    const first = startOf(c);
    for (let i = 0; i < count; i++) {
      const row = gram + (first + <usize>load<u32>(codes + (<usize>i << 2))) * line;
      addRow(row, weighted + <usize>i * stride, dense);
    }
    for (let d = 0; d <= c; d++) addPairs(weight, gram + first * line + (startOf(d) << 3), codes, codesOf(d, start), count);
  }
}

/** `to[0 .. length - 1] += from[0 .. length - 1]`. */
@inline
function addRow(to: usize, from: usize, length: i32): void {
  const pairs = <usize>(length >> 1) << 4;
  for (let at: usize = 0; at < pairs; at += 16) {
    v128.store(to + at, f64x2.add(v128.load(to + at), v128.load(from + at)));
  }
  if (length & 1) addTo(to + pairs, load<f64>(from + pairs));
}

/** Weights of the rows that have both codes. */
function addPairs(weight: usize, gram: usize, rowCodes: usize, columnCodes: usize, count: i32): void {
  const line = <usize>slot(WIDTH) << 3;
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    const place = gram + <usize>load<u32>(rowCodes + at) * line + (<usize>load<u32>(columnCodes + at) << 3);
    addTo(place, load<f64>(weight + (<usize>i << 3)));
  }
}

/** The block row by row, each value times the row's weight: what a category's level adds up. */
function fillWeighted(thread: i32, count: i32): void {
  const dense = denseCount();
  const stride = <usize>((dense + 1) & ~1) << 3;
  const columns = area(thread, AREA_COLUMNS);
  const weight = area(thread, AREA_WEIGHTS);
  const weighted = area(thread, AREA_WEIGHTED);
  for (let j = 0; j < dense; j++) {
    const from = columns + <usize>j * COLUMN;
    let to = weighted + (<usize>j << 3);
    for (let i = 0; i < count; i++) {
      store<f64>(to, load<f64>(from + (<usize>i << 3)) * load<f64>(weight + (<usize>i << 3)));
      to += stride;
    }
  }
}

/** The lower triangle of the dense columns, two rows and four columns of it at a time. */
function addDense(thread: i32, count: i32, gram: usize): void {
  const dense = denseCount();
  const columns = area(thread, AREA_COLUMNS);
  const weight = area(thread, AREA_WEIGHTS);
  const line = <usize>slot(WIDTH) << 3;
  for (let a = 0; a < dense; a++) {
    const left = columns + <usize>a * COLUMN;
    const to = gram + <usize>a * line;
    let b = 0;
    for (; b + 3 <= a; b += 4) {
      const right = columns + <usize>b * COLUMN;
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let at: usize = 0; at < <usize>count << 3; at += 16) {
        const x = f64x2.mul(v128.load(left + at), v128.load(weight + at));
        s0 = madd(x, v128.load(right + at), s0);
        s1 = madd(x, v128.load(right + at, COLUMN), s1);
        s2 = madd(x, v128.load(right + at, 2 * COLUMN), s2);
        s3 = madd(x, v128.load(right + at, 3 * COLUMN), s3);
      }
      addLanes(to + (<usize>b << 3), s0);
      addLanes(to + (<usize>b << 3) + 8, s1);
      addLanes(to + (<usize>b << 3) + 16, s2);
      addLanes(to + (<usize>b << 3) + 24, s3);
    }
    for (; b <= a; b++) {
      const right = columns + <usize>b * COLUMN;
      let sum = f64x2.splat(0);
      for (let at: usize = 0; at < <usize>count << 3; at += 16) {
        sum = madd(f64x2.mul(v128.load(left + at), v128.load(weight + at)), v128.load(right + at), sum);
      }
      addLanes(to + (<usize>b << 3), sum);
    }
  }
}
