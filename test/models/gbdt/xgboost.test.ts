/** The real XGBoost: its JSON becomes our nodes, and trained through its library it is what Python trains (oracle/realXgboost.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boostingLibrary } from '../../../server/engines/installed.ts';
import type { FittedModel, SupervisedTask } from '../../../server/models/family.ts';
import { fitLevels } from '../../../server/models/gbdt/bins.ts';
import { checkGbdt, gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { appendTrees } from '../../../server/models/gbdt/graph.ts';
import { predictRaw } from '../../../server/models/gbdt/predict.ts';
import { readXgboost } from '../../../server/models/gbdt/xgboostTrees.ts';
import { matrixOf, runAppended } from '../matrix.ts';
import { asked, distance, type LibraryCase, outputsOf, requestFor, table, tasks } from './realLibrary.ts';
import { settings } from './settings.ts';

const cases: Record<SupervisedTask, LibraryCase> = JSON.parse(
  readFileSync(new URL('../oracle/realXgboost.json', import.meta.url), 'utf8'),
);
const trees = 6;
const links: Partial<Record<SupervisedTask, (base: number) => number>> = {
  binary: (share) => Math.log(share / (1 - share)),
  count: Math.log,
};

test.each(tasks)('%s: the trees of its JSON, in the file and by our own kernels', async (task) => {
  const outputs = outputsOf(task);
  const target = Float64Array.from(table.cases[task].target);
  const codes = Int32Array.from(table.columns[3] ?? [], Number);
  const levels = new Map([[3, fitLevels({ codes, levels: 10, target })]]);
  const { text, raw } = cases[task];
  const link = links[task] ?? ((base: number) => base);
  const ensemble = readXgboost(text, { columns: asked.columns, outputs, levels, link });
  expect(ensemble.trees).toHaveLength(trees * outputs);
  expect(raw).toHaveLength(asked.rows * outputs);
  // XGBoost adds float32 to float32.
  expect(distance(predictRaw(ensemble, asked), raw)).toBeLessThan(1e-6);
  const model: Pick<FittedModel, 'appendTo'> = {
    appendTo: (graph, inputs) => ({ raw: appendTrees(ensemble, graph, inputs), double: false }),
  };
  expect(distance(await runAppended(model as FittedModel, asked), raw)).toBeLessThan(1e-6); // Only appendTo is called.
});

const installed = boostingLibrary('xgboost') !== undefined;

test.skipIf(installed)('without the library it is refused with the command that installs it', () => {
  expect(() => checkGbdt({ ...settings, engine: 'xgboost' }, 'binary')).toThrow(
    '`modelwright engine install xgboost`',
  );
});

describe.runIf(installed)('trained through its library', () => {
  test.each(tasks)('%s: the bits of the Python package; the file agrees', async (task) => {
    const model = await gbdt.fit(requestFor(task, { engine: 'xgboost', trees }));
    const { raw } = cases[task];
    expect([...model.predict(asked)]).toEqual(raw);
    expect(distance(await runAppended(model, asked), raw)).toBeLessThan(1e-6);
    expect([model.device?.engine, model.iterations]).toEqual(['xgboost', trees]);
  });

  test('monotone columns, absolute errors, infinite values and more levels than bins: the file agrees', async () => {
    const rows = 2_000;
    const x = Array.from({ length: rows }, (_, i) => (i % 50 === 0 ? Number.POSITIVE_INFINITY : Math.sin(i)));
    const codes = Array.from({ length: rows }, (_, i) => (i * i) % 400);
    const matrix = matrixOf([x], [codes], [402]);
    const target = Float64Array.from(codes, (code, i) => Math.cos(code) + Math.sin(i) + (i % 7) / 7);
    const { quantile: _, ...request } = requestFor('regression', { engine: 'xgboost', trees: 30 });
    const parameters = {
      ...request.parameters,
      max_leaves: 31,
      max_depth: 6,
      monotone: { x0: 'up' },
    } as const;
    for (const metric of ['rmse', 'medae', 'mae']) {
      const own = metric === 'mae' ? { ...parameters, monotone: {} } : parameters;
      const model = await gbdt.fit({ ...request, metric, parameters: own, train: { matrix, target } });
      const file = await runAppended(model, matrix);
      expect(distance(file, [...model.predict(matrix)])).toBeLessThan(2e-6);
      expect(new Set(file).size).toBeGreaterThan(100);
      if (metric === 'mae') continue;
      const rising = matrixOf([[-1, -0.5, 0, 0.5, 1]], [[3, 3, 3, 3, 3]], [402]);
      const scores = model.predict(rising);
      expect([...scores].sort((a, b) => a - b)).toEqual([...scores]);
    }
  });

  test('early stopping keeps the best step; a fit broken off starts anew, ends with the same bits and says so', async () => {
    const request = requestFor('binary', { engine: 'xgboost', trees });
    const seen: Float64Array[] = [];
    const earlyStop = {
      ...{ patience: 3, minDelta: 0, restoreBest: true },
      score: (raw: Float64Array) => [1, 5, 3, 4, 0][seen.push(raw) - 1] ?? 0,
    };
    let saved: Uint8Array | undefined;
    const checkpoint = {
      load: () => saved,
      save(state: Uint8Array) {
        saved = state;
      },
      every: 2,
    };
    const stopped = await gbdt.fit({ ...request, valid: request.train, earlyStop, checkpoint });
    expect([stopped.iterations, seen.length, stopped.warnings]).toEqual([2, 5, undefined]);
    const second = [...stopped.predict(request.train.matrix)];
    expect(distance(seen[1] ?? new Float64Array(), second)).toBeLessThan(1e-6);

    seen.length = 0;
    const again = await gbdt.fit({ ...request, valid: request.train, earlyStop, checkpoint });
    expect([...again.predict(request.train.matrix)]).toEqual(second);
    expect(again.warnings).toEqual([expect.stringContaining('after 4 steps')]);
  });
});
