import { describe, expect, test } from 'vitest';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { readModel } from '../../server/onnx/model.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, expectParity, prepare, sigmoid, type TableOptions, writeTable } from './tables.ts';

/** Targets by task and type, with the labels that the file must give, in class order. */
const targets: Record<
  string,
  { target: TableOptions['target']; labels: string[]; settings?: { task: string; metric?: string } }
> = {
  'binary, text': {
    target: (score, u) => (u < sigmoid(score - 1) ? "yes 'sure'" : 'no'),
    labels: ['no', "yes 'sure'"],
  },
  'binary, integers': { target: (score, u) => (u < sigmoid(score - 1) ? '1' : '0'), labels: ['0', '1'] },
  'binary, booleans': {
    target: (score, u) => (u < sigmoid(score - 1) ? 'true' : 'false'),
    labels: ['false', 'true'],
  },
  'multiclass, text': {
    target: (score, u) => (score + u > 1 ? 'c' : score + u > 0 ? 'b' : 'a'),
    labels: ['a', 'b', 'c'],
  },
  'multiclass, integers': {
    target: (score, u) => (score + u > 1 ? '10' : score + u > 0 ? '2' : '-1'),
    labels: ['-1', '2', '10'],
  },
  regression: { target: (score, u) => (100 * score + u).toFixed(3), labels: [] },
  count: {
    target: (score, u) => Math.floor(Math.exp(score + u)).toFixed(0),
    labels: [],
    settings: { task: 'count' },
  },
  quantile: {
    target: (score, u) => (100 * score + 50 * u).toFixed(3),
    labels: [],
    settings: { task: 'quantile', metric: 'pinball@90' },
  },
};
const small = { gbdt: { trees: 40, learning_rate: 0.2 }, forest: { trees: 20 } };

describe.each(Object.entries(targets))('%s', (_, { target, labels, settings }) => {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 900, target });
  test.each(
    ['dummy', 'linear', 'gbdt', 'forest'].filter(
      (type) => type !== 'forest' || settings?.task !== 'quantile',
    ),
  )('%s: the file agrees with the trainer from the raw columns', async (type) => {
    const request = await prepare(folder, {
      model: { type, ...small },
      split: { valid: 0.2 },
      ...settings,
    });
    const model = await trainModel(request);
    const scorer = await openScorer(model.onnx);
    const rows = Int32Array.from({ length: request.table.rowCount }, (_, row) => row);
    const parity = await checkParity({
      scorer,
      table: request.table,
      trainerScores: model.trainerScores,
      rows,
    });
    expect(parity.maxAbsDifference).toBeLessThan(1e-5);
    const { scores, labels: found } = await scorer.scoreRaw(request.table, rows);
    if (labels.length > 0) {
      const classes: unknown[] = JSON.parse(readModel(model.onnx).metadata['classes'] ?? '[]');
      expect(classes.map(String)).toEqual(labels);
      expect(found).toEqual(expectedLabels(scores, labels.length, model.threshold));
    }
    await scorer.close();
    await request.table.close();
  });
});

describe('numbers filled by neighbours or regressions', () => {
  const folder = temporaryFolder();
  writeTable(folder, { ...churn, rows: 350 });
  test.each(['linear', 'gbdt'])(
    'reach the file as the trainer (%s), from raw columns with nulls',
    async (type) => {
      const settings = { model: { type, ...small }, split: { valid: 0.2 } };
      const filledBy = async (impute: string) =>
        expectParity(await prepare(folder, { ...settings, features: { numeric: { impute } } }));
      const [near, regressed] = [await filledBy('knn'), await filledBy('iterative')];
      expect(near.some((score, row) => Math.abs(score - (regressed[row] ?? 0)) > 1e-4)).toBe(true);
    },
  );
});

describe('the file', () => {
  const folder = temporaryFolder();
  writeTable(folder, churn);

  test('has the outputs and the metadata that are promised, and nothing of the run', async () => {
    const request = await prepare(folder, { model: 'linear' });
    const { onnx, threshold } = await trainModel(request);
    const { inputs, outputs, metadata } = readModel(onnx);
    const columns = ['age', 'income', 'plan', 'city', 'joined', 'member', 'label'];
    expect(inputs.map(({ name }) => name)).toEqual(columns);
    // A column is called `label`, so the output is not.
    expect(outputs).toEqual([
      { name: 'label_', type: 'string', shape: ['n'] },
      { name: 'probabilities', type: 'float', shape: ['n', 2] },
    ]);
    const { features, contract, ...rest } = metadata;
    // What it holds is shown in test/runs/contract.test.ts.
    expect(JSON.parse(contract ?? '')).toMatchObject({ range: 'warn', unseen: 'warn' });
    expect(rest).toEqual({
      task: 'binary',
      target: 'y',
      classes: '["stayed","left"]',
      positive: 'left',
      threshold: String(threshold),
      'hash.data': 'sha256:d',
      'hash.split': 'sha256:s',
      'hash.experiment': 'sha256:e',
    });
    expect(JSON.parse(features ?? '')).toEqual(
      inputs.map(({ name, type }) => ({
        name,
        kind: request.table.column(name).kind,
        input: name === 'joined' ? 'date' : type,
      })),
    );
    await request.table.close();
  });

  test('types the classes as the target, and gives a regression one prediction', async () => {
    const integers = temporaryFolder();
    writeTable(integers, { rows: 300, target: (score) => (score > 0 ? '7' : '3') });
    const request = await prepare(integers, { model: 'dummy', positive: 3 });
    expect(readModel((await trainModel(request)).onnx).metadata).toMatchObject({
      classes: '[7,3]',
      positive: '3',
    });
    await request.table.close();
    const numbers = temporaryFolder();
    writeTable(numbers, { rows: 300, target: (score) => score.toFixed(4) });
    const regression = await prepare(numbers, { model: 'dummy' });
    const file = readModel((await trainModel(regression)).onnx);
    expect(file.outputs).toEqual([{ name: 'prediction', type: 'float', shape: ['n', 1] }]);
    expect(file.metadata).toMatchObject({ task: 'regression', classes: '[]' });
    expect(Object.keys(file.metadata)).not.toContain('threshold');
    await regression.table.close();
  });

  test('a score that equals the threshold is positive', async () => {
    const request = await prepare(folder, { model: 'linear' });
    const { onnx } = await trainModel(request);
    const first = await openScorer(onnx);
    const rows = Int32Array.of(3);
    const score = (await first.score(request.table, rows)).scores[0] ?? 0;
    for (const [threshold, label] of [
      [score, 1],
      [score + 1e-12, 0],
    ] as const) {
      const model = { ...request.experiment.model, threshold };
      const scorer = await openScorer(
        (await trainModel({ ...request, experiment: { ...request.experiment, model } })).onnx,
      );
      expect((await scorer.scoreRaw(request.table, rows)).labels?.[0]).toBe(label);
      await scorer.close();
    }
    await first.close();
    await request.table.close();
  });
});

/** As a reader of the predictions file would decide. */
function expectedLabels(scores: Float32Array, classes: number, threshold = Number.NaN): Int32Array {
  if (classes === 2) return Int32Array.from(scores, (score) => (score >= threshold ? 1 : 0));
  return Int32Array.from({ length: scores.length / classes }, (_, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
