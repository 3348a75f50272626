import { describe, expect, test } from 'vitest';
import { describeOverlap, type Overlap } from '../../server/data/facts/factsOverlap.ts';
import { createRandom } from '../../server/statistics/random.ts';

/** Of rows as numbers, equal where they are the same: those of training, then those of test. */
function overlapOf(train: readonly number[], tested: readonly number[]): Overlap {
  const all = [...train, ...tested];
  const first = Int32Array.from(all, (value) => all.indexOf(value));
  const positions = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
  return describeOverlap(first, positions(0, train.length), positions(train.length, all.length));
}

/** Rows of `kinds` kinds, of which low ones are common. */
function draw(seed: number, rows: number, kinds: number): number[] {
  const random = createRandom(seed, 'overlap', kinds);
  return Array.from({ length: rows }, () => Math.floor(kinds * random.uniform() ** 2));
}

describe('test rows that training rows repeat', () => {
  // `train = [1, 1, 2, 3, 3, 4]; sum(train.count(x) > 1 for x in train) / 6` is 2 / 3; of 2 test rows none repeats.
  test('are counted, and how many chance gives is the share of training rows that have an equal', () => {
    const { rows, byChance } = overlapOf([1, 1, 2, 3, 3, 4], [4, 9]);
    expect({ rows, byChance: byChance.toFixed(6) }).toEqual({ rows: 1, byChance: (4 / 3).toFixed(6) });
  });

  test.each([50, 400, 3000])('of two draws from %d kinds: as many as said, within its deviation', (kinds) => {
    const scores = Array.from({ length: 60 }, (_, seed) => {
      const { rows, byChance, deviation } = overlapOf(draw(seed, 600, kinds), draw(1000 + seed, 200, kinds));
      return (rows - byChance) / Math.max(deviation, 1);
    });
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean).toBeLessThan(0.5);
    expect(Math.max(...scores)).toBeLessThan(4);
  });

  test('of a copy whose rows are in another order: all, far beyond chance', () => {
    const train = draw(1, 600, 3000);
    const { rows, byChance, deviation, copied } = overlapOf(
      train,
      train.toSorted((a, b) => a - b),
    );
    expect([rows, copied]).toEqual([600, false]);
    expect((rows - byChance) / deviation).toBeGreaterThan(12);
  });

  test('are a copy where they stand one after the other in their order, unless they hardly vary', () => {
    const train = draw(2, 600, 4);
    expect(overlapOf(train, train).copied).toBe(true);
    expect(overlapOf(train, train.slice(200, 300)).copied).toBe(true);
    expect(overlapOf(train, train.toReversed()).copied).toBe(false);
    expect(overlapOf(train, draw(3, 600, 4)).copied).toBe(false);
    const sorted = train.toSorted((a, b) => a - b);
    expect(overlapOf(sorted, sorted.slice(200, 400)).copied).toBe(false);
  });
});
