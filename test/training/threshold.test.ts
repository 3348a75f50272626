import { expect, test } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { chooseThreshold, type OutcomeValues } from '../../server/training/threshold.ts';

/** Probabilities that are what they say. */
const random = createRandom(3, 'threshold');
const scores = Float64Array.from({ length: 40_000 }, () => random.uniform());
const target = scores.map((score) => (random.uniform() < score ? 1 : 0));

function choose(value: OutcomeValues | undefined, setting: 'auto' | { by: 'value' } = 'auto'): number {
  return chooseThreshold({ setting, metric: 'roc_auc', value, imbalanced: false, held: { scores, target } });
}

// Elkan 2001: where p · tp + (1 - p) · fp exceeds p · fn + (1 - p) · tn.
test.each([
  [{ tp: 10, fp: -1, fn: 0, tn: 0 }, 1 / 11],
  [{ tp: 1, fp: -4 }, 4 / 5],
  [{ tp: 60, fp: -6, fn: -60, tn: 0 }, 6 / 126],
  [{ tp: 1, tn: 1, fp: 0, fn: 0 }, 1 / 2],
])('outcomes worth %o part at %d', (value, expected) => {
  expect(Math.abs(choose(value) - expected)).toBeLessThan(0.06);
  expect(choose(value, { by: 'value' })).toBe(choose(value));
});

test('without worths there is nothing to go by', () => {
  expect(choose(undefined)).toBe(0.5);
  expect(() => choose(undefined, { by: 'value' })).toThrow(/problem\.value/);
});
