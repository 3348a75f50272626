/** Rows counted by class and prediction, for any row weights. */
import type { LabelCounts } from './labelMetrics.ts';
import type { ScoredRows } from './scoredRows.ts';

/** Counts by class. The commonest pair of class and prediction is what the other pairs leave: its rows are not visited. */
export function prepareCounts(rows: ScoredRows): {
  counts: LabelCounts;
  fill(weights: Uint8Array, total: number): void;
} {
  const classes = rows.classes.length;
  const rowsOf = new Map<number, number[]>();
  rows.target.forEach((actual, row) => {
    const key = actual * classes + (rows.prediction[row] ?? 0);
    const list = rowsOf.get(key);
    if (list) list.push(row);
    else rowsOf.set(key, [row]);
  });
  const [commonest, ...others] = [...rowsOf]
    .map(([key, list]) => ({
      actual: Math.floor(key / classes),
      predicted: key % classes,
      rows: Int32Array.from(list),
    }))
    .sort((a, b) => b.rows.length - a.rows.length);
  const counts: LabelCounts = {
    total: 0,
    hits: new Float64Array(classes),
    predicted: new Float64Array(classes),
    actual: new Float64Array(classes),
  };
  function add({ actual, predicted }: { actual: number; predicted: number }, weight: number): void {
    counts.actual[actual] = (counts.actual[actual] ?? 0) + weight;
    counts.predicted[predicted] = (counts.predicted[predicted] ?? 0) + weight;
    if (actual === predicted) counts.hits[actual] = (counts.hits[actual] ?? 0) + weight;
  }
  function fill(weights: Uint8Array, total: number): void {
    for (const values of [counts.hits, counts.predicted, counts.actual]) values.fill(0);
    counts.total = total;
    let left = counts.total;
    for (const pair of others) {
      const weight = sumAt(weights, pair.rows);
      add(pair, weight);
      left -= weight;
    }
    if (commonest) add(commonest, left);
  }
  return { counts, fill };
}

function sumAt(weights: Uint8Array, rows: Int32Array): number {
  let sum = 0;
  for (let index = 0; index < rows.length; index++) sum += weights[rows[index] as number] as number; // rows of `weights`
  return sum;
}

/** 1 where the row is of the class. */
export function isClass(rows: ScoredRows, label: number): Uint8Array {
  return Uint8Array.from(rows.target, (actual) => (actual === label ? 1 : 0));
}
