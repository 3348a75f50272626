import { describe, expect, test } from 'vitest';
import type { SupervisedTask } from '../../../server/models/family.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf, runAppended } from '../matrix.ts';
import { fitMlp, settings } from './settings.ts';
import { createTable } from './tables.ts';

const tasks: SupervisedTask[] = ['binary', 'multiclass', 'regression', 'count', 'quantile'];

function largestDifference(a: Float64Array, b: Float64Array): number {
  return Math.max(
    ...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) / Math.max(1, Math.abs(value))),
  );
}

describe.each(tasks)('%s', (task) => {
  const { outputs, ...train } = createTable(task, 700, 3);

  test('the file says what the trainer says, unseen levels and categories included', async () => {
    for (const activation of ['relu', 'gelu', 'silu', 'tanh'] as const) {
      const parameters = { ...settings, activation, batch_norm: activation !== 'relu' };
      const model = await fitMlp({ task, outputs, train, parameters });
      const asked = createTable(task, 300, 4).matrix;
      expect(
        largestDifference(model.predict(asked), await runAppended(model, asked)),
        activation,
      ).toBeLessThan(1e-5);
    }
  });

  test('the same seed gives the same bits on one thread and on three, another seed others', async () => {
    const parameters = { ...settings, batch: 256, dropout: 0.2, batch_norm: true };
    const learn = async (threads: number, seed = 1) =>
      (await fitMlp({ task, outputs, train, parameters, threads, seed })).predict(train.matrix);
    const one = await learn(1);
    expect(await learn(3)).toEqual(one);
    expect(await learn(1, 2)).not.toEqual(one);
  });

  test("early stopping judges what the model then says, in the target's own units", async () => {
    const valid = createTable(task, 200, 5);
    const judged: Float64Array[] = [];
    const earlyStop = {
      patience: 99,
      minDelta: 0,
      restoreBest: false,
      score: (raw: Float64Array) => judged.push(raw.slice()),
    };
    const model = await fitMlp({ task, outputs, train, valid, earlyStop, parameters: settings });
    expect(judged).toHaveLength(settings.epochs);
    const last = judged.at(-1) ?? new Float64Array();
    expect(largestDifference(model.predict(valid.matrix), last)).toBeLessThan(1e-4);
  });

  test('a fit that goes on from its checkpoint ends with the same bits', async () => {
    const parameters = { ...settings, dropout: 0.1, batch_norm: true };
    const valid = createTable(task, 200, 5);
    const earlyStop = {
      patience: 9,
      minDelta: 0,
      restoreBest: true,
      score: (raw: Float64Array) => -raw.reduce((sum, value) => sum + Math.abs(value), 0),
    };
    const whole = await fitMlp({ task, outputs, train, valid, earlyStop, parameters });
    const saved: Uint8Array[] = [];
    await fitMlp({
      task,
      outputs,
      train,
      valid,
      earlyStop,
      parameters,
      checkpoint: { load: () => undefined, save: (state) => void saved.push(state), every: 'epoch' },
    });
    expect(saved).toHaveLength(settings.epochs);
    for (const done of [1, 4]) {
      // As a file is read: a view of a larger memory.
      const read = Buffer.concat([Buffer.alloc(12), saved[done - 1] ?? Buffer.alloc(0)]).subarray(12);
      let more = 0;
      const checkpoint = { load: () => read, save: () => void more++, every: 'epoch' as const };
      const resumed = await fitMlp({ task, outputs, train, valid, earlyStop, parameters, checkpoint });
      expect(more).toBe(settings.epochs - done);
      expect(resumed.predict(train.matrix)).toEqual(whole.predict(train.matrix));
      expect(resumed.iterations).toBe(whole.iterations);
    }
  });
});

