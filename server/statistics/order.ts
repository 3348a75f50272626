/** Sorting at scale: the order of numbers, and their ranks. */

/**
 * Indices in ascending order of `values`, stable; NaN last, -0 with 0. Least-significant-digit radix sort on the bits
 * of the doubles, 16 at a time, skipping digits that do not vary.
 */
export function ascendingOrder(values: Float64Array): Int32Array {
  const rows = values.length;
  if (rows < 1000) return compareInOrder(values);
  const high = new Uint32Array(rows);
  const low = new Uint32Array(rows);
  const bits = new Uint32Array(Float64Array.from(values, (value) => value + 0).buffer);
  for (let i = 0; i < rows; i++) {
    const top = bits[2 * i + 1] ?? 0;
    const flip = (top & 0x8000_0000) !== 0 && !Number.isNaN(values[i]) ? 0xffff_ffff : 0;
    low[i] = (bits[2 * i] ?? 0) ^ flip;
    high[i] = Number.isNaN(values[i]) ? 0xffff_ffff : top ^ (flip | 0x8000_0000);
  }
  let order = new Int32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  let spare = new Int32Array(rows);
  const counts = new Int32Array(65_536);
  for (const [words, shift] of [
    [low, 0],
    [low, 16],
    [high, 0],
    [high, 16],
  ] as const) {
    counts.fill(0);
    for (let i = 0; i < rows; i++) {
      const digit = ((words[i] ?? 0) >>> shift) & 0xffff;
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    if (rows > 0 && counts[((words[0] ?? 0) >>> shift) & 0xffff] === rows) continue;
    let start = 0;
    for (let digit = 0; digit < 65_536; digit++) {
      const count = counts[digit] ?? 0;
      counts[digit] = start;
      start += count;
    }
    for (let i = 0; i < rows; i++) {
      const row = order[i] ?? 0;
      const digit = ((words[row] ?? 0) >>> shift) & 0xffff;
      const at = counts[digit] ?? 0;
      spare[at] = row;
      counts[digit] = at + 1;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

/** The same by comparisons: a radix pass costs as much as sorting a thousand values. */
function compareInOrder(values: Float64Array): Int32Array {
  return Int32Array.from(values, (_, index) => index).sort((i, j) => {
    const [a, b] = [values[i] ?? 0, values[j] ?? 0];
    if (a < b) return -1;
    if (a > b) return 1;
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || i - j;
  });
}

/** Ranks from 1, ties at their mean rank. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
