/** Tests of counts: two shares, levels of two samples, rare events. */
import { chiSquareTail, logGamma, upperGamma } from './distributions.ts';
import type { Random } from './random.ts';
import { type TestResult, twoProportions } from './tests.ts';

/** Rows of which some have what is asked for. */
export interface Share {
  readonly hits: number;
  readonly rows: number;
}

/** Two shares: the pooled z test; Fisher's exact test where a cell is expected to hold fewer than five rows. */
export function compareShares(
  a: Share,
  b: Share,
): TestResult & { readonly test: 'two-proportion' | 'fisher' } {
  const total = a.rows + b.rows;
  const hits = a.hits + b.hits;
  const least = (Math.min(a.rows, b.rows) * Math.min(hits, total - hits)) / total;
  if (least >= 5) return { ...twoProportions(a.hits, a.rows, b.hits, b.rows), test: 'two-proportion' };
  return { statistic: oddsRatio(a, b), p: fisherExact(a, b), test: 'fisher' };
}

/** Of the sample; infinite or NaN where a cell is empty. */
function oddsRatio(a: Share, b: Share): number {
  return (a.hits * (b.rows - b.hits)) / (b.hits * (a.rows - a.hits));
}

/** Two-sided p-value: all tables with the same margins that are at most as likely as this one. */
export function fisherExact(a: Share, b: Share): number {
  const hits = a.hits + b.hits;
  const total = a.rows + b.rows;
  const from = Math.max(0, hits - b.rows);
  const to = Math.min(hits, a.rows);
  const own = logChance(a.hits, a.rows, hits, total);
  let p = 0;
  for (let x = from; x <= to; x++) {
    const chance = logChance(x, a.rows, hits, total);
    if (chance <= own + 1e-7) p += Math.exp(chance);
  }
  return Math.min(1, p);
}

/** log of the hypergeometric chance of `x` hits among `rows` of `total`, `hits` of which are hits. */
function logChance(x: number, rows: number, hits: number, total: number): number {
  return logChoose(hits, x) + logChoose(total - hits, rows - x) - logChoose(total, rows);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** G (twice the log-likelihood ratio) of counts of the same levels; levels without rows count nothing. */
export function gStatistic(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [rowsA, rowsB] = [0, 0];
  for (let level = 0; level < a.length; level++) {
    rowsA += a[level] ?? 0;
    rowsB += b[level] ?? 0;
  }
  const total = rowsA + rowsB;
  let g = 0;
  for (let level = 0; level < a.length; level++) {
    const [x, y] = [a[level] ?? 0, b[level] ?? 0];
    const both = x + y;
    if (x > 0) g += x * Math.log((x * total) / (both * rowsA));
    if (y > 0) g += y * Math.log((y * total) / (both * rowsB));
  }
  return Math.max(0, 2 * g);
}

/** The G-test; p of the chi-square with one degree less than levels that occur. */
export function gTest(a: ArrayLike<number>, b: ArrayLike<number>): TestResult {
  const statistic = gStatistic(a, b);
  let levels = 0;
  for (let level = 0; level < a.length; level++) if ((a[level] ?? 0) + (b[level] ?? 0) > 0) levels++;
  return { statistic, p: levels < 2 ? 1 : chiSquareTail(statistic, levels - 1) };
}

/** The G-test where levels are too rare for the chi-square: p over `draws` random tables with the same margins. */
export function monteCarloG(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { draws, random }: { readonly draws: number; readonly random: Random },
): TestResult {
  const statistic = gStatistic(a, b);
  const pooled: number[] = [];
  let size = 0;
  for (let level = 0; level < a.length; level++) {
    for (let row = 0; row < (a[level] ?? 0) + (b[level] ?? 0); row++) pooled.push(level);
    size += b[level] ?? 0;
  }
  const rows = Int32Array.from(pooled);
  const second = new Float64Array(a.length);
  const first = new Float64Array(a.length);
  let above = 0;
  for (let draw = 0; draw < draws; draw++) {
    second.fill(0);
    for (let i = 0; i < size; i++) {
      const j = i + random.int(rows.length - i);
      const level = rows[j] ?? 0;
      rows[j] = rows[i] ?? 0;
      rows[i] = level;
      second[level] = (second[level] ?? 0) + 1;
    }
    for (let level = 0; level < a.length; level++)
      first[level] = (a[level] ?? 0) + (b[level] ?? 0) - (second[level] ?? 0);
    if (gStatistic(first, second) >= statistic - 1e-9) above++;
  }
  return { statistic, p: (1 + above) / (1 + draws) };
}

/** The chance that a Poisson variable of this mean is at least `count`. */
export function poissonTail(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (count <= mean) return 1 - upperGamma(count, mean);
  // The terms from `count` on: no difference of nearly equal numbers.
  let term = Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
  let sum = term;
  for (let k = count + 1; term > sum * 1e-16; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}
