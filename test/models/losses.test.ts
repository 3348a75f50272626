/** Losses of values and sparse penalties, against scikit-learn, statsmodels and LightGBM (oracle/losses.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boostedBy, metricsOf, quantileOf } from '../../server/catalog/metrics.ts';
import type { SupervisedTask } from '../../server/catalog/tasks.ts';
import { computeMetric } from '../../server/evaluation/metrics.ts';
import { gbdt } from '../../server/models/gbdt/gbdt.ts';
import { objectiveOf } from '../../server/models/gbdt/objective.ts';
import { linear } from '../../server/models/linear/linear.ts';
import { settings } from './gbdt/settings.ts';
import { matrixOf, runAppended } from './matrix.ts';

interface LinearCase {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly penalty: string;
  readonly strength: number;
  readonly ratio: number;
  readonly quantile: number;
  readonly numeric: number[][];
  readonly target: number[];
  readonly weight: number[] | null;
  readonly coefficients: number[][];
  readonly intercepts: number[];
  readonly pinball: number | null;
}

interface TreeCase {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly metric: string;
  readonly target: 'events' | 'values';
  readonly lightgbm: number;
  readonly first: number[];
}

const oracle: {
  linear: LinearCase[];
  trees: { columns: (number | null)[][]; events: number[]; values: number[]; cases: TreeCase[] };
} = JSON.parse(readFileSync(new URL('oracle/losses.json', import.meta.url), 'utf8'));

function fitLinear({ task, target, weight, ...expected }: LinearCase) {
  const outputs = task === 'multiclass' ? expected.coefficients.length : task === 'binary' ? 2 : 1;
  const { penalty, strength, ratio, quantile, numeric } = expected;
  return linear.fit({
    task,
    outputs,
    quantile,
    train: {
      matrix: matrixOf(numeric),
      target: Float64Array.from(target),
      ...(weight && { weight: Float64Array.from(weight) }),
    },
    parameters: { link: 'auto', penalty, strength, l1_ratio: ratio, intercept: true },
    seed: 1,
    threads: 1,
  });
}

describe('linear coefficients are those of scikit-learn and statsmodels', () => {
  const smooth = oracle.linear.filter(({ task }) => task !== 'quantile');
  test.each(smooth)('$name', async (expected) => {
    const model = await fitLinear(expected);
    const columns = expected.numeric.length;
    const unit = (j: number) =>
      model.predict(matrixOf(Array.from({ length: columns }, (_, i) => [i === j ? 1 : 0])));
    const zero = unit(-1);
    expected.coefficients.forEach((coefficients, k) => {
      coefficients.forEach((coefficient, j) => {
        const own = (unit(j)[k] ?? 0) - (zero[k] ?? 0);
        expect(Math.abs(own - coefficient)).toBeLessThan(1e-4 * Math.max(1, Math.abs(coefficient)));
        // What scikit-learn leaves out is left out here.
        if (expected.penalty === 'l1' && coefficient === 0) expect(Math.abs(own)).toBeLessThan(1e-12);
      });
    });
    const matrix = matrixOf(expected.numeric);
    const raw = model.predict(matrix);
    const appended = await runAppended(model, matrix);
    const scale = Math.max(1, ...raw.map(Math.abs));
    raw.forEach((value, i) => void expect(Math.abs((appended[i] ?? 0) - value)).toBeLessThan(1e-9 * scale));
  });

  test.each(oracle.linear.filter(({ task }) => task === 'quantile'))(
    '$name: the pinball loss is that of the linear program within a part in a thousand',
    async (expected) => {
      const raw = (await fitLinear(expected)).predict(matrixOf(expected.numeric));
      let [loss, total] = [0, 0];
      expected.target.forEach((y, i) => {
        const weight = expected.weight?.[i] ?? 1;
        const error = y - (raw[i] ?? 0);
        loss += weight * Math.max(expected.quantile * error, (expected.quantile - 1) * error);
        total += weight;
      });
      expect(loss / total).toBeLessThan((expected.pinball ?? 0) * 1.001);
    },
  );
});

describe('trees are as good as those of LightGBM', () => {
  const columns = oracle.trees.columns.map((column) => column.map((value) => value ?? Number.NaN));
  const part = (from: number, to: number) => matrixOf(columns.map((column) => column.slice(from, to)));
  const [train, test_] = [part(0, 2000), part(2000, 3000)];
  const parameters = { ...settings, trees: 60, learning_rate: 0.1, max_leaves: 15 };

  async function fitTrees({ task, metric, target, name }: TreeCase, threads = 1) {
    const quantile = quantileOf(metric);
    return gbdt.fit({
      task,
      outputs: 1,
      metric,
      ...(quantile !== undefined && { quantile }),
      train: { matrix: train, target: Float64Array.from(oracle.trees[target].slice(0, 2000)) },
      parameters: name === 'monotone' ? { ...parameters, monotone: { x0: 'up', x2: 'down' } } : parameters,
      seed: 1,
      threads,
    });
  }

  test.each(oracle.trees.cases)('$name', async (expected) => {
    const model = await fitTrees(expected);
    const raw = model.predict(test_);
    const prediction = expected.task === 'count' ? raw.map(Math.exp) : raw;
    const target = Float64Array.from(oracle.trees[expected.target].slice(2000));
    const rows = { task: expected.task, classes: [], rows: new Float64Array(1000), scores: [] };
    const metric = expected.name === 'monotone' ? 'mae' : expected.metric;
    const own = computeMetric(metric, { ...rows, target, prediction });
    expect(own).toBeLessThan(expected.lightgbm * 1.02);
    expect(own).toBeGreaterThan(expected.lightgbm * 0.95);
    // Row by row the two agree but for where bins end.
    const apart = expected.first.reduce((sum, value, i) => sum + Math.abs((prediction[i] ?? 0) - value), 0);
    expect(apart / expected.first.length).toBeLessThan(0.4);
    const appended = await runAppended(model, test_);
    raw.forEach((value, i) => void expect(Math.abs((appended[i] ?? 0) - value)).toBeLessThan(1e-5));
  });

  test('a monotone fit never falls where it may only rise, whatever the other columns', async () => {
    const monotone = oracle.trees.cases.find(({ name }) => name === 'monotone');
    if (!monotone) throw new Error('no such case');
    const model = await fitTrees(monotone);
    const free = await fitTrees({ ...monotone, name: 'free' });
    const steps = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
    const falls = (fitted: typeof model, column: number, sign: number) => {
      let found = 0;
      for (let row = 0; row < 100; row++) {
        const curve = fitted.predict(
          matrixOf(
            columns.map((values, j) => steps.map((step) => (j === column ? step : (values[row] ?? 0)))),
          ),
        );
        for (let i = 1; i < curve.length; i++) {
          if (sign * ((curve[i] ?? 0) - (curve[i - 1] ?? 0)) < -1e-12) found++;
        }
      }
      return found;
    };
    expect([falls(model, 0, 1), falls(model, 2, -1)]).toEqual([0, 0]);
    expect(falls(free, 0, 1)).toBeGreaterThan(0);
  });

  test('quantile leaves are the same bits with one thread and with three', async () => {
    const rows = 20_000;
    const wide = matrixOf(
      columns.map((column) => Array.from({ length: rows }, (_, i) => column[i % 2999] ?? 0)),
    );
    const target = Float64Array.from(
      { length: rows },
      (_, i) => (oracle.trees.values[i % 2999] ?? 0) + (i % 7),
    );
    const fit = (threads: number) =>
      gbdt.fit({
        task: 'quantile',
        outputs: 1,
        quantile: 0.8,
        train: { matrix: wide, target },
        parameters: { ...parameters, trees: 8, subsample: 0.7 },
        seed: 1,
        threads,
      });
    expect((await fit(3)).predict(wide)).toEqual((await fit(1)).predict(wide));
  });
});

test('what a metric is said to make boosted trees minimise is what they minimise', () => {
  const train = { matrix: matrixOf([]), target: Float64Array.from({ length: 50 }, (_, row) => row) };
  const lossOf = (metric: string) =>
    objectiveOf({ task: 'regression', outputs: 1, metric, train, parameters: settings, seed: 1, threads: 1 })
      .loss;
  const said = metricsOf('regression').map(({ name }) => [name, boostedBy[name]?.split(' ')[0] ?? 'squared']);
  expect(said.map(([name = '']) => [name, lossOf(name)])).toEqual(
    said.map(([name, loss]) => [name, loss === 'the' ? 'huber' : loss]),
  );
});
