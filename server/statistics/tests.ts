/** Classical tests and measures of association, with ties. */
import { chiSquareTail, normalTail, tTwoSided } from './distributions.ts';
import { averageRanks } from './order.ts';

export interface TestResult {
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
}

/** Pearson's r; NaN where one side is constant. */
export function pearson(a: Float64Array, b: Float64Array): number {
  const rows = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < rows; i++) {
    meanA += (a[i] ?? 0) / rows;
    meanB += (b[i] ?? 0) / rows;
  }
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let i = 0; i < rows; i++) {
    const x = (a[i] ?? 0) - meanA;
    const y = (b[i] ?? 0) - meanB;
    squareA += x * x;
    squareB += y * y;
    product += x * y;
  }
  const scale = Math.sqrt(squareA) * Math.sqrt(squareB);
  return scale > 0 ? Math.max(-1, Math.min(1, product / scale)) : Number.NaN;
}

/** Spearman's rank correlation; p from Student's t with n - 2 degrees of freedom. */
export function spearman(a: Float64Array, b: Float64Array): TestResult {
  const r = pearson(averageRanks(a), averageRanks(b));
  const degrees = a.length - 2;
  if (Number.isNaN(r) || degrees < 1) return { statistic: r, p: Number.NaN };
  if (Math.abs(r) >= 1) return { statistic: r, p: 0 };
  return { statistic: r, p: tTwoSided(r * Math.sqrt(degrees / (1 - r * r)), degrees) };
}

/** Two shares compared by the pooled z test. */
export function twoProportions(
  successesA: number,
  rowsA: number,
  successesB: number,
  rowsB: number,
): TestResult {
  const pooled = (successesA + successesB) / (rowsA + rowsB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / rowsA + 1 / rowsB));
  if (!(error > 0)) return { statistic: 0, p: 1 };
  const z = (successesA / rowsA - successesB / rowsB) / error;
  return { statistic: z, p: Math.min(1, 2 * normalTail(Math.abs(z))) };
}

/** Mann-Whitney U of the first sample, ties corrected, with continuity correction, normal approximation. */
export function mannWhitney(a: Float64Array, b: Float64Array): TestResult {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  const ranks = averageRanks(both);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ranks[i] ?? 0;
  const u = sum - (a.length * (a.length + 1)) / 2;
  const rows = both.length;
  let ties = 0;
  const sorted = both.sort();
  for (let start = 0; start < rows; ) {
    let end = start + 1;
    while (end < rows && sorted[end] === sorted[start]) end++;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const error = Math.sqrt(((a.length * b.length) / 12) * (rows + 1 - ties / (rows * (rows - 1))));
  if (!(error > 0)) return { statistic: u, p: 1 };
  const z = (Math.abs(u - (a.length * b.length) / 2) - 0.5) / error;
  return { statistic: u, p: Math.min(1, 2 * normalTail(z)) };
}

/** Cramér's V and the chi-square test of a contingency table [rows, columns]; empty rows and columns are left out. */
export function cramersV(table: readonly (readonly number[])[]): TestResult & { v: number } {
  const rowSums = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnSums = (table[0] ?? []).map((_, c) => table.reduce((sum, row) => sum + (row[c] ?? 0), 0));
  const total = rowSums.reduce((sum, count) => sum + count, 0);
  const sides = [rowSums, columnSums].map((sums) => sums.filter((sum) => sum > 0).length - 1);
  const [rows = 0, columns = 0] = sides;
  if (rows < 1 || columns < 1) return { statistic: Number.NaN, p: Number.NaN, v: Number.NaN };
  let chiSquare = 0;
  table.forEach((row, r) => {
    row.forEach((count, c) => {
      const expected = ((rowSums[r] ?? 0) * (columnSums[c] ?? 0)) / total;
      if (expected > 0) chiSquare += (count - expected) ** 2 / expected;
    });
  });
  return {
    statistic: chiSquare,
    p: chiSquareTail(chiSquare, rows * columns),
    v: Math.sqrt(chiSquare / (total * Math.min(rows, columns))),
  };
}
