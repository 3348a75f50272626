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
  let largest = 0;
  for (let part = 0; part < partitions; part++)
    largest = Math.max(largest, (starts[part + 1] ?? 0) - (starts[part] ?? 0));
  const table = new Int32Array(slotsFor(largest));
  for (let part = 0; part < partitions; part++) {
    findWithin({ members, low, high, first, table }, starts[part] ?? 0, starts[part + 1] ?? 0);
  }
  return first;
}

/** As `firstOfEqual`, for hashes that can only be equal within `groups`, which is what `firstOfEqual` gave. */
export function firstWithin(groups: Int32Array, hashes: BigUint64Array): Int32Array {
  const words = new Int32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2);
  const first = new Int32Array(groups.length);
  const shared = new Uint8Array(groups.length);
  let count = 0;
  for (let row = 0; row < groups.length; row++) {
    first[row] = row;
    const leader = groups[row] ?? row;
    if (leader === row) continue;
    count += shared[leader] === 1 ? 1 : 2;
    shared[leader] = 1;
    shared[row] = 1;
  }
  if (count === 0) return first;
  const rows = new Int32Array(count);
  const some = new Int32Array(count * 2);
  for (let row = 0, at = 0; row < groups.length; row++) {
    if (shared[row] === 0) continue;
    some[at * 2] = words[row * 2] ?? 0;
    some[at * 2 + 1] = words[row * 2 + 1] ?? 0;
    rows[at++] = row;
  }
  const leaders = firstOfEqual(new BigUint64Array(some.buffer));
  for (let at = 0; at < count; at++) first[rows[at] ?? 0] = rows[leaders[at] ?? 0] ?? 0;
  return first;
}

/** Rows that are equal to an earlier one. */
export function countRepeats(first: Int32Array): number {
  let repeats = 0;
  for (let row = 0; row < first.length; row++) if (first[row] !== row) repeats++;
  return repeats;
}

interface Sorted {
  readonly members: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly first: Int32Array;
  /** Room for the slots of any part. */
  readonly table: Int32Array;
}

/** Entries `from` … `to - 1`, whose rows ascend. */
function findWithin({ members, low, high, first, table }: Sorted, from: number, to: number): void {
  const slots = slotsFor(to - from);
  table.fill(0, 0, slots);
  for (let entry = from; entry < to; entry++) {
    const [word, other] = [low[entry] ?? 0, high[entry] ?? 0];
    let slot = (other ^ (word >>> 8)) & (slots - 1);
    // Entries are kept plus one: 0 is an empty slot.
    let seen = (table[slot] ?? 0) - 1;
    while (seen >= 0 && (low[seen] !== word || high[seen] !== other)) {
      slot = (slot + 1) & (slots - 1);
      seen = (table[slot] ?? 0) - 1;
    }
    if (seen < 0) table[slot] = entry + 1;
    first[members[entry] ?? 0] = members[seen < 0 ? entry : seen] ?? 0;
  }
}

/** At least half of the slots stay empty. */
function slotsFor(entries: number): number {
  return 2 ** Math.max(4, Math.ceil(Math.log2(entries * 2)));
}
