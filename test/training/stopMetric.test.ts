import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createStopMetric } from '../../server/training/stopMetric.ts';
import { chooseThreshold } from '../../server/training/threshold.ts';

const oracle = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8'));
const binary = { task: 'binary' as const, outputs: 1, target: Float64Array.from(oracle.y) };
const several = { task: 'multiclass' as const, outputs: 4, target: Float64Array.from(oracle.classes) };
const numbers = { task: 'regression' as const, outputs: 1, target: Float64Array.from(oracle.value) };

describe('stop metrics agree with scikit-learn, losses negated', () => {
  test.each(Object.entries(oracle.stop))('binary %s', (name, expected) => {
    expect(createStopMetric(name, binary).score(Float64Array.from(oracle.raw))).toBeCloseTo(
      Number(expected),
      12,
    );
  });
  test.each(Object.entries(oracle.stop_multiclass))('four classes %s', (name, expected) => {
    expect(createStopMetric(name, several).score(Float64Array.from(oracle.raws))).toBeCloseTo(
      Number(expected),
      12,
    );
  });
  test.each(Object.entries(oracle.stop_regression))('regression %s', (name, expected) => {
    expect(createStopMetric(name, numbers).score(Float64Array.from(oracle.guess))).toBeCloseTo(
      Number(expected),
      12,
    );
  });
});

test('metrics of labels are watched through the log loss, unknown ones of values through rmse', () => {
  expect(createStopMetric('f1', binary).name).toBe('log_loss');
  expect(createStopMetric('macro_f1', several).name).toBe('log_loss');
  expect(createStopMetric('toString', numbers).name).toBe('rmse');
});

test('one class alone gives a number, not NaN', () => {
  const rows = { ...binary, target: new Float64Array(3) };
  for (const metric of ['roc_auc', 'pr_auc', 'log_loss']) {
    expect(createStopMetric(metric, rows).score(Float64Array.of(1, 2, 3))).not.toBeNaN();
  }
});

describe('threshold', () => {
  const scores = Float64Array.from(oracle.raw, (raw: number) => 1 / (1 + Math.exp(-raw)));
  const held = { scores, target: binary.target };
  const base = { metric: 'roc_auc', imbalanced: false, held };

  test.each(Object.entries(oracle.best))('maximising %s finds the best of all cuts', (name, best) => {
    const threshold = chooseThreshold({ ...base, setting: { maximize: name } });
    expect(metricAt(name, threshold)).toBeCloseTo(Number(best), 12);
    expect(scores).not.toContain(threshold);
  });

  test('auto is 0.5, unless the metric or the imbalance says otherwise', () => {
    expect(chooseThreshold({ ...base, setting: 'auto' })).toBe(0.5);
    expect(chooseThreshold({ ...base, setting: 'auto', metric: 'recall' })).toBe(0.5);
    expect(metricAt('mcc', chooseThreshold({ ...base, setting: 'auto', metric: 'mcc' }))).toBeCloseTo(
      oracle.best.mcc,
      12,
    );
    expect(metricAt('f1', chooseThreshold({ ...base, setting: 'auto', imbalanced: true }))).toBeCloseTo(
      oracle.best.f1,
      12,
    );
  });

  test('a number is taken as it is; without rows of both classes auto stays at 0.5 and a wish is refused', () => {
    expect(chooseThreshold({ ...base, setting: 0.3 })).toBe(0.3);
    const oneClass = { ...base, held: { scores, target: new Float64Array(400) } };
    expect(chooseThreshold({ ...oneClass, setting: 'auto', metric: 'f1' })).toBe(0.5);
    expect(() => chooseThreshold({ ...oneClass, setting: { maximize: 'f1' } })).toThrow(
      /validation rows of both classes/,
    );
    expect(() => chooseThreshold({ ...base, setting: { maximize: 'roc_auc' } })).toThrow(/roc_auc/);
  });

  /** By counting rows, apart from the code under test. */
  function metricAt(name: string, threshold: number): number {
    const cell = (said: boolean, y: number) =>
      scores.reduce(
        (sum, score, i) => sum + (score >= threshold === said && binary.target[i] === y ? 1 : 0),
        0,
      );
    const [tp, fp, fn, tn] = [cell(true, 1), cell(true, 0), cell(false, 1), cell(false, 0)];
    const n = tp + fp + fn + tn;
    const chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / n / n;
    const values: Record<string, number> = {
      f1: (2 * tp) / (2 * tp + fp + fn),
      accuracy: (tp + tn) / n,
      balanced_accuracy: (tp / (tp + fn) + tn / (tn + fp)) / 2,
      mcc: (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
      cohen_kappa: ((tp + tn) / n - chance) / (1 - chance),
      macro_f1: (2 * tp) / (2 * tp + fp + fn) / 2 + (2 * tn) / (2 * tn + fp + fn) / 2,
    };
    return values[name] ?? Number.NaN;
  }
});
