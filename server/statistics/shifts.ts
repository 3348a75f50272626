/** How far two samples of one column lie apart, and whether chance alone could part them so. */
import { chiSquareTail } from './distributions.ts';

export interface Shift {
  /** Numbers: first Wasserstein distance over the scale of the first sample. Levels: total variation. Less what chance gives on average. */
  readonly effect: number;
  readonly p: number;
}

/**
 * Of numbers, sorted ascending, at least one each. The distance is taken between the 0.1 % and 99.9 % quantiles of `a`,
 * over max(IQR / 1.349, sd / 10) of `a`; p is Kolmogorov and Smirnov's, asymptotic, which ties only make larger.
 */
export function shiftOfNumbers(a: Float64Array, b: Float64Array): Shift {
  const [low, high] = [quantile(a, 0.001), quantile(a, 0.999)];
  const clip = (value: number) => Math.min(high, Math.max(low, value));
  const rate = 1 / a.length + 1 / b.length;
  let distance = 0;
  let chance = 0;
  let largest = 0;
  let before = Math.min(a[0] ?? 0, b[0] ?? 0);
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    const gap = clip(at) - clip(before);
    const pooled = (i + j) / (a.length + b.length);
    distance += Math.abs(i / a.length - j / b.length) * gap;
    // The mean of |F - G| under the null: a normal of variance F (1 - F) (1/n + 1/m).
    chance += Math.sqrt((2 / Math.PI) * pooled * (1 - pooled) * rate) * gap;
    while (i < a.length && a[i] === at) i++;
    while (j < b.length && b[j] === at) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
    before = at;
  }
  const scale = Math.max((quantile(a, 0.75) - quantile(a, 0.25)) / 1.349, deviation(a) / 10);
  const effect = scale > 0 ? Math.max(0, distance - chance) / scale : 0;
  return { effect, p: kolmogorovTail(largest / Math.sqrt(rate)) };
}

/** Of rows per level; levels of fewer than 20 rows are taken together, so that the chi-square approximation holds. */
export function shiftOfLevels(a: ArrayLike<number>, b: ArrayLike<number>): Shift {
  const cells: [number, number][] = [];
  const rest: [number, number] = [0, 0];
  for (let level = 0; level < a.length; level++) {
    const pair: [number, number] = [a[level] ?? 0, b[level] ?? 0];
    if (pair[0] + pair[1] >= 20) cells.push(pair);
    else {
      rest[0] += pair[0];
      rest[1] += pair[1];
    }
  }
  if (rest[0] + rest[1] > 0) cells.push(rest);
  const rows = cells.reduce((sum, pair) => [sum[0] + pair[0], sum[1] + pair[1]] as const, [0, 0] as const);
  if (rows[0] === 0 || rows[1] === 0 || cells.length < 2) return { effect: 0, p: 1 };
  const rate = 1 / rows[0] + 1 / rows[1];
  let distance = 0;
  let chance = 0;
  let chiSquare = 0;
  for (const [inA, inB] of cells) {
    const share = (inA + inB) / (rows[0] + rows[1]);
    const difference = inA / rows[0] - inB / rows[1];
    distance += Math.abs(difference) / 2;
    chance += Math.sqrt((2 / Math.PI) * share * (1 - share) * rate) / 2;
    chiSquare += difference ** 2 / (share * rate);
  }
  return { effect: Math.max(0, distance - chance), p: chiSquareTail(chiSquare, cells.length - 1) };
}

/** The limiting upper tail of Kolmogorov's distribution. */
export function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

function quantile(sorted: Float64Array, probability: number): number {
  const at = probability * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1),
  );
}
