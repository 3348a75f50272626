/** Lists of row numbers: the bag that a tree is grown on, and how its splits part the lists. */
import {
  BAG_LIMIT, BAG_SEED, COLUMN_BINS, OUTPUT, OUTPUTS, PITCH, RAW, ROW_LIST, ROW_SPARE,
} from './layout';
import { address, slot } from './threads';

/** Lists rows begin..end-1: those in the bag from the front, the others from the back; returns how many are in it. */
export function drawBag(begin: i32, end: i32): i32 {
  const list = address(ROW_LIST);
  const limit = <u32>slot(BAG_LIMIT);
  let front = begin;
  if (limit == u32.MAX_VALUE) {
    for (; front < end; front++) store<u32>(list + (<usize>front << 2), front);
    return end - begin;
  }
  const seed = <u32>slot(BAG_SEED);
  let back = end;
  for (let row = begin; row < end; row++) {
    const inside = i32(mix(<u32>row ^ seed) <= limit);
    back -= 1 - inside;
    store<u32>(list + (<usize>(inside ? front : back) << 2), row);
    front += inside;
  }
  return front - begin;
}

/** The finaliser of MurmurHash3: every bit of the row number reaches every bit of the hash. */
@inline
function mix(x: u32): u32 {
  x = (x ^ (x >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return x ^ (x >> 16);
}

/** Spreads a set of 256 bits into one byte a bin. */
export function spreadSet(set: usize, table: usize): void {
  for (let bin = 0; bin < 256; bin++) {
    store<u8>(table + bin, <u8>((load<u32>(set + ((bin >> 5) << 2)) >> (bin & 31)) & 1));
  }
}

/** Moves the rows of a list whose bin of `column` goes left to its front, both sides in order; returns how many. */
export function partRows(begin: i32, rows: i32, column: u32, table: usize): i32 {
  const bins = address(COLUMN_BINS) + <usize>column * <usize>slot(PITCH);
  const list = address(ROW_LIST) + (<usize>begin << 2);
  const spare = address(ROW_SPARE) + (<usize>begin << 2);
  const end = list + (<usize>rows << 2);
  let left = list;
  let right = spare;
  for (let at = list; at < end; at += 4) {
    const row = load<u32>(at);
    const goes = <usize>load<u8>(table + load<u8>(bins + row)) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += goes;
    right += 4 - goes;
  }
  memory.copy(left, spare, right - spare);
  return <i32>((left - list) >> 2);
}

/** Adds a value to the raw scores of the listed rows. */
export function addToRows(begin: i32, rows: i32, value: f64): void {
  const bytes = <usize>slot(OUTPUTS) << 3;
  const raw = address(RAW) + (<usize>slot(OUTPUT) << 3);
  const list = address(ROW_LIST) + (<usize>begin << 2);
  const end = list + (<usize>rows << 2);
  for (let at = list; at < end; at += 4) {
    const place = raw + <usize>load<u32>(at) * bytes;
    store<f64>(place, load<f64>(place) + value);
  }
}
