import { describe, expect, test } from 'vitest';
import { readModel } from '../../server/onnx/model.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, sigmoid, type TableOptions, writeTable } from './tables.ts';

const rareTarget: TableOptions = {
  rows: 4000,
  target: (score, u) => (u < sigmoid(2 * score - 6) ? '1' : '0'),
};
const small = { gbdt: { trees: 40, learning_rate: 0.2 } };

describe('with the same request', () => {
  const folder = temporaryFolder();
  writeTable(folder, churn);
  const settings = { model: { type: 'gbdt', ...small }, train: { early_stop: 5 }, split: { cv: 3 } };

  test('the bytes are the same, with checkpoints and without, fresh and resumed at any of them', async () => {
    const request = await prepare(folder, settings);
    const plain = await trainModel(request);
    const saves: [string, Uint8Array][] = [];
    const store = new Map<string, Uint8Array>();
    const ports = (onSave: () => void) => (name: string) => ({
      every: 5,
      load: () => store.get(name),
      save(state: Uint8Array) {
        store.set(name, state.slice());
        saves.push([name, state.slice()]);
        onSave();
      },
    });
    const full = await trainModel({ ...request, checkpoint: ports(() => {}) });
    expect(Buffer.from(full.onnx).equals(plain.onnx)).toBe(true);
    expect(full.outOfFold).toEqual(plain.outOfFold);
    expect(new Set(saves.map(([name]) => name))).toEqual(
      new Set(['main: fold 1', 'main: fold 2', 'main: fold 3', 'main: final']),
    );
    const total = saves.length;
    for (const stopAt of [1, Math.floor(total / 2), total]) {
      store.clear();
      let count = 0;
      const killed = trainModel({
        ...request,
        checkpoint: ports(() => {
          if (++count === stopAt) throw new Error('killed');
        }),
      });
      await expect(killed).rejects.toThrow('killed');
      const resumed = await trainModel({ ...request, checkpoint: ports(() => {}) });
      expect(Buffer.from(resumed.onnx).equals(plain.onnx)).toBe(true);
      expect(resumed.outOfFold).toEqual(plain.outOfFold);
    }
    await request.table.close();
  });

  test('the values of test rows change nothing', async () => {
    const request = await prepare(folder, { ...settings, split: { valid: 0.2 } });
    const values = request.task.values.map((y, row) => (request.split.assignment[row] === 3 ? 1 - y : y));
    const model = await trainModel(request);
    const other = await trainModel({ ...request, task: { ...request.task, values } });
    expect(Buffer.from(other.onnx).equals(model.onnx)).toBe(true);
    await request.table.close();
  });
});

describe('tasks of values', () => {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 2000, target: (score, u) => (10 * score + 20 * u).toFixed(3) });
  const model = { type: 'gbdt', gbdt: { trees: 100, learning_rate: 0.1 } };

  test.each([
    ['pinball@90', 0.9],
    ['pinball@20', 0.2],
    ['mae', 0.5],
  ])('a quantile model judged by %s lies above that share of the truths', async (metric, share) => {
    const request = await prepare(folder, { task: 'quantile', metric, model, split: { valid: 0.2 } });
    for (const type of ['gbdt', 'linear', 'dummy']) {
      const trained = await trainModel({ ...request, type });
      const rows = Int32Array.from(request.split.assignment.keys()).filter(
        (row) => request.split.assignment[row] === 3,
      );
      const scores = await trained.trainerScores(rows);
      const below = rows.filter((row, i) => (request.task.values[row] ?? 0) <= (scores[i] ?? 0));
      expect(Math.abs(below.length / rows.length - share), type).toBeLessThan(0.09);
      expect(readModel(trained.onnx).metadata['quantile']).toBe(String(share));
    }
    expect((await trainModel(request)).stopMetric).toBe(metric);
    await request.table.close();
  });

  test('a count needs values from 0 up', async () => {
    await expect(prepare(folder, { task: 'count' })).rejects.toMatchObject({ code: 'task-mismatch' });
  });
});

