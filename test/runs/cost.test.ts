/** Estimates beside what was measured once on two cores, and settings that cost as much as models are counted. */
import { describe, expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { evaluateSeconds, fitSeconds, scoreSeconds } from '../../server/runs/cost.ts';
import type { CostRequest } from '../../server/runs/costRequest.ts';

function sizes(settings: Readonly<Record<string, unknown>>, more: Partial<CostRequest> = {}): CostRequest {
  const experiment = resolveExperiment({ data: 't.csv', target: 'y', ...settings }, '/w/x.experiment.yaml');
  return { experiment, rows: 16_000, columns: 10, train: 11_200, test: 3_200, classes: 2, ...more };
}

/** At most half as much again, in either direction: the goal of bench/estimate.ts. */
const near = (estimate: number, measured: number) =>
  expect(Math.max(estimate / measured, measured / estimate)).toBeLessThan(1.5);

describe('forests', () => {
  // bench/estimate.ts --stages, the seconds scaled by how much slower training was than on a quiet machine.
  test.each([
    ['100 trees', { trees: 100 }, { rows: 20_000, columns: 13 }, 4, 21],
    ['60 trees, leaves of five', { trees: 60, min_leaf: 5 }, { rows: 60_000, columns: 20 }, 12.4, 31],
    ['300 trees', { trees: 300 }, { rows: 100_000, columns: 20 }, 110, 97],
  ])(
    '%s are scored and explained in the time that it took',
    (_, forest, { rows, columns }, score, evaluate) => {
      const request = sizes(
        { model: { type: 'forest', forest } },
        { rows, columns, train: 0.7 * rows, test: 0.2 * rows },
      );
      near(scoreSeconds(['forest', 'dummy'], request), score);
      near(evaluateSeconds(['forest', 'dummy'], request), evaluate);
    },
  );
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
