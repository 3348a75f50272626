/** Statistics of a column from its sorted distinct values and their counts. Pure. */

export interface ValueCounts {
  /** Ascending, each once, no NaN. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** NaN is left out. */
export function valueCounts(numbers: Float64Array): ValueCounts {
  // Typed arrays sort NaN last.
  const sorted = Float64Array.from(numbers).sort();
  let end = sorted.length;
  while (end > 0 && Number.isNaN(sorted[end - 1])) end--;
  const counts = new Float64Array(end);
  let distinct = 0;
  for (let index = 0; index < end; index++) {
    const value = sorted[index] ?? 0;
    if (distinct === 0 || value !== sorted[distinct - 1]) sorted[distinct++] = value;
    counts[distinct - 1] = (counts[distinct - 1] ?? 0) + 1;
  }
  return { values: sorted.slice(0, distinct), counts: counts.slice(0, distinct) };
}

/** Mean, and standard deviation with n - 1; null where undefined. Two passes, so that large means lose nothing. */
export function momentsOf({ values, counts }: ValueCounts): { mean: number | null; std: number | null } {
  let rows = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    rows += counts[index] ?? 0;
    sum += (values[index] ?? 0) * (counts[index] ?? 0);
  }
  if (rows === 0) return { mean: null, std: null };
  const mean = sum / rows;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const difference = (values[index] ?? 0) - mean;
    squares += difference * difference * (counts[index] ?? 0);
  }
  return { mean, std: rows < 2 ? null : Math.sqrt(squares / (rows - 1)) };
}

/** Linear between neighbours, as NumPy's default (Hyndman and Fan's type 7). `probabilities` ascending. */
export function quantilesOf({ values, counts }: ValueCounts, probabilities: readonly number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  let index = 0;
  let through = counts[0] ?? 0;
  /** The value at a position of the sorted rows; positions ascend from call to call. */
  const at = (position: number): number => {
    while (position >= through && index < values.length - 1) through += counts[++index] ?? 0;
    return values[index] ?? Number.NaN;
  };
  return probabilities.map((probability) => {
    const position = probability * (rows - 1);
    const low = Math.floor(position);
    const below = at(low);
    // Reads the neighbour without moving on: the next quantile may lie before it.
    const above = low + 1 >= through ? (values[index + 1] ?? below) : below;
    return below + (above - below) * (position - low);
  });
}

/** The most frequent values; of equally frequent ones the smaller first. */
export function topOf({ values, counts }: ValueCounts, limit: number): { value: number; count: number }[] {
  const top: { value: number; count: number }[] = [];
  for (let index = 0; index < values.length; index++) {
    const count = counts[index] ?? 0;
    if (top.length === limit && count <= (top.at(-1)?.count ?? 0)) continue;
    const place = top.findIndex((other) => other.count < count);
    top.splice(place < 0 ? top.length : place, 0, { value: values[index] ?? 0, count });
    if (top.length > limit) top.pop();
  }
  return top;
}
