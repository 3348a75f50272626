import { describe, expect, test } from 'vitest';
import { trainedTasks } from '../../../server/catalog/tasks.ts';
import type { GbdtSettings } from '../../../server/config/experiment.ts';
import type { FitRequest } from '../../../server/models/family.ts';
import { gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf, runAppended } from '../matrix.ts';
import { settings } from './settings.ts';
import { createTable, firstRows } from './tables.ts';

const tasks = trainedTasks;
const stump = { ...settings, trees: 1, learning_rate: 1, max_leaves: 2, min_leaf: 1, l2: 0 };

function fitTrees(train: FitRequest<GbdtSettings>['train'], rest: Partial<FitRequest<GbdtSettings>> = {}) {
  return gbdt.fit({ task: 'regression', outputs: 1, train, parameters: stump, seed: 1, threads: 1, ...rest });
}

function sequence(length: number, rule: (i: number) => number): number[] {
  return Array.from({ length }, (_, i) => rule(i));
}

describe('small cases, by hand', () => {
  test('a stump on 20 rows parts them where the squares fall most, each side at its mean', async () => {
    const matrix = matrixOf([sequence(20, (i) => i)]);
    const target = Float64Array.from(sequence(20, (i) => (i < 13 ? 2 : 7)));
    const raw = (await fitTrees({ matrix, target })).predict(matrix);
    raw.forEach((value, i) => void expect(value).toBeCloseTo(i < 13 ? 2 : 7, 6));
  });

  test('l2 pulls a leaf to the base, l1 takes off its gradient first', async () => {
    const matrix = matrixOf([sequence(20, (i) => i)]);
    const target = Float64Array.from(sequence(20, (i) => (i < 10 ? -1 : 1)));
    const train = { matrix, target };
    // Gradient sum 10, hessian sum 10 a side: 10 / (10 + 5), (10 - 4) / (10 + 5).
    const ridge = (await fitTrees(train, { parameters: { ...stump, l2: 5 } })).predict(matrix);
    expect(ridge[19]).toBeCloseTo(10 / 15, 6);
    const both = (await fitTrees(train, { parameters: { ...stump, l2: 5, l1: 4 } })).predict(matrix);
    expect(both[0]).toBeCloseTo(-6 / 15, 6);
  });

  test('log loss: the first step of a leaf is Σ(y - p) / Σp(1 - p)', async () => {
    const matrix = matrixOf([sequence(20, (i) => i)]);
    const target = Float64Array.from(sequence(20, (i) => (i < 10 ? Number(i === 0) : Number(i > 11))));
    const parameters = { ...stump, min_leaf: 10 };
    const model = await fitTrees({ matrix, target }, { task: 'binary', outputs: 2, parameters });
    // 9 of 20 positive; the left half has 1, the right 8.
    const p = 9 / 20;
    const base = Math.log(p / (1 - p));
    const raw = model.predict(matrix);
    expect(raw[0]).toBeCloseTo(base + (1 - 10 * p) / (10 * p * (1 - p)), 5);
    expect(raw[19]).toBeCloseTo(base + (8 - 10 * p) / (10 * p * (1 - p)), 5);
  });

  test('softmax: one tree a class, from log shares', async () => {
    const matrix = matrixOf([sequence(30, (i) => i)]);
    const target = Float64Array.from(sequence(30, (i) => Math.floor(i / 10)));
    const raw = (await fitTrees({ matrix, target }, { task: 'multiclass', outputs: 3 })).predict(matrix);
    // Class 0 against the rest: gradients 1/3 - y, hessian 3/2 · 2/9 = 1/3.
    expect(raw[0]).toBeCloseTo(Math.log(1 / 3) + 2, 5);
    expect(raw[3 * 15]).toBeCloseTo(Math.log(1 / 3) - 1, 5);
  });

  test.each([0, 1])('missing values go to the side that they are like (%i)', async (like) => {
    const matrix = matrixOf([sequence(30, (i) => (i % 3 === 2 ? Number.NaN : i % 3))]);
    const target = Float64Array.from(sequence(30, (i) => (i % 3 === 2 ? like : i % 3)));
    const raw = (await fitTrees({ matrix, target })).predict(matrixOf([[0, 1, Number.NaN]]));
    [0, 1, like].forEach((value, i) => void expect(raw[i]).toBeCloseTo(value, 6));
  });

  test('missing values part from all others where that is the difference', async () => {
    const matrix = matrixOf([sequence(40, (i) => (i % 4 === 0 ? Number.NaN : i))]);
    const target = Float64Array.from(sequence(40, (i) => (i % 4 === 0 ? 5 : 1)));
    const model = await fitTrees({ matrix, target });
    const asked = matrixOf([[Number.NaN, -1e30, 1e30, Number.POSITIVE_INFINITY]]);
    expect(Array.from(model.predict(asked), Math.round)).toEqual([5, 1, 1, 1]);
    expect(Array.from(await runAppended(model, asked), Math.round)).toEqual([5, 1, 1, 1]);
  });

  test('missing values that training never saw go with the heavier side', async () => {
    const matrix = matrixOf([sequence(20, (i) => i)]);
    const target = Float64Array.from(sequence(20, (i) => (i < 13 ? 2 : 7)));
    expect((await fitTrees({ matrix, target })).predict(matrixOf([[Number.NaN]]))[0]).toBeCloseTo(2, 6);
  });

  test('one split takes a set of levels, however their codes lie', async () => {
    const codes = sequence(400, (i) => 1 + (i % 8));
    const high = new Set([1, 4, 6]);
    const target = Float64Array.from(codes, (code) => (high.has(code) ? 3 : -1));
    const matrix = matrixOf([], [codes], [10]);
    const model = await fitTrees({ matrix, target });
    const asked = matrixOf([], [sequence(10, (code) => code)], [10]);
    // Codes 0 and 9 were never seen: they go with the heavier side.
    const expected = sequence(10, (code) => (high.has(code) ? 3 : -1));
    expect(Array.from(model.predict(asked), (value) => Math.round(value * 1e4) / 1e4)).toEqual(expected);
    expect(Array.from(await runAppended(model, asked), (value) => Math.round(value * 1e4) / 1e4)).toEqual(
      expected,
    );
  });

  test('integer weights are repeated rows, rows of weight zero are absent', async () => {
    const x = sequence(60, (i) => (i * 7) % 60);
    const y = sequence(60, (i) => Math.sin(i * 7) + (i % 5));
    const weight = sequence(60, (i) => i % 3);
    const repeat = (values: number[]) => values.flatMap((value, i) => Array(weight[i] ?? 0).fill(value));
    const parameters = { ...settings, min_leaf: 1, trees: 10 };
    const matrix = matrixOf([x]);
    const weighted = await fitTrees(
      { matrix, target: Float64Array.from(y), weight: Float64Array.from(weight) },
      { parameters },
    );
    const repeated = await fitTrees(
      { matrix: matrixOf([repeat(x)]), target: Float64Array.from(repeat(y)) },
      { parameters },
    );
    const expected = repeated.predict(matrix);
    weighted
      .predict(matrix)
      .forEach((value, i) => void expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4));
  });
});