describe('cross-validation', () => {
  const folder = temporaryFolder();
  writeTable(folder, churn);

  test('scores every training row once, by a model that did not see it', async () => {
    const request = await prepare(folder, { model: 'linear', split: { cv: 4 } });
    const model = await trainModel(request);
    const train = [...request.split.assignment.keys()].filter((row) => request.split.assignment[row] === 1);
    expect([...(model.outOfFold?.rows ?? [])]).toEqual(train);
    // By hand: the model of one fold is a model trained on the other folds alone.
    const fold = request.split.folds[1];
    if (!fold || !model.outOfFold) throw new Error('no folds');
    const assignment = new Uint8Array(request.split.assignment.length);
    for (const row of fold.train) assignment[row] = 1;
    const split = { ...request.split, assignment, folds: [] };
    const settings = { ...request.experiment.model, calibrate: 'none' as const };
    const uncalibrated = { ...request, experiment: { ...request.experiment, model: settings } };
    const alone = await trainModel({ ...uncalibrated, split });
    const expected = await alone.trainerScores(fold.valid);
    const { outOfFold } = await trainModel(uncalibrated);
    fold.valid.forEach((row, i) => {
      expect(outOfFold?.scores[outOfFold.rows.indexOf(row)]).toBe(Math.fround(expected[i] ?? Number.NaN));
    });
    await request.table.close();
  });

  test('the final model grows the mean number of trees of the folds', async () => {
    const request = await prepare(folder, {
      model: { type: 'gbdt', gbdt: { trees: 300, learning_rate: 0.3 } },
      split: { cv: 3 },
    });
    const model = await trainModel(request);
    expect(model.stopMetric).toBe('log_loss');
    expect(model.curves.length).toBe(3);
    const best = model.curves.map((curve) => curve.indexOf(Math.max(...curve)) + 1);
    expect(model.iterations).toBe(Math.round(best.reduce((a, b) => a + b) / 3));
    await request.table.close();
  });
});

