/** Puts the levels of a category column in the order in which splits cut them: by gradient over hessian. */
import { AREA_LEVELS, AREA_PREFIX } from './layout';

/** Up to so many keys are sorted by insertion. */
const RUN: i32 = 12;

/**
 * Lists the bins of a hessian of at least `support` by ascending gradient / (hessian + smoothing), equal ones by number,
 * in AREA_LEVELS (32 bits each); returns how many. AREA_PREFIX is overwritten.
 */
export function orderLevels(histogram: usize, bins: i32, support: f64, smoothing: f64, area: usize): i32 {
  const keys = area + AREA_PREFIX;
  let count = 0;
  for (let bin = 0; bin < bins; bin++) {
    const sum = load<i64>(histogram + (<usize>bin << 3));
    const hessian = <f64>(sum & 0xffffffff);
    if (hessian < support) continue;
    const bits = reinterpret<i64>(<f64>(sum >> 32) / (hessian + smoothing));
    // Orders the bits of doubles as signed integers; the last eight make room for the bin.
    const key = bits ^ ((bits >> 63) & i64.MAX_VALUE);
    store<i64>(keys + (<usize>count << 3), (key & ~255) | bin);
    count++;
  }
  const order = area + AREA_LEVELS;
  const sorted = sortKeys(keys, order, count);
  for (let i = 0; i < count; i++) {
    store<u32>(order + (<usize>i << 2), <u32>(load<i64>(sorted + (<usize>i << 3)) & 255));
  }
  return count;
}

/** Sorts 64-bit keys ascending: runs by insertion, then pairs of runs merged into `spare` and back. Returns where they lie. */
function sortKeys(keys: usize, spare: usize, count: i32): usize {
  const bytes = <usize>count << 3;
  for (let begin: usize = 0; begin < bytes; begin += RUN << 3) {
    insertAll(keys + begin, keys + min(begin + (RUN << 3), bytes));
  }
  for (let run: usize = RUN << 3; run < bytes; run <<= 1) {
    for (let begin: usize = 0; begin < bytes; begin += run << 1) {
      const middle = min(begin + run, bytes);
      mergeRuns(keys + begin, keys + middle, keys + min(middle + run, bytes), spare + begin);
    }
    const swap = keys;
    keys = spare;
    spare = swap;
  }
  return keys;
}

@inline
function insertAll(begin: usize, end: usize): void {
  for (let next = begin + 8; next < end; next += 8) {
    const key = load<i64>(next);
    let at = next;
    for (; at > begin && load<i64>(at - 8) > key; at -= 8) store<i64>(at, load<i64>(at - 8));
    store<i64>(at, key);
  }
}

/** Without a branch on which is less: of levels that say nothing the processor would guess every second one wrong. */
@inline
function mergeRuns(first: usize, middle: usize, end: usize, to: usize): void {
  let left = first;
  let right = middle;
  while (left < middle && right < end) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    const takesRight = usize(b < a) << 3;
    store<i64>(to, takesRight ? b : a);
    left += 8 - takesRight;
    right += takesRight;
    to += 8;
  }
  memory.copy(to, left, middle - left);
  memory.copy(to + (middle - left), right, end - right);
}
