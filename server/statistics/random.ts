/** The one source of chance: every split, resample and seed of a run draws from a named stream of this generator. */

/** xoshiro128** 1.1 (Blackman and Vigna, 2021): 32 bits a draw, period 2^128 - 1. */
export interface Random {
  /** Uniform over 0 .. 2^32 - 1. */
  uint32(): number;
  /** Fills with the next draws of uint32(): a third of the time of single calls. */
  fillUint32(words: Uint32Array): void;
  /** Uniform over [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform over 0 .. below - 1, without bias; `below` is an integer in 1 .. 2^32. */
  int(below: number): number;
  /** Standard normal (Marsaglia's polar method). */
  normal(): number;
  /** Fills `counts` with Poisson(1) draws: the row weights of one bootstrap sample. */
  fillPoisson(counts: Uint8Array): void;
  /** Shuffles in place (Fisher-Yates). */
  shuffle(values: Shufflable): void;
}

interface Shufflable {
  readonly length: number;
  [index: number]: number;
}

/**
 * The stream of `seed` that `path` names: `createRandom(42, 'split')` and `createRandom(42, 'bootstrap', 7)` are
 * independent, and each gives the same draws on every machine.
 */
export function createRandom(seed: number, ...path: readonly (string | number)[]): Random {
  const next = splitMix64(fnv1a(JSON.stringify([seed, ...path])));
  const [first, second] = [next(), next()];
  return xoshiro128([
    Number(first & 0xffff_ffffn),
    Number(first >> 32n),
    Number(second & 0xffff_ffffn),
    Number(second >> 32n),
  ]);
}

/** The generator from a raw state, not all zero. */
export function xoshiro128(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state.map((word) => word | 0) as [number, number, number, number]; // map forgets the length
  let spare = Number.NaN;

  function uint32(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function fillUint32(words: Uint32Array): void {
    let [w, x, y, z] = [a, b, c, d]; // locals stay in registers
    for (let i = 0; i < words.length; i++) {
      const product = Math.imul(x, 5);
      words[i] = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = x << 9;
      y ^= w;
      z ^= x;
      x ^= y;
      w ^= z;
      y ^= shifted;
      z = (z << 11) | (z >>> 21);
    }
    [a, b, c, d] = [w, x, y, z];
  }

  function uniform(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  function int(below: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % below);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % below;
  }

  function normal(): number {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  }

  function fillPoisson(counts: Uint8Array): void {
    for (let i = 0; i < counts.length; i++) {
      const draw = uint32();
      let count = 0;
      while (count < poissonLimits.length && draw >= (poissonLimits[count] ?? 0)) count++;
      counts[i] = count;
    }
  }

  function shuffle(values: Shufflable): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = int(i + 1);
      const kept = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = kept;
    }
  }

  return { uint32, fillUint32, uniform, int, normal, fillPoisson, shuffle };
}

/** 2^32 times the cumulative Poisson(1) probabilities of 0, 1, 2 … */
const poissonLimits = Float64Array.from({ length: 12 }, (_, count) => {
  let term = Math.exp(-1);
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term /= k;
    sum += term;
  }
  return sum * 0x1_0000_0000;
});

/** FNV-1a, 64 bits, over the UTF-8 bytes. */
export function fnv1a(text: string): bigint {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n);
  }
  return hash;
}

/** SplitMix64 (Steele, Lea and Flood, 2014), as the authors of xoshiro recommend for seeding. */
export function splitMix64(seed: bigint): () => bigint {
  let state = BigInt.asUintN(64, seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e37_79b9_7f4a_7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d0_49bb_1331_11ebn);
    return mixed ^ (mixed >> 31n);
  };
}

/** At most `most` of the rows 0 .. rows - 1, each set of so many as likely as any other; ascending. All of few rows cost no draw. */
export function drawRows(random: Random, rows: number, most: number): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= most) return all;
  random.shuffle(all);
  return all.subarray(0, most).sort();
}
