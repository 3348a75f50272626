import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Experiment } from '../../server/config/experiment.ts';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { tableSpec } from '../../server/data/spec.ts';
import type { Table } from '../../server/data/table.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { type Evaluation, evaluateRun } from '../../server/evaluation/evaluateRun.ts';
import type { EvaluationRequest } from '../../server/evaluation/evaluationRequest.ts';
import { computeMetric } from '../../server/evaluation/metrics.ts';
import { selectRows } from '../../server/evaluation/scoredRows.ts';
import { wilson } from '../../server/statistics/intervals.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { binaryRows } from './rows.ts';

const rows = 4000;
const plans = ['basic', 'plus', "pro's"];

/** `bought` follows `age` and `shop`, but for the plan plus it is a coin: there the model must be weak. */
function drawTable() {
  const random = createRandom(7, 'table');
  const lines = ['age,plan,shop,noise,joined,bought'];
  const score = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const age = Math.round(20 + 50 * random.uniform());
    const plan = plans[random.int(3)] ?? '';
    const shop = random.int(50);
    const logit = (age - 45) / 6 + (shop - 25) / 25;
    const chance = plan === 'plus' ? 0.5 : 1 / (1 + Math.exp(-logit));
    score[row] = Math.fround(1 / (1 + Math.exp(-logit)));
    const written = row % 10 === 0 ? '' : `"${plan}"`;
    const day = String(1 + random.int(28)).padStart(2, '0');
    lines.push(
      `${age},${written},${shop},${random.uniform()},2024-0${1 + random.int(9)}-${day},${random.uniform() < chance ? 1 : 0}`,
    );
  }
  return { text: lines.join('\n'), score };
}

let folder: string;
let table: Table;
let scoreAll: Float64Array;
let targetAll: Float64Array;
let request: EvaluationRequest;
let evaluation: Evaluation;
/** What was told of its progress. */
const shares: number[] = [];

const settings = {
  data: 'rows.csv',
  target: 'bought',
  gates: [
    'beats baseline (significant)',
    'roc_auc >= 0.6',
    'recall(plan=basic) >= 0.5',
    'roc_auc(age < 30) > baseline',
    'roc_auc(plan=plus) >= 0.6',
    'lint.errors == 0',
  ],
};

function experimentOf(more: Record<string, unknown> = {}): Experiment {
  return resolveExperiment({ ...settings, ...more }, join(folder, 'shop.experiment.yaml'));
}

/** What the "model file" scores: age and shop are read from the rows that the shuffle names. */
const rescore: EvaluationRequest['rescore'] = async (positions, rowsOf) => {
  const ages = await table.numbers('age');
  const shops = await table.numbers('shop');
  const from = (column: string, index: number) => (rowsOf?.get(column) ?? positions)[index] ?? 0;
  const score = Float64Array.from(positions, (_, index) => {
    const logit = ((ages[from('age', index)] ?? 0) - 45) / 6 + ((shops[from('shop', index)] ?? 0) - 25) / 25;
    return Math.fround(1 / (1 + Math.exp(-logit)));
  });
  return binaryRows(
    Float64Array.from(positions, (position) => targetAll[position] ?? 0),
    score,
  );
};

function placed(positions: Int32Array) {
  return { rows: selectRows(binaryRows(targetAll, scoreAll), positions), positions };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evaluation-'));
  const drawn = drawTable();
  scoreAll = drawn.score;
  writeFileSync(join(folder, 'rows.csv'), drawn.text);
  table = await openTable(tableSpec(experimentOf(), folder));
  targetAll = await table.numbers('bought');
  const half = Int32Array.from({ length: rows / 2 }, (_, index) => 2 * index);
  const test = placed(half);
  const rough = scoreAll.map((score) => (score > 0.5 ? 0.6 : 0.4));
  request = {
    experiment: experimentOf(),
    table,
    metric: 'roc_auc',
    test,
    valid: placed(half.map((position) => position + 1).subarray(0, 900)),
    train: placed(half.map((position) => position + 1).subarray(900)),
    baselines: {
      dummy: binaryRows(
        test.rows.target,
        test.rows.target.map(() => 0.5),
      ),
      rough: selectRows(binaryRows(targetAll, rough), half),
    },
    columns: ['age', 'plan', 'shop', 'noise', 'joined'],
    rescore,
    lint: { error: 0, warning: 0, info: 0, hint: 0 },
  };
  evaluation = await evaluateRun(request, { onProgress: (done, total) => void shares.push(done / total) });
}, 60_000);

afterAll(async () => {
  await table.close();
  rmSync(folder, { recursive: true });
});

test('its parts count as stretches of one whole', () => {
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThanOrEqual(1);
});

test('every standard metric stands with its interval for test, validation, training and baselines', () => {
  const names = [
    'roc_auc',
    'pr_auc',
    'log_loss',
    'brier',
    'f1',
    'precision',
    'recall',
    'accuracy',
    'balanced_accuracy',
    'mcc',
    'ece',
  ];
  const { metrics, baselines } = evaluation;
  for (const estimates of [metrics.test, metrics.valid, metrics.train, baselines['rough'] ?? {}]) {
    expect(Object.keys(estimates)).toEqual(names);
    for (const [name, { low, value, high }] of Object.entries(estimates)) {
      expect(low, name).toBeLessThan(high);
      expect(low, name).toBeLessThanOrEqual(value);
      expect(value, name).toBeLessThanOrEqual(high);
    }
  }
  expect(metrics.test['roc_auc']?.value).toBe(computeMetric('roc_auc', request.test.rows));
  expect(baselines['dummy']?.['roc_auc']).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
});

