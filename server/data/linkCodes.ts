/** A column as small whole numbers, so that every statistic of it is one pass and one table of counts. */
import { createRandom } from '../statistics/random.ts';
import type { Dictionary } from './table.ts';
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
  return spread(values, trimmed(values));
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
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i] ?? 0;
  }
  const codeOf = new Map<number, number>();
  for (let i = 0; i < distinct; i++) codeOf.set(sorted[i] ?? 0, i + 1);
  const codes = new Int32Array(values.length);
  for (let i = 0; i < codes.length; i++) codes[i] = codeOf.get(values[i] ?? Number.NaN) ?? 0;
  return { codes, levels: distinct + 1, ordered: true };
}

/** Bounds from a sample of 20,000 values. */
function trimmed(values: Float64Array): { min: number; max: number; width: number } {
  const random = createRandom(0, 'buckets');
  const sample = Float64Array.from({ length: 20_000 }, () => values[random.int(values.length)] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const min = sample[Math.floor(sample.length * 0.001)] ?? 0;
  const max = sample[Math.floor(sample.length * 0.999)] ?? min;
  return { min, max, width: max > min ? (max - min) / (buckets - 2) : 1 };
}
