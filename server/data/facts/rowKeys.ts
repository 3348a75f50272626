/** Keys of rows, into which columns are taken as they are read: rows are equal where their keys are. */

/** Two words for each row, of no column yet. */
export function emptyKeys(rows: number): Int32Array<ArrayBuffer> {
  return new Int32Array(2 * rows);
}

/** Of a column with few values: equal codes are equal values. */
export function takeCodes(keys: Int32Array, codes: Int32Array): void {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    keys[2 * row] = low(keys[2 * row] ?? 0, code);
    keys[2 * row + 1] = high(keys[2 * row + 1] ?? 0, code);
  }
}

/** NaN is a value, and there is one zero. */
export function takeNumbers(keys: Int32Array, values: Float64Array): void {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    const plain = value !== 0 && !Number.isNaN(value);
    const first = plain ? (words[2 * row] ?? 0) : 0;
    const second = plain ? (words[2 * row + 1] ?? 0) : value === 0 ? 0 : 1;
    keys[2 * row] = low(keys[2 * row] ?? 0, first ^ Math.imul(second, 0x9e37_79b1));
    keys[2 * row + 1] = high(keys[2 * row + 1] ?? 0, second ^ Math.imul(first, 0x85eb_ca77));
  }
}

/** When all columns are in them. The keys are used up. */
export function finishKeys(keys: Int32Array<ArrayBuffer>): BigUint64Array<ArrayBuffer> {
  for (let at = 0; at < keys.length; at += 2) {
    const first = mix(keys[at] ?? 0);
    keys[at] = first;
    keys[at + 1] = mix((keys[at + 1] ?? 0) ^ first);
  }
  return new BigUint64Array(keys.buffer);
}

// Rounds and end of MurmurHash3 (Appleby, 2011), the two words with constants of their own.
function low(word: number, value: number): number {
  const scrambled = Math.imul(value, 0xcc9e_2d51);
  const mixed = word ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b87_3593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64) | 0;
}

function high(word: number, value: number): number {
  const scrambled = Math.imul(value, 0x239b_961b);
  const mixed = word ^ Math.imul((scrambled << 16) | (scrambled >>> 16), 0xab0e_9789);
  return (Math.imul((mixed << 17) | (mixed >>> 15), 5) + 0x561c_cd1b) | 0;
}

function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return second ^ (second >>> 16);
}
