/** A column of numbers of both sides as one, in the order of its values: what every statistic of it walks along. */
import { ascendingOrder } from '../statistics/order.ts';

/** A column of both samples, the reference first. */
export interface PooledNumbers {
  readonly values: Float64Array;
  /** Rows that have a value, ascending by it. */
  readonly order: Int32Array;
  readonly missing: Int32Array;
  /** Ends, in `order`, of the rows of each distinct value. */
  readonly ends: Int32Array;
}

/** Values of the rows with this label, ascending. */
export function valuesOf({ values, order }: PooledNumbers, labels: Uint8Array, label: 0 | 1): Float64Array {
  const out = new Float64Array(order.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] ?? 0;
    if (labels[row] === label) out[count++] = values[row] ?? 0;
  }
  return out.subarray(0, count);
}

export function poolNumbers(reference: Float64Array, current: Float64Array): PooledNumbers {
  const values = new Float64Array(reference.length + current.length);
  values.set(reference);
  values.set(current, reference.length);
  const sorted = ascendingOrder(values);
  const missing = sorted.filter((row) => Number.isNaN(values[row]));
  const order = sorted.subarray(0, sorted.length - missing.length);
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++)
    if (i === order.length || values[order[i] ?? 0] !== values[order[i - 1] ?? 0]) ends.push(i);
  return { values, order, missing, ends: Int32Array.from(ends) };
}
