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
    let column = 0;
    for (; column + 8 <= columns; column += 8) add8(column, rows, bins, gradients, stride, histogram);
    if (columns - column >= 4) {
      add4(column, rows, bins, gradients, stride, histogram);
      column += 4;
    }
    for (; column < columns; column++) add1(column, rows, bins, gradients, stride, histogram);
  }
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

@inline
function addTo(bin: u32, histogram: usize, gradient: i64, offset: usize): void {
  const place = histogram + (bin << 3) + offset;
  store<i64>(place, load<i64>(place) + gradient);
}

function add8(column: i32, rows: i32, buffer: usize, gradients: usize, stride: usize, histogram: usize): void {
  const h = histogram + <usize>column * HISTOGRAM_BYTES;
  let at = buffer + column;
  const end = gradients + (<usize>rows << 3);
  for (let g = gradients; g < end; g += 8) {
    const gradient = load<i64>(g);
    const p0 = h + (<u32>load<u8>(at) << 3);
    store<i64>(p0, load<i64>(p0) + gradient);
    const p1 = h + (<u32>load<u8>(at, 1) << 3);
    store<i64>(p1, load<i64>(p1, 2048) + gradient, 2048);
    const p2 = h + (<u32>load<u8>(at, 2) << 3);
    store<i64>(p2, load<i64>(p2, 4096) + gradient, 4096);
    const p3 = h + (<u32>load<u8>(at, 3) << 3);
    store<i64>(p3, load<i64>(p3, 6144) + gradient, 6144);
    const p4 = h + (<u32>load<u8>(at, 4) << 3);
    store<i64>(p4, load<i64>(p4, 8192) + gradient, 8192);
    const p5 = h + (<u32>load<u8>(at, 5) << 3);
    store<i64>(p5, load<i64>(p5, 10240) + gradient, 10240);
    const p6 = h + (<u32>load<u8>(at, 6) << 3);
    store<i64>(p6, load<i64>(p6, 12288) + gradient, 12288);
    const p7 = h + (<u32>load<u8>(at, 7) << 3);
    store<i64>(p7, load<i64>(p7, 14336) + gradient, 14336);
    at += stride;
  }
}

function add4(column: i32, rows: i32, buffer: usize, gradients: usize, stride: usize, histogram: usize): void {
  const h = histogram + <usize>column * HISTOGRAM_BYTES;
  let at = buffer + column;
  const end = gradients + (<usize>rows << 3);
  for (let g = gradients; g < end; g += 8) {
    const gradient = load<i64>(g);
    addTo(load<u8>(at), h, gradient, 0);
    addTo(load<u8>(at, 1), h, gradient, 2048);
    addTo(load<u8>(at, 2), h, gradient, 4096);
    addTo(load<u8>(at, 3), h, gradient, 6144);
    at += stride;
  }
}

function add1(column: i32, rows: i32, buffer: usize, gradients: usize, stride: usize, histogram: usize): void {
  const h = histogram + <usize>column * HISTOGRAM_BYTES;
  let at = buffer + column;
  const end = gradients + (<usize>rows << 3);
  for (let g = gradients; g < end; g += 8) {
    addTo(load<u8>(at), h, load<i64>(g), 0);
    at += stride;
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