describe('settings', () => {
  const { outputs: _, ...train } = createTable('regression', 3000, 5);
  const rowsOfLeaves = (raw: Float64Array) => {
    const counts = new Map<number, number>();
    for (const value of raw) counts.set(value, (counts.get(value) ?? 0) + 1);
    return Array.from(counts.values());
  };

  test('a tree has at most max_leaves leaves of at least min_leaf rows', async () => {
    const parameters = { ...settings, trees: 1, max_leaves: 12, min_leaf: 100 };
    const leaves = rowsOfLeaves((await fitTrees(train, { parameters })).predict(train.matrix));
    expect(leaves.length).toBe(12);
    expect(Math.min(...leaves)).toBeGreaterThanOrEqual(100);
  });

  test('min_leaf holds where hessians are far from equal', async () => {
    const { outputs, ...table } = createTable('binary', 3000, 6);
    const weight = Float64Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? 50 : 0.1));
    const parameters = { ...settings, trees: 1, min_leaf: 40 };
    const model = await fitTrees({ ...table, weight }, { task: 'binary', outputs, parameters });
    const leaves = rowsOfLeaves(model.predict(table.matrix));
    expect(leaves.length).toBeGreaterThan(5);
    expect(Math.min(...leaves)).toBeGreaterThanOrEqual(40);
  });

  test('max_depth d leaves at most 2^d leaves', async () => {
    const parameters = { ...settings, trees: 1, max_depth: 3 };
    expect(rowsOfLeaves((await fitTrees(train, { parameters })).predict(train.matrix)).length).toBe(8);
  });

  test.each([
    ['trees', 5],
    ['learning_rate', 0.1],
    ['max_depth', 2],
    ['max_leaves', 4],
    ['min_leaf', 200],
    ['subsample', 0.5],
    ['colsample', 0.5],
    ['l1', 50],
    ['l2', 50],
    ['bins', 8],
  ] as const)('%s changes the model', async (name, value) => {
    const usual = (await fitTrees(train, { parameters: settings })).predict(train.matrix);
    const changed = (await fitTrees(train, { parameters: { ...settings, [name]: value } })).predict(
      train.matrix,
    );
    expect(changed).not.toEqual(usual);
  });

  test.each([
    ['a monotone column that is none', { monotone: { c0: 'up' } }, {}],
    ['monotone classes', { monotone: { x0: 'up' } }, { task: 'multiclass', outputs: 4 }],
    ['monotone quantiles', { monotone: { x0: 'up' } }, { task: 'quantile' }],
    ['monotone medians', { monotone: { x0: 'up' } }, { metric: 'mae' }],
  ] as const)('%s: what cannot be fitted is refused by name', async (_, change, rest) => {
    const parameters = { ...settings, ...change };
    await expect(fitTrees(train, { parameters, ...rest })).rejects.toMatchObject({ code: 'model-setting' });
  });
});

