/** Statistics of a column from its sorted distinct values and their counts. Pure. */
import type { NumberRange } from '../duckdb/sqlTypes.ts';

export interface ValueCounts {
  /** Ascending, each once, no NaN. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** What one pass over the rows tells; NaN is passed over. */
export interface NumberScan {
  /** Values, NaN not among them. */
  readonly present: number;
  /** +infinity where there is no value. */
  readonly min: number;
  /** -infinity where there is no value. */
  readonly max: number;
  /** All values are whole. */
  readonly whole: boolean;
  /** Some value is less, or greater, than the one before it. */
  readonly falls: boolean;
  readonly rises: boolean;
}

/** `range`: where it is known that all values are whole, and how far they reach. */
export function scanNumbers(values: Float64Array, range?: NumberRange): NumberScan {
  if (range?.present !== undefined)
    return { ...range, present: range.present, whole: true, ...directionOf(values) };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let whole = true;
  let present = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    present++;
    if (value < min) min = value;
    if (value > max) max = value;
    if (whole && Math.floor(value) !== value) whole = false;
  }
  return { present, min, max, whole, ...directionOf(values) };
}

/** Most columns have fallen and risen within a few rows. */
function directionOf(values: Float64Array): { falls: boolean; rises: boolean } {
  let falls = false;
  let rises = false;
  let before = Number.NaN;
  for (let row = 0; row < values.length && !(falls && rises); row++) {
    const value = values[row] ?? Number.NaN;
    if (value < before) falls = true;
    else if (value > before) rises = true;
    if (!Number.isNaN(value)) before = value;
  }
  return { falls, rises };
}

/** As `scanNumbers`, of whole numbers as their distances from the least, from 1 on; 0 where missing. */
export function scanCodes(codes: Int32Array, range: NumberRange): NumberScan {
  const { present, min, max } = range.present === undefined ? reachOf(codes, range.min) : range;
  let falls = false;
  let rises = false;
  let before = 0;
  for (let row = 0; row < codes.length && !(falls && rises); row++) {
    const code = codes[row] ?? 0;
    if (code === 0) continue;
    if (code < before) falls = true;
    else if (before > 0 && code > before) rises = true;
    before = code;
  }
  return { present: present ?? 0, min, max, whole: true, falls, rises };
}

function reachOf(codes: Int32Array, least: number): Required<NumberRange> {
  let present = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (code === 0) continue;
    present++;
    if (code < min) min = code;
    if (code > max) max = code;
  }
  return { present, min: min + least - 1, max: max + least - 1 };
}

/** Codes that grow with the values, 0 where missing, and the rows of each. */
export interface Buckets {
  readonly codes: Int32Array;
  readonly counts: Int32Array;
}

/** NaN is left out. `buckets` bring the values nearly into order before they are sorted. */
export function valueCounts(
  values: Float64Array,
  scan: NumberScan = scanNumbers(values),
  buckets?: () => Buckets,
): ValueCounts {
  const { min, max, whole, falls, rises } = scan;
  if (!falls) return countRuns(values);
  if (!rises) return countRuns(values.toReversed());
  if (whole && max - min < mostCodes(values)) return countWhole(values, min, max);
  return (whole ? undefined : countDecimals(values, scan)) ?? countRuns(sortValues(values, buckets?.()));
}

/** Whole numbers over a wider range are sooner sorted than counted. */
function mostCodes({ length }: Float64Array): number {
  return Math.max(65_536, 4 * length);
}

const scales = [10, 100, 1000, 10_000];

/** Of numbers with few decimals, such as prices, counted as whole numbers of their last one; else undefined. */
function countDecimals(values: Float64Array, { min, max }: NumberScan): ValueCounts | undefined {
  const sample = values.subarray(0, 64);
  const scale = scales.find((each) =>
    sample.every((value) => Number.isNaN(value) || Math.round(value * each) / each === value),
  );
  if (scale === undefined || !((max - min) * scale < mostCodes(values))) return undefined;
  const [least, most] = [Math.round(min * scale), Math.round(max * scale)];
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) return undefined;
  const rows = new Int32Array(most - least + 2);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const whole = Math.round(value * scale);
    // The quotient is the double next to the decimal number, as which that was read.
    if (whole / scale !== value) return undefined;
    const at = whole - least + 1;
    rows[at] = (rows[at] ?? 0) + 1;
  }
  const found = countsOfCodes(rows, least);
  return { ...found, values: found.values.map((whole) => whole / scale) };
}

function countWhole(values: Float64Array, min: number, max: number): ValueCounts {
  const rows = new Int32Array(max - min + 2);
  for (let row = 0; row < values.length; row++) {
    const at = (values[row] ?? Number.NaN) - min + 1;
    if (!Number.isNaN(at)) rows[at] = (rows[at] ?? 0) + 1;
  }
  return countsOfCodes(rows, min);
}