test('learns what a linear model cannot: the product of two columns', async () => {
  const random = createRandom(7);
  const columns = [0, 1].map(() => Float32Array.from({ length: 2000 }, () => random.normal()));
  const target = Float64Array.from({ length: 2000 }, (_, i) =>
    (columns[0]?.[i] ?? 0) * (columns[1]?.[i] ?? 0) > 0 ? 1 : 0,
  );
  const matrix = matrixOf(columns);
  const parameters = { ...settings, epochs: 20 };
  const raw = (await fitMlp({ task: 'binary', outputs: 2, train: { matrix, target }, parameters })).predict(
    matrix,
  );
  const right = raw.reduce((sum, value, i) => sum + Number(value > 0 === (target[i] === 1)), 0);
  expect(right / 2000).toBeGreaterThan(0.95);
});

test('a count is met in the mean, a quantile lies above its share of the rows', async () => {
  const parameters = { ...settings, epochs: 30 };
  const { outputs, ...counts } = createTable('count', 2000, 8);
  const rates = (await fitMlp({ task: 'count', outputs, train: counts, parameters })).predict(counts.matrix);
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(rates.map(Math.exp)) / mean(counts.target) - 1)).toBeLessThan(0.15);

  const { outputs: one, ...values } = createTable('quantile', 2000, 8);
  const request = { task: 'quantile' as const, outputs: one, quantile: 0.8, train: values, parameters };
  const bound = (await fitMlp(request)).predict(values.matrix);
  expect(mean(bound.map((value, i) => Number((values.target[i] ?? 0) < value)))).toBeCloseTo(0.8, 1);
});

test('rows of weight zero are absent', async () => {
  const { outputs, ...train } = createTable('binary', 600, 8);
  const weight = Float64Array.from({ length: 600 }, (_, i) => (i < 500 ? 2 : 0));
  const flipped = train.target.map((y, i) => (i < 500 ? y : 1 - y));
  const learn = (target: Float64Array) =>
    fitMlp({ task: 'binary', outputs, train: { ...train, target, weight } });
  const one = await learn(train.target);
  expect((await learn(flipped)).predict(train.matrix)).toEqual(one.predict(train.matrix));
});

test('weights count as repeated rows do: in expectation, and exactly in a batch of all rows', async () => {
  const matrix = matrixOf([[0, 1, 2, 3]]);
  const target = Float64Array.of(0, 1, 0, 1);
  const weight = Float64Array.of(1, 2, 1, 2);
  const twice = matrixOf([[0, 1, 1, 2, 3, 3]]);
  const parameters = { ...settings, batch: 6, epochs: 30 };
  const weighted = await fitMlp({
    task: 'binary',
    outputs: 2,
    train: { matrix, target, weight },
    parameters,
  });
  const repeated = await fitMlp({
    task: 'binary',
    outputs: 2,
    train: { matrix: twice, target: Float64Array.of(0, 1, 1, 0, 1, 1) },
    parameters,
  });
  expect(largestDifference(weighted.predict(matrix), repeated.predict(matrix))).toBeLessThan(1e-4);
});

test('a loss that is no number ends the fit with what to do', async () => {
  const { outputs, ...train } = createTable('regression', 300, 9);
  const parameters = {
    ...settings,
    activation: 'silu' as const,
    optimizer: { type: 'sgd' as const, lr: 1000, weight_decay: 0 },
    regularize: { grad_clip: 1e30 },
  };
  await expect(fitMlp({ task: 'regression', outputs, train, parameters })).rejects.toMatchObject({
    code: 'diverged',
  });
});

test('constant features, one row and one level are fitted all the same', async () => {
  const matrix = matrixOf([[5]], [[0]], [1]);
  for (const task of tasks) {
    const model = await fitMlp({ task, outputs: 2, train: { matrix, target: Float64Array.of(1) } });
    expect(model.predict(matrix).every(Number.isFinite)).toBe(true);
  }
});

test('a cancelled fit ends', async () => {
  const { outputs, ...train } = createTable('binary', 300, 9);
  await expect(fitMlp({ task: 'binary', outputs, train, signal: AbortSignal.abort() })).rejects.toMatchObject(
    { code: 'cancelled' },
  );
});
