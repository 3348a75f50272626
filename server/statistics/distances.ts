/** How far two samples lie apart, whatever makes them differ. */
import { ascendingOrder } from './order.ts';

/** First Wasserstein distance of two samples without NaN, in the unit of the values: the area between their distribution functions. */
export function wasserstein(a: Float64Array, b: Float64Array): number {
  const both = joined(a, b);
  const order = ascendingOrder(both);
  let difference = 0;
  let area = 0;
  for (let i = 0; i + 1 < order.length; i++) {
    const row = order[i] ?? 0;
    difference += row < a.length ? 1 / a.length : -1 / b.length;
    area += Math.abs(difference) * ((both[order[i + 1] ?? 0] ?? 0) - (both[row] ?? 0));
  }
  return area;
}

/** Half the sum of the absolute differences of shares; counts of the same levels. */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  const [rowsA, rowsB] = [sum(a), sum(b)];
  return a.reduce((total, count, level) => total + Math.abs(count / rowsA - (b[level] ?? 0) / rowsB) / 2, 0);
}

/**
 * Energy distance of two sets of points (Székely and Rizzo, 2013): 2E|X-Y| - E|X-X'| - E|Y-Y'|, from all distances
 * between the points, [n, n] row by row; `second`: 1 for points of the second set.
 */
export function energyDistance(distances: Float32Array, second: Uint8Array): number {
  const rows = second.length;
  let [within, between, other] = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const own = second[i] ?? 0;
    count += own;
    let [toFirst, toSecond] = [0, 0];
    for (let j = 0; j < i; j++) {
      const distance = distances[i * rows + j] ?? 0;
      if (second[j] === 1) toSecond += distance;
      else toFirst += distance;
    }
    if (own === 1) {
      other += toSecond;
      between += toFirst;
    } else {
      within += toFirst;
      between += toSecond;
    }
  }
  const [n, m] = [rows - count, count];
  return (2 * between) / (n * m) - (2 * within) / (n * n) - (2 * other) / (m * m);
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
