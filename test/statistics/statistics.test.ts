import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../server/statistics/corrections.ts';
import {
  betaCdf,
  betaQuantile,
  chiSquareTail,
  fQuantile,
  fTail,
  normalQuantile,
  normalTail,
  tTwoSided,
} from '../../server/statistics/distributions.ts';
import {
  aucAbove,
  aucLowerBound,
  correlationLowerBound,
  hanleyError,
  intraClass,
  wilson,
} from '../../server/statistics/intervals.ts';
import { ascendingOrder, averageRanks } from '../../server/statistics/order.ts';
import { predictivePower } from '../../server/statistics/predictivePower.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { delong, rankAuc } from '../../server/statistics/rankAuc.ts';
import { cramersV, mannWhitney, pearson, spearman, twoProportions } from '../../server/statistics/tests.ts';

/** Made by oracle/statistics.py with SciPy, scikit-learn and statsmodels. */
const oracle = JSON.parse(readFileSync(new URL('oracle/statistics.json', import.meta.url), 'utf8'));

function near(actual: number, expected: number, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(
    tolerance * Math.max(1e-300, Math.abs(expected)) + 1e-300,
  );
}

describe('distributions agree with SciPy', () => {
  const functions = {
    normalTail,
    normalQuantile,
    betaCdf,
    betaQuantile,
    fTail,
    fQuantile,
    chiSquareTail,
    tTwoSided,
  };
  for (const [name, compute] of Object.entries(functions)) {
    it(name, () => {
      for (const row of oracle.distributions[name] as number[][]) {
        const [a = 0, b = 0, c = 0] = row;
        const value = compute(a, b, c);
        if (Math.abs(row.at(-1) ?? 0) < 1e-12) expect(Math.abs(value)).toBeLessThan(1e-11);
        else near(value, row.at(-1) ?? 0);
      }
    });
  }

  it('normalTail keeps its precision far out', () => {
    near(normalTail(20), 2.7536241186062337e-89, 1e-10);
  });
});

describe('intervals', () => {
  it('Wilson agrees with statsmodels', () => {
    for (const [successes, trials, low, high] of oracle.intervals.wilson as [
      number,
      number,
      number,
      number,
    ][]) {
      const interval = wilson(successes, trials, 0.95);
      expect(interval.low).toBeCloseTo(low, 9);
      expect(interval.high).toBeCloseTo(high, 9);
    }
  });

  it('Hanley and McNeil agree with the formula of the paper', () => {
    for (const [auc, positives, negatives, error] of oracle.intervals.hanley as [
      number,
      number,
      number,
      number,
    ][]) {
      near(hanleyError(auc, positives, negatives), error);
    }
  });

  it('the lower bound of an AUC is where the score test turns', () => {
    const low = aucLowerBound(0.97, [{ positives: 40, negatives: 400 }], 0.01);
    expect(low).toBeGreaterThan(0.85);
    expect(low).toBeLessThan(0.97);
    expect(aucAbove(0.97, low, [{ positives: 40, negatives: 400 }])).toBeCloseTo(0.01, 6);
    expect(aucLowerBound(1, [{ positives: 10, negatives: 90 }], 0.01)).toBeLessThan(0.95);
    expect(aucLowerBound(1, [{ positives: 300, negatives: 700 }], 0.01)).toBeGreaterThan(0.97);
  });

  it('the lower bound of an AUC covers it in 99 of 100 samples', () => {
    const random = createRandom(5, 'coverage');
    const truth = 0.76024993890652326; // Φ(1/√2), scores normal, one standard deviation apart
    let covered = 0;
    const samples = 1000;
    for (let sample = 0; sample < samples; sample++) {
      const positive = Uint8Array.from({ length: 200 }, (_, i) => (i < 40 ? 1 : 0));
      const scores = Float64Array.from(positive, (label) => label + random.normal());
      if (aucLowerBound(rankAuc(scores, positive), [{ positives: 40, negatives: 160 }], 0.01) <= truth)
        covered++;
    }
    expect(covered / samples).toBeGreaterThan(0.975);
  });

  it("the bound of a correlation is Fisher's", () => {
    // tanh(atanh(.9) - 2.3263478740408408 / √97)
    near(
      correlationLowerBound(0.9, 100, 0.01),
      Math.tanh(Math.atanh(0.9) - 2.3263478740408408 / Math.sqrt(97)),
    );
  });

  it('the intra-class correlation agrees with an analysis of variance', () => {
    const { groups, y, value, low } = oracle.icc as {
      groups: number[];
      y: number[];
      value: number;
      low: number;
    };
    const sums = { rows: new Float64Array(25), sums: new Float64Array(25), squares: 0 };
    groups.forEach((group, i) => {
      const at = y[i] ?? 0;
      sums.rows[group] = (sums.rows[group] ?? 0) + 1;
      sums.sums[group] = (sums.sums[group] ?? 0) + at;
      sums.squares += at * at;
    });
    const found = intraClass(sums, 0.05);
    near(found.value, value, 1e-8);
    near(found.low, low, 1e-8);
    expect(found.groups).toBe(25);
  });
});

