import { describe, expect, it, test } from 'vitest';
import { isOutOfOrder } from '../../server/data/facts/linkTurns.ts';
import { shapeOf } from '../../server/data/profile/columnShape.ts';
import { valueCounts } from '../../server/data/profile/valueCounts.ts';
import { shiftOfLevels, shiftOfNumbers } from '../../server/statistics/shifts.ts';
import { varianceInflation } from '../../server/statistics/varianceInflation.ts';
import oracle from './oracle/shifts.json' with { type: 'json' };

describe('the shift of a column between two samples', () => {
  it.each(oracle.numbers.map((each, i) => [i, each] as const))(
    'of numbers is Wasserstein’s distance less chance, over the scale; p is Kolmogorov’s (case %i)',
    (_, { a, b, distance, null: chance, scale, p }) => {
      const shift = shiftOfNumbers(Float64Array.from(a), Float64Array.from(b));
      expect(shift.p).toBeCloseTo(p, 10);
      // SciPy's null is drawn, ours the normal limit of it.
      expect(Math.abs(shift.effect - Math.max(0, distance - chance) / scale)).toBeLessThan(0.02);
    },
  );

  it.each(oracle.levels.map((each, i) => [i, each] as const))(
    'of levels is the total variation less chance; p is chi-square’s (case %i)',
    (_, { a, b, distance, p }) => {
      const shift = shiftOfLevels(a, b);
      expect(shift.p).toBeCloseTo(p, 10);
      expect(shift.effect).toBeLessThanOrEqual(distance);
      expect(shift.effect).toBeGreaterThan(distance - 0.06);
    },
  );

  it('is nothing between equal samples, constants and empty sides', () => {
    const same = Float64Array.from({ length: 60 }, (_, i) => i);
    expect(shiftOfNumbers(same, same)).toEqual({ effect: 0, p: 1 });
    expect(shiftOfNumbers(new Float64Array(9), new Float64Array(9))).toEqual({ effect: 0, p: 1 });
    expect(shiftOfLevels([50, 0], [0, 0])).toEqual({ effect: 0, p: 1 });
  });
});

test('variance inflation is that of statsmodels but for the adjustment of R²', () => {
  const { columns, vif } = oracle.inflation;
  const factors = varianceInflation(columns.map((column) => Float64Array.from(column)));
  const adjusted = vif.map((factor) => 1 / (1 - (1 - ((1 / factor) * 199) / 196)));
  for (const [i, factor] of factors.entries()) expect(factor / (adjusted[i] ?? 0)).toBeCloseTo(1, 6);
});

test('of constants, and of too few rows, there is no variance inflation; of copies it is bounded', () => {
  const column = Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 11);
  const factors = varianceInflation([new Float64Array(40).fill(3), column, column]);
  expect(factors[0]).toBeNaN();
  expect(factors[1]).toBeGreaterThan(1000);
  expect(varianceInflation([column.subarray(0, 9), column.subarray(20, 29)])).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
});

test('skewness is SciPy’s; a long tail has no extremes, values beyond its own fences are', () => {
  const { values, skewness, mean, std, quartiles } = oracle.shape;
  const [low = 0, high = 0] = quartiles;
  const shape = shapeOf(valueCounts(Float64Array.from(values)), { mean, std }, [low, high]);
  expect(shape.skewness).toBeCloseTo(skewness, 9);
  expect(shape.extremes).toBe(0);
  const spiked = [...values, ...new Array<number>(9).fill(1e5)];
  expect(shapeOf(valueCounts(Float64Array.from(spiked)), { mean, std }, [low, high]).extremes).toBe(9);
});

describe('numbers that are codes', () => {
  const rows = [200, 200, 200, 200, 200, 200];
  const of = (means: number[]) =>
    isOutOfOrder({ rows, sums: means.map((mean) => 200 * mean), variance: 0.25 });
  it.each([
    ['up and down', [0.2, 0.8, 0.3, 0.7, 0.2, 0.9], true],
    ['rising', [0.1, 0.25, 0.4, 0.55, 0.7, 0.9], false],
    ['a hill', [0.2, 0.5, 0.8, 0.8, 0.5, 0.2], false],
    ['noise', [0.5, 0.52, 0.49, 0.51, 0.48, 0.52], false],
  ])('%s: %j', (_, means, expected) => {
    expect(of(means)).toBe(expected);
  });
});
