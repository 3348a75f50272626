import { describe, expect, test } from 'vitest';
import { clean, lint, only } from '../marked.ts';
import { comparison, figure, historyOf, isSilentOnceMended, judged, resultOf } from '../pastResults.ts';

type Changes = Parameters<typeof judged>[2];

const sound = resultOf(clean).document;
const scored = (test: number, train: number, half = 0.02): Changes => ({
  metrics: { test: { roc_auc: figure(test, half) }, valid: {}, train: { roc_auc: figure(train, half) } },
});

test('a sound result has no finding', () => {
  expect(lint(clean, { runs: historyOf([resultOf(clean)]) })).toEqual([]);
});

test('a result of other settings is not judged, one of settings that change no number is', () => {
  const changes = scored(0.7, 0.99);
  expect(judged('overfit', clean, changes)).toHaveLength(1);
  const runs = historyOf([resultOf(clean, changes)]);
  expect(only(lint(`${clean}model: {gbdt: {max_leaves: 7}}\n`, { runs }), 'overfit')).toEqual([]);
  expect(only(lint(`${clean}card: {owner: me}\nserve: realtime\n`, { runs }), 'overfit')).toHaveLength(1);
});

test('deep trees of a forest hold every row: that is not overfitting', () => {
  expect(judged('overfit', `${clean}model: forest\n`, scored(0.7, 1))).toEqual([]);
});

interface Case {
  readonly rule: string;
  readonly fires: Changes;
  readonly message: string | RegExp;
  readonly twin: Changes;
  readonly text?: string;
  /** Not every finding has an edit that mends it. */
  readonly mends?: boolean;
}

const importance = (values: readonly (readonly [string, number, number])[]): Changes => ({
  explanations: [
    {
      method: 'permutation',
      metric: 'roc_auc',
      importance: values.map(([column, value, low]) => ({ column, value, low, high: 2 * value - low })),
    },
  ],
});
const slice = {
  slice: 'plan=pro',
  rows: 300,
  share: 0.15,
  metric: 'roc_auc',
  value: 0.6,
  low: 0.55,
  high: 0.65,
  overall: 0.8,
};
const confused = (count: number): Changes => ({
  task: 'multiclass',
  classes: ['a', 'b', 'c'],
  confusion: [
    [100 - count, count, 0],
    [5, 90, 5],
    [0, 5, 95],
  ],
});
const bins = [
  { predicted: 0.6, observed: 0.3, rows: 100 },
  { predicted: 0.1, observed: 0.1, rows: 500 },
];
const withEce = (value: number): Changes => ({
  metrics: { ...sound.metrics, test: { ...sound.metrics.test, ece: figure(value) } },
  calibrationBins: bins,
});

