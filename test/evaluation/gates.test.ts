import { beforeAll, describe, expect, test } from 'vitest';
import { type Bootstrap, bootstrap } from '../../server/evaluation/bootstrap.ts';
import { checkGates, type GateFacts, gateMetrics } from '../../server/evaluation/gates.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { binaryRows } from './rows.ts';

const random = createRandom(1, 'gates');
const target = Float64Array.from({ length: 800 }, () => (random.uniform() < 0.3 ? 1 : 0));
const scoreOf = (strength: number) =>
  target.map((actual) => 1 / (1 + Math.exp(-(random.normal() + strength * actual - 1))));
const models = {
  model: binaryRows(target, scoreOf(1.8)),
  linear: binaryRows(target, scoreOf(1.3)),
  dummy: binaryRows(
    target,
    target.map(() => 0.3),
  ),
};

let result: Bootstrap;
beforeAll(async () => {
  result = await bootstrap({
    models,
    metrics: ['roc_auc', 'log_loss', 'recall', 'ece'],
    samples: 500,
    level: 0.95,
    seed: 1,
    stream: 'test',
  });
});

function check(gate: string, more: Partial<GateFacts> = {}) {
  const facts: GateFacts = {
    task: 'binary',
    metric: 'roc_auc',
    main: 'model',
    baselines: ['dummy', 'linear'],
    bootstrapOf: (slice) => (slice === undefined ? result : undefined),
    level: 0.95,
    alpha: 0.05,
    correction: 'holm',
    lint: { error: 0, warning: 2, info: 0, hint: 0 },
    ...more,
  };
  const [verdict] = checkGates([gate], facts);
  if (!verdict) throw new Error('one gate has one verdict');
  return verdict;
}

const value = (model: keyof typeof models, metric = 'roc_auc') =>
  result.estimates[model]?.[metric]?.value ?? Number.NaN;

describe('a number', () => {
  test('passes from the point value on, and shows value and interval', () => {
    const auc = value('model');
    expect(check(`roc_auc >= ${auc}`)).toMatchObject({ passed: true, value: auc, ...bounds('roc_auc') });
    expect(check(`roc_auc > ${auc}`).passed).toBe(false);
    expect(check('log_loss <= 0.1').passed).toBe(false);
    expect(check('log_loss <= 2').passed).toBe(true);
    expect(check('roc_auc >= 50%').passed).toBe(true);
  });
  test('(significant) asks the whole interval', () => {
    const { low } = bounds('roc_auc');
    expect(check(`roc_auc >= ${low + 0.001} (significant)`).passed).toBe(false);
    expect(check(`roc_auc >= ${low - 0.001} (significant)`).passed).toBe(true);
  });
  const bounds = (metric: string) => {
    const { low, high } = result.estimates['model']?.[metric] ?? { low: Number.NaN, high: Number.NaN };
    return { low, high };
  };
});

describe('a baseline', () => {
  test('beats means a better point value than the best one, and gives the difference', () => {
    const verdict = check('beats baseline');
    expect(verdict.passed).toBe(true);
    expect(verdict.value).toBeCloseTo(value('model') - value('linear'), 12);
    expect(verdict.reason).toContain('linear');
  });
  test('significant where the corrected interval excludes 0, which is wider than the plain one', () => {
    const plain = check('beats baseline');
    const strict = check('beats baseline (significant)');
    expect(Number(strict.high) - Number(strict.low)).toBeGreaterThanOrEqual(
      Number(plain.high) - Number(plain.low),
    );
    expect(strict.passed).toBe(Number(strict.low) > 0);
    expect(check('beats baseline (significant)', { baselines: ['dummy'] }).passed).toBe(true);
  });
  test('a loss is beaten from below', () => {
    expect(check('beats baseline', { metric: 'log_loss' }).passed).toBe(
      value('model', 'log_loss') < value('linear', 'log_loss'),
    );
    expect(check('log_loss < baseline', { baselines: ['dummy'] }).passed).toBe(true);
    expect(check('log_loss > baseline', { baselines: ['dummy'] }).passed).toBe(false);
  });
  test('an offset moves the bar', () => {
    const gain = value('model') - value('linear');
    expect(check(`roc_auc > baseline + ${gain + 0.001}`).passed).toBe(false);
    expect(check(`roc_auc >= baseline - 0.5`).passed).toBe(true);
  });
  test('without one the gate fails and says why', () => {
    expect(check('beats baseline', { baselines: [] })).toMatchObject({ passed: false, value: null });
    expect(check('beats baseline', { baselines: [] }).reason).toContain('no baseline');
  });
});

test('a champion that does not exist yet is not applicable and passes', () => {
  expect(check('pr_auc >= champion - 0.005')).toMatchObject({ passed: true, value: null });
  expect(check('beats champion').reason).toContain('not applicable');
});

test('lint counts are exact', () => {
  expect(check('lint.errors == 0')).toMatchObject({ passed: true, value: 0 });
  expect(check('lint.warnings == 0')).toMatchObject({ passed: false, value: 2 });
});

test('what is not measured fails with its reason', () => {
  for (const gate of [
    'latency.p95 < 50ms',
    'fairness.worst_ratio >= 0.8',
    'rmse < 3',
    'roc_auc > run(abc)',
  ]) {
    expect(check(gate), gate).toMatchObject({ passed: false, value: null });
    expect(check(gate).reason, gate).toMatch(/cannot be judged/);
  }
  expect(check('roc_auc >=').passed).toBe(false);
  expect(check('recall(plan=basic) >= 0.1').reason).toContain('no value');
});

test('gates name the metrics and slices they need', () => {
  const gates = ['beats baseline', 'ece <= 0.05', 'recall(plan=basic) >= 0.6', 'latency.p95 < 5ms', '>='];
  expect(gateMetrics(gates, 'pr_auc', 'binary')).toEqual([
    { metric: 'pr_auc' },
    { metric: 'ece' },
    { metric: 'recall', slice: 'plan=basic' },
  ]);
});
