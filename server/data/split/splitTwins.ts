/** Finds equal rows from their hashes. */

const partitions = 256;

/** For every row the position of the first row with the same hash (its own where it is the first). */
export function firstOfEqual(hashes: BigUint64Array): Int32Array {
  const words = wordsOf(hashes);
  const suspects = findSuspects(words);
  if (suspects === undefined) return groupHashes(words);
  const { rows } = suspects;
  const first = new Int32Array(hashes.length);
  for (let row = 0; row < first.length; row++) first[row] = row;
  const leaders = groupHashes(suspects.words);
  for (let at = 0; at < leaders.length; at++) first[rows[at] ?? 0] = rows[leaders[at] ?? 0] ?? 0;
  return first;
}

/** Those of some rows. */
export function pickHashes(all: BigUint64Array, rows: Int32Array): BigUint64Array {
  const picked = new BigUint64Array(rows.length);
  const [from, to] = [wordsOf(all), wordsOf(picked)];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    to[2 * at] = from[2 * row] ?? 0;
    to[2 * at + 1] = from[2 * row + 1] ?? 0;
  }
  return picked;
}

/** Two for each hash: a BigInt for each of millions would cost more than reading them. */
function wordsOf(hashes: BigUint64Array): Int32Array {
  return new Int32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2);
}

/**
 * Rows that share a place in a table of 8 bits a row, by some bits of the hash: all that are equal, and one in
 * eight of the others. Where most rows are different, a bit a row is all that has to be looked up. With the words of
 * their hashes; undefined where that is more than half of the rows.
 */
function findSuspects(words: Int32Array): { rows: Int32Array; words: Int32Array } | undefined {
  const rows = words.length / 2;
  const shift = 32 - Math.max(5, Math.min(31, Math.ceil(Math.log2(rows * 8 + 1))));
  const taken = new Int32Array(2 ** (32 - shift - 5));
  const shared = new Int32Array(taken.length);
  for (let row = 0; row < rows; row++) {
    const place = (words[2 * row + 1] ?? 0) >>> shift;
    const bit = 1 << (place & 31);
    const seen = taken[place >>> 5] ?? 0;
    if ((seen & bit) === 0) taken[place >>> 5] = seen | bit;
    else shared[place >>> 5] = (shared[place >>> 5] ?? 0) | bit;
  }
  const found = new Int32Array(rows >>> 1);
  const picked = new Int32Array(2 * found.length);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const place = (words[2 * row + 1] ?? 0) >>> shift;
    if (((shared[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) continue;
    if (count === found.length) return undefined;
    picked[2 * count] = words[2 * row] ?? 0;
    picked[2 * count + 1] = words[2 * row + 1] ?? 0;
    found[count++] = row;
  }
  return { rows: found.subarray(0, count), words: picked.subarray(0, 2 * count) };
}

/**
 * As `firstOfEqual`, of the two words of each hash. Rows are first brought together by one byte of the hash, so that
 * each part's open-addressed table stays in the processor's cache.
 */
function groupHashes(words: Int32Array): Int32Array {
  const rows = words.length / 2;
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

/** The rows of sets of several, ascending; `groups` is what `firstOfEqual` gave. */
export function rowsInSets(groups: Int32Array): Int32Array {
  const shared = new Uint8Array(groups.length);
  let count = 0;
  for (let row = 0; row < groups.length; row++) {
    const leader = groups[row] ?? row;
    if (leader === row) continue;
    count += shared[leader] === 1 ? 1 : 2;
    shared[leader] = 1;
    shared[row] = 1;
  }
  const rows = new Int32Array(count);
  for (let row = 0, at = 0; at < count; row++) if (shared[row] === 1) rows[at++] = row;
  return rows;
}

/**
 * As `firstOfEqual`, of rows that are equal where they have the same leader in `groups` and the same hash. `rows` are
 * those in sets of several; their `hashes` are used up.
 */
export function firstWithin(groups: Int32Array, rows: Int32Array, hashes: BigUint64Array): Int32Array {
  const words = wordsOf(hashes);
  // Multiplying by an odd number keeps different leaders different.
  for (let at = 0; at < rows.length; at++)
    words[2 * at] = (words[2 * at] ?? 0) ^ Math.imul(groups[rows[at] ?? 0] ?? 0, 0x9e37_79b1);
  const first = new Int32Array(groups.length);
  for (let row = 0; row < first.length; row++) first[row] = row;
  const leaders = firstOfEqual(hashes);
  for (let at = 0; at < rows.length; at++) first[rows[at] ?? 0] = rows[leaders[at] ?? 0] ?? 0;
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
