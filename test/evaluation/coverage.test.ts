/** What intervals and sets hold of the rows: figures of statsmodels, and shares that simulation knows. */
import { describe, expect, test } from 'vitest';
import { measureCoverage } from '../../server/evaluation/coverage.ts';
import type { ScoredRows } from '../../server/evaluation/scoredRows.ts';
import { createRandom } from '../../server/statistics/random.ts';

/** 120 values: every tenth lies outside, and so do two whole groups of six. */
function values(): ScoredRows {
  const rows = Float64Array.from({ length: 120 }, (_, i) => i);
  const width = rows.map((i) => 1 + ((i * 37) % 11) / 10 + Math.floor(i / 6) / 10);
  const inside = rows.map((i) => Number((i * 7) % 10 !== 0 && Math.floor(i / 6) % 8 !== 3));
  return {
    task: 'regression',
    classes: [],
    rows,
    target: inside.map((each, i) => (each === 1 ? 5 : 5 + (width[i] ?? 0))),
    prediction: rows.map(() => 5),
    scores: [],
    bounds: { lower: width.map((each) => 5 - each / 2), upper: width.map((each) => 5 + each / 2) },
  };
}
const estimate = (value: number, low: number, high: number) => ({
  value: expect.closeTo(value, 10),
  low: expect.closeTo(low, 10),
  high: expect.closeTo(high, 10),
});
const groups = Int32Array.from({ length: 120 }, (_, i) => Math.floor(i / 6));

describe('intervals of values', () => {
  test('independent rows', () => {
    expect(measureCoverage(values(), { level: 0.95 })).toEqual({
      // statsmodels 0.15: proportion_confint(inside.sum(), 120, method='wilson')
      measured: estimate(0.7666666666666667, 0.683445529241854, 0.833344248668171),
      // sm.OLS(width, ones).fit().bse[0], ends at norm.ppf(0.975)
      width: estimate(2.4483333333333333, 2.32874877280659, 2.5679178938600766),
    });
  });

  test('rows of a group count as dependent', () => {
    expect(measureCoverage(values(), { level: 0.95, clusters: groups })).toEqual({
      // Wilson over p (1 - p) / se² rows, se of OLS with cov_type='cluster'
      measured: estimate(0.7666666666666667, 0.593947049085907, 0.8806774944560684),
      width: estimate(2.4483333333333333, 2.183706359064363, 2.7129603076023034),
    });
  });

  test('no level, no interval; no row or no interval, no figure', () => {
    expect(measureCoverage(values(), {})?.measured).toEqual({
      value: expect.closeTo(0.7666666666666667, 10),
      low: Number.NaN,
      high: Number.NaN,
    });
    const { bounds: _, ...plain } = values();
    expect(measureCoverage(plain, { level: 0.95 })).toBeUndefined();
    expect(measureCoverage({ ...values(), target: new Float64Array() }, { level: 0.95 })).toBeUndefined();
  });

  test('all inside: the lower end is that of as many groups, not rows', () => {
    const { bounds, ...rows } = values();
    const wide = { lower: rows.target.map(() => 0), upper: rows.target.map(() => 100) };
    expect(bounds).toBeDefined();
    const { measured } = measureCoverage({ ...rows, bounds: wide }, { level: 0.95, clusters: groups }) ?? {};
    // statsmodels: proportion_confint(20, 20, method='wilson')
    expect(measured).toEqual({ value: 1, low: expect.closeTo(0.8388748419471804, 10), high: 1 });
  });
});

test('sets of classes: the share whose own class is in, and how many classes there are', () => {
  const rows: ScoredRows = {
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    rows: Float64Array.of(0, 1, 2, 3),
    target: Float64Array.of(0, 1, 2, 2),
    prediction: Float64Array.of(0, 1, 2, 2),
    scores: [],
    set: [Float64Array.of(1, 1, 0, 0), Float64Array.of(0, 1, 1, 0), Float64Array.of(1, 0, 1, 0)],
  };
  const { measured, size } = measureCoverage(rows, { level: 0.95 }) ?? {};
  expect(measured?.value).toBe(0.75);
  expect(size?.value).toBe(1.5);
});

test.each([1, 8])('groups of %s: the interval holds the true share about as often as it says', (size) => {
  const random = createRandom(5, 'coverage', size);
  const [count, rounds, truth] = [320, 1000, 0.8];
  const clusters = Int32Array.from({ length: count }, (_, row) => Math.floor(row / size));
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    let whole = 0;
    // Half of the rows follow their group.
    const inside = Float64Array.from({ length: count }, (_, row) => {
      if (row % size === 0) whole = Number(random.uniform() < truth);
      return random.uniform() < 0.5 ? whole : Number(random.uniform() < truth);
    });
    const rows: ScoredRows = {
      ...values(),
      target: inside,
      bounds: { lower: inside.map(() => 0.5), upper: inside.map(() => 1.5) },
    };
    const { low = 1, high = 0 } = measureCoverage(rows, { level: 0.9, clusters })?.measured ?? {};
    if (low <= truth && truth <= high) held++;
  }
  // Forty groups: a variance from so few makes intervals a little too short.
  expect(Math.abs(held / rounds - 0.9)).toBeLessThan(0.035);
});