describe('tables that ask little', () => {
  const constant = Float64Array.from(sequence(50, (i) => i % 2));
  test.each([
    ['a column of missing values only', matrixOf([sequence(50, () => Number.NaN)])],
    ['a constant column', matrixOf([sequence(50, () => 4)])],
    ['one level', matrixOf([], [sequence(50, () => 1)], [3])],
  ])('%s: the base alone', async (_name, matrix) => {
    const model = await fitTrees(
      { matrix, target: constant },
      { task: 'binary', outputs: 2, parameters: settings },
    );
    expect(model.predict(matrix).every((value) => value === 0)).toBe(true);
    expect((await runAppended(model, matrix)).every((value) => value === 0)).toBe(true);
    expect(model.iterations).toBeLessThanOrEqual(1);
  });

  test('one row', async () => {
    const matrix = matrixOf([[1]]);
    const model = await fitTrees({ matrix, target: Float64Array.of(3) });
    expect(Array.from(model.predict(matrix))).toEqual([3]);
  });

  test('no row of any weight', async () => {
    const matrix = matrixOf([[1, 2]]);
    const model = await fitTrees({ matrix, target: Float64Array.of(3, 4), weight: Float64Array.of(0, 0) });
    expect(Array.from(model.predict(matrix))).toEqual([0, 0]);
  });

  test.each([0, 1])('one class only (%i): sure of it, and finite', async (only) => {
    const matrix = matrixOf([sequence(50, (i) => i)]);
    const target = new Float64Array(50).fill(only);
    const model = await fitTrees({ matrix, target }, { task: 'binary', outputs: 2, parameters: settings });
    const raw = model.predict(matrix);
    expect(raw.every((value) => Number.isFinite(value) && (only === 1 ? value > 10 : value < -10))).toBe(
      true,
    );
  });

  test('more than 255 levels: the rare ones share a bin', async () => {
    const codes = sequence(6000, (i) => (i % 2 === 0 ? 1 + ((i / 2) % 200) : 201 + ((i * 7) % 300)));
    const target = Float64Array.from(codes, (code) => (code <= 100 ? 4 : 0));
    const matrix = matrixOf([], [codes], [502]);
    const model = await fitTrees({ matrix, target }, { parameters: { ...settings, trees: 30 } });
    const raw = model.predict(matrix);
    raw.forEach((value, i) => void expect(Math.abs(value - (target[i] ?? 0))).toBeLessThan(0.5));
    const appended = await runAppended(model, matrix);
    raw.forEach((value, i) => void expect(Math.abs((appended[i] ?? 0) - value)).toBeLessThan(1e-5));
  });

  test('sums too large for float32 do not lose a far regression target', async () => {
    const matrix = matrixOf([sequence(100, (i) => i)]);
    const target = Float64Array.from(sequence(100, (i) => 1_700_000_000 + (i < 50 ? 0 : 10)));
    const raw = (await fitTrees({ matrix, target })).predict(matrix);
    expect((raw[99] ?? 0) - (raw[0] ?? 0)).toBeCloseTo(10, 3);
  });
});

