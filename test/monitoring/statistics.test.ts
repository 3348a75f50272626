import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { andersonDarlingTest } from '../../server/statistics/andersonDarling.ts';
import { boost } from '../../server/statistics/boost.ts';
import { classifierTest } from '../../server/statistics/classifierTest.ts';
import {
  compareShares,
  fisherExact,
  gTest,
  monteCarloG,
  poissonTail,
} from '../../server/statistics/countTests.ts';
import { energyDistance, totalVariation, wasserstein } from '../../server/statistics/distances.ts';
import { permutedLabels, standardise, stepDownMaxT } from '../../server/statistics/maxT.ts';
import { createRandom } from '../../server/statistics/random.ts';

const oracle = JSON.parse(readFileSync(join(import.meta.dirname, 'oracle', 'drift.json'), 'utf8'));
const near = (actual: number, expected: number, relative = 1e-9) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.max(1e-300, Math.abs(expected)));

describe('distances and tests of two samples agree with SciPy', () => {
  for (const [index, sample] of oracle.samples.entries()) {
    const [a, b] = [Float64Array.from(sample.a as number[]), Float64Array.from(sample.b as number[])];

    it(`Wasserstein and energy, sample ${index}`, () => {
      near(wasserstein(a, b), sample.wasserstein);
      const both = Float32Array.of(...a, ...b);
      const distances = new Float32Array(both.length ** 2);
      for (let i = 0; i < both.length; i++)
        for (let j = 0; j < i; j++)
          distances[i * both.length + j] = Math.abs((both[i] ?? 0) - (both[j] ?? 0));
      const second = Uint8Array.from(both, (_, row) => (row < a.length ? 0 : 1));
      near(energyDistance(distances, second), sample.energy, 1e-5);
    });

    it(`Anderson-Darling, sample ${index}`, () => {
      const { statistic, p } = andersonDarlingTest(a, b);
      near(statistic, sample.anderson);
      // SciPy interpolates in a table from 0.25 to 0.001; the limiting distribution is followed everywhere.
      if (sample.andersonP > 0.001 && sample.andersonP < 0.25) near(p, sample.andersonP, 0.06);
      const error = Math.sqrt((sample.andersonPermuted * (1 - sample.andersonPermuted)) / 1000);
      expect(Math.abs(p - sample.andersonPermuted)).toBeLessThan(4 * error + 0.005);
    });
  }

  it('G-test, its Monte-Carlo twin and total variation', () => {
    for (const { counts, g, p, permuted, variation } of oracle.tables) {
      const found = gTest(counts[0], counts[1]);
      near(found.statistic, g);
      near(found.p, p, 1e-8);
      near(totalVariation(counts[0], counts[1]), variation);
      if (permuted === null) continue;
      const drawn = monteCarloG(counts[0], counts[1], { draws: 4_999, random: createRandom(1, 'draws') });
      expect(Math.abs(drawn.p - permuted)).toBeLessThan(0.01);
    }
  });

  it('two shares: Fisher where rows are few, z elsewhere', () => {
    for (const { a, b, fisher, z } of oracle.shares) {
      const [first, second] = [
        { hits: a[0], rows: a[1] },
        { hits: b[0], rows: b[1] },
      ];
      near(fisherExact(first, second), fisher, 1e-8);
      const { test, p } = compareShares(first, second);
      near(p, test === 'fisher' ? fisher : z, 1e-8);
    }
    expect(compareShares({ hits: 30, rows: 200 }, { hits: 55, rows: 240 }).test).toBe('two-proportion');
    expect(compareShares({ hits: 0, rows: 5000 }, { hits: 3, rows: 100 }).test).toBe('fisher');
  });

  it('tails of counts', () => {
    for (const [count, mean, p] of oracle.tails.poisson) near(poissonTail(count, mean), p, 1e-9);
    for (const [count, share, p] of oracle.tails.range) near(share ** count * (1 + count * (1 - share)), p);
  });
});

