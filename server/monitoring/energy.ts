/** The energy test of small windows: distances between rows, where a classifier has too little to learn from. */
import { energyDistance } from '../statistics/distances.ts';
import { permutationP, permutedLabels } from '../statistics/maxT.ts';
import type { Random } from '../statistics/random.ts';

/** Rows of either side that are enough where the other one is small; time and memory grow with the square. */
const mostRows = 500;
const permutations = 199;

/**
 * Rows are as far apart as the ranks (bins) of their columns differ, from 0 to 1 a column. The effect is the distance
 * less its noise, over the mean distance between rows, its square root taken: in standard deviations, roughly.
 */
export function energyTest(
  columns: readonly Uint8Array[],
  labels: Uint8Array,
  random: Random,
): { readonly effect: number; readonly p: number } {
  const kept = rowsOf(labels, 0);
  const rows = Int32Array.of(...kept, ...rowsOf(labels, 1));
  const distances = distancesOf(columns, rows);
  const own = Uint8Array.from(rows, (_, index) => (index < kept.length ? 0 : 1));
  const values = new Float64Array(permutations + 1);
  values[0] = energyDistance(distances, own);
  for (const [index, permuted] of permutedLabels(own, { permutations, random }).entries())
    values[index + 1] = energyDistance(distances, permuted);
  const noise = values.subarray(1).reduce((sum, value) => sum + value / permutations, 0);
  const mean = distances.reduce((sum, value) => sum + value, 0) / ((rows.length * (rows.length - 1)) / 2);
  return { effect: Math.sqrt(Math.max(0, ((values[0] ?? 0) - noise) / mean)), p: permutationP(values) };
}

/** Below the diagonal, row by row. */
function distancesOf(columns: readonly Uint8Array[], rows: Int32Array): Float32Array {
  const size = rows.length;
  const distances = new Float32Array(size * size);
  for (const column of columns) {
    const bins = Float32Array.from(rows, (row) => (column[row] ?? 0) / 31);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < i; j++) {
        const gap = (bins[i] ?? 0) - (bins[j] ?? 0);
        distances[i * size + j] = (distances[i * size + j] ?? 0) + gap * gap;
      }
  }
  for (let at = 0; at < distances.length; at++) distances[at] = Math.sqrt(distances[at] ?? 0);
  return distances;
}

/** Evenly chosen. */
function rowsOf(labels: Uint8Array, wanted: number): Int32Array {
  const all = Int32Array.from(labels.keys()).filter((row) => labels[row] === wanted);
  const step = Math.max(1, all.length / mostRows);
  return Int32Array.from(
    { length: Math.min(all.length, mostRows) },
    (_, i) => all[Math.floor(i * step)] ?? 0,
  );
}
