import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absent,
  hashSplit,
  planSplit,
  positionsOf,
  type SplitRequest,
  test,
  train,
  valid,
} from '../../server/data/split/split.ts';
import { createRandom } from '../../server/statistics/random.ts';

function request(rows: number, parts: Partial<SplitRequest> = {}): SplitRequest {
  return {
    target: new Float64Array(rows),
    strata: 0,
    method: 'random',
    test: 0.2,
    valid: 0.1,
    seed: 42,
    ...parts,
  };
}

function sizes(assignment: Uint8Array): number[] {
  return [absent, train, valid, test].map((side) => assignment.filter((code) => code === side).length);
}

/** Class indices with the given counts, in random order. */
function classes(...counts: number[]): Float64Array {
  const values = Float64Array.from(counts.flatMap((count, index) => new Array<number>(count).fill(index)));
  createRandom(7, 'classes').shuffle(values);
  return values;
}

const numbers = fc.integer({ min: 30, max: 300 });
const settings = { seed: 20261123, numRuns: 200 };

describe('a split by chance', () => {
  it('gives every row with a target one side, in exact shares', () => {
    expect(sizes(planSplit(request(1000)).assignment)).toEqual([0, 700, 100, 200]);
    const target = new Float64Array(1000).fill(1);
    target.fill(Number.NaN, 0, 37);
    const split = planSplit(request(1000, { target }));
    expect(sizes(split.assignment)).toEqual([37, 963 - 96 - 193, 96, 193]);
    expect(split.withoutTarget).toBe(37);
  });

  it('repeats itself for a seed and differs for another', () => {
    const [first, again] = [planSplit(request(500)), planSplit(request(500))];
    expect(again.assignment).toEqual(first.assignment);
    expect(planSplit(request(500, { seed: 43 })).assignment).not.toEqual(first.assignment);
    const numbers = Float64Array.from({ length: 500 }, (_, row) => row);
    const hash = hashSplit(numbers, first.assignment);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(hashSplit(numbers, again.assignment)).toBe(hash);
    expect(
      hashSplit(
        numbers.map((row) => row + 1),
        again.assignment,
      ),
    ).not.toBe(hash);
  });

  it('does not depend on which arrays hold the values', () => {
    const target = classes(300, 50);
    const copies = request(350, {
      target: new Float64Array([...target].concat([9])).subarray(0, 350),
      strata: 2,
    });
    const plain = planSplit(request(350, { target, strata: 2 }));
    expect(planSplit(copies).assignment).toEqual(plain.assignment);
  });

  it('keeps each class within a row of its share, and the rarest in training', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        (counts, seed) => {
          const target = classes(...counts);
          fc.pre(target.length >= 20);
          const { assignment } = planSplit(request(target.length, { target, strata: counts.length, seed }));
          counts.forEach((count, index) => {
            const on = (side: number) =>
              assignment.filter((code, row) => code === side && target[row] === index).length;
            expect(on(train)).toBeGreaterThan(0);
            expect(Math.abs(on(test) - 0.2 * count)).toBeLessThanOrEqual(1);
            expect(Math.abs(on(valid) - 0.1 * count)).toBeLessThanOrEqual(1);
          });
          expect(Math.abs(sizes(assignment)[test] ?? 0) - 0.2 * target.length).toBeLessThanOrEqual(
            counts.length / 2 + 1,
          );
        },
      ),
      settings,
    );
  });

  it('keeps atoms whole and comes as near to the shares as they allow', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 5, max: 60 }), fc.nat(), (rows, groups, seed) => {
        const random = createRandom(seed, 'groups');
        const atoms = Int32Array.from({ length: rows }, () => random.int(groups));
        const target = Float64Array.from({ length: rows }, () => random.int(2));
        const { assignment } = planSplit(request(rows, { atoms, target, strata: 2, seed }));
        const sides = new Map<number, Set<number>>();
        atoms.forEach((atom, row) => {
          sides.set(atom, (sides.get(atom) ?? new Set()).add(assignment[row] ?? 0));
        });
        for (const found of sides.values()) expect(found.size).toBe(1);
        const largest = Math.max(
          ...[...sides.keys()].map((atom) => atoms.filter((each) => each === atom).length),
        );
        expect(Math.abs((sizes(assignment)[test] ?? 0) - 0.2 * rows)).toBeLessThanOrEqual(2 * largest);
      }),
      settings,
    );
  });

  it('fills the shares exactly when most rows are single', () => {
    const atoms = Int32Array.from({ length: 1000 }, (_, row) => (row < 60 ? row % 20 : row));
    expect(sizes(planSplit(request(1000, { atoms })).assignment)).toEqual([0, 700, 100, 200]);
  });

  it('draws large and small groups alike into the test rows', () => {
    const sizesOf = Int32Array.from({ length: 100 }, (_, group) => 1 + (group % 10) * 3);
    const atoms = Int32Array.from([...sizesOf].flatMap((size, group) => new Array<number>(size).fill(group)));
    let meanSize = 0;
    const draws = 40;
    for (let seed = 0; seed < draws; seed++) {
      const { assignment } = planSplit(request(atoms.length, { atoms, seed }));
      const chosen = new Set(atoms.filter((_, row) => assignment[row] === test));
      meanSize += [...chosen].reduce((sum, atom) => sum + (sizesOf[atom] ?? 0), 0) / chosen.size / draws;
    }
    expect(meanSize).toBeGreaterThan(14.5 * 0.85);
    expect(meanSize).toBeLessThan(14.5 * 1.15);
  });

  it('leaves given files alone and takes a missing side out of the training file', () => {
    const files = Uint8Array.from({ length: 1000 }, (_, row) => (row < 800 ? train : test));
    const { assignment } = planSplit(request(1000, { files, method: 'predefined' }));
    expect(sizes(assignment)).toEqual([0, 700, 100, 200]);
    expect(assignment.subarray(800).every((code) => code === test)).toBe(true);
  });
});

