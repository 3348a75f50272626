/** The real LightGBM: its text becomes our nodes, and trained through its library it is what Python trains (oracle/realLightgbm.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GbdtSettings } from '../../../server/config/experiment.ts';
import { boostingLibrary } from '../../../server/engines/installed.ts';
import type { FitRequest, FittedModel, SupervisedTask } from '../../../server/models/family.ts';
import { checkGbdt, gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { appendTrees } from '../../../server/models/gbdt/graph.ts';
import { readLightGbm } from '../../../server/models/gbdt/lightgbmTrees.ts';
import { predictRaw } from '../../../server/models/gbdt/predict.ts';
import { matrixOf, runAppended } from '../matrix.ts';
import { settings } from './settings.ts';

interface Case {
  readonly target: number[];
  readonly text: string;
  readonly raw: number[];
}
type Columns = (number | null)[][];
const oracle: {
  columns: Columns;
  asked: Columns;
  cases: Record<SupervisedTask, Case>;
} = JSON.parse(readFileSync(new URL('../oracle/realLightgbm.json', import.meta.url), 'utf8'));
const tasks = Object.keys(oracle.cases) as SupervisedTask[]; // Written by the script.

const matrixFrom = (columns: Columns) => {
  const [codes = []] = columns.slice(3);
  const numbers = columns.slice(0, 3).map((column) => column.map((value) => value ?? Number.NaN));
  return matrixOf(numbers, [codes.map(Number)], [10]);
};
const asked = matrixFrom(oracle.asked);
const outputsOf = (task: SupervisedTask) => (task === 'multiclass' ? 3 : 1);

/** Largest difference; the file's result is float32. */
const distance = (actual: Float64Array, expected: readonly number[]) =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0);

test.each(tasks)('%s: the trees of its text, in the file and by our own kernels', async (task) => {
  const outputs = outputsOf(task);
  const codeRows = new Map([[3, new Float64Array(10).fill(1)]]);
  const { text, raw } = oracle.cases[task];
  const ensemble = readLightGbm(text, { columns: asked.columns, outputs, codeRows });
  expect(ensemble.trees).toHaveLength(12 * outputs);
  expect(raw).toHaveLength(asked.rows * outputs);
  expect(distance(predictRaw(ensemble, asked), raw)).toBeLessThan(1e-12);
  const model: Pick<FittedModel, 'appendTo'> = {
    appendTo: (graph, inputs) => ({ raw: appendTrees(ensemble, graph, inputs), double: false }),
  };
  expect(distance(await runAppended(model as FittedModel, asked), raw)).toBeLessThan(1e-6); // Only appendTo is called.
});

const installed = boostingLibrary('lightgbm') !== undefined;

test.skipIf(installed)('without the library it is refused with the command that installs it', () => {
  expect(() => checkGbdt({ ...settings, engine: 'lightgbm' })).toThrow(
    '`modelwright engine install lightgbm`',
  );
});

describe.runIf(installed)('trained through its library', () => {
  const parameters: GbdtSettings = {
    ...settings,
    ...{ engine: 'lightgbm', trees: 12, learning_rate: 0.1, max_leaves: 7, max_depth: 4, min_leaf: 10 },
    ...{ subsample: 0.8, colsample: 0.8, l1: 0.1, bins: 63 },
  };
  const requestFor = (task: SupervisedTask): FitRequest<GbdtSettings> => ({
    ...{ task, outputs: task === 'binary' ? 2 : outputsOf(task), parameters, seed: 7, threads: 1 },
    train: { matrix: matrixFrom(oracle.columns), target: Float64Array.from(oracle.cases[task].target) },
    ...(task === 'quantile' && { quantile: 0.7 }),
  });

  test.each(tasks)('%s: the bits of the Python package; the file agrees', async (task) => {
    const model = await gbdt.fit(requestFor(task));
    const { raw } = oracle.cases[task];
    expect([...model.predict(asked)]).toEqual(raw);
    expect(distance(await runAppended(model, asked), raw)).toBeLessThan(1e-6);
    expect([model.device?.engine, model.iterations]).toEqual(['lightgbm', 12]);
  });

  test('rows of weight zero are as if absent; early stopping keeps the best step', async () => {
    const request = requestFor('binary');
    const { matrix, target } = request.train;
    const weight = target.map((_, row) => Number(row % 3 > 0));
    const weighted = await gbdt.fit({ ...request, train: { matrix, target, weight } });
    const flipped = target.map((y, row) => (row % 3 > 0 ? y : 1 - y));
    const other = await gbdt.fit({ ...request, train: { matrix, target: flipped, weight } });
    expect(other.predict(asked)).toEqual(weighted.predict(asked));

    const seen: Float64Array[] = [];
    const scores = [1, 2, 5, 3, 4, 0];
    const stopped = await gbdt.fit({
      ...request,
      valid: request.train,
      earlyStop: {
        ...{ patience: 3, minDelta: 0, restoreBest: true },
        score(raw) {
          seen.push(raw);
          return scores[seen.length - 1] ?? 0;
        },
      },
    });
    expect([stopped.iterations, seen.length]).toEqual([3, 6]);
    const third = stopped.predict(matrix);
    expect(distance(seen[2] ?? new Float64Array(), [...third])).toBeLessThan(1e-9);
  });
});
