/** New rows between neighbours that scikit-learn finds too (smote.py). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addSynthetic, smoteFactors } from '../../server/training/smote.ts';
import { matrixOf } from '../models/matrix.ts';

const oracle: { columns: number[][]; target: number[]; near: Record<string, number[]> } = JSON.parse(
  readFileSync(new URL('smote.json', import.meta.url), 'utf8'),
);
const target = Float64Array.from(oracle.target);
const options = { classes: 2, ratio: 1, seed: 1 };
const rowOf = (columns: readonly ArrayLike<number>[], row: number) =>
  columns.map((column) => column[row] ?? 0);

test('every new row lies between a rare row and one of its five nearest', () => {
  const rows = { matrix: matrixOf(oracle.columns), target };
  const grown = addSynthetic(rows, options);
  const values = grown.matrix.values.map((feature) => (feature.kind === 'numeric' ? feature.values : []));
  expect(grown.matrix.rows).toBe(2 * 67);
  expect([...grown.target.subarray(90)].every((label) => label === 1)).toBe(true);
  const spreads = [1, 1000, 0.01];
  const used = new Set<string>();
  for (let row = 90; row < grown.matrix.rows; row++) {
    const made = rowOf(values, row);
    for (const [base, near] of Object.entries(oracle.near)) {
      const from = rowOf(oracle.columns, Number(base));
      for (const other of near) {
        const to = rowOf(oracle.columns, other);
        const place = ((made[1] ?? 0) - (from[1] ?? 0)) / ((to[1] ?? 0) - (from[1] ?? 0));
        const off = made.map((value, k) => {
          const between = (from[k] ?? 0) + place * ((to[k] ?? 0) - (from[k] ?? 0));
          return Math.abs(value - between) / (spreads[k] ?? 1);
        });
        if (place >= 0 && place <= 1 && Math.max(...off) < 1e-4) used.add(`${row} ${base} ${other}`);
      }
    }
  }
  const explained = new Set([...used].map((text) => text.split(' ')[0]));
  expect(explained.size).toBe(grown.matrix.rows - 90);
});

test('levels come from the neighbours, missing numbers from the row, weights too; equal for a seed', () => {
  const count = 40;
  const labels = Float64Array.from({ length: count }, (_, i) => Number(i < 10));
  const gaps = Array.from({ length: count }, (_, i) => (i < 10 ? Number.NaN : i));
  const levels = Array.from({ length: count }, (_, i) => (i < 10 ? 2 + Number(i === 3) : 1));
  const weight = Float64Array.from({ length: count }, () => 3);
  const rows = { matrix: matrixOf([gaps], [levels], [5]), target: labels, weight };
  const grown = addSynthetic(rows, options);
  const [numbers, codes] = grown.matrix.values;
  expect(grown.matrix.rows).toBe(60);
  expect(numbers?.kind === 'numeric' && [...numbers.values.subarray(40)].every(Number.isNaN)).toBe(true);
  expect(codes?.kind === 'category' && [...codes.codes.subarray(40)]).toEqual(new Array(20).fill(2));
  expect(grown.weight?.at(-1)).toBe(3);
  expect(addSynthetic(rows, options)).toEqual(grown);
  expect(addSynthetic(rows, { ...options, ratio: 0.2 })).toBe(rows);
});

test('factors: rows afterwards over rows before; one row alone stays alone', () => {
  const sizes = (...counts: number[]) =>
    Float64Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  expect([...smoteFactors(sizes(80, 20), { ...options, ratio: 0.5 })]).toEqual([1, 2]);
  expect([...smoteFactors(sizes(50, 1, 10), { ...options, classes: 4 })]).toEqual([1, 1, 5, 0]);
});
