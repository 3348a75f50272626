/** From float32 columns to bins: sorts a sample, assigns bins by cut points, and lays bins out row by row. */
import { ARGUMENT, BLOCK, SAMPLES, SAMPLE_BYTES } from './layout';
import { address, shareBegin, slot } from './threads';

/**
 * Sorts this thread's sample ascending (argument `thread`: its length; no NaN). Radix sort, 11 bits a pass.
 * A sample area holds the values, room for as many again, and three times 2,048 counters.
 */
export function sortSample(thread: i32): void {
  const n = slot(ARGUMENT + thread);
  const half = (<usize>slot(SAMPLE_BYTES) - 3 * 8192) >> 1;
  let from = address(SAMPLES) + <usize>thread * <usize>slot(SAMPLE_BYTES);
  let to = from + half;
  let counters = to + half;
  memory.fill(counters, 0, 3 * 8192);
  for (let i = 0; i < n; i++) {
    const place = from + (<usize>i << 2);
    const bits = load<u32>(place);
    // Orders the bits of floats as unsigned integers.
    const key = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
    store<u32>(place, key);
    count(counters, key & 2047);
    count(counters + 8192, (key >> 11) & 2047);
    count(counters + 16384, key >> 22);
  }
  for (let shift: u32 = 0; shift < 33; shift += 11) {
    let sum: u32 = 0;
    for (let digit: usize = 0; digit < 8192; digit += 4) {
      const size = load<u32>(counters + digit);
      store<u32>(counters + digit, sum);
      sum += size;
    }
    for (let i = 0; i < n; i++) {
      const key = load<u32>(from + (<usize>i << 2));
      const place = count(counters, (key >> shift) & 2047);
      store<u32>(to + (<usize>place << 2), key);
    }
    const swap = from;
    from = to;
    to = swap;
    counters += 8192;
  }
  // Three passes end in the second half: undo the bit order on the way back.
  for (let i = 0; i < n; i++) {
    const key = load<u32>(from + (<usize>i << 2));
    store<u32>(to + (<usize>i << 2), key & 0x80000000 ? key & 0x7fffffff : ~key);
  }
}

/** Counts one more of a digit; returns how many there were. */
@inline
function count(counters: usize, digit: u32): u32 {
  const place = counters + (digit << 2);
  const before = load<u32>(place);
  store<u32>(place, before + 1);
  return before;
}

/**
 * Arguments: values (float32), rows, cut points (256 float32, padded with infinity), bin of missing values, bins out.
 * The bin of v is the number of cut points below v.
 */
export function assignBins(thread: i32): void {
  const values = address(ARGUMENT);
  const rows = slot(ARGUMENT + 1);
  const cuts = address(ARGUMENT + 2);
  const missing = slot(ARGUMENT + 3);
  const out = address(ARGUMENT + 4);
  // Every 16th cut point, then the 16 before the first of them that is not below.
  const far0 = everySixteenth(cuts);
  const far1 = everySixteenth(cuts + 256);
  const far2 = everySixteenth(cuts + 512);
  const far3 = everySixteenth(cuts + 768);
  const end = shareBegin(thread + 1, rows, BLOCK);
  for (let i = shareBegin(thread, rows, BLOCK); i < end; i++) {
    const value = load<f32>(values + (<usize>i << 2));
    const v = f32x4.splat(value);
    const block = countBelow(v, far0, far1, far2, far3);
    const near = cuts + (<usize>block << 6);
    const within = countBelow(v, v128.load(near), v128.load(near, 16), v128.load(near, 32), v128.load(near, 48));
    store<u8>(out + i, <u8>(value == value ? (block << 4) + within : missing));
  }
}

@inline
function everySixteenth(cuts: usize): v128 {
  return f32x4(load<f32>(cuts, 60), load<f32>(cuts, 124), load<f32>(cuts, 188), load<f32>(cuts, 252));
}

/** How many of sixteen numbers are below v. */
@inline
function countBelow(v: v128, a: v128, b: v128, c: v128, d: v128): i32 {
  const first = i16x8.narrow_i32x4_s(f32x4.lt(a, v), f32x4.lt(b, v));
  const second = i16x8.narrow_i32x4_s(f32x4.lt(c, v), f32x4.lt(d, v));
  return popcnt(i8x16.bitmask(i8x16.narrow_i16x8_s(first, second)));
}

/** Arguments: column-major bins, pitch, columns (at most 16), row-major bins out (at the first of them), stride, rows. */
export function interleave(thread: i32): void {
  const from = address(ARGUMENT);
  const pitch = <usize>slot(ARGUMENT + 1);
  const columns = slot(ARGUMENT + 2);
  const out = address(ARGUMENT + 3);
  const stride = <usize>slot(ARGUMENT + 4);
  const rows = slot(ARGUMENT + 5);
  const end = shareBegin(thread + 1, rows, BLOCK);
  for (let row = shareBegin(thread, rows, BLOCK); row < end; row++) {
    const to = out + <usize>row * stride;
    let place = from + row;
    if (columns == 16) {
      store<u64>(to, eight(place, pitch));
      store<u64>(to, eight(place + pitch * 8, pitch), 8);
    } else {
      for (let column = 0; column < columns; column++) {
        store<u8>(to + column, load<u8>(place));
        place += pitch;
      }
    }
  }
}

@inline
function eight(place: usize, pitch: usize): u64 {
  return (
    load<u8>(place) | (<u64>load<u8>(place + pitch) << 8) | (<u64>load<u8>(place + pitch * 2) << 16) |
    (<u64>load<u8>(place + pitch * 3) << 24) | (<u64>load<u8>(place + pitch * 4) << 32) |
    (<u64>load<u8>(place + pitch * 5) << 40) | (<u64>load<u8>(place + pitch * 6) << 48) |
    (<u64>load<u8>(place + pitch * 7) << 56)
  );
}
