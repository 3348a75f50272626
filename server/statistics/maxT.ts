/** Tests of many statistics at once by one joint permutation of row labels (Westfall and Young, 1993). */
import type { Random } from './random.ts';

/**
 * Random labellings with as many ones as `labels`, all of one length. `units`: rows of the same unit keep one label in
 * common, so that rows of one customer or day, which resemble each other, move together; the number of ones then
 * varies as the units' sizes do.
 */
export function permutedLabels(
  labels: Uint8Array,
  { permutations, random, units }: { permutations: number; random: Random; units?: Int32Array | undefined },
): Uint8Array[] {
  if (units !== undefined) return permutedUnits(labels, units, { permutations, random });
  const rows = Int32Array.from(labels, (_, row) => row);
  const ones = labels.reduce((sum, label) => sum + label, 0);
  // The rarer label is drawn, the other one is the rest.
  const drawn = Math.min(ones, labels.length - ones);
  const rare = drawn === ones ? 1 : 0;
  return Array.from({ length: permutations }, () => {
    const made = new Uint8Array(labels.length).fill(1 - rare);
    for (let i = 0; i < drawn; i++) {
      const j = i + random.int(rows.length - i);
      const row = rows[j] ?? 0;
      rows[j] = rows[i] ?? 0;
      rows[i] = row;
      made[row] = rare;
    }
    return made;
  });
}

function permutedUnits(
  labels: Uint8Array,
  units: Int32Array,
  { permutations, random }: { permutations: number; random: Random },
): Uint8Array[] {
  // A unit that stands on both sides is two.
  const numbers = new Map<number, number>();
  const own: number[] = [];
  const unitOf = Int32Array.from(units, (unit, row) => {
    const label = labels[row] ?? 0;
    const key = 2 * unit + label;
    const number = numbers.get(key) ?? numbers.size;
    if (number === numbers.size) {
      numbers.set(key, number);
      own.push(label);
    }
    return number;
  });
  const shuffled = Uint8Array.from(own);
  return Array.from({ length: permutations }, () => {
    random.shuffle(shuffled);
    return Uint8Array.from(unitOf, (unit) => shuffled[unit] ?? 0);
  });
}

/**
 * p-values adjusted for all statistics together by the step-down max-T: the chance, were all labels exchangeable, that
 * any statistic is as large as this one. Each row of `scores` is one statistic, large when it speaks for a difference:
 * its value, then its values under the permutations. In [1 / columns, 1].
 */
export function stepDownMaxT(scores: readonly Float64Array[]): number[] {
  const columns = scores[0]?.length ?? 1;
  const order = [...scores.keys()].sort((a, b) => (scores[b]?.[0] ?? 0) - (scores[a]?.[0] ?? 0));
  const adjusted = new Array<number>(scores.length).fill(1);
  const most = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (const index of order.toReversed()) {
    const own = scores[index] ?? new Float64Array(columns);
    const observed = own[0] ?? 0;
    let above = 0;
    for (let column = 0; column < columns; column++) {
      const value = Math.max(most[column] ?? 0, own[column] ?? 0);
      most[column] = value;
      if (value >= observed - 1e-12) above++;
    }
    adjusted[index] = above / columns;
  }
  let largest = 0;
  for (const index of order) {
    largest = Math.max(largest, adjusted[index] ?? 1);
    adjusted[index] = largest;
  }
  return adjusted;
}

/** Less the mean, over the standard deviation, of the value and its permutations together; all 0 without any spread. */
export function standardise(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(square);
  return values.map((value) => (deviation > 1e-12 * Math.abs(mean) ? (value - mean) / deviation : 0));
}

/** The share of a statistic's values, its own among them, that are as large as its own: its p-value by permutation. */
export function permutationP(values: Float64Array): number {
  const observed = values[0] ?? 0;
  let above = 0;
  for (const value of values) if (value >= observed - 1e-12 * Math.abs(observed)) above++;
  return above / values.length;
}
