/** Counts a leaf's rows into one histogram a column: sums of packed gradients by bin. */
import {
  BIN_COUNTS, CHOSEN, CHOSEN_LIST, COLUMNS, GATHER_BLOCKS, GATHER_PLAN, GATHER_ROWS, HISTOGRAM_BYTES, PACKED, ROW_BINS, STRIDE,
} from './layout';
import { address, slot } from './threads';

/** Bytes between gathered rows: the tree's columns, and room for the last vector. */
@inline
function gatheredStride(): usize {
  return <usize>((slot(CHOSEN) + 15) & ~15) + 16;
}

/**
 * Adds `count` rows of `list` into `histogram` (cleared first). Bins and gradients are gathered into `buffer` first,
 * a few thousand rows at a time, so that passes over groups of columns find them and their histograms in the cache.
 * Where the list is whole, `begin` is its first row: with all columns, nothing need be gathered. Else `begin` is -1.
 */
export function countRows(list: usize, count: i32, begin: i32, histogram: usize, buffer: usize): void {
  const columns = slot(CHOSEN);
  memory.fill(histogram, 0, <usize>columns * HISTOGRAM_BYTES);
  const chunk = slot(GATHER_ROWS);
  const inPlace = begin >= 0 && columns == slot(COLUMNS);
  const stride = inPlace ? <usize>slot(STRIDE) : gatheredStride();
  for (let done = 0; done < count; done += chunk) {
    const rows = min(chunk, count - done);
    let bins = buffer;
    let gradients = buffer + <usize>chunk * stride;
    if (inPlace) {
      bins = address(ROW_BINS) + <usize>(begin + done) * stride;
      gradients = address(PACKED) + (<usize>(begin + done) << 3);
    } else {
      gather(list + (<usize>done << 2), rows, bins, gradients);
    }
    addColumns(rows, bins, gradients, stride, histogram);
  }
}

/** As many columns a pass as find room in the first-level cache with their histograms. */
function addColumns(rows: i32, bins: usize, gradients: usize, stride: usize, histogram: usize): void {
  const end = gradients + (<usize>rows << 3);
  let left = slot(CHOSEN);
  for (; left >= 16; left -= 16) {
    add16(bins, gradients, end, stride, histogram);
    bins += 16;
    histogram += 16 * HISTOGRAM_BYTES;
  }
  if (left > 0) addRest(left, bins, gradients, end, stride, histogram);
}

/** Copies the chosen columns' bins, moved together, and the gradients of the listed rows. */
function gather(list: usize, rows: i32, buffer: usize, gradients: usize): void {
  const blocks = slot(GATHER_BLOCKS);
  if (blocks == 1) gatherOne(list, rows, buffer, gradients);
  else if (blocks == 2) gatherTwo(list, rows, buffer, gradients);
  else gatherMany(list, rows, buffer, gradients);
}

function gatherOne(list: usize, rows: i32, buffer: usize, gradients: usize): void {
  const stride = <usize>slot(STRIDE);
  const out = gatheredStride();
  const packed = address(PACKED);
  const plan = address(GATHER_PLAN);
  const bins = address(ROW_BINS) + load<u32>(plan, 16);
  const shuffle = v128.load(plan);
  const end = list + (<usize>rows << 2);
  for (; list < end; list += 4) {
    const row = <usize>load<u32>(list);
    store<u64>(gradients, load<u64>(packed + (row << 3)));
    v128.store(buffer, i8x16.swizzle(v128.load(bins + row * stride), shuffle));
    gradients += 8;
    buffer += out;
  }
}

/** As `gatherMany`; without its inner loop more rows are on their way from memory at a time. */
function gatherTwo(list: usize, rows: i32, buffer: usize, gradients: usize): void {
  const stride = <usize>slot(STRIDE);
  const out = gatheredStride();
  const packed = address(PACKED);
  const plan = address(GATHER_PLAN);
  const bins = address(ROW_BINS) + load<u32>(plan, 16);
  const second = <usize>(load<u32>(plan, 48) - load<u32>(plan, 16));
  const to = <usize>load<u32>(plan, 52);
  const shuffle = v128.load(plan);
  const secondShuffle = v128.load(plan, 32);
  const end = list + (<usize>rows << 2);
  for (; list < end; list += 4) {
    const row = <usize>load<u32>(list);
    store<u64>(gradients, load<u64>(packed + (row << 3)));
    const from = bins + row * stride;
    v128.store(buffer, i8x16.swizzle(v128.load(from), shuffle));
    v128.store(buffer + to, i8x16.swizzle(v128.load(from + second), secondShuffle));
    gradients += 8;
    buffer += out;
  }
}

