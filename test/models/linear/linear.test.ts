import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FitRequest, SupervisedTask } from '../../../server/models/family.ts';
import { type LinearSettings, linear } from '../../../server/models/linear/linear.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf, runAppended } from '../matrix.ts';

interface OracleCase {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly strength: number;
  readonly intercept: boolean;
  readonly numeric: number[][];
  readonly codes: number[] | null;
  readonly levels: number;
  readonly target: number[];
  readonly weight: number[] | null;
  /** [outputs][columns, then levels]. */
  readonly coefficients: number[][];
  readonly intercepts: number[] | null;
  /** Raw outputs of the first 20 rows. */
  readonly raw: (number | number[])[];
}

const cases: OracleCase[] = JSON.parse(
  readFileSync(new URL('../oracle/linear.json', import.meta.url), 'utf8'),
);

const settings = {
  link: 'auto',
  penalty: 'l2',
  strength: 1,
  l1_ratio: 0.5,
  intercept: true,
} satisfies LinearSettings;

function requestOf(
  task: SupervisedTask,
  train: FitRequest<LinearSettings>['train'],
  parameters: LinearSettings,
) {
  const outputs = task === 'multiclass' ? Math.max(...train.target) + 1 : task === 'binary' ? 2 : 1;
  return { task, outputs, train, parameters, seed: 1, threads: 1 } satisfies FitRequest<LinearSettings>;
}

describe('linear agrees with scikit-learn', () => {
  test.each(cases)('$name', async (expected) => {
    const { task, strength, intercept, levels, weight } = expected;
    const matrix = matrixOf(expected.numeric, expected.codes ? [expected.codes] : [], [levels]);
    const train = {
      matrix,
      target: Float64Array.from(expected.target),
      ...(weight && { weight: Float64Array.from(weight) }),
    };
    const penalty = strength === 0 ? 'none' : 'l2';
    const model = await linear.fit(requestOf(task, train, { ...settings, penalty, strength, intercept }));

    const raw = model.predict(matrix);
    const scale = Math.max(1, ...expected.raw.flat().map(Math.abs));
    expected.raw.flat().forEach((value, i) => {
      expect(Math.abs((raw[i] ?? 0) - value) / scale).toBeLessThan(1e-4);
    });
    const appended = await runAppended(model, matrix);
    expect(appended.length).toBe(raw.length);
    raw.forEach((value, i) => void expect(Math.abs((appended[i] ?? 0) - value)).toBeLessThan(1e-9 * scale));
    // Coefficients are read off the model as its answer to unit rows.
    const columns = expected.numeric.length;
    const zero = model.predict(matrixOf(zeros(columns), expected.codes ? [[0]] : [], [levels]));
    expected.coefficients.forEach((coefficients, k) => {
      coefficients.forEach((coefficient, j) => {
        if (j >= columns) return;
        const unit = model.predict(matrixOf(zeros(columns, j), expected.codes ? [[0]] : [], [levels]));
        expect(Math.abs((unit[k] ?? 0) - (zero[k] ?? 0) - coefficient)).toBeLessThan(
          1e-4 * Math.max(1, Math.abs(coefficient)),
        );
      });
      const atZero = (expected.intercepts?.[k] ?? 0) + (coefficients[columns] ?? 0);
      expect(Math.abs((zero[k] ?? 0) - atZero)).toBeLessThan(1e-4 * Math.max(1, Math.abs(atZero)));
    });
  });
});

function zeros(columns: number, one = -1): number[][] {
  return Array.from({ length: columns }, (_, j) => [j === one ? 1 : 0]);
}