describe('a split in time', () => {
  const time = Float64Array.from({ length: 1000 }, (_, row) => (row * 7919) % 1000);
  const at = (assignment: Uint8Array, side: number) =>
    [...time].filter((_, row) => assignment[row] === side).sort((a, b) => a - b);

  it('tests on the latest rows and validates on those before', () => {
    const { assignment } = planSplit(request(1000, { time, method: 'time' }));
    expect(sizes(assignment)).toEqual([0, 700, 100, 200]);
    expect(at(assignment, test)[0]).toBe(800);
    expect(at(assignment, valid)[0]).toBe(700);
    expect(at(assignment, valid).at(-1)).toBe(799);
  });

  it('tests on everything from a date on', () => {
    const { assignment } = planSplit(request(1000, { time, test: { from: 950 }, valid: 0.1 }));
    expect(sizes(assignment)).toEqual([0, 850, 100, 50]);
    const rows = 'and the rows go from 1970-01-01 to 1970-01-01T00:16:39Z.';
    expect(() => planSplit(request(1000, { time, test: { from: 1000 } }))).toThrow(
      `The split leaves no test rows: test begins at 1970-01-01T00:16:40Z, ${rows}`,
    );
    expect(() => planSplit(request(1000, { time, test: { from: 0 } }))).toThrow(
      `The split leaves no training rows: test begins at 1970-01-01, ${rows}`,
    );
  });

  it('leaves out the rows of the gap', () => {
    const byTime = planSplit(request(1000, { time, gap: { unit: 'time', length: 30 } })).assignment;
    expect(sizes(byTime)).toEqual([30, 670, 100, 200]);
    expect(at(byTime, valid).at(-1)).toBe(769);
    const byRows = planSplit(request(1000, { time, gap: { unit: 'rows', length: 50 } })).assignment;
    expect(sizes(byRows)).toEqual([50, 650, 100, 200]);
  });

  it('keeps rows of equal time on one side, and rows without a time in training', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 40 }), fc.nat(), (rows, instants, seed) => {
        const random = createRandom(seed, 'time');
        const times = Float64Array.from({ length: rows }, (_, row) => (row < 2 ? row : random.int(instants)));
        times[rows - 1] = Number.NaN;
        const { assignment } = planSplit(request(rows, { time: times, method: 'time', valid: 0, seed }));
        const on = (side: number) => times.filter((_, row) => assignment[row] === side);
        const latest = Math.max(...on(train).filter((value) => !Number.isNaN(value)));
        expect(Math.min(...on(test))).toBeGreaterThan(latest);
        expect(assignment[rows - 1]).toBe(train);
        expect(on(train).length + on(test).length).toBe(rows);
      }),
      settings,
    );
  });

  it('refuses a table of one instant', () => {
    expect(() => planSplit(request(100, { time: new Float64Array(100).fill(5) }))).toThrow('the same time');
  });

  it('keeps groups on one side and test rows after all others (group-time)', () => {
    const random = createRandom(3, 'groups');
    const atoms = Int32Array.from({ length: 1000 }, () => random.int(80));
    const { assignment } = planSplit(request(1000, { time, atoms, method: 'group-time' }));
    const groups = (side: number) => new Set(atoms.filter((_, row) => assignment[row] === side));
    const latest = (side: number) => at(assignment, side).at(-1) ?? 0;
    for (const [a, b] of [
      [train, valid],
      [train, test],
      [valid, test],
    ] as const) {
      expect([...groups(a)].filter((group) => groups(b).has(group))).toEqual([]);
      expect(latest(a)).toBeLessThan(at(assignment, b)[0] ?? 0);
    }
    expect(sizes(assignment)[test]).toBeGreaterThan(20);
  });
});

