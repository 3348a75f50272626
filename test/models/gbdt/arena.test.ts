import { describe, expect, test } from 'vitest';
import { createArena } from '../../../server/models/gbdt/arena.ts';
import { fitCuts, fitLevels, roundDown } from '../../../server/models/gbdt/bins.ts';
import { gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf } from '../matrix.ts';
import { settings } from './settings.ts';

describe('memory', () => {
  test('a table above 4 GiB is refused with its size', () => {
    const sizes = { threads: 1, validRows: 0, outputs: 1, maxLeaves: 31, weighted: false, sampleRows: 0 };
    expect(() => createArena({ ...sizes, rows: 200_000_000, columns: 100 })).toThrow(
      /needs \d+\.\d GiB for 200000000 rows/,
    );
  });

  test('histograms that are too many to keep are counted anew, to the same bits', async () => {
    const random = createRandom(1, 'wide');
    const wide = Array.from({ length: 600 }, () =>
      Float32Array.from({ length: 2000 }, () => random.normal()),
    );
    const matrix = matrixOf(wide);
    const target = Float64Array.from({ length: 2000 }, (_, i) => (wide[7]?.[i] ?? 0) * (wide[500]?.[i] ?? 0));
    const predicted = async (max_leaves: number) => {
      const parameters = { ...settings, trees: 3, max_depth: 12, min_leaf: 100, max_leaves };
      const request = { task: 'regression', outputs: 1, train: { matrix, target }, parameters } as const;
      return (await gbdt.fit({ ...request, seed: 1, threads: 1 })).predict(matrix);
    };
    // Neither limit is reached: min_leaf allows 20 leaves.
    expect(await predicted(500)).toEqual(await predicted(50));
  });
});

describe('cut points', () => {
  test('few distinct values: a cut in the middle between each two', () => {
    expect(Array.from(fitCuts(Float32Array.of(-1, -1, 0, 3, 3, 7), 255).cuts)).toEqual([-0.5, 1.5, 5]);
  });

  test('no value, one value: one bin', () => {
    expect(fitCuts(new Float32Array(0), 255)).toMatchObject({ bins: 1 });
    expect(fitCuts(Float32Array.of(2, 2), 255)).toMatchObject({ bins: 1 });
  });

  test('many distinct values: at most `bins` bins of about equal size, frequent values alone', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => (i < 3000 ? 5 : i / 1000)).sort();
    const { bins, cuts } = fitCuts(values, 64);
    expect(bins).toBeLessThanOrEqual(64);
    expect(bins).toBeGreaterThan(60);
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) {
      const bin = cuts.findIndex((cut) => value <= cut);
      const at = bin < 0 ? bins - 1 : bin;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const sizes = counts.toSorted((a, b) => b - a);
    // 5 occurs 3,001 times; the other bins share the rest.
    expect(sizes[0]).toBe(3001);
    expect(sizes[1]).toBeLessThan(150);
  });

  test('infinite values keep a finite cut to their side', () => {
    const values = Float32Array.of(Number.NEGATIVE_INFINITY, 1, 2, Number.POSITIVE_INFINITY);
    const { cuts } = fitCuts(values, 255);
    expect(values.map((value) => cuts.filter((cut) => cut < value).length)).toEqual(
      Float32Array.of(0, 1, 2, 3),
    );
  });

  test.each([0.1, -0.1, 1e-46, -1e-46, 1e300, 5])(
    '%d: the float32 below decides as the double does',
    (cut) => {
      const below = roundDown(cut);
      expect(below).toBeLessThanOrEqual(cut);
      expect(Math.fround(below)).toBe(below);
      const near = Math.fround(cut);
      for (const value of [near, Math.fround(near * (1 + 1e-7)), Math.fround(near * (1 - 1e-7)), 0]) {
        expect(value <= below).toBe(value <= cut);
      }
    },
  );
});

test('levels are ranked by mean target; those without rows come last', () => {
  const fitted = fitLevels({
    codes: Uint16Array.of(1, 1, 2, 3, 3),
    levels: 5,
    target: Float64Array.of(1, 0, 0, 1, 1),
  });
  expect(Array.from(fitted.binOf)).toEqual([3, 1, 0, 2, 3]);
  expect(Array.from(fitted.rows)).toEqual([1, 2, 2, 0]);
});