describe('slices', () => {
  const named = (name: string) => evaluation.slices.find(({ slice }) => slice === name);
  test('the planted plan is weak, and no other', () => {
    expect(evaluation.slices.filter(({ weak }) => weak).map(({ slice }) => slice)).toEqual(['plan=plus']);
    expect(named('plan=plus')?.value).toBeCloseTo(0.5, 1);
  });
  test('levels, quartiles, dates and missing values are expressions that select their rows', async () => {
    const names = evaluation.slices.map(({ slice }) => slice);
    expect(names).toContain("plan='pro''s'");
    expect(names).toContain('plan is null');
    expect(names.filter((name) => name.startsWith('age '))).toHaveLength(4);
    expect(names.filter((name) => /^joined (>=|<) 2024-/.test(name))).toHaveLength(4);
    for (const { slice, rows } of evaluation.slices) {
      const truth = await table.test(slice.replace(/^(\w+)=(\w+)$/, "$1='$2'"));
      expect(request.test.positions.filter((position) => truth[position] === 1).length, slice).toBe(rows);
    }
  });
  test('shares of one column add up to 1, and the value is the metric on those rows', () => {
    const ages = evaluation.slices.filter(({ slice }) => slice.startsWith('age '));
    expect(ages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const { value, low, high, overall } of ages) {
      expect(low).toBeLessThan(Number(value));
      expect(Number(value)).toBeLessThan(Number(high));
      expect(overall).toBe(evaluation.metrics.test['roc_auc']?.value);
    }
  });
});

test('importance ranks what the model uses, and nothing else has any', () => {
  const [first, second, ...others] = evaluation.explanations[0]?.importance ?? [];
  expect([first?.column, second?.column]).toEqual(['age', 'shop']);
  expect(Number(first?.low)).toBeGreaterThan(Number(second?.high));
  expect(others.map(({ value }) => value)).toEqual([0, 0, 0]);
});

test('comparisons are with each baseline and agree with the metrics', () => {
  expect(evaluation.comparisons.map(({ to }) => to)).toEqual(['dummy', 'rough']);
  const [dummy] = evaluation.comparisons;
  expect(dummy?.difference).toBeCloseTo((evaluation.metrics.test['roc_auc']?.value ?? 0) - 0.5, 12);
  expect(Number(dummy?.pAdjusted)).toBeGreaterThanOrEqual(Number(dummy?.p));
});

test('gates over all rows, slices, and lint', () => {
  expect(evaluation.gates.map(({ gate, passed }) => [gate, passed])).toEqual(
    settings.gates.map((gate) => [gate, !gate.includes('plan=plus')]),
  );
  const [, , recall, young] = evaluation.gates;
  expect(young?.reason).toContain('roc_auc(age < 30)');
  const basic = selectRows(request.test.rows, basicRows);
  expect(recall?.value).toBe(computeMetric('recall', basic));
});

test('the confusion matrix and the calibration bins count every test row', () => {
  expect(evaluation.confusion?.flat().reduce((sum, count) => sum + count, 0)).toBe(rows / 2);
  expect(evaluation.calibrationBins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows / 2);
  const error = evaluation.calibrationBins.reduce(
    (sum, bin) => sum + Math.abs(bin.predicted - bin.observed) * bin.rows,
    0,
  );
  expect(error / (rows / 2)).toBeCloseTo(evaluation.metrics.test['ece']?.value ?? 0, 12);
});

test('the same request gives the same evaluation', { timeout: 60_000 }, async () => {
  expect(await evaluateRun(request, { threads: 1 })).toEqual(evaluation);
});

test('settings of evaluate act: metrics, level, method, samples, slices, compare', {
  timeout: 60_000,
}, async () => {
  const evaluate = {
    metrics: ['accuracy', 'recall@50', 'pinball'],
    ci: { method: 'wilson', level: 0.8, samples: 200 },
    slices: ['plan', 'age < 30', 'no such thing ('],
    compare: { to: ['rough'], test: 'mcnemar', correction: 'none' },
  };
  const found = await evaluateRun({ ...request, experiment: experimentOf({ evaluate }) });
  expect(Object.keys(found.metrics.test)).toEqual(['roc_auc', 'accuracy', 'recall@50']);
  const { value = 0, low, high } = found.metrics.test['accuracy'] ?? {};
  expect({ low, high }).toEqual(wilson(value * (rows / 2), rows / 2, 0.8));
  expect(found.slices.map(({ slice }) => slice)).toEqual([
    'plan is null',
    'plan=basic',
    'plan=plus',
    "plan='pro''s'",
    'age < 30',
  ]);
  expect(found.comparisons).toMatchObject([{ to: 'rough', test: 'mcnemar', metric: 'accuracy' }]);
  expect(found.warnings.join()).toMatch(/pinball.*no such thing/s);
  const none = await evaluateRun({
    ...request,
    experiment: experimentOf({ evaluate: { ci: { method: 'none' } } }),
  });
  expect(none.metrics.test['roc_auc']).toEqual({
    value: evaluation.metrics.test['roc_auc']?.value,
    low: Number.NaN,
    high: Number.NaN,
  });
});

test('intervals are wider when whole groups are resampled', { timeout: 60_000 }, async () => {
  const grouped = await evaluateRun({
    ...request,
    experiment: experimentOf({ evaluate: { ci: { by: 'age' } } }),
  });
  const width = ({ metrics }: Evaluation) =>
    (metrics.test['accuracy']?.high ?? 0) - (metrics.test['accuracy']?.low ?? 0);
  expect(width(grouped)).toBeGreaterThan(1.3 * width(evaluation));
});

let basicRows: Int32Array;
beforeAll(async () => {
  const truth = await table.test("plan = 'basic'");
  basicRows = Int32Array.from(request.test.positions.keys()).filter(
    (index) => truth[request.test.positions[index] ?? 0] === 1,
  );
});
