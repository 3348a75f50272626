import { expect, it } from 'vitest';
import { firstOfEqual } from '../../server/data/splitTwins.ts';
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
