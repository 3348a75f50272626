import { expect, test } from 'vitest';
import { thresholdMetrics } from '../../server/config/impossible/judging.ts';
import type { OutcomeValues } from '../../server/config/outcomeWorths.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { chooseThreshold, cutMetrics } from '../../server/training/threshold.ts';

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

test('every metric that hangs on the threshold can choose it', () => {
  expect(Object.keys(cutMetrics).sort()).toEqual(thresholdMetrics().sort());
});

/**
 * `from sklearn.metrics import *; y = [1]*30 + [0]*10 + [1]*5 + [0]*55; p = [1]*40 + [0]*60`, then
 * `f1_score(y, p, average='weighted')` and so on.
 */
test.each([
  ['f1', 0.8],
  ['macro_f1', 0.8400000000000001],
  ['micro_f1', 0.85],
  ['weighted_f1', 0.852],
  ['precision', 0.75],
  ['macro_precision', 0.8333333333333333],
  ['weighted_precision', 0.8583333333333333],
  ['recall', 0.8571428571428571],
  ['macro_recall', 0.8516483516483516],
  ['weighted_recall', 0.85],
  ['specificity', 0.8461538461538461],
  ['accuracy', 0.85],
  ['balanced_accuracy', 0.8516483516483516],
  ['mcc', 0.6847367880174607],
  ['cohen_kappa', 0.6808510638297872],
])('%s of 30 hits, 10 false alarms, 5 misses and 55 right rejections is %d', (name, expected) => {
  expect(cutMetrics[name]?.({ tp: 30, fp: 10, fn: 5, tn: 55 })).toBeCloseTo(expected, 12);
});
