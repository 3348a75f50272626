/** The Anderson-Darling test of two samples, ties at their mid-ranks: sees tails that Kolmogorov-Smirnov does not. */
import { normalTail } from './distributions.ts';
import type { TestResult } from './tests.ts';

/** Distinct values in ascending order with the rows of each, of both samples together. */
export interface TiedValues {
  /** Rows of all with each value. */
  readonly rows: ArrayLike<number>;
  /** Sum of `rows`. */
  readonly total: number;
}

/**
 * The weight of each distinct value in `andersonDarling`: the same for every labelling of the rows, so that a
 * permutation test computes it once. Scholz and Stephens (1987), formula 7.
 */
export function andersonDarlingWeights({ rows, total }: TiedValues): Float64Array {
  const weights = new Float64Array(rows.length);
  let below = 0;
  for (let at = 0; at < weights.length; at++) {
    const own = rows[at] ?? 0;
    const middle = below + own / 2;
    const spread = middle * (total - middle) - (total * own) / 4;
    weights[at] = spread > 0 ? own / total / spread : 0;
    below += own;
  }
  return weights;
}

/** A² of two samples: `second` holds the rows of the second one at each distinct value, `size` their sum. */
export function andersonDarling(
  { rows, total }: TiedValues,
  weights: Float64Array,
  { second, size }: { readonly second: ArrayLike<number>; readonly size: number },
): number {
  let sum = 0;
  let below = 0;
  let belowSecond = 0;
  for (let at = 0; at < weights.length; at++) {
    const own = second[at] ?? 0;
    const all = rows[at] ?? 0;
    const gap = total * (belowSecond + own / 2) - size * (below + all / 2);
    sum += (weights[at] ?? 0) * gap * gap;
    below += all;
    belowSecond += own;
  }
  return ((total - 1) / total) * (1 / size + 1 / (total - size)) * sum;
}

/**
 * The test with its large-sample p-value. `statistic` is A² less its mean over its standard deviation, as SciPy's
 * `anderson_ksamp` gives it; p follows the limiting distribution over its whole range, where SciPy stops at 0.001.
 */
export function andersonDarlingTest(a: Float64Array, b: Float64Array): TestResult {
  const first = a.slice().sort();
  const other = b.slice().sort();
  const rows: number[] = [];
  const second: number[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < other.length) {
    const value = Math.min(first[i] ?? Number.POSITIVE_INFINITY, other[j] ?? Number.POSITIVE_INFINITY);
    const before = { i, j };
    while (first[i] === value) i++;
    while (other[j] === value) j++;
    rows.push(i - before.i + (j - before.j));
    second.push(j - before.j);
  }
  const total = a.length + b.length;
  if (rows.length < 2) return { statistic: 0, p: 1 };
  const tied = { rows, total };
  const square = andersonDarling(tied, andersonDarlingWeights(tied), { second, size: b.length });
  return standardised(square, a.length, b.length);
}

/** A² of two samples of these sizes, standardised, and its large-sample p-value. */
export function standardised(square: number, n: number, m: number): TestResult {
  const statistic = (square - 1) / deviation(n, m);
  return { statistic, p: limitTail(1 + statistic * limitDeviation) };
}

/** Of A² with two samples in the limit: the sum over j of 2 / (j (j + 1))². */
const limitDeviation = Math.sqrt((2 * Math.PI ** 2) / 3 - 6);

/** The standard deviation of A² for two samples (Scholz and Stephens, 1987, formula 4). */
function deviation(n: number, m: number): number {
  const total = n + m;
  const inverse = 1 / n + 1 / m;
  let h = 0;
  for (let i = 1; i < total; i++) h += 1 / i;
  let g = 0;
  let tail = 0;
  // Σ_{i<total-1} Σ_{j>i} 1 / ((total - i) j), from the inside out.
  for (let i = total - 2; i >= 1; i--) {
    tail += 1 / (i + 1);
    g += tail / (total - i);
  }
  const k = 2;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * k ** 2 + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k ** 2 + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * k ** 2 - 4 * h * k;
  return Math.sqrt(
    (a * total ** 3 + b * total ** 2 + c * total + d) / ((total - 1) * (total - 2) * (total - 3)),
  );
}

/**
 * Upper tail of the limiting distribution of A². Up to 6 by Marsaglia and Marsaglia (2004), to 2e-6; beyond, where
 * their polynomial leaves the truth, by the largest of its chi-squares (Zolotarev, 1961), scaled to meet it there.
 */
function limitTail(z: number): number {
  if (!(z > 0)) return 1;
  if (z <= meeting) return marsaglia(z);
  return (marsaglia(meeting) * largest(z)) / largest(meeting);
}

const meeting = 6;

function largest(z: number): number {
  return 2 * Math.sqrt(3) * normalTail(Math.sqrt(2 * z));
}

function marsaglia(z: number): number {
  if (z < 2) {
    const series =
      2.00012 + (0.247105 - (0.0649821 - (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z) * z) * z;
    return 1 - (Math.exp(-1.2337141 / z) / Math.sqrt(z)) * series;
  }
  const power = 1.0776 - (2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z) * z) * z;
  return -Math.expm1(-Math.exp(power));
}
