import { describe, expect, test } from 'vitest';
import type { PastFailure } from '../../../server/lint/history.ts';
import { clean, fixed, lint, load, now, only } from '../marked.ts';
import { figure, historyOf, judged, resultOf } from '../pastResults.ts';

const network = `${clean}model: mlp\ntrain:\n  optimizer: {lr: 0.5}\n`;

describe('diverged', () => {
  const failed = (started: string, code = 'diverged'): PastFailure => ({
    run: 'run9',
    started,
    experiment: { ...load(network).experiment },
    code,
    message: 'The network diverged: after epoch 3 its loss is no number any more.',
  });
  const of = (failure: PastFailure, text = network) =>
    only(lint(text, { runs: { ...historyOf([]), failures: [failure] } }), 'diverged');

  test('tells how the newest run of these settings ended, at the rate to lower', () => {
    const [finding, ...rest] = of(failed('2026-02-02T00:00:00Z'));
    expect(rest).toEqual([]);
    expect(finding?.message).toBe(
      'Run run9: The network diverged: after epoch 3 its loss is no number any more.',
    );
    const mended = fixed(network, finding);
    expect(mended).toBe(network.replace('0.5', '0.05'));
    expect(of(failed('2026-02-02T00:00:00Z'), mended)).toEqual([]);
  });

  test('is silent after another error, and once such a run has finished', () => {
    expect(of(failed('2026-02-02T00:00:00Z', 'engine-failed'))).toEqual([]);
    const runs = { ...historyOf([resultOf(network)]), failures: [failed('2026-01-01T00:00:00Z')] };
    expect(only(lint(network, { runs }), 'diverged')).toEqual([]);
  });
});

test('device-missing: a device that is not here, for a model that would use it', () => {
  const text = `${clean}model: mlp\ntrain: {device: webgpu}\n`;
  const missingDevice = (device: string) => (device === 'webgpu' ? 'There is no GPU here.' : undefined);
  const [finding] = only(lint(text, { missingDevice }), 'device-missing');
  expect(finding?.message).toBe('No webgpu here: a run would stop. There is no GPU here.');
  const mended = fixed(text, finding);
  expect(mended).toBe(text.replace('webgpu', 'auto'));
  for (const other of [mended, text.replace('webgpu', 'cuda'), text.replace('mlp', 'gbdt')])
    expect(only(lint(other, { missingDevice }), 'device-missing')).toEqual([]);
  expect(only(lint(text), 'device-missing')).toEqual([]);
});

describe('champion-regression', () => {
  const sliced = (value: number, half = 0.02) => ({
    slices: [
      {
        slice: 'plan=pro',
        rows: 300,
        share: 0.15,
        metric: 'roc_auc',
        value,
        low: value - half,
        high: value + half,
        overall: 0.8,
        weak: false,
      },
    ],
  });
  const text = `${clean}gates: [recall(plan=pro) >= 0.2]\n`;
  const champion = resultOf(
    `${clean}model: linear\n`,
    { ...sliced(0.8), run: { ...resultOf(clean).document.run, id: 'old' } },
    { promoted: ['churn/3'], champion: true },
  );
  const of = (value: number, written = text, before = champion) =>
    only(
      lint(written, { runs: historyOf([resultOf(written, sliced(value)), before]) }),
      'champion-regression',
    );

  test('a guarded slice on which the model in production is better, beyond both intervals', () => {
    const [finding, ...rest] = of(0.7);
    expect(rest).toEqual([]);
    expect(finding?.path).toBe('gates.0');
    expect(finding?.message).toBe('plan=pro: roc_auc 0.7 where churn/3 has 0.8, on the same 300 test rows.');
    expect(of(0.7, `${text}evaluate: {slices: [plan]}\n`)).toHaveLength(2);
  });

  test('is silent where the intervals meet, nobody guards the slice, or the test rows are others', () => {
    expect(of(0.77)).toEqual([]);
    expect(of(0.7, `${clean}gates: [roc_auc >= 0.2]\n`)).toEqual([]);
    const elsewhere = {
      ...champion,
      document: { ...champion.document, split: { ...champion.document.split, hash: 'sha256:1' } },
    };
    expect(of(0.7, text, elsewhere)).toEqual([]);
    expect(of(0.7, text, { ...champion, champion: false })).toEqual([]);
  });
});

describe('biased-residuals', () => {
  // Errors 1, 2, 3, 2 of truths 0, 10, 20, 30: mean 2, MSE 4.5, variance 0.5; the truths vary by 125.
  const measured = (explained: number, test: number, metric = 'rmse') => ({
    task: 'regression' as const,
    metric,
    rows: { train: 8000, valid: 0, test, withoutTarget: 0, source: 10_000 },
    metrics: {
      test: {
        rmse: figure(Math.sqrt(4.5)),
        mae: figure(2),
        r2: figure(1 - 4.5 / 125),
        explained_variance: figure(explained),
      },
      valid: {},
      train: {},
    },
  });
  const text = `${clean}evaluate: {metrics: [rmse, r2, explained_variance]}\n`;

  test('the mean error follows from R², explained variance and RMSE', () => {
    const [finding, ...rest] = judged('biased-residuals', text, measured(1 - 0.5 / 125, 4));
    expect(rest).toEqual([]);
    expect(finding?.data['meanError']).toBeCloseTo(2, 10);
    expect(finding?.data['z']).toBeCloseTo((Math.sqrt(4) * 2) / Math.sqrt(0.5), 10);
    expect(finding?.message).toBe(
      'Predictions are off by 2 in one direction on average (94.28 % of the RMSE).',
    );
  });

  test('is silent where chance explains it, where none is, and where absolute errors were asked for', () => {
    const slight = 1 - 4.499 / 125;
    expect(judged('biased-residuals', text, measured(slight, 4_000))).toEqual([]);
    expect(judged('biased-residuals', text, measured(slight, 40_000))).toHaveLength(1);
    expect(judged('biased-residuals', text, measured(1 - 4.5 / 125, 40_000))).toEqual([]);
    expect(judged('biased-residuals', text, measured(1 - 0.5 / 125, 4, 'mae'))).toEqual([]);
  });
});

test('model-stale: the version in production is older than twice its rhythm, or than its data may be', () => {
  const used = resultOf(clean, {}, { promoted: ['churn/3'], champion: true });
  const of = (monitor: string, result = used) =>
    only(lint(`${clean}${monitor}`, { runs: historyOf([result]) }), 'model-stale');
  expect(now.toISOString()).toBe('2026-03-01T12:00:00.000Z');
  const [finding] = of('monitor: {retrain: {schedule: weekly}}\n');
  expect(finding?.message).toBe('churn/3 is 28 days old: run run1 trained it on 2026-02-01.');
  expect(of('monitor: {retrain: {schedule: monthly}}\n')).toEqual([]);
  expect(of('monitor: {retrain: {schedule: weekly}}\n', resultOf(clean))).toEqual([]);
  const fresh = (age: string) =>
    `data: {source: data/churn.csv, quality: {freshness: ${age}}}\ntarget: churned\nmonitor: 1d\n`;
  const ofData = (age: string) => only(lint(fresh(age), { runs: historyOf([used]) }), 'model-stale');
  expect(ofData('20d')).toHaveLength(1);
  expect(ofData('30d')).toEqual([]);
});
