/** The real LightGBM: its text becomes our nodes, and trained through its library it is what Python trains (oracle/realLightgbm.py). */
import { describe, expect, test } from 'vitest';
import { boostingLibrary } from '../../../server/engines/installed.ts';
import type { FittedModel } from '../../../server/models/family.ts';
import { checkGbdt, gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { appendTrees } from '../../../server/models/gbdt/graph.ts';
import { readLightGbm } from '../../../server/models/gbdt/lightgbmTrees.ts';
import { predictRaw } from '../../../server/models/gbdt/predict.ts';
import { runAppended } from '../matrix.ts';
import { asked, distance, outputsOf, requestFor, table, tasks } from './realLibrary.ts';
import { settings } from './settings.ts';

test.each(tasks)('%s: the trees of its text, in the file and by our own kernels', async (task) => {
  const outputs = outputsOf(task);
  const codeRows = new Map([[3, new Float64Array(10).fill(1)]]);
  const { text, raw } = table.cases[task];
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
  expect(() => checkGbdt({ ...settings, engine: 'lightgbm' }, 'binary')).toThrow(
    '`modelwright engine install lightgbm`',
  );
});

describe.runIf(installed)('trained through its library', () => {
  const library = { engine: 'lightgbm', trees: 12 } as const;

  test.each(tasks)('%s: the bits of the Python package; the file agrees', async (task) => {
    const model = await gbdt.fit(requestFor(task, library));
    const { raw } = table.cases[task];
    expect([...model.predict(asked)]).toEqual(raw);
    expect(distance(await runAppended(model, asked), raw)).toBeLessThan(1e-6);
    expect([model.device?.engine, model.iterations]).toEqual(['lightgbm', 12]);
  });

  test('rows of weight zero are as if absent; early stopping keeps the best step', async () => {
    const request = requestFor('binary', library);
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