describe('cross-validation', () => {
  it('predicts every training row once, classes in proportion, test rows never', () => {
    const target = classes(230, 70);
    const { assignment, folds } = planSplit(
      request(300, { target, strata: 2, valid: 0, cv: { folds: 5, repeats: 1, kind: 'kfold' } }),
    );
    expect(folds).toHaveLength(5);
    const held = folds.flatMap((fold) => [...fold.valid]).sort((a, b) => a - b);
    expect(held).toEqual([...positionsOf(assignment, train)]);
    for (const fold of folds) {
      expect(fold.train.length + fold.valid.length).toBe(240);
      expect(fold.train.filter((row) => fold.valid.includes(row))).toHaveLength(0);
      expect(Math.abs(fold.valid.filter((row) => target[row] === 1).length - 56 / 5)).toBeLessThanOrEqual(1);
    }
  });

  it('repeats with other folds', () => {
    const { folds } = planSplit(request(300, { valid: 0, cv: { folds: 3, repeats: 2, kind: 'kfold' } }));
    expect(folds).toHaveLength(6);
    expect(folds[3]?.valid).not.toEqual(folds[0]?.valid);
  });

  it('keeps groups whole', () => {
    const atoms = Int32Array.from({ length: 300 }, (_, row) => row % 30);
    const { folds } = planSplit(
      request(300, { atoms, valid: 0, cv: { folds: 5, repeats: 1, kind: 'kfold' } }),
    );
    for (const fold of folds) {
      const held = new Set(fold.valid.map((row) => atoms[row] ?? 0));
      expect(fold.train.filter((row) => held.has(atoms[row] ?? 0))).toHaveLength(0);
    }
  });

  it('goes forward in time', () => {
    const time = Float64Array.from({ length: 600 }, (_, row) => row);
    const cv = { folds: 5, repeats: 1, kind: 'expanding' } as const;
    const gap = { unit: 'time', length: 10 } as const;
    const { folds } = planSplit(request(600, { time, gap, test: 0, valid: 0, cv }));
    expect(folds.map((fold) => fold.valid.length)).toEqual([100, 100, 100, 100, 100]);
    expect(folds.map((fold) => fold.train.length)).toEqual([90, 190, 290, 390, 490]);
    for (const fold of folds) expect(Math.max(...fold.train)).toBe(Math.min(...fold.valid) - 11);
    const rolling = planSplit(
      request(600, { time, test: 0, valid: 0, cv: { ...cv, kind: 'rolling' } }),
    ).folds;
    expect(rolling.map((fold) => fold.train.length)).toEqual([100, 100, 100, 100, 100]);
  });

  it('has no fold that nothing can be learnt for: a gap as long as what lies before it takes all', () => {
    const time = Float64Array.from({ length: 600 }, (_, row) => row);
    const cv = { folds: 5, repeats: 1, kind: 'expanding' } as const;
    const gap = { unit: 'time', length: 150 } as const;
    // Folds begin at 100, 200, …: before the first, rows 0 to 99 lie in its gap; before the second, 0 to 49 do not.
    const { folds } = planSplit(request(600, { time, gap, test: 0, valid: 0, cv }));
    expect(folds.map((fold) => [fold.train.length, fold.valid.length])).toEqual([
      [50, 100],
      [150, 100],
      [250, 100],
      [350, 100],
    ]);
    const rolling = { ...cv, kind: 'rolling' } as const;
    expect(() => planSplit(request(600, { time, gap, test: 0, valid: 0, cv: rolling }))).toThrow(
      'None of 5 folds along time has rows to train on',
    );
  });
});