describe('linear stays finite', () => {
  const random = createRandom(3);
  const noise = (n: number) => Array.from({ length: n }, () => random.normal());
  const x = noise(60);
  const separable = Float64Array.from(x, (value) => (value > 0 ? 1 : 0));
  const odd: [string, SupervisedTask, Parameters<typeof matrixOf>, Float64Array, Partial<LinearSettings>][] =
    [
      ['separable classes without a penalty', 'binary', [[x]], separable, { penalty: 'none' }],
      ['a constant column', 'binary', [[x, x.map(() => 5)]], separable, {}],
      [
        'a constant column without a penalty',
        'regression',
        [[x, x.map(() => 5)]],
        Float64Array.from(noise(60)),
        { penalty: 'none' },
      ],
      [
        'the same column twice without a penalty',
        'regression',
        [[x, x]],
        Float64Array.from(x),
        { penalty: 'none' },
      ],
      ['a category of one level', 'binary', [[], [x.map(() => 1)], [3]], separable, {}],
      ['a constant target', 'regression', [[x]], new Float64Array(60).fill(7), {}],
      ['one class', 'binary', [[x]], new Float64Array(60), {}],
      ['one row', 'regression', [[[1]]], Float64Array.of(3), {}],
      ['a class without rows', 'multiclass', [[x]], separable.map((y) => 2 * y), { penalty: 'none' }],
      ['a strength of zero', 'binary', [[x]], separable, { strength: 0 }],
      [
        'columns of very different size',
        'regression',
        [[x.map((v) => v * 1e9), x.map((v) => v ** 2 * 1e-9)]],
        Float64Array.from(x),
        {},
      ],
    ];
  test.each(odd)('with %s', async (_, task, parts, target, change) => {
    const matrix = matrixOf(...parts);
    const model = await linear.fit(requestOf(task, { matrix, target }, { ...settings, ...change }));
    expect([...model.predict(matrix)].every(Number.isFinite)).toBe(true);
    expect(model.iterations).toBeLessThanOrEqual(200);
  });
});

test('thousands of levels are fitted without their squared matrix, to the same optimum', async () => {
  const random = createRandom(5);
  const rows = 6000;
  const codes = Array.from({ length: rows }, () => random.int(2500));
  const effects = Array.from({ length: 2500 }, () => random.normal());
  const target = Float64Array.from(codes, (code) =>
    random.uniform() < 1 / (1 + Math.exp(-(effects[code] ?? 0))) ? 1 : 0,
  );
  const matrix = matrixOf([codes.map(() => random.normal())], [codes], [2500]);
  const model = await linear.fit(requestOf('binary', { matrix, target }, settings));
  const raw = model.predict(matrix);
  // At the optimum the penalised gradient is 0: Σ residual over the rows of a level is minus its coefficient.
  const residual = new Float64Array(2500);
  raw.forEach((eta, i) => {
    const code = codes[i] ?? 0;
    residual[code] = (residual[code] ?? 0) + 1 / (1 + Math.exp(-eta)) - (target[i] ?? 0);
  });
  const base = model.predict(matrixOf([[0]], [[2400]], [2500]))[0] ?? 0;
  const sample = [0, 17, 999, 2399];
  for (const code of sample) {
    const coefficient = (model.predict(matrixOf([[0]], [[code]], [2500]))[0] ?? 0) - base;
    const expected = (residual[2400] ?? 0) - (residual[code] ?? 0);
    expect(Math.abs(coefficient - expected)).toBeLessThan(1e-3);
  }
});

test('a saved fit is loaded instead of solved again, with the same bits', async () => {
  const first = cases[0];
  if (!first) throw new Error('no oracle case');
  const matrix = matrixOf(first.numeric);
  const request = requestOf('binary', { matrix, target: Float64Array.from(first.target) }, settings);
  let saved: Uint8Array | undefined;
  const checkpoint = {
    every: 1,
    load: () => saved,
    save: (state: Uint8Array) => {
      saved = state.slice();
    },
  };
  const fresh = await linear.fit({ ...request, checkpoint });
  let iterations = 0;
  const resumed = await linear.fit({ ...request, checkpoint, onProgress: () => void iterations++ });
  expect(iterations).toBe(0);
  expect(resumed.predict(matrix)).toEqual(fresh.predict(matrix));
  expect(resumed.iterations).toBe(fresh.iterations);
});

test('settings that this version cannot fit are refused by name', async () => {
  const train = { matrix: matrixOf([[1, 2]]), target: Float64Array.of(0, 1) };
  await expect(linear.fit(requestOf('binary', train, { ...settings, link: 'log' }))).rejects.toThrow(
    /model\.linear\.link: log/,
  );
});

test('cancelling stops the fit', async () => {
  const train = { matrix: matrixOf([[1, 2, 3]]), target: Float64Array.of(0, 1, 0) };
  const request = { ...requestOf('binary', train, settings), signal: AbortSignal.abort(new Error('stop')) };
  await expect(linear.fit(request)).rejects.toThrow('stop');
});
