/** Distances of neighbouring float32 beside numpy: np.spacing(np.float32(x)). */
import { expect, test } from 'vitest';
import { float32Step, losesSpread } from '../../server/data/float32.ts';

test.each([
  [1, 2 ** -23],
  [1e6, 0.0625],
  [123_456.7, 0.0078125],
  [1e9, 64],
  [1.7e9, 128],
  [1.5e18, 137_438_953_472],
])('around %d they are %d apart', (size, step) => {
  expect(float32Step(size)).toBe(step);
});

/*
 * numpy: y = 1e9 + s * rng.normal(size=100_000); 1 - np.var(np.float32(y) - y) / np.var(y) is
 * .9967 for s = 320 and .9865 for s = 158.
 */
test.each([
  [320, false],
  [158, true],
  [0, false],
])('of a deviation of %d around a billion more than a hundredth is lost: %s', (spread, lost) => {
  expect(losesSpread({ least: 1e9 - 4 * spread, most: 1e9 + 4 * spread, spread })).toBe(lost);
});
