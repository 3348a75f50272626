/** Exact quantiles of millions of float32 values without sorting them. */

/**
 * For each share in 0..1, linear between order statistics as NumPy's default; NaN for no values. `values` holds no
 * NaN. Two counting passes over the bits of the values, in the order of the numbers they stand for.
 */
export function computeQuantiles(values: Float32Array, shares: readonly number[]): number[] {
  if (values.length === 0) return shares.map(() => Number.NaN);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const high = new Uint32Array(halfRange);
  for (const word of bits) {
    const half = sortable(word) >>> 16;
    high[half] = (high[half] ?? 0) + 1;
  }
  const low = new Map<number, Uint32Array>();
  const statistic = (rank: number): number => {
    const [upper, below] = findRank(high, rank);
    const counts = low.get(upper) ?? countLow(bits, upper);
    low.set(upper, counts);
    const [lower] = findRank(counts, rank - below);
    return readKey(((upper << 16) | lower) >>> 0);
  };
  return shares.map((share) => {
    const position = share * (values.length - 1);
    const before = statistic(Math.floor(position));
    const after = statistic(Math.ceil(position));
    return before + (position - Math.floor(position)) * (after - before);
  });
}

const halfRange = 65_536;

/** Unsigned, in the order of the floats: negative ones reversed and below positive ones. */
function sortable(word: number): number {
  return (word < 0 ? ~word : word | 0x8000_0000) >>> 0;
}

function readKey(key: number): number {
  scratch[0] = key >= 0x8000_0000 ? key & 0x7fff_ffff : ~key;
  return scratchFloat[0] ?? Number.NaN;
}
const scratch = new Int32Array(1);
const scratchFloat = new Float32Array(scratch.buffer);

/** The bucket that holds the value of `rank`, and how many values lie below that bucket. */
function findRank(counts: Uint32Array, rank: number): [bucket: number, below: number] {
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const next = below + (counts[bucket] ?? 0);
    if (next > rank) return [bucket, below];
    below = next;
  }
  return [counts.length - 1, below];
}

function countLow(bits: Int32Array, upper: number): Uint32Array {
  const counts = new Uint32Array(halfRange);
  for (const word of bits) {
    const key = sortable(word);
    if (key >>> 16 !== upper) continue;
    const half = key & 0xffff;
    counts[half] = (counts[half] ?? 0) + 1;
  }
  return counts;
}