describe('joint permutation', () => {
  it('labels keep their number, units their label, and every row has its turn', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, row) => (row < 70 ? 0 : 1));
    const random = createRandom(3, 'labels');
    const often = new Float64Array(100);
    for (const made of permutedLabels(labels, { permutations: 2000, random })) {
      expect(made.reduce((sum, label) => sum + label, 0)).toBe(30);
      made.forEach((label, row) => {
        often[row] = (often[row] ?? 0) + label / 2000;
      });
    }
    expect(Math.max(...often.map((share) => Math.abs(share - 0.3)))).toBeLessThan(0.05);
    const units = Int32Array.from({ length: 100 }, (_, row) => Math.floor(row / 5));
    for (const made of permutedLabels(labels, { permutations: 50, random, units }))
      for (let row = 0; row < 100; row += 5) expect(new Set(made.subarray(row, row + 5)).size).toBe(1);
  });

  it('step-down max-T agrees with the definition by hand', () => {
    // Observed 5, 3 and 1; four permutations each.
    const scores = [
      [5, 1, 2, 0, 1],
      [3, 4, 0, 1, 2],
      [1, 0, 3.5, 2, 0],
    ].map((row) => Float64Array.from(row));
    // 5: no maximum is as large. 3: of the last two, 4 and 3.5 are. 1: of the last, 3.5 and 2 are.
    expect(stepDownMaxT(scores)).toEqual([1 / 5, 3 / 5, 3 / 5]);
    expect([...standardise(Float64Array.of(2, 2, 2))]).toEqual([0, 0, 0]);
  });

  it('keeps the chance of any false discovery, whatever the correlation', () => {
    const random = createRandom(5, 'family');
    let alarms = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const scores = Array.from({ length: 10 }, () => new Float64Array(200));
      for (let column = 0; column < 200; column++) {
        const common = random.normal();
        for (const row of scores) row[column] = 0.9 * common + 0.44 * random.normal();
      }
      if (Math.min(...stepDownMaxT(scores)) <= 0.05) alarms++;
    }
    expect(alarms / trials).toBeGreaterThan(0.02);
    expect(alarms / trials).toBeLessThan(0.085);
  });
});

describe('the classifier two-sample test', () => {
  const rows = 1500;
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row < 900 ? 0 : 1));

  it('finds a correlation that breaks though no column moves', () => {
    const random = createRandom(6, 'break');
    const first = Uint8Array.from({ length: rows }, () => random.int(32));
    const second = first.map((bin, row) => (labels[row] === 0 ? bin : random.int(32)));
    const noise = Uint8Array.from({ length: rows }, () => random.int(32));
    const { auc, p, gains } = classifierTest([noise, first, second], labels, random);
    expect(auc).toBeGreaterThan(0.8);
    expect(p).toBe(1 / 2000);
    expect(gains[0]).toBeLessThan(0.15);
  });

  it('has p-values that are uniform when there is nothing to find', () => {
    const random = createRandom(7, 'null');
    const p = Array.from({ length: 60 }, () => {
      const columns = [0, 1].map(() => Uint8Array.from({ length: 300 }, () => random.int(32)));
      return classifierTest(columns, labels.subarray(750, 1050), random).p;
    });
    expect(p.filter((value) => value < 0.05).length).toBeLessThanOrEqual(7);
    expect(p.filter((value) => value < 0.5).length).toBeGreaterThan(17);
    expect(p.filter((value) => value < 0.5).length).toBeLessThan(43);
  });

  it('learns only from the rows that it is given', () => {
    const bins = Uint8Array.from({ length: 400 }, (_, row) => row % 32);
    const positive = bins.map((bin, row) => (row < 200 ? Number(bin > 15) : Number(bin <= 15)));
    const { scores } = boost({
      columns: [bins],
      positive,
      learn: positive.map((_, row) => Number(row < 200)),
    });
    const right = scores.filter((score, row) => Number(score > 0) === positive[row]).length;
    expect(right).toBe(200);
  });
});
