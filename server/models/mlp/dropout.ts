/** Dropout as a hash of seed, step, layer and unit: every engine drops the same units (kernels/activations.ts). */

/** The stream of one layer in one step. */
export function dropoutKey(seed: number, step: number, layer: number): number {
  const first = mix(seed ^ Math.imul(step + 1, 0x9e3779b1));
  return mix((first + Math.imul(layer, 0x85ebca77)) >>> 0);
}

/** Fills [rows, units] row-major with 1 / (1 - share) where a unit stays, else 0. */
export function fillDropout(mask: Float32Array, key: number, share: number): void {
  const kept = Math.fround(1 / (1 - share));
  // As float32, like the kernels compare.
  const limit = Math.fround(share);
  for (let unit = 0; unit < mask.length; unit++) {
    const hash = mix((Math.imul(unit, 0x9e3779b1) + key) >>> 0);
    mask[unit] = (hash >>> 8) / 0x100_0000 >= limit ? kept : 0;
  }
}

/** Murmur3's finaliser. */
function mix(word: number): number {
  let x = word ^ (word >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