const cases: readonly Case[] = [
  {
    rule: 'too-good',
    fires: scored(0.995, 0.999),
    message: 'roc_auc = 0.995 on 2000 test rows. Suspect leakage before celebrating.',
    twin: scored(0.985, 0.99),
  },
  {
    rule: 'too-good',
    fires: scored(0.9, 0.8),
    message: /better than the 0.8 on the rows it learnt from/,
    twin: scored(0.83, 0.8),
  },
  {
    rule: 'barely-beats-baseline',
    fires: {
      metrics: sound.metrics,
      baselines: { dummy: { roc_auc: figure(0.5) }, linear: { roc_auc: figure(0.79) } },
    },
    message: 'roc_auc: model 0.8, baseline linear 0.79; 4.762 % of what was left to gain.',
    twin: { baselines: { dummy: { roc_auc: figure(0.5) }, linear: { roc_auc: figure(0.77) } } },
  },
  {
    rule: 'barely-beats-baseline',
    fires: { comparisons: [comparison('linear', 0.1, 0.12)] },
    message: /the difference \[-0.02, 0.22\] can be chance/,
    twin: { comparisons: [comparison('linear', 0.1, 0.09)] },
  },
  {
    rule: 'overfit',
    fires: scored(0.8, 0.95),
    message: 'roc_auc 0.95 train, 0.8 test: it learnt its rows by heart.',
    twin: scored(0.8, 0.88),
    mends: true,
  },
  {
    rule: 'overfit',
    text: `${clean}model: mlp\n`,
    fires: { ...scored(0.8, 0.95), model: { ...sound.model, type: 'mlp' } },
    message: /by heart/,
    twin: { ...scored(0.8, 0.88), model: { ...sound.model, type: 'mlp' } },
    mends: true,
  },
  // The intervals overlap: the fall can be chance.
  { rule: 'overfit', fires: scored(0.8, 0.95), message: /train/, twin: scored(0.8, 0.95, 0.1), mends: true },
  {
    rule: 'underfit',
    text: `${clean}model: linear\n`,
    fires: { ...scored(0.53, 0.54), model: { ...sound.model, type: 'linear' } },
    message: 'Even training rows are not fitted: roc_auc 0.54, against 0.5 without learning.',
    twin: { ...scored(0.56, 0.57), model: { ...sound.model, type: 'linear' } },
    mends: true,
  },
  {
    rule: 'underfit',
    text: `${clean}model: linear\nbaseline: [dummy, gbdt]\n`,
    fires: {
      ...scored(0.7, 0.71),
      model: { ...sound.model, type: 'linear' },
      comparisons: [comparison('gbdt', -0.08)],
    },
    message: 'gbdt gains 11.43 % of roc_auc: linear cannot bend enough.',
    twin: {
      ...scored(0.7, 0.71),
      model: { ...sound.model, type: 'linear' },
      comparisons: [comparison('gbdt', -0.02)],
    },
    mends: true,
  },
  {
    rule: 'not-converged',
    fires: { model: { ...sound.model, iterations: 1000 } },
    message: 'Still improving at 1000: the ceiling stopped it, not the validation rows.',
    twin: { model: { ...sound.model, iterations: 999 } },
    mends: true,
  },
  {
    rule: 'weak-slice',
    fires: { slices: [{ ...slice, weak: true }] },
    message: 'plan=pro: roc_auc 0.6 vs. 0.8 over all, on 300 test rows.',
    twin: { slices: [{ ...slice, weak: false }] },
  },
  {
    rule: 'confused-classes',
    fires: confused(40),
    message: '"a" is read as "b" (40 % of its 100 test rows).',
    twin: confused(25),
  },
  {
    rule: 'poor-calibration',
    text: `${clean}gates: [log_loss < 0.5]\n`,
    fires: withEce(0.09),
    message: /^60 % said, 30 % happened \(100 rows/,
    twin: withEce(0.06),
    mends: true,
  },
  // Nobody takes the scores for rates.
  {
    rule: 'unused-features',
    text: `${clean}gates: [roc_auc >= 0.6]\n`,
    fires: importance([
      ['a', 0.1, 0.05],
      ...['b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, 0.001, -0.002] as const),
    ]),
    message: '6 features do nothing: shuffling b, c, d and 3 more changes no result.',
    twin: importance([
      ['a', 0.1, 0.05],
      ...['b', 'c', 'd', 'e', 'f'].map((name) => [name, 0.001, -0.002] as const),
      ['g', 0.01, 0.001],
    ]),
    mends: true,
  },
  {
    rule: 'dominant-feature',
    fires: importance([
      ['a', 0.09, 0.08],
      ['b', 0.01, 0.005],
      ['c', 0.005, 0.001],
    ]),
    message: /^`a` carries the model: 86 % of its importance/,
    twin: importance([
      ['a', 0.06, 0.05],
      ['b', 0.02, 0.01],
      ['c', 0.005, 0.001],
    ]),
    mends: true,
  },
];

describe.each(cases)('$rule: $message', ({ rule, fires, message, twin, text = clean, mends = false }) => {
  test('fires, says the numbers, and is silent on its twin', () => {
    const found = judged(rule, text, fires);
    expect(found.map((each) => each.message)).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
    expect(judged(rule, text, twin)).toEqual([]);
  });

  test.runIf(mends)('its fix makes it silent', () => {
    expect(isSilentOnceMended(rule, text, fires ?? {})).toBe(true);
  });
});

test('a smaller loss is better: falls and gains are taken the other way round', () => {
  const text = `${clean}metric: log_loss\n`;
  const losses = (test: number, train: number): Changes => ({
    metric: 'log_loss',
    metrics: { test: { log_loss: figure(test) }, valid: {}, train: { log_loss: figure(train) } },
    baselines: { dummy: { log_loss: figure(0.69) } },
    comparisons: [],
  });
  expect(judged('overfit', text, losses(0.5, 0.3))).toHaveLength(1);
  expect(judged('overfit', text, losses(0.3, 0.5))).toEqual([]);
  expect(judged('too-good', text, losses(0.3, 0.5))).toHaveLength(1);
  expect(judged('barely-beats-baseline', text, losses(0.66, 0.65))).toHaveLength(1);
  expect(judged('barely-beats-baseline', text, losses(0.5, 0.49))).toEqual([]);
});

test('far above its own history is too good', () => {
  const older = [0.7, 0.71, 0.7, 0.69, 0.7].map((value, seed) =>
    resultOf(`${clean}train: {seed: ${seed}}\n`, scored(value, 0.75)),
  );
  const of = (value: number) =>
    only(lint(clean, { runs: historyOf([resultOf(clean, scored(value, 0.85)), ...older]) }), 'too-good');
  expect(of(0.75)[0]?.message).toMatch(/standard deviations above past runs/);
  expect(of(0.72)).toEqual([]);
});

test('probabilities that nobody uses may be off', () => {
  expect(judged('poor-calibration', `${clean}gates: [roc_auc >= 0.6]\n`, withEce(0.09))).toEqual([]);
});

test('later rows may be easier: in a split along time a better test is no sign of a leak', () => {
  expect(
    judged('too-good', clean, { ...scored(0.9, 0.8), split: { ...sound.split, method: 'time' } }),
  ).toEqual([]);
});
