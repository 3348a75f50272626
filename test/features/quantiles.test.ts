/** Quantiles by counting: those of a sorted array. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeQuantiles } from '../../server/features/quantiles.ts';

test('order statistics are those of sorting, for any float32 values', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true }), (values) => {
      const sorted = values.toSorted();
      const shares = Array.from(sorted, (_, rank) => (sorted.length === 1 ? 0 : rank / (sorted.length - 1)));
      const finite = sorted.every(Number.isFinite);
      const quantiles = computeQuantiles(values, finite ? shares : []);
      quantiles.forEach((quantile, rank) => {
        const size = Math.max(...Array.from(sorted, Math.abs));
        expect(Math.abs(quantile - (sorted[rank] ?? 0))).toBeLessThanOrEqual(1e-12 * size);
      });
    }),
    { seed: 11 },
  );
});

test('linear between order statistics, and NaN for no values', () => {
  expect(computeQuantiles(Float32Array.of(4, -1, 10), [0.25, 0.5, 0.9])).toEqual([1.5, 4, 8.8]);
  expect(computeQuantiles(new Float32Array(), [0.5])).toEqual([Number.NaN]);
});
