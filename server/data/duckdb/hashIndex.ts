/**
 * Which of some hashes a hash is. It is found by a slice of its bits that tells them apart, so that for most columns of
 * text a quarter of the hash is all that crosses from DuckDB; its own cast to an enum takes four times as long.
 */
import type { Items } from './database.ts';

export interface HashIndex {
  /** SQL of what is read of a hash, which is SQL itself. */
  readonly slice: (hash: string) => string;
  /** Writes the place among the hashes of each of `items`, slices of them all, from the row `from` on. */
  readonly find: (items: Items, places: Int32Array, from: number) => void;
}

/** Undefined where two are equal. The first `alike` of them share the place 0, the others follow. */
export function indexHashes(hashes: BigUint64Array, alike = 1): HashIndex | undefined {
  for (const shift of [48, 32, 16, 0]) {
    const slices = Uint16Array.from(hashes, (hash) => Number((hash >> BigInt(shift)) & 0xffffn));
    if (isDistinct(slices)) return directIndex(slices, { shift, alike });
  }
  const halves = Uint32Array.from(hashes, (hash) => Number(hash >> 32n));
  if (isDistinct(halves))
    return { slice: (hash) => `CAST(${hash} >> 32 AS UINTEGER)`, find: prober(halves, { width: 1, alike }) };
  const words = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * hashes.length);
  return new Set(hashes).size === hashes.length
    ? { slice: (hash) => hash, find: prober(words, { width: 2, alike }) }
    : undefined;
}

/** Many slices are sure to have two that are equal, and are not looked at. */
function isDistinct(slices: Uint16Array | Uint32Array): boolean {
  const likely = slices.length ** 2 < 8 * 256 ** slices.BYTES_PER_ELEMENT;
  return likely && new Set(slices).size === slices.length;
}

function directIndex(slices: Uint16Array, { shift, alike }: { shift: number; alike: number }): HashIndex {
  const placeOf = new Int32Array(2 ** 16);
  for (const [at, slice] of slices.entries()) placeOf[slice] = Math.max(0, at + 1 - alike);
  return {
    slice: (hash) => `CAST((${hash} >> ${shift}) & 65535 AS USMALLINT)`,
    find(items, places, from) {
      for (let at = 0; at < items.length; at++) places[from + at] = placeOf[items[at] ?? 0] ?? 0;
    },
  };
}

/** Open addressing; `width`: 32-bit words of each key. */
function prober(keys: Uint32Array, { width, alike }: { width: 1 | 2; alike: number }): HashIndex['find'] {
  const count = keys.length / width;
  const slots = 2 ** Math.ceil(Math.log2(2 * count + 1));
  /** Places plus one: 0 is an empty slot. */
  const table = new Int32Array(slots);
  const seek = (low: number, high: number): number => {
    let slot = (low ^ (high >>> 7)) & (slots - 1);
    for (;;) {
      const place = (table[slot] ?? 0) - 1;
      if (place < 0) return ~slot;
      if (keys[place * width] === low && (width === 1 || keys[place * 2 + 1] === high)) return place;
      slot = (slot + 1) & (slots - 1);
    }
  };
  const highOf = (words: Uint32Array, at: number) => (width === 1 ? 0 : (words[at * 2 + 1] ?? 0));
  for (let place = 0; place < count; place++) {
    const slot = seek(keys[place * width] ?? 0, highOf(keys, place));
    if (slot < 0) table[~slot] = place + 1;
  }
  return (items, places, from) => {
    const words = wordsOf(items);
    for (let at = 0; at * width < words.length; at++)
      places[from + at] = Math.max(0, seek(words[at * width] ?? 0, highOf(words, at)) + 1 - alike);
  };
}

/** The bytes of a column of 32 or 64 bits. */
function wordsOf(items: Items): Uint32Array {
  // Columns of a fixed width are typed arrays, which `Items` does not say.
  const { buffer, byteOffset, byteLength } = items as unknown as Uint32Array;
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
