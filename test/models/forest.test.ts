import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SupervisedTask } from '../../server/catalog/tasks.ts';
import type { ForestSettings } from '../../server/config/experiment.ts';
import type { FitRequest } from '../../server/models/family.ts';
import { forest } from '../../server/models/forest/forest.ts';
import { createTable } from './gbdt/tables.ts';
import { matrixOf, runAppended } from './matrix.ts';
import { fitAndScore, mean, type OracleTable, take } from './scores.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`oracle/${name}.json`, import.meta.url), 'utf8'));
const tables: OracleTable[] = read('gbdt').tables;
/** Written by oracle/forest.py. */
const oracle: { tables: { name: string; score: number; oob: number }[] } = read('forest');

const settings: ForestSettings = { trees: 30, min_leaf: 1, max_features: 'sqrt', oob: true };
const tasks: SupervisedTask[] = ['binary', 'multiclass', 'regression', 'count'];

function fitForest(
  { outputs, ...train }: ReturnType<typeof createTable>,
  task: SupervisedTask,
  rest: Partial<FitRequest<ForestSettings>> = {},
) {
  return forest.fit({ task, outputs, train, parameters: settings, seed: 1, threads: 1, ...rest });
}

test.each(oracle.tables)(
  '$name: as good as scikit-learn in repeated cross-validation',
  async ({ name, score, oob }) => {
    const table = tables.find((each) => each.name === name);
    if (!table) throw new Error(`no table ${name}`);
    const scores: number[] = [];
    const outOfBag: number[] = [];
    for (const [seed, folds] of table.folds.slice(0, 3).entries()) {
      for (let fold = 0; fold < 5; fold++) {
        const fitted = await fitAndScore(forest, {
          task: table.task,
          train: take(table, (row) => folds[row] !== fold),
          tested: take(table, (row) => folds[row] === fold),
          seed,
          parameters: { ...settings, trees: 200 },
        });
        scores.push(fitted.score);
        outOfBag.push(Number(fitted.parameters['oob_score']));
      }
    }
    expect(mean(scores)).toBeGreaterThan(score - 0.005);
    expect(Math.abs(mean(outOfBag) - oob)).toBeLessThan(0.01);
  },
);

describe.each(tasks)('%s', (task) => {
  const table = createTable(task, 1500, 4);

  test('the same bits with one thread and with three, and after a kill', async () => {
    const whole = await fitForest(table, task);
    const threaded = await fitForest(table, task, { threads: 3 });
    const saves: Uint8Array[] = [];
    const port = { every: 7, load: () => saves.at(-1), save: (state: Uint8Array) => void saves.push(state) };
    const controller = new AbortController();
    const killed = fitForest(table, task, {
      checkpoint: port,
      signal: controller.signal,
      onProgress: ({ done }) => void (done === 16 && controller.abort()),
    });
    await expect(killed).rejects.toMatchObject({ code: 'cancelled' });
    // Twice on the way, and when it was broken off.
    expect(saves.length).toBe(3);
    const resumed = await fitForest(table, task, { checkpoint: port });
    for (const other of [threaded, resumed]) {
      expect(other.predict(table.matrix)).toEqual(whole.predict(table.matrix));
      expect(other.outOfBag).toEqual(whole.outOfBag);
    }
  });

  test('the file says what the trainer says', async () => {
    const model = await fitForest(table, task, { parameters: { ...settings, min_leaf: 5 } });
    const raw = model.predict(table.matrix);
    const appended = await runAppended(model, table.matrix);
    const toScore = (value: number) =>
      task === 'binary' ? 1 / (1 + Math.exp(-value)) : task === 'regression' ? value : Math.exp(value);
    raw.forEach(
      (value, i) => void expect(Math.abs(toScore(appended[i] ?? 0) - toScore(value))).toBeLessThan(1e-5),
    );
  });

  test('a row out of the bag is scored by others than made it', async () => {
    const { outOfBag, predict } = await fitForest(table, task);
    const seen = predict(table.matrix);
    const error = (raw: ArrayLike<number>) => meanError(task, raw, table.target);
    expect(error(outOfBag ?? [])).toBeGreaterThan(1.5 * error(seen));
  });
});

describe('settings', () => {
  const table = createTable('regression', 800, 5);
  test.each([
    ['trees', 5],
    ['max_depth', 3],
    ['min_leaf', 50],
    ['max_features', 'all'],
    ['max_features', 1],
    ['max_features', 0.9],
  ] as const)('%s %s changes the model', async (name, value) => {
    const usual = (await fitForest(table, 'regression')).predict(table.matrix);
    const parameters = { ...settings, [name]: value };
    expect((await fitForest(table, 'regression', { parameters })).predict(table.matrix)).not.toEqual(usual);
  });

  test('without oob there is no estimate', async () => {
    const model = await fitForest(table, 'regression', { parameters: { ...settings, oob: false } });
    expect([model.outOfBag, model.parameters['oob_score']]).toEqual([undefined, undefined]);
  });

  test('weights of zero are as if absent, whole weights count rows', async () => {
    const weight = table.target.map((_, i) => (i < 400 ? 1 : 0));
    const weighted = await fitForest({ ...table, weight }, 'regression');
    const half = await fitForest(
      { ...table, matrix: firstHalf(table.matrix), target: table.target.slice(0, 400) },
      'regression',
    );
    expect(weighted.predict(table.matrix)).toEqual(half.predict(table.matrix));
  });

  test('quantiles are refused', async () => {
    await expect(fitForest(table, 'quantile')).rejects.toMatchObject({ code: 'model-setting' });
  });
});

test.each([
  ['one row', [[1]], [1]],
  ['constant columns', [[2, 2, 2, 2]], [0, 1, 0, 1]],
  ['all missing', [[Number.NaN, Number.NaN, Number.NaN]], [0, 1, 1]],
  ['one class', [[1, 2, 3]], [1, 1, 1]],
])('%s: finite answers', async (_, columns, target) => {
  const matrix = matrixOf(columns);
  const model = await forest.fit({
    task: 'binary',
    outputs: 2,
    train: { matrix, target: Float64Array.from(target) },
    parameters: settings,
    seed: 1,
    threads: 2,
  });
  expect(Array.from(model.predict(matrix)).every(Number.isFinite)).toBe(true);
});

function firstHalf(matrix: ReturnType<typeof createTable>['matrix']) {
  const values = matrix.values.map((column) =>
    column.kind === 'numeric'
      ? ({ kind: 'numeric', values: column.values.slice(0, 400) } as const)
      : ({ kind: 'category', codes: column.codes.slice(0, 400) } as const),
  );
  return { ...matrix, rows: 400, values };
}

/** Of class 1 (or the value) against what was said. */
function meanError(task: SupervisedTask, raw: ArrayLike<number>, target: Float64Array): number {
  const width = raw.length / target.length;
  let sum = 0;
  target.forEach((y, row) => {
    const own = raw[row * width] ?? 0;
    const said = task === 'binary' ? 1 / (1 + Math.exp(-own)) : task === 'regression' ? own : Math.exp(own);
    sum += (said - (task === 'multiclass' ? Number(y === 0) : y)) ** 2;
  });
  return sum / target.length;
}
