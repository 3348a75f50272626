/** Both sides of a column as shares to be drawn, and its rows in bins; what fewer than 20 rows share is not told apart. */
import type { Distribution } from '../protocol/drift.ts';
import { quantileOf } from '../statistics/quantiles.ts';
import { binLevels, leastNamed, type PooledLevels } from './levelMeasures.ts';
import type { Labelling } from './measure.ts';
import { type PooledNumbers, valuesOf } from './pooledNumbers.ts';

const drawnBins = 24;
const drawnLevels = 20;
/** Of a classifier: see statistics/boost.ts. Bin 0 is for missing values. */
const learntBins = 32;

interface Drawn {
  readonly distribution: Distribution | null;
  readonly bins: Uint8Array;
}

export function numberDistribution(pooled: PooledNumbers, { labels }: Labelling): Drawn {
  const [reference, current] = [valuesOf(pooled, labels, 0), valuesOf(pooled, labels, 1)];
  const bins = learntOf(pooled);
  if (reference.length < leastNamed || current.length === 0) return { distribution: null, bins };
  const edges = edgesOf(reference, current);
  const step = (edges[1] ?? 1) - (edges[0] ?? 0);
  const shares = (side: Float64Array) => {
    const made = new Array<number>(edges.length - 1).fill(0);
    for (const value of side) {
      const bin = Math.floor((value - (edges[0] ?? 0)) / step);
      const at = Math.min(made.length - 1, Math.max(0, bin));
      made[at] = (made[at] ?? 0) + 1 / side.length;
    }
    return made;
  };
  const quantiles = (side: Float64Array) => [0.05, 0.25, 0.5, 0.75, 0.95].map((at) => quantileOf(side, at));
  return {
    distribution: {
      kind: 'numbers',
      edges,
      reference: shares(reference),
      current: shares(current),
      quantiles: { reference: quantiles(reference), current: quantiles(current) },
    },
    bins,
  };
}

/** Equal steps over the middle 98 % of both sides; a few whole numbers get a bin each. */
function edgesOf(reference: Float64Array, current: Float64Array): number[] {
  const low = Math.min(quantileOf(reference, 0.01), quantileOf(current, 0.01));
  const high = Math.max(quantileOf(reference, 0.99), quantileOf(current, 0.99));
  const whole = [...reference.subarray(0, 500), ...current.subarray(0, 500)].every(Number.isInteger);
  if (whole && high - low < drawnBins)
    return Array.from({ length: high - low + 2 }, (_, step) => low - 0.5 + step);
  const step = (high - low || 1) / drawnBins;
  return Array.from({ length: drawnBins + 1 }, (_, index) => low + index * step);
}

/** Equal counts; equal values in one bin. */
function learntOf({ values, order, ends }: PooledNumbers): Uint8Array {
  const bins = new Uint8Array(values.length);
  let start = 0;
  for (const end of ends) {
    const bin = 1 + Math.floor(((learntBins - 1) * start) / order.length);
    for (let i = start; i < end; i++) bins[order[i] ?? 0] = bin;
    start = end;
  }
  return bins;
}

export function levelDistribution(pooled: PooledLevels, { labels }: Labelling): Drawn {
  const { codes, present, counts } = pooled;
  const { binOf, names } = binLevels(pooled, (count) => count >= leastNamed);
  const sides = [new Float64Array(names.length), new Float64Array(names.length)];
  for (const row of present) {
    const side = sides[labels[row] ?? 0];
    const bin = binOf[codes[row] ?? 0] ?? 0;
    if (side !== undefined) side[bin] = (side[bin] ?? 0) + 1;
  }
  const ranks = Int32Array.from(codes, (code) =>
    code < 0 ? 0 : 1 + Math.min(learntBins - 2, binOf[code] ?? 0),
  );
  const bins = Uint8Array.from(ranks);
  const [reference = new Float64Array(), current = new Float64Array()] = sides;
  if (counts.length === 0 || reference.every((count) => count === 0)) return { distribution: null, bins };
  return { distribution: { kind: 'levels', ...topLevels(names, reference, current) }, bins };
}

/** The levels with most rows; the rest joins the last one. */
function topLevels(names: readonly string[], reference: Float64Array, current: Float64Array) {
  const shares = (side: Float64Array) => {
    const total = side.reduce((sum, count) => sum + count, 0) || 1;
    const own = Array.from(side.subarray(0, drawnLevels), (count) => count / total);
    const rest = side.subarray(drawnLevels).reduce((sum, count) => sum + count / total, 0);
    return side.length > drawnLevels ? [...own, rest] : own;
  };
  const levels = names.slice(0, drawnLevels);
  return {
    levels: names.length > drawnLevels ? [...levels, 'other levels'] : levels,
    reference: shares(reference),
    current: shares(current),
  };
}
