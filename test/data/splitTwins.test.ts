import { expect, it } from 'vitest';
import { firstOfEqual, firstWithin } from '../../server/data/splitTwins.ts';
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

it('finds equal rows among those that are equal in part', () => {
  const random = createRandom(2, 'hashes');
  const part = Int32Array.from({ length: 3000 }, () => random.int(1500));
  const whole = Array.from(part, (value) => `${value} ${random.int(2)}`);
  const numbers = new Map<string, bigint>();
  for (const text of whole) numbers.set(text, numbers.get(text) ?? BigInt(numbers.size) << 20n);
  const groups = firstOfEqual(BigUint64Array.from(part, BigInt));
  const hashes = BigUint64Array.from(whole, (text) => numbers.get(text) ?? 0n);
  expect([...firstWithin(groups, hashes)]).toEqual(whole.map((text) => whole.indexOf(text)));
  const alone = Int32Array.of(0, 1, 2);
  expect([...firstWithin(alone, BigUint64Array.of(7n, 7n, 8n))]).toEqual([0, 1, 2]);
});