/** Of whole numbers: `rows` of each code, 1 being the code of `min`; code 0, the missing, is left out. */
export function countsOfCodes(rows: Int32Array, min: number): ValueCounts {
  let distinct = 0;
  for (let code = 1; code < rows.length; code++) if (rows[code] !== 0) distinct++;
  const found = { values: new Float64Array(distinct), counts: new Float64Array(distinct) };
  for (let code = 1, index = 0; code < rows.length; code++) {
    if (rows[code] === 0) continue;
    found.values[index] = min + code - 1;
    found.counts[index++] = rows[code] ?? 0;
  }
  return found;
}

/** Of ascending values; NaN among them is passed over. */
function countRuns(sorted: Float64Array): ValueCounts {
  let distinct = 0;
  let before = Number.NaN;
  for (let index = 0; index < sorted.length; index++) {
    const value = sorted[index] ?? 0;
    if (value === before || Number.isNaN(value)) continue;
    distinct++;
    before = value;
  }
  if (distinct === sorted.length) return { values: sorted, counts: new Float64Array(distinct).fill(1) };
  const values = new Float64Array(distinct);
  const counts = new Float64Array(distinct);
  let at = -1;
  before = Number.NaN;
  for (let index = 0; index < sorted.length; index++) {
    const value = sorted[index] ?? 0;
    if (Number.isNaN(value)) continue;
    if (value !== before) {
      values[++at] = value;
      before = value;
    }
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { values, counts };
}

/** Ascending: dealt into their buckets, then each bucket sorted. */
function sortValues(values: Float64Array, buckets: Buckets | undefined): Float64Array {
  if (buckets === undefined || buckets.counts.length < 1024) {
    // Typed arrays sort NaN last.
    return values.slice().sort();
  }
  const { codes, counts } = buckets;
  const ends = new Int32Array(counts.length);
  for (let code = 2; code < ends.length; code++) ends[code] = (ends[code - 1] ?? 0) + (counts[code - 1] ?? 0);
  const sorted = new Float64Array(values.length - (counts[0] ?? 0));
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (code === 0) continue;
    const at = ends[code] ?? 0;
    sorted[at] = values[row] ?? 0;
    ends[code] = at + 1;
  }
  for (let code = 1, from = 0; code < ends.length; code++) {
    const to = ends[code] ?? 0;
    if (to - from > 64) sorted.subarray(from, to).sort();
    else insertionSort(sorted, from, to);
    from = to;
  }
  return sorted;
}

function insertionSort(values: Float64Array, from: number, to: number): void {
  for (let index = from + 1; index < to; index++) {
    const value = values[index] ?? 0;
    let at = index;
    for (; at > from && (values[at - 1] ?? 0) > value; at--) values[at] = values[at - 1] ?? 0;
    values[at] = value;
  }
}

/** Mean, and standard deviation with n - 1; null where undefined. Two passes, so that large means lose nothing. */
export function momentsOf({ values, counts }: ValueCounts): { mean: number | null; std: number | null } {
  let rows = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    rows += counts[index] ?? 0;
    sum += (values[index] ?? 0) * (counts[index] ?? 0);
  }
  if (rows === 0) return { mean: null, std: null };
  const mean = sum / rows;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const difference = (values[index] ?? 0) - mean;
    squares += difference * difference * (counts[index] ?? 0);
  }
  return { mean, std: rows < 2 ? null : Math.sqrt(squares / (rows - 1)) };
}

/** Linear between neighbours, as NumPy's default (Hyndman and Fan's type 7). `probabilities` ascending. */
export function quantilesOf({ values, counts }: ValueCounts, probabilities: readonly number[]): number[] {
  let rows = 0;
  for (let index = 0; index < counts.length; index++) rows += counts[index] ?? 0;
  let index = 0;
  let through = counts[0] ?? 0;
  return probabilities.map((probability) => {
    const position = probability * (rows - 1);
    const low = Math.floor(position);
    while (low >= through && index < values.length - 1) through += counts[++index] ?? 0;
    const below = values[index] ?? Number.NaN;
    // Reads the neighbour without moving on: the next quantile may lie before it.
    const above = low + 1 >= through ? (values[index + 1] ?? below) : below;
    return below + (above - below) * (position - low);
  });
}

/** The most frequent values; of equally frequent ones the smaller first. */
export function topOf({ values, counts }: ValueCounts, limit: number): { value: number; count: number }[] {
  const top: { value: number; count: number }[] = [];
  let least = 0;
  for (let index = 0; index < values.length; index++) {
    const count = counts[index] ?? 0;
    if (count <= least) continue;
    const place = top.findIndex((other) => other.count < count);
    top.splice(place < 0 ? top.length : place, 0, { value: values[index] ?? 0, count });
    if (top.length > limit) top.pop();
    if (top.length === limit) least = top.at(-1)?.count ?? 0;
  }
  return top;
}

/** Where a value stands, or would stand, among ascending values. */
export function placeOf(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
