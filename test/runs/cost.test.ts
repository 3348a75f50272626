/** Estimates beside what was measured once on two cores, and settings that cost as much as models are counted. */
import { describe, expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { evaluateSeconds, fitSeconds, scoreSeconds } from '../../server/runs/estimate/cost.ts';
import type { CostRequest } from '../../server/runs/estimate/costRequest.ts';
import { expectRun } from '../../server/runs/estimate/expected.ts';

function sizes(settings: Readonly<Record<string, unknown>>, more: Partial<CostRequest> = {}): CostRequest {
  const experiment = resolveExperiment({ data: 't.csv', target: 'y', ...settings }, '/w/x.experiment.yaml');
  return { experiment, rows: 16_000, columns: 10, train: 11_200, test: 3_200, classes: 2, ...more };
}

/** At most half as much again, in either direction: the goal of bench/estimate.ts. */
const near = (estimate: number, measured: number) =>
  expect(Math.max(estimate / measured, measured / estimate)).toBeLessThan(1.5);

// bench/estimate.ts --stages, two quiet cores of an AMD EPYC: the mean of two runs.
describe('what was measured', () => {
  test.each([
    ['100 trees', { trees: 100 }, { rows: 20_000, columns: 13 }, 2.5, 5.5],
    ['60 trees, leaves of five', { trees: 60, min_leaf: 5 }, { rows: 60_000, columns: 20 }, 4.8, 8.5],
    ['300 trees', { trees: 300 }, { rows: 100_000, columns: 20 }, 40, 49],
    ['60 trees of a value', { trees: 60 }, { rows: 15_000, columns: 13, classes: 0 }, 3.1, 4.2],
  ])('a forest of %s is scored and explained', (_, forest, { rows, ...more }, score, evaluate) => {
    const request = sizes(
      { model: { type: 'forest', forest } },
      { rows, ...more, train: 0.8 * rows, test: 0.2 * rows },
    );
    near(scoreSeconds(['forest', 'dummy'], request), score);
    near(evaluateSeconds(['forest', 'dummy'], request), evaluate);
  });

  test.each([
    ['two classes', { rows: 10_000, columns: 12 }, {}, 1.2],
    ['six classes, each with its trees', { rows: 20_000, columns: 13, classes: 6 }, {}, 5.8],
    ['six models', { rows: 10_000, columns: 12 }, { uncertainty: { method: 'ensemble' } }, 2.1],
  ])('boosting of %s is explained', (_, { rows, ...more }, model, evaluate) => {
    const request = sizes(
      { model: { gbdt: { trees: 60 }, ...model } },
      { rows, ...more, train: 0.6 * rows, test: 0.2 * rows },
    );
    near(evaluateSeconds(['gbdt', 'dummy'], request), evaluate);
  });
});

describe('searches', () => {
  const seconds = (tune: Readonly<Record<string, unknown>>, model: unknown = 'gbdt') => {
    const { stages } = expectRun({ ...sizes({ model, tune }), folds: [], readSeconds: 0 });
    return stages.find(({ stage }) => stage === 'tune')?.seconds ?? 0;
  };

  test('trials that are compared take half of one that is not; the first five are not', () => {
    const one = seconds({ trials: 1 });
    expect(seconds({ trials: 5 })).toBeCloseTo(5 * one);
    expect(seconds({ trials: 25 })).toBeCloseTo(15 * one);
    expect(seconds({ trials: 25, prune: { after: 25 } })).toBeCloseTo(25 * one);
    expect(seconds({ trials: 20, search: 'asha' })).toBeCloseTo(10 * one);
  });

  // Counted by hand: the search, then in each of 3 folds the search on 3 folds within and its winner on those and on all.
  test('nested, are counted in each fold', () => {
    const nested = { trials: 4, search: 'random' };
    const within = (cv: unknown) => {
      const request = sizes({ model: 'linear', tune: nested, split: { cv } });
      const { stages } = expectRun({ ...request, folds: [6000, 6000, 6000], readSeconds: 0 });
      return stages.find(({ stage }) => stage === 'tune')?.seconds ?? 0;
    };
    const one = (rows: number) => fitSeconds('linear', sizes({ model: 'linear' }), rows);
    expect(within(3)).toBeCloseTo(4 * 3 * one(6000));
    expect(within({ folds: 3, nested: true })).toBeCloseTo(
      4 * 3 * one(6000) + 3 * ((4 + 1) * 3 * one(4000) + one(6000)),
    );
  });

  test('of a model that does not train step by step all are whole', () => {
    expect(seconds({ trials: 20 }, 'forest')).toBeCloseTo(20 * seconds({ trials: 1 }, 'forest'));
  });

  test('a timeout ends them', () => {
    expect(seconds({ trials: 10_000, timeout: '90s' })).toBe(90);
  });
});

test('a baseline that is listed twice is planned once', () => {
  const plan = (baseline: string[]) => expectRun({ ...sizes({ baseline }), folds: [], readSeconds: 0 });
  expect(plan(['linear', 'linear'])).toEqual(plan(['linear']));
});

describe('features', () => {
  const model = { type: 'linear' };
  const plain = sizes({ model });

  test.each(['permutation', 'boruta'])('a fit that selects by %s takes much longer', (method) => {
    const selecting = sizes({ model, features: { select: { method } } });
    expect(fitSeconds('linear', selecting, 11_200)).toBeGreaterThan(5 * fitSeconds('linear', plain, 11_200));
    // The baseline that knows no column selects none.
    expect(fitSeconds('dummy', selecting, 11_200)).toBe(fitSeconds('dummy', plain, 11_200));
  });

  test('of knn the neighbours of every row that is scored are found anew, shuffled ones too', () => {
    const filling = sizes({ model, features: { numeric: { impute: 'knn' } } });
    expect(fitSeconds('linear', filling, 11_200)).toBeGreaterThan(fitSeconds('linear', plain, 11_200));
    expect(scoreSeconds(['linear'], filling)).toBeGreaterThan(2 * scoreSeconds(['linear'], plain));
    expect(evaluateSeconds(['linear'], filling)).toBeGreaterThan(2 * evaluateSeconds(['linear'], plain));
    const column = sizes({ model, features: { columns: { a: { impute: 'knn' } } } });
    expect(scoreSeconds(['linear'], column)).toBe(scoreSeconds(['linear'], filling));
  });
});