describe.each(tasks)('%s', (task) => {
  const { outputs, ...train } = createTable(task, 20_000, 3);
  const parameters = { ...settings, subsample: 0.8, colsample: 0.8 };

  test('two runs, and one or two threads, give the same bits', async () => {
    const once = (await fitTrees(train, { task, outputs, parameters })).predict(train.matrix);
    const again = (await fitTrees(train, { task, outputs, parameters })).predict(train.matrix);
    const threaded = (await fitTrees(train, { task, outputs, parameters, threads: 2 })).predict(train.matrix);
    const other = (await fitTrees(train, { task, outputs, parameters, seed: 2 })).predict(train.matrix);
    expect(again).toEqual(once);
    expect(threaded).toEqual(once);
    expect(other).not.toEqual(once);
  });

  test('the ONNX nodes give what the trainer says, unseen levels and gaps included', async () => {
    const model = await fitTrees(train, { task, outputs, parameters });
    const asked = firstRows(train.matrix, 5000);
    // Codes 0 (missing) and the last one (unknown) were not in training.
    asked.values.forEach((column, j) => {
      const last = (asked.columns[j]?.levels?.length ?? 1) - 1;
      if (column.kind === 'numeric') column.values.fill(Number.NaN, 0, 50);
      else for (let i = 0; i < 5000; i += 9) column.codes[i] = i % 2 === 0 ? 0 : last;
    });
    const raw = model.predict(asked);
    const appended = await runAppended(model, asked);
    expect(appended.length).toBe(raw.length);
    raw.forEach((value, i) => void expect(appended[i]).toBe(Math.fround(value)));
  });

  test('a fit resumed at random iterations ends with the same bits', async () => {
    const random = createRandom(7, 'resume', task);
    const valid = firstRows(train.matrix, 2000);
    const goal = train.target.subarray(0, 2000);
    const score = (raw: Float64Array) =>
      -raw.reduce((sum, value, i) => sum + (value - (goal[i % 2000] ?? 0)) ** 2, 0);
    const earlyStop = { patience: 5, minDelta: 0, restoreBest: true, score };
    const request = { task, outputs, parameters, valid: { matrix: valid, target: goal }, earlyStop };
    const whole = await fitTrees(train, request);
    let saved: Uint8Array | undefined;
    for (let part = 0; part < 3; part++) {
      const stop = new AbortController();
      const last = 1 + random.int(6);
      let steps = 0;
      const save = (state: Uint8Array) => {
        saved = state.slice();
      };
      const checkpoint = { every: 1, load: () => saved, save };
      const onProgress = () => void (++steps === last && stop.abort());
      await fitTrees(train, { ...request, checkpoint, onProgress, signal: stop.signal }).catch(
        (fault: unknown) => {
          expect(fault).toMatchObject({ code: 'cancelled' });
        },
      );
    }
    expect(saved).toBeDefined();
    const resumed = await fitTrees(train, {
      ...request,
      threads: 2,
      checkpoint: { every: 1, load: () => saved, save: () => undefined },
    });
    expect(resumed.iterations).toBe(whole.iterations);
    expect(resumed.predict(train.matrix)).toEqual(whole.predict(train.matrix));
  });
});

describe('early stopping', () => {
  const { outputs, ...train } = createTable('binary', 4000, 9);
  const request = { task: 'binary' as const, outputs, parameters: { ...settings, trees: 40 }, valid: train };

  test('stops after `patience` iterations without a better score and keeps the best', async () => {
    let calls = 0;
    const done: number[] = [];
    const score = () => -Math.abs(++calls - 12);
    const earlyStop = { patience: 4, minDelta: 0, restoreBest: true, score };
    const onProgress = (progress: { done: number; total: number }) => void done.push(progress.done);
    const model = await fitTrees(train, { ...request, earlyStop, onProgress });
    expect(model.iterations).toBe(12);
    expect(done).toEqual(sequence(16, (i) => i + 1));
    calls = 0;
    const last = await fitTrees(train, { ...request, earlyStop: { ...earlyStop, restoreBest: false } });
    expect(last.iterations).toBe(16);
  });

  test('the score sees what the model then predicts on the validation rows', async () => {
    const seen: Float64Array[] = [];
    const score = (raw: Float64Array) => seen.push(raw.slice());
    const earlyStop = { patience: 4, minDelta: 0, restoreBest: true, score };
    const model = await fitTrees(train, { ...request, earlyStop });
    expect(model.predict(train.matrix)).toEqual(seen.at(-1));
  });

  test('a score that is no number (one class in the fold) stops nothing', async () => {
    const earlyStop = { patience: 2, minDelta: 0, restoreBest: true, score: () => Number.NaN };
    expect((await fitTrees(train, { ...request, earlyStop })).iterations).toBe(40);
  });

  test('a better score by less than min_delta does not count', async () => {
    let calls = 0;
    const earlyStop = { patience: 3, minDelta: 0.5, restoreBest: true, score: () => 0.1 * ++calls };
    expect((await fitTrees(train, { ...request, earlyStop })).iterations).toBeLessThanOrEqual(6);
  });
});
