/** A column as small whole numbers, so that every statistic of it is one pass and one table of counts. */
import type { Dictionary } from '../table.ts';
import { type NumberScan, scanNumbers } from './valueCounts.ts';

export interface CodedColumn {
  /** Per row: 0 missing, else 1 .. levels - 1. */
  readonly codes: Int32Array;
  /** Number of codes, 0 included. */
  readonly levels: number;
  /** Greater codes are greater values. */
  readonly ordered: boolean;
  /** Of a dictionary: the text of codes 1, 2 … */
  readonly texts?: readonly string[];
}

/** With the rows of each code. */
export interface CountedColumn extends CodedColumn {
  readonly counts: Int32Array;
  /** Chance that two random rows agree, the missing being a value. */
  readonly collision: number;
}

/** Above this many rows numbers that are not whole share buckets. */
const exactRows = 50_000;
const buckets = 65_536;

/** Whether whole numbers keep a code each: 1 + the distance from the least. */
export function isNarrow({ min, max }: { readonly min: number; readonly max: number }): boolean {
  return max - min < buckets - 2;
}

export function codeLevels({ codes, levels }: Dictionary): CodedColumn {
  return { codes, levels: levels.length + 1, ordered: false, texts: levels };
}

/**
 * Whole numbers of a small range keep a code each, and so do all values up to 50,000 rows. Beyond that values share
 * 65,536 buckets of equal width between the 0.1 % and 99.9 % quantiles, which moves an AUC by less than 1e-4.
 */
export function codeNumbers(values: Float64Array, scan: NumberScan = scanNumbers(values)): CodedColumn {
  const { min, max, whole } = scan;
  if (min > max) return { codes: new Int32Array(values.length), levels: 1, ordered: true };
  if (whole && isNarrow(scan)) return spread(values, { min, max, width: 1 });
  if (values.length <= exactRows) return rank(values);
  return spread(values, trimmed(values, scan));
}

export function countCodes(column: CodedColumn): CountedColumn {
  const { codes, levels } = column;
  const counts = new Int32Array(levels);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let collision = 0;
  for (const count of counts) collision += (count / codes.length) ** 2;
  return { ...column, counts, collision };
}

/** Buckets that hold less than this share of the rows are taken together: fewer counts stay in the processor's cache. */
const mergedShare = 1 / 4096;

/** Of measurements: adjacent buckets of few rows become one, which moves an AUC by less than 1e-4. */
export function mergeCodes(column: CountedColumn): CountedColumn {
  const { codes, counts } = column;
  const filled = counts.subarray(1).reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  // Where few buckets are filled each stands for a value.
  const most = filled * mergedShare > 1 ? codes.length * mergedShare : 0;
  const merged = new Int32Array(counts.length);
  const sizes = [counts[0] ?? 0];
  for (let code = 1; code < counts.length; code++) {
    const rows = counts[code] ?? 0;
    const last = sizes.length - 1;
    const held = sizes[last] ?? 0;
    if (rows > 0 && (last === 0 || held + rows > most)) sizes.push(rows);
    else if (last > 0) sizes[last] = held + rows;
    merged[code] = sizes.length - 1;
  }
  const into = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) into[row] = merged[codes[row] ?? 0] ?? 0;
  return { ...column, codes: into, levels: sizes.length, counts: Int32Array.from(sizes) };
}

function spread(
  values: Float64Array,
  { min, max, width }: { min: number; max: number; width: number },
): CodedColumn {
  const top = Math.floor((max - min) / width);
  const codes = new Int32Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const bucket = Math.floor((value - min) / width);
    codes[i] = 1 + Math.min(top, Math.max(0, bucket));
  }
  return { codes, levels: top + 2, ordered: true };
}

function rank(values: Float64Array): CodedColumn {
  const sorted = new Float64Array(values.length);
  let present = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) sorted[present++] = value;
  }
  sorted.subarray(0, present).sort();
  let distinct = 0;
  for (let i = 0; i < present; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i] ?? 0;
  }
  const placeOf = searcher(sorted.subarray(0, distinct));
  const codes = new Int32Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) codes[i] = 1 + placeOf(value);
  }
  return { codes, levels: distinct + 1, ordered: true };
}

/** The place of one of ascending values: among the few of its stretch of their range, which a map takes longer to tell. */
function searcher(values: Float64Array): (value: number) => number {
  const least = values[0] ?? 0;
  const width = ((values.at(-1) ?? 0) - least) / values.length;
  const stretchOf = (value: number) =>
    width > 0 && width < Number.POSITIVE_INFINITY ? Math.floor((value - least) / width) : 0;
  const starts = new Int32Array(values.length + 2);
  for (let place = values.length - 1; place >= 0; place--) starts[stretchOf(values[place] ?? 0)] = place;
  let next = values.length;
  for (let stretch = starts.length - 1; stretch >= 0; stretch--) {
    const start = starts[stretch] ?? 0;
    if (start === 0 && stretch > 0) starts[stretch] = next;
    else next = start;
  }
  return (value) => {
    const stretch = stretchOf(value);
    let low = starts[stretch] ?? 0;
    let high = starts[stretch + 1] ?? values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((values[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const sampled = 4096;

/** Bounds from a sample of the rows, which the golden ratio scatters evenly: their order does not matter. */
function trimmed(
  values: Float64Array,
  { min, max }: NumberScan,
): { min: number; max: number; width: number } {
  const sample = new Float64Array(sampled);
  let count = 0;
  for (let at = 0; at < sampled; at++) {
    const value = values[Math.floor(((at * 0.618_033_988_749_894_9) % 1) * values.length)] ?? Number.NaN;
    if (!Number.isNaN(value)) sample[count++] = value;
  }
  const sorted = sample.subarray(0, count).sort();
  const low = sorted[Math.floor(count * 0.001)] ?? min;
  const high = sorted[Math.floor(count * 0.999)] ?? max;
  const ends = high > low ? { min: low, max: high } : { min, max };
  return { ...ends, width: ends.max > ends.min ? (ends.max - ends.min) / (buckets - 2) : 1 };
}
