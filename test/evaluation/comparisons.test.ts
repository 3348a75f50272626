import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bootstrap } from '../../server/evaluation/bootstrap.ts';
import {
  adjust,
  adjustedLevel,
  type ComparisonRequest,
  compareAreas,
  compareModels,
  mcnemar,
} from '../../server/evaluation/comparisons.ts';
import type { ScoredRows } from '../../server/evaluation/scoredRows.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { binaryRows } from './rows.ts';

/** Written by oracle/comparisons.py. */
const oracle: {
  pairs: {
    target: number[];
    first: number[];
    second: number[];
    delong: Record<string, number>;
    mcnemar: number;
  }[];
  p: number[];
  holm: number[];
  bh: number[];
} = JSON.parse(readFileSync(new URL('oracle/comparisons.json', import.meta.url), 'utf8'));

describe('paired tests equal the oracle', () => {
  for (const [index, pair] of oracle.pairs.entries()) {
    const [first, second] = [binaryRows(pair.target, pair.first), binaryRows(pair.target, pair.second)];
    test(`DeLong, pair ${index}`, () => {
      const tested = compareAreas(first, second, 0.95);
      expect(tested.difference).toBeCloseTo(pair.delong['difference'] ?? 0, 12);
      expect(tested.low).toBeCloseTo(pair.delong['low'] ?? 0, 10);
      expect(tested.high).toBeCloseTo(pair.delong['high'] ?? 0, 10);
      expect(tested.p).toBeCloseTo(pair.delong['p'] ?? 0, 10);
    });
    test(`McNemar, pair ${index}`, () => {
      expect(mcnemar(first, second, 0.95).p).toBeCloseTo(pair.mcnemar, 10);
    });
  }
  test('Holm and Benjamini-Hochberg', () => {
    for (const correction of ['holm', 'bh'] as const) {
      const expected = oracle[correction];
      for (const [index, p] of adjust(oracle.p, correction).entries())
        expect(p).toBeCloseTo(expected[index] ?? 0, 12);
    }
    expect(adjust(oracle.p, 'none')).toEqual(oracle.p);
  });
});

test('the interval of the smallest p is the widest under Holm', () => {
  expect(adjustedLevel([0.01, 0.5, 0.02], 0, 0.05, 'holm')).toBeCloseTo(1 - 0.05 / 3, 12);
  expect(adjustedLevel([0.01, 0.5, 0.02], 2, 0.05, 'holm')).toBeCloseTo(1 - 0.05 / 2, 12);
  expect(adjustedLevel([0.01, 0.5, 0.02], 1, 0.05, 'holm')).toBeCloseTo(0.95, 12);
  expect(adjustedLevel([0.01, 0.5, 0.02], 0, 0.05, 'bh')).toBeCloseTo(1 - (0.05 * 2) / 3, 12);
  expect(adjustedLevel([0.01, 0.5], 0, 0.05, 'none')).toBeCloseTo(0.95, 12);
});

async function compare(models: Record<string, ScoredRows>, more: Partial<ComparisonRequest> = {}) {
  const common = { metric: 'roc_auc', samples: 500, level: 0.95, seed: 1 };
  const result = await bootstrap({ ...common, models, metrics: ['roc_auc'], stream: 'test' });
  return compareModels({
    ...common,
    models,
    main: 'main',
    bootstrap: result,
    test: 'auto',
    correction: 'holm',
    ...more,
  });
}

test('auto is the bootstrap, and p is corrected over all others', async () => {
  const [pair] = oracle.pairs;
  if (!pair) throw new Error('the oracle has pairs');
  const main = binaryRows(pair.target, pair.first);
  const found = await compare({ main, weaker: binaryRows(pair.target, pair.second), same: main });
  expect(found.map(({ to, test }) => [to, test])).toEqual([
    ['weaker', 'bootstrap'],
    ['same', 'bootstrap'],
  ]);
  const [weaker, same] = found;
  expect(weaker?.difference).toBeCloseTo(pair.delong['difference'] ?? 0, 12);
  // DeLong's normal interval and the bootstrap tell the same story on 120 rows.
  expect(Number(weaker?.low)).toBeCloseTo(pair.delong['low'] ?? 0, 1);
  expect(Number(weaker?.pAdjusted)).toBeCloseTo(2 * Number(weaker?.p), 12);
  expect(same).toMatchObject({ difference: 0, low: 0, high: 0, p: 1, pAdjusted: 1 });
});

test('permutation holds its level when the models are equally good, and sees a better one', {
  timeout: 60_000,
}, async () => {
  const random = createRandom(3, 'models');
  let alarms = 0;
  for (let table = 0; table < 60; table++) {
    const target = Float64Array.from({ length: 80 }, () => (random.uniform() < 0.5 ? 1 : 0));
    const score = () => target.map((actual) => 1 / (1 + Math.exp(-(random.normal() + actual))));
    const models = { main: binaryRows(target, score()), other: binaryRows(target, score()) };
    const [found] = await compare(models, { test: 'permutation', samples: 200, seed: table });
    if (Number(found?.p) < 0.05) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(8);
  const target = Float64Array.from({ length: 80 }, (_, row) => row % 2);
  const good = binaryRows(
    target,
    target.map((actual, row) => 0.3 * actual + (row % 13) / 20),
  );
  const bad = binaryRows(
    target,
    target.map((_, row) => (row % 17) / 17),
  );
  const [found] = await compare({ main: good, other: bad }, { test: 'permutation' });
  expect(Number(found?.p)).toBeLessThan(0.01);
  expect(found?.test).toBe('permutation');
});
