/** Finds equal rows from their hashes. */

const partitions = 256;

/**
 * For every row the position of the first row with the same hash (its own where it is the first). Rows are first
 * brought together by one byte of the hash, so that each part's open-addressed table stays in the processor's cache.
 */
export function firstOfEqual(hashes: BigUint64Array): Int32Array {
  const rows = hashes.length;
  const words = new Int32Array(hashes.buffer, hashes.byteOffset, rows * 2);
  const starts = new Int32Array(partitions + 1);
  for (let row = 0; row < rows; row++) {
    const part = (words[row * 2] ?? 0) & (partitions - 1);
    starts[part + 1] = (starts[part + 1] ?? 0) + 1;
  }
  for (let part = 0; part < partitions; part++)
    starts[part + 1] = (starts[part + 1] ?? 0) + (starts[part] ?? 0);
  const next = starts.slice();
  const members = new Int32Array(rows);
  const low = new Int32Array(rows);
  const high = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const word = words[row * 2] ?? 0;
    const at = next[word & (partitions - 1)] ?? 0;
    next[word & (partitions - 1)] = at + 1;
    members[at] = row;
    low[at] = word;
    high[at] = words[row * 2 + 1] ?? 0;
  }
  const first = new Int32Array(rows);
  for (let part = 0; part < partitions; part++) {
    findWithin({ members, low, high, first }, starts[part] ?? 0, starts[part + 1] ?? 0);
  }
  return first;
}

interface Sorted {
  readonly members: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly first: Int32Array;
}

/** Entries `from` … `to - 1`, whose rows ascend. */
function findWithin({ members, low, high, first }: Sorted, from: number, to: number): void {
  const slots = 2 ** Math.max(4, Math.ceil(Math.log2((to - from) * 2)));
  const table = new Int32Array(slots).fill(-1);
  for (let entry = from; entry < to; entry++) {
    let slot = ((high[entry] ?? 0) ^ ((low[entry] ?? 0) >>> 8)) & (slots - 1);
    let seen = table[slot] ?? -1;
    while (seen !== -1 && (low[seen] !== low[entry] || high[seen] !== high[entry])) {
      slot = (slot + 1) & (slots - 1);
      seen = table[slot] ?? -1;
    }
    if (seen === -1) table[slot] = entry;
    first[members[entry] ?? 0] = members[seen === -1 ? entry : seen] ?? 0;
  }
}
