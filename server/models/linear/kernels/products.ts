/** Products of a block of rows with coefficients, and of its residuals with the columns. Categories are never spread out. */
import { address, slot } from '../../gbdt/kernels/threads';
import {
  AREA, AREA_RAW, BLOCK, CATEGORIES, CENTER, CODES, INTERCEPT, NUMERIC, OUTPUTS, PITCH, POINT, STARTS, THREAD_BYTES,
  WIDTH, X,
} from './layout';

/** A part of a thread's area. */
@inline
export function area(thread: i32, part: i32): usize {
  return address(AREA) + <usize>thread * <usize>slot(THREAD_BYTES) + <usize>slot(part);
}

/** Raw outputs of the block's rows, and of one more where their number is odd. */
export function fillRaw(thread: i32, start: i32, count: i32): void {
  const width = <usize>slot(WIDTH) << 3;
  for (let k = 0; k < slot(OUTPUTS); k++) {
    fillOutput(area(thread, AREA_RAW) + (<usize>k * BLOCK << 3), address(POINT) + <usize>k * width, start, count);
  }
}

function fillOutput(raw: usize, point: usize, start: i32, count: i32): void {
  const rows = <usize>((count + 1) & ~1);
  const intercept = slot(INTERCEPT);
  const constant = f64x2.splat(intercept < 0 ? 0 : load<f64>(point + (<usize>intercept << 3)));
  for (let i: usize = 0; i < rows; i += 2) v128.store(raw + (i << 3), constant);
  const numeric = slot(NUMERIC);
  let j = 0;
  for (; j + 3 < numeric; j += 4) addFour(raw, point, j, start, rows);
  for (; j < numeric; j++) addOne(raw, point, j, start, rows);
  for (let c = 0; c < slot(CATEGORIES); c++) {
    const coefficients = point + (<usize>load<u32>(address(STARTS) + (<usize>c << 2)) << 3);
    const codes = codesOf(c, start);
    for (let i: usize = 0; i < <usize>count; i++) {
      const coefficient = load<f64>(coefficients + (<usize>load<u32>(codes + (i << 2)) << 3));
      store<f64>(raw + (i << 3), load<f64>(raw + (i << 3)) + coefficient);
    }
  }
}

@inline
export function codesOf(category: i32, start: i32): usize {
  return address(CODES) + ((<usize>category * <usize>slot(PITCH) + <usize>start) << 2);
}

@inline
export function columnOf(column: i32, start: i32): usize {
  return address(X) + ((<usize>column * <usize>slot(PITCH) + <usize>start) << 2);
}

@inline
export function centerOf(column: i32): v128 {
  return v128.load_splat<f64>(address(CENTER) + (<usize>column << 3));
}

/** Two values of a column, centred. */
@inline
export function centred(at: usize, center: v128): v128 {
  return f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(at)), center);
}

@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return v128.relaxed_madd<f64>(a, b, c);
}

function addFour(raw: usize, point: usize, j: i32, start: i32, rows: usize): void {
  const x0 = columnOf(j, start), x1 = columnOf(j + 1, start), x2 = columnOf(j + 2, start), x3 = columnOf(j + 3, start);
  const m0 = centerOf(j), m1 = centerOf(j + 1), m2 = centerOf(j + 2), m3 = centerOf(j + 3);
  const from = point + (<usize>j << 3);
  const c0 = v128.load_splat<f64>(from), c1 = v128.load_splat<f64>(from, 8);
  const c2 = v128.load_splat<f64>(from, 16), c3 = v128.load_splat<f64>(from, 24);
  for (let i: usize = 0; i < rows; i += 2) {
    const place = raw + (i << 3);
    let sum = v128.load(place);
    sum = madd(c0, centred(x0 + (i << 2), m0), sum);
    sum = madd(c1, centred(x1 + (i << 2), m1), sum);
    sum = madd(c2, centred(x2 + (i << 2), m2), sum);
    sum = madd(c3, centred(x3 + (i << 2), m3), sum);
    v128.store(place, sum);
  }
}

function addOne(raw: usize, point: usize, j: i32, start: i32, rows: usize): void {
  const x = columnOf(j, start);
  const m = centerOf(j);
  const c = v128.load_splat<f64>(point + (<usize>j << 3));
  for (let i: usize = 0; i < rows; i += 2) {
    const place = raw + (i << 3);
    v128.store(place, madd(c, centred(x + (i << 2), m), v128.load(place)));
  }
}

/** `gradient[k, j] += Σ residual[k, i] · x[i, j]`; the residual of an odd block's one row too many is 0. */
export function addGradient(thread: i32, start: i32, count: i32, gradient: usize): void {
  const width = <usize>slot(WIDTH) << 3;
  for (let k = 0; k < slot(OUTPUTS); k++) {
    addToOutput(area(thread, AREA_RAW) + (<usize>k * BLOCK << 3), gradient + <usize>k * width, start, count);
  }
}

function addToOutput(residual: usize, gradient: usize, start: i32, count: i32): void {
  const rows = <usize>((count + 1) & ~1);
  const numeric = slot(NUMERIC);
  let j = 0;
  for (; j + 3 < numeric; j += 4) sumFour(residual, gradient, j, start, rows);
  for (; j < numeric; j++) sumOne(residual, gradient, j, start, rows);
  const intercept = slot(INTERCEPT);
  if (intercept >= 0) {
    let sum = f64x2.splat(0);
    for (let i: usize = 0; i < rows; i += 2) sum = f64x2.add(sum, v128.load(residual + (i << 3)));
    addLanes(gradient + (<usize>intercept << 3), sum);
  }
  for (let c = 0; c < slot(CATEGORIES); c++) {
    const sums = gradient + (<usize>load<u32>(address(STARTS) + (<usize>c << 2)) << 3);
    const codes = codesOf(c, start);
    for (let i: usize = 0; i < <usize>count; i++) {
      const place = sums + (<usize>load<u32>(codes + (i << 2)) << 3);
      store<f64>(place, load<f64>(place) + load<f64>(residual + (i << 3)));
    }
  }
}

@inline
export function addLanes(place: usize, sum: v128): void {
  store<f64>(place, load<f64>(place) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

function sumFour(residual: usize, gradient: usize, j: i32, start: i32, rows: usize): void {
  const x0 = columnOf(j, start), x1 = columnOf(j + 1, start), x2 = columnOf(j + 2, start), x3 = columnOf(j + 3, start);
  const m0 = centerOf(j), m1 = centerOf(j + 1), m2 = centerOf(j + 2), m3 = centerOf(j + 3);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let i: usize = 0; i < rows; i += 2) {
    const r = v128.load(residual + (i << 3));
    s0 = madd(r, centred(x0 + (i << 2), m0), s0);
    s1 = madd(r, centred(x1 + (i << 2), m1), s1);
    s2 = madd(r, centred(x2 + (i << 2), m2), s2);
    s3 = madd(r, centred(x3 + (i << 2), m3), s3);
  }
  const to = gradient + (<usize>j << 3);
  addLanes(to, s0);
  addLanes(to + 8, s1);
  addLanes(to + 16, s2);
  addLanes(to + 24, s3);
}

function sumOne(residual: usize, gradient: usize, j: i32, start: i32, rows: usize): void {
  const x = columnOf(j, start);
  const m = centerOf(j);
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < rows; i += 2) {
    sum = madd(v128.load(residual + (i << 3)), centred(x + (i << 2), m), sum);
  }
  addLanes(gradient + (<usize>j << 3), sum);
}