function gatherMany(list: usize, rows: i32, buffer: usize, gradients: usize): void {
  const stride = <usize>slot(STRIDE);
  const out = gatheredStride();
  const packed = address(PACKED);
  const bins = address(ROW_BINS);
  const plan = address(GATHER_PLAN);
  const planEnd = plan + (<usize>slot(GATHER_BLOCKS) << 5);
  const end = list + (<usize>rows << 2);
  for (; list < end; list += 4) {
    const row = <usize>load<u32>(list);
    store<u64>(gradients, load<u64>(packed + (row << 3)));
    const from = bins + row * stride;
    for (let block = plan; block < planEnd; block += 32) {
      const moved = i8x16.swizzle(v128.load(from + load<u32>(block, 16)), v128.load(block));
      v128.store(buffer + load<u32>(block, 20), moved);
    }
    gradients += 8;
    buffer += out;
  }
}

/** One row's gradient into four neighbouring histograms. */
@inline
function addFour(bins: usize, h: usize, gradient: i64): void {
  const p0 = h + (<u32>load<u8>(bins) << 3);
  store<i64>(p0, load<i64>(p0) + gradient);
  const p1 = h + (<u32>load<u8>(bins, 1) << 3);
  store<i64>(p1, load<i64>(p1, 2048) + gradient, 2048);
  const p2 = h + (<u32>load<u8>(bins, 2) << 3);
  store<i64>(p2, load<i64>(p2, 4096) + gradient, 4096);
  const p3 = h + (<u32>load<u8>(bins, 3) << 3);
  store<i64>(p3, load<i64>(p3, 6144) + gradient, 6144);
}

function add16(bins: usize, gradients: usize, end: usize, stride: usize, h: usize): void {
  for (let g = gradients; g < end; g += 8) {
    const gradient = load<i64>(g);
    addFour(bins, h, gradient);
    addFour(bins + 4, h + 8192, gradient);
    addFour(bins + 8, h + 16384, gradient);
    addFour(bins + 12, h + 24576, gradient);
    bins += stride;
  }
}

/** Up to 15 columns in one pass: branches that always go the same way cost less than to read rows and gradients again. */
function addRest(columns: i32, bins: usize, gradients: usize, end: usize, stride: usize, h: usize): void {
  for (let g = gradients; g < end; g += 8) {
    const gradient = load<i64>(g);
    let from = bins;
    let to = h;
    if (columns & 8) {
      addFour(from, to, gradient);
      addFour(from + 4, to + 8192, gradient);
      from += 8;
      to += 16384;
    }
    if (columns & 4) {
      addFour(from, to, gradient);
      from += 4;
      to += 8192;
    }
    if (columns & 2) {
      const p0 = to + (<u32>load<u8>(from) << 3);
      store<i64>(p0, load<i64>(p0) + gradient);
      const p1 = to + (<u32>load<u8>(from, 1) << 3);
      store<i64>(p1, load<i64>(p1, 2048) + gradient, 2048);
      from += 2;
      to += 4096;
    }
    if (columns & 1) {
      const p = to + (<u32>load<u8>(from) << 3);
      store<i64>(p, load<i64>(p) + gradient);
    }
    bins += stride;
  }
}

/** Entries of a chosen column's histogram: its bins and the one of missing values. */
@inline
export function entries(column: i32): i32 {
  const original = load<u32>(address(CHOSEN_LIST) + (<usize>column << 2));
  return load<i32>(address(BIN_COUNTS) + (<usize>original << 2)) + 1;
}

/** target += added, columns first..last-1. */
export function addHistogram(target: usize, added: usize, first: i32, last: i32): void {
  for (let column = first; column < last; column++) {
    const offset = <usize>column * HISTOGRAM_BYTES;
    const end = offset + (<usize>entries(column) << 3);
    for (let at = offset; at < end; at += 16) {
      v128.store(target + at, i64x2.add(v128.load(target + at), v128.load(added + at)));
    }
  }
}

export function copyHistogram(target: usize, source: usize, first: i32, last: i32): void {
  const from = <usize>first * HISTOGRAM_BYTES;
  memory.copy(target + from, source + from, <usize>(last - first) * HISTOGRAM_BYTES);
}

/** target -= part, columns first..last-1. */
export function subtractHistogram(target: usize, part: usize, first: i32, last: i32): void {
  for (let column = first; column < last; column++) {
    const offset = <usize>column * HISTOGRAM_BYTES;
    const end = offset + (<usize>entries(column) << 3);
    for (let at = offset; at < end; at += 16) {
      v128.store(target + at, i64x2.sub(v128.load(target + at), v128.load(part + at)));
    }
  }
}