describe('settings', () => {
  const folder = temporaryFolder();
  writeTable(folder, churn);
  const rare = temporaryFolder();
  writeTable(rare, rareTarget);

  async function trained(at: string, settings: Readonly<Record<string, unknown>>) {
    const request = await prepare(at, { split: { valid: 0.2 }, ...settings });
    const model = await trainModel(request);
    const rows = [...request.split.assignment.keys()].filter((row) => request.split.assignment[row] === 3);
    const scores = await model.trainerScores(Int32Array.from(rows));
    const mean = scores.reduce((a, b) => a + b) / rows.length;
    const share = rows.reduce((sum, row) => sum + (request.task.values[row] ?? 0), 0) / rows.length;
    await request.table.close();
    return { model, mean, share };
  }

  test('model.threshold is taken as written, or chosen on validation rows', async () => {
    expect((await trained(folder, { model: { type: 'linear', threshold: 0.3 } })).model.threshold).toBe(0.3);
    expect((await trained(folder, { model: { type: 'linear' } })).model.threshold).toBe(0.5);
    const chosen = await trained(folder, { model: { type: 'linear', threshold: { maximize: 'f1' } } });
    expect(chosen.model.threshold).not.toBe(0.5);
    expect(readModel(chosen.model.onnx).metadata['threshold']).toBe(String(chosen.model.threshold));
  });

  test('model.calibrate is applied as written', async () => {
    for (const calibrate of ['none', 'platt', 'isotonic', 'temperature']) {
      const { model } = await trained(folder, { model: { type: 'linear', calibrate } });
      expect(model.calibration.method).toBe(calibrate);
    }
  });

  test.each([
    ['none', 'log_loss'],
    ['weights', 'roc_auc'],
    ['undersample', 'roc_auc'],
  ])('imbalance: %s watches %s, which its treatment leaves right', async (imbalance, watched) => {
    const model = { type: 'gbdt', gbdt: { trees: 5 } };
    const settings = { model, metric: 'roc_auc', train: { imbalance }, split: { valid: 0.2 } };
    expect((await trained(folder, settings)).model.stopMetric).toBe(watched);
  });

  test('train.early_stop stops sooner, on its own metric if it has one', async () => {
    const model = { type: 'gbdt', gbdt: { trees: 120, learning_rate: 0.3 } };
    expect((await trained(folder, { model, train: { early_stop: false } })).model.iterations).toBe(120);
    const short = await trained(folder, {
      model,
      train: { early_stop: { patience: 3, metric: 'log_loss' } },
    });
    expect(short.model.iterations).toBeLessThan(120);
    expect(short.model.stopMetric).toBe('log_loss');
    expect(short.model.curves[0]?.length).toBe(short.model.iterations + 3);
    // Patience counts steps of learning: at a rate of 0.1 two and a half trees are one, rounded to three.
    const slow = { type: 'gbdt', gbdt: { trees: 120, learning_rate: 0.1 } };
    const { model: patient } = await trained(folder, { model: slow, train: { early_stop: 3 } });
    expect(patient.curves[0]?.length).toBe(patient.iterations + 9);
  });

  test('a class below 10 % is weighted, calibrated back, and given a threshold that finds it', async () => {
    const treated = await trained(rare, { model: 'linear' });
    expect(treated.share).toBeLessThan(0.1);
    expect(treated.model.calibration.method).toBe('platt');
    expect(treated.model.threshold).toBeLessThan(0.5);
    expect(Math.abs(treated.mean - treated.share)).toBeLessThan(0.02);
    const untreated = await trained(rare, { model: 'linear', train: { imbalance: 'none' } });
    expect(untreated.model.threshold).toBe(0.5);
    const inflated = await trained(rare, {
      model: { type: 'linear', calibrate: 'none' },
      train: { imbalance: 'weights' },
    });
    expect(inflated.mean).toBeGreaterThan(3 * inflated.share);
    const noRows = await trained(rare, {
      model: 'linear',
      split: { valid: 0, cv: 0 },
      train: { imbalance: 'weights' },
    });
    expect(Math.abs(noRows.mean - noRows.share)).toBeLessThan(0.02);
  });

  test('a focal loss draws probabilities together and is calibrated back; a model without one is trained as ever', async () => {
    const focal = { train: { imbalance: 'focal' } };
    const treated = await trained(rare, { model: { type: 'gbdt', ...small }, ...focal });
    expect(treated.model.calibration.method).toBe('platt');
    expect(Math.abs(treated.mean - treated.share)).toBeLessThan(0.02);
    const drawn = await trained(rare, { model: { type: 'gbdt', calibrate: 'none', ...small }, ...focal });
    expect(drawn.mean).toBeGreaterThan(1.5 * drawn.share);
    const [own, usual] = [focal, { train: { imbalance: 'none' } }].map((train) =>
      trained(rare, { model: { type: 'linear', calibrate: 'none' }, ...train }),
    );
    expect((await own)?.mean).toBe((await usual)?.mean);
  });

  test('the dummy says the training share, whatever the treatment', async () => {
    const { model, mean, share } = await trained(rare, { model: 'dummy', train: { imbalance: 'weights' } });
    expect(model.threshold).toBe(0.5);
    expect(model.calibration.method).toBe('none');
    expect(Math.abs(mean - share)).toBeLessThan(0.01);
  });

  test('the dummy learns no feature: its file asks for one column, to know how many rows there are', async () => {
    const features = { numeric: { impute: 'knn' } };
    const request = await prepare(folder, { model: 'dummy', features });
    const model = await trainModel(request);
    expect(model.features.map(({ name }) => name)).toEqual(['age']);
    // Neighbours would stand in the file, a thousand rows of them.
    expect(model.onnx.byteLength).toBeLessThan(4096);
    await request.table.close();
  });

  test('data.weight counts rows, those of weight 0 not at all', async () => {
    const derive = [{ name: 'w', expr: "if(city == 'city 1', 3, if(city == 'city 2', 0, 1))" }];
    const data = { source: 'table.csv', derive, weight: 'w' };
    const request = await prepare(folder, { data, model: 'dummy' });
    const weights = await request.table.numbers('w');
    let [sum, total] = [0, 0];
    request.split.assignment.forEach((side, row) => {
      if (side !== 1) return;
      sum += (weights[row] ?? 0) * (request.task.values[row] ?? 0);
      total += weights[row] ?? 0;
    });
    const row = Int32Array.of(0);
    expect((await (await trainModel(request)).trainerScores(row))[0]).toBeCloseTo(sum / total, 12);
    for (const type of ['linear', 'gbdt']) {
      const weighted = await trainModel({ ...request, type });
      const { weight: _, ...unweighted } = request.experiment.data;
      const plain = await trainModel({
        ...request,
        type,
        experiment: { ...request.experiment, data: unweighted },
      });
      expect(await weighted.trainerScores(row)).not.toEqual(await plain.trainerScores(row));
    }
    await request.table.close();
  });

  test.each([
    ['a missing weight', 'age', 'bad-weight'],
    ['a negative weight', 'negative', 'bad-weight'],
  ])('%s is one clear error', async (_, weight, code) => {
    const derive = [{ name: 'negative', expr: "if(city == 'city 1', -1, 1)" }];
    const request = await prepare(folder, { data: { source: 'table.csv', derive, weight } });
    await expect(trainModel(request)).rejects.toMatchObject({ code });
    await request.table.close();
  });

  test('a table without anything to learn from is one clear error', async () => {
    const request = await prepare(folder);
    for (const type of ['dummy', 'linear', 'gbdt']) {
      await expect(trainModel({ ...request, type, columns: [] })).rejects.toMatchObject({
        code: 'no-features',
      });
    }
    await request.table.close();
  });

  test('what this version cannot train is refused by name', async () => {
    const request = await prepare(folder, {});
    await expect(trainModel({ ...request, type: 'gam' })).rejects.toMatchObject({
      code: 'model-unsupported',
    });
    await request.table.close();
  });
});
