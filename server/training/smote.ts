/** New rows of rare classes between neighbours of the same class: SMOTE (Chawla and others 2002), with categories as SMOTE-NC. */
import type { FeatureValues } from '../features/matrix.ts';
import type { LabelledRows } from '../models/family.ts';
import { momentsOf } from '../statistics/moments.ts';
import { createRandom } from '../statistics/random.ts';

export interface SmoteOptions {
  readonly classes: number;
  /** Rows of a smaller class over those of the largest afterwards; larger classes stay as they are. */
  readonly ratio: number;
  readonly seed: number;
}

/** As in the paper and in imbalanced-learn. */
const neighbours = 5;
/** A row's neighbours are looked for among so many rows of its class, drawn at random. */
const mostCandidates = 2000;

/**
 * The rows, and behind them the new ones. A new row lies at a random place between a random row of its class and one of
 * its five nearest of the class: numbers in units of their standard deviation, a level that differs counts as one such
 * unit (the paper's median of deviations), a missing number as far as two random rows are apart, which is √2. Its levels
 * are the most frequent of the neighbours; a number that either end lacks is that of the first, as is its weight.
 */
export function addSynthetic(rows: LabelledRows, options: SmoteOptions): LabelledRows {
  const drawn = drawRows(rows, options);
  if (drawn.length === 0) return rows;
  const { matrix, target, weight } = rows;
  const all = matrix.rows + drawn.length;
  const append = (own: Float64Array) => {
    const longer = new Float64Array(all);
    longer.set(own);
    drawn.forEach(({ base }, i) => {
      longer[matrix.rows + i] = own[base] ?? 0;
    });
    return longer;
  };
  return {
    matrix: { ...matrix, rows: all, values: matrix.values.map((values) => appendValues(values, drawn)) },
    target: append(target),
    ...(weight && { weight: append(weight) }),
  };
}

/** What a row of each class stands for afterwards, on average: rows of it, old and new, over the old ones. */
export function smoteFactors(target: Float64Array, { classes, ratio }: SmoteOptions): Float64Array {
  const sizes = new Float64Array(classes);
  for (const y of target) sizes[y] = (sizes[y] ?? 0) + 1;
  const wanted = Math.round(ratio * Math.max(...sizes));
  // One row alone has no neighbour to stand between.
  return sizes.map((size) => (size < 2 ? Number(size > 0) : Math.max(1, wanted / size)));
}

interface Drawn {
  readonly base: number;
  /** Rows of the same class, the nearest first. */
  readonly near: Int32Array;
  /** The one that it goes towards. */
  readonly other: number;
  /** 0 at `base`, 1 at `other`. */
  readonly place: number;
}

function drawRows({ matrix, target }: LabelledRows, options: SmoteOptions): Drawn[] {
  const random = createRandom(options.seed, 'training', 'smote');
  const variances = matrix.values.map((feature) => {
    if (feature.kind === 'category') return 0;
    const { squares, count } = momentsOf(feature.values);
    return squares / count;
  });
  const factors = smoteFactors(target, options);
  const drawn: Drawn[] = [];
  for (const [label, factor] of factors.entries()) {
    const own = Int32Array.from(target.keys()).filter((row) => target[row] === label);
    const count = Math.round(own.length * (factor - 1));
    if (count === 0) continue;
    const candidates = own.slice();
    random.shuffle(candidates);
    const nearest = nearestAmong(candidates.slice(0, mostCandidates), matrix.values, variances);
    const known = new Map<number, Int32Array>();
    for (let i = 0; i < count; i++) {
      const base = own[random.int(own.length)] ?? 0;
      const near = known.get(base) ?? nearest(base);
      known.set(base, near);
      drawn.push({ base, near, other: near[random.int(near.length)] ?? base, place: random.uniform() });
    }
  }
  return drawn;
}

/** Finds the nearest candidates of a row. Columns of all candidates are added one after the other: the inner loop runs along memory. */
function nearestAmong(
  candidates: Int32Array,
  features: readonly FeatureValues[],
  variances: readonly number[],
): (base: number) => Int32Array {
  const distances = new Float64Array(candidates.length);
  const columns = features.flatMap((feature, index) => {
    if (feature.kind === 'category') return [levelDistances(feature.codes, candidates, distances)];
    const variance = variances[index] ?? 0;
    return variance > 0 ? [numberDistances(feature.values, variance, candidates, distances)] : [];
  });
  return (base) => {
    distances.fill(0);
    for (const add of columns) add(base);
    return smallest(distances, candidates, base);
  };
}

function levelDistances(codes: Int32Array | Uint16Array, candidates: Int32Array, distances: Float64Array) {
  const theirs = Int32Array.from(candidates, (row) => codes[row] ?? 0);
  return (base: number) => {
    const own = codes[base] ?? 0;
    for (let i = 0; i < theirs.length; i++) if (theirs[i] !== own) distances[i] = (distances[i] ?? 0) + 1;
  };
}

function numberDistances(
  values: Float32Array,
  variance: number,
  candidates: Int32Array,
  distances: Float64Array,
) {
  const theirs = Float64Array.from(candidates, (row) => values[row] ?? 0);
  return (base: number) => {
    const own = values[base] ?? 0;
    for (let i = 0; i < theirs.length; i++) {
      const difference = own - (theirs[i] ?? 0);
      const squared = (difference * difference) / variance;
      distances[i] = (distances[i] ?? 0) + (Number.isNaN(squared) ? 2 : squared);
    }
  };
}

/** The rows of the smallest distances, of equal ones the first; the row itself is none of them. */
function smallest(distances: Float64Array, candidates: Int32Array, base: number): Int32Array {
  const found: { row: number; distance: number }[] = [];
  let farthest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < distances.length; i++) {
    const distance = distances[i] ?? 0;
    const row = candidates[i] ?? 0;
    if (distance >= farthest || row === base) continue;
    const at = found.findIndex((other) => distance < other.distance);
    found.splice(at < 0 ? found.length : at, 0, { row, distance });
    found.length = Math.min(found.length, neighbours);
    if (found.length === neighbours) farthest = found.at(-1)?.distance ?? farthest;
  }
  return Int32Array.from(found, ({ row }) => row);
}

function appendValues(feature: FeatureValues, drawn: readonly Drawn[]): FeatureValues {
  if (feature.kind === 'category') {
    const codes = new Int32Array(feature.codes.length + drawn.length);
    codes.set(feature.codes);
    drawn.forEach(({ near }, i) => {
      codes[feature.codes.length + i] = mostFrequent(Array.from(near, (row) => feature.codes[row] ?? 0));
    });
    return { kind: 'category', codes };
  }
  const own = feature.values;
  const values = new Float32Array(own.length + drawn.length);
  values.set(own);
  drawn.forEach(({ base, other, place }, i) => {
    const [from, to] = [own[base] ?? Number.NaN, own[other] ?? Number.NaN];
    const between = from + place * (to - from);
    values[own.length + i] = Number.isNaN(between) ? from : between;
  });
  return { kind: 'numeric', values };
}

/** Of equally frequent ones the first. */
function mostFrequent(codes: readonly number[]): number {
  const times = (code: number) => codes.filter((other) => other === code).length;
  return codes.reduce((best, code) => (times(code) > times(best) ? code : best), codes[0] ?? 0);
}
