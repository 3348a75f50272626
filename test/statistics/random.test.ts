import { describe, expect, it } from 'vitest';
import { createRandom, fnv1a, splitMix64, xoshiro128 } from '../../server/statistics/random.ts';

describe('published vectors', () => {
  it('xoshiro128** gives the reference sequence from the state 1, 2, 3, 4', () => {
    const random = xoshiro128([1, 2, 3, 4]);
    const drawn = Array.from({ length: 10 }, () => random.uint32());
    expect(drawn).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('SplitMix64 gives the reference sequence from the seed 1234567', () => {
    const next = splitMix64(1234567n);
    expect([next(), next(), next(), next(), next()]).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  it('FNV-1a gives the reference hashes', () => {
    expect(fnv1a('')).toBe(0xcbf29ce484222325n);
    expect(fnv1a('a')).toBe(0xaf63dc4c8601ec8cn);
    expect(fnv1a('foobar')).toBe(0x85944171f73967e8n);
  });
});

describe('named streams', () => {
  it('repeat themselves and differ from each other', () => {
    const draw = (...path: (string | number)[]) => createRandom(42, ...path).uint32();
    expect(draw('split')).toBe(draw('split'));
    expect(new Set([draw('split'), draw('bootstrap'), draw('bootstrap', 1), draw('bootstrap', 2)]).size).toBe(
      4,
    );
    expect(createRandom(43, 'split').uint32()).not.toBe(draw('split'));
  });
});

describe('distributions of 200,000 draws', () => {
  const n = 200_000;

  it('uniform stays in [0, 1) with mean 1/2 and variance 1/12', () => {
    const random = createRandom(1, 'uniform');
    const values = Float64Array.from({ length: n }, () => random.uniform());
    expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(variance(values)).toBeCloseTo(1 / 12, 2);
  });

  it('int is uniform over its range (chi-square under its 0.999 quantile)', () => {
    const random = createRandom(1, 'int');
    const counts = new Float64Array(7);
    for (let i = 0; i < n; i++) {
      const draw = random.int(7);
      counts[draw] = (counts[draw] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - n / 7) ** 2 / (n / 7), 0);
    expect(chiSquare).toBeLessThan(22.46);
  });

  it('normal has mean 0, variance 1 and 2.5 % beyond 1.96', () => {
    const random = createRandom(1, 'normal');
    const values = Float64Array.from({ length: n }, () => random.normal());
    expect(mean(values)).toBeCloseTo(0, 2);
    expect(variance(values)).toBeCloseTo(1, 1);
    expect(values.filter((value) => value > 1.959964).length / n).toBeCloseTo(0.025, 2);
  });

  it('fillPoisson draws Poisson(1) counts', () => {
    const counts = new Uint8Array(n);
    createRandom(1, 'poisson').fillPoisson(counts);
    const share = (k: number) => counts.filter((count) => count === k).length / n;
    expect(share(0)).toBeCloseTo(Math.exp(-1), 2);
    expect(share(1)).toBeCloseTo(Math.exp(-1), 2);
    expect(share(2)).toBeCloseTo(Math.exp(-1) / 2, 2);
    expect(share(3)).toBeCloseTo(Math.exp(-1) / 6, 2);
    expect(Math.max(...new Set(counts))).toBeGreaterThanOrEqual(6);
  });

  it('shuffle keeps the values and reaches every order of three equally', () => {
    const random = createRandom(1, 'shuffle');
    const seen = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const values = Int32Array.of(1, 2, 3);
      random.shuffle(values);
      seen.set(values.join(), (seen.get(values.join()) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float64Array): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
}
