import { expect, it } from 'vitest';
import { firstOfEqual, firstWithin, rowsInSets } from '../../server/data/split/splitTwins.ts';
import { createRandom } from '../../server/statistics/random.ts';

it('finds the first row of equal hashes, whichever bits they differ in', () => {
  const random = createRandom(1, 'hashes');
  const pool = Array.from({ length: 700 }, () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()));
  pool.push(0n, 1n, 1n << 32n, (1n << 64n) - 1n, 256n, 512n, 1n << 40n);
  const hashes = BigUint64Array.from({ length: 3000 }, () => pool[random.int(pool.length)] ?? 0n);
  const expected = Array.from(hashes, (hash) => hashes.indexOf(hash));
  expect([...firstOfEqual(hashes)]).toEqual(expected);
  expect(firstOfEqual(new BigUint64Array(0))).toHaveLength(0);
});

it('finds the few rows that are equal among many that are not', () => {
  const random = createRandom(3, 'hashes');
  const word = () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
  const hashes = BigUint64Array.from({ length: 100_000 }, word);
  const expected = Int32Array.from(hashes.keys());
  for (let pair = 0; pair < 50; pair++) {
    hashes[90_000 + pair] = hashes[7 * pair] ?? 0n;
    expected[90_000 + pair] = 7 * pair;
  }
  // Equal in the bits that are looked at first, but not as a whole.
  hashes[50_000] = (hashes[1] ?? 0n) ^ 1n;
  expect(firstOfEqual(hashes)).toEqual(expected);
});

it('finds equal rows among those that are equal in part', () => {
  const random = createRandom(2, 'hashes');
  const part = Int32Array.from({ length: 3000 }, () => random.int(1500));
  const rest = Int32Array.from({ length: 3000 }, () => random.int(2));
  const whole = Array.from(part, (value, row) => `${value} ${rest[row]}`);
  const groups = firstOfEqual(BigUint64Array.from(part, BigInt));
  const rows = rowsInSets(groups);
  expect([...rows]).toEqual(
    [...part.keys()].filter((row) => part.indexOf(part[row] ?? 0) !== part.lastIndexOf(part[row] ?? 0)),
  );
  const hashes = BigUint64Array.from(rows, (row) => BigInt(rest[row] ?? 0) << 40n);
  expect([...firstWithin(groups, rows, hashes)]).toEqual(whole.map((text) => whole.indexOf(text)));
  expect(rowsInSets(Int32Array.of(0, 1, 2))).toHaveLength(0);
});