describe('ranks', () => {
  it('AUC and DeLong covariance agree with scikit-learn and the definition', () => {
    for (const { y, a, b, aucA, aucB, covariance } of oracle.ranks) {
      const positive = Uint8Array.from(y as number[]);
      const scores = [Float64Array.from(a as number[]), Float64Array.from(b as number[])];
      near(rankAuc(scores[0] ?? new Float64Array(), positive), aucA);
      const found = delong(scores, positive);
      near(found.auc[1] ?? 0, aucB);
      for (const [i, j] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        near(found.covariance[i]?.[j] ?? 0, covariance[i][j], 1e-8);
      }
    }
  });

  it('order is stable, with -0 as 0 and NaN last', () => {
    const values = Float64Array.of(3, -1.5, 0, Number.NaN, -0, 1e300, -1e-300, Number.NEGATIVE_INFINITY, 3);
    expect([...ascendingOrder(values)]).toEqual([7, 1, 6, 2, 4, 0, 8, 5, 3]);
    expect([...averageRanks(Float64Array.of(2, 1, 2, 2))]).toEqual([3, 1, 3, 3]);
  });

  it('order equals a comparison sort', () => {
    const random = createRandom(2, 'order');
    const values = Float64Array.from({ length: 5000 }, () => random.normal() * 10 ** random.int(20));
    const sorted = Float64Array.from(ascendingOrder(values), (row) => values[row] ?? 0);
    expect(sorted).toEqual(values.slice().sort());
  });
});

describe('tests and measures agree with SciPy and statsmodels', () => {
  const { tests } = oracle;
  const [a, b, c] = ['a', 'b', 'c'].map((key) => Float64Array.from(tests[key] as number[]));
  it('correlation', () => {
    near(pearson(a ?? new Float64Array(), b ?? new Float64Array()), tests.pearson);
    const found = spearman(a ?? new Float64Array(), b ?? new Float64Array());
    near(found.statistic, tests.spearman[0]);
    near(found.p, tests.spearman[1], 1e-8);
  });

  it('Mann-Whitney', () => {
    const found = mannWhitney(a ?? new Float64Array(), c ?? new Float64Array());
    near(found.statistic, tests.mannWhitney[0]);
    near(found.p, tests.mannWhitney[1], 1e-8);
  });

  it("chi-square and Cramér's V", () => {
    const found = cramersV(tests.table);
    near(found.statistic, tests.chiSquare[0]);
    near(found.p, tests.chiSquare[1], 1e-8);
    near(found.v, tests.v);
  });

  it('two proportions', () => {
    const found = twoProportions(30, 200, 55, 240);
    near(found.statistic, tests.twoProportions[0]);
    near(found.p, tests.twoProportions[1]);
  });

  it('corrections', () => {
    const { p, bh, holm: expected } = oracle.corrections as { p: number[]; bh: number[]; holm: number[] };
    for (const [i, value] of benjaminiHochberg(p).entries()) near(value, bh[i] ?? 0);
    for (const [i, value] of holm(p).entries()) near(value, expected[i] ?? 0);
    expect(holm([0.02, Number.NaN, 0.03])).toEqual([0.04, Number.NaN, 0.04]);
  });
});

describe('predictive power', () => {
  it('agrees with a scikit-learn tree of the same depth on the same folds', () => {
    for (const { classes, x, y, value } of oracle.power) {
      const found = predictivePower({
        values: Float64Array.from(x as number[]),
        levels: false,
        target: Float64Array.from(y as number[]),
        classes,
      });
      expect(found).toBeCloseTo(value, 6);
    }
  });

  it('is 1 for a copy, 0 for noise, and takes levels without order', () => {
    const random = createRandom(4, 'power');
    const target = Float64Array.from({ length: 400 }, () => random.int(3));
    const power = (values: Float64Array, levels = false) =>
      predictivePower({ values, levels, target, classes: 3 });
    expect(power(target)).toBe(1);
    expect(
      power(
        target.map((index) => [7, 2, 9][index] ?? 0),
        true,
      ),
    ).toBe(1);
    expect(power(target.map(() => random.normal()))).toBeLessThan(0.1);
    expect(
      power(
        target.map((_, i) => i),
        true,
      ),
    ).toBe(0);
  });
});
