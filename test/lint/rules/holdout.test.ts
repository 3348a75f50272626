import { describe, expect, test } from 'vitest';
import { check, clean, fixed, lint, only } from '../marked.ts';

describe('no-test-set', () => {
  test('nothing held out is told; folds or a test file are enough', () => {
    const text = `${clean}split: {test: 0, valid: 0.1}\n`;
    const [finding] = check('no-test-set', `${clean}split: {test: «0», valid: 0.1}\n`, /Nothing is held out/);
    expect(fixed(text, finding)).toBe(`${clean}split: {test: 0.2, valid: 0.1}\n`);
    check('no-test-set', `${clean}split: {test: 0, cv: 5}\n`);
    check('no-test-set', `${clean}split: {test: 0.01}\n`);
  });
});

describe('valid-missing', () => {
  test('early stopping, calibration and thresholds need validation rows', () => {
    check(
      'valid-missing',
      `${clean}split: {valid: «0»}\n`,
      'No validation rows for early stopping: `split.valid` is 0.',
    );
    check(
      'valid-missing',
      `${clean}split: {valid: «0»}\nmodel: {type: linear, calibrate: platt, threshold: {maximize: f1}}\n`,
      'No validation rows for calibration and the threshold: `split.valid` is 0.',
    );
    check('valid-missing', `${clean}split: {valid: 0}\nmodel: linear\n`);
    check('valid-missing', `${clean}split: {valid: 0, cv: 5}\n`);
    check('valid-missing', `${clean}split: {valid: 0}\ntrain: {early_stop: false}\n`);
  });
});

test('tune-on-test speaks instead of unknown-value', () => {
  check('tune-on-test', `${clean}tune: {trials: 20, using: «test»}\n`, /The test set is being fitted/);
  expect(only(lint(`${clean}tune: {trials: 20, using: test}\n`), 'unknown-value')).toEqual([]);
  check('tune-on-test', `${clean}tune: {trials: 20, using: valid}\n`);
});

describe('no-embargo', () => {
  const timed = 'data: {source: data/churn.csv, time: day}\ntarget: churned\nproblem: {horizon: 30d}\n';
  test('a gap shorter than the horizon lets labels reach into the test set', () => {
    check(
      'no-embargo',
      `${timed}split: {gap: «7d»}\n`,
      'Labels of train reach into test for 23 days: `problem.horizon` is 30 days, but `split.gap` is 7d.',
    );
    check('no-embargo', `${timed}split: {gap: 30d}\n`);
    check('no-embargo', timed);
  });
  test('so does a window that is longer than the gap', () => {
    check(
      'no-embargo',
      `${timed}features: {derive: [{name: sum60, expr: sum(x), window: 60d}]}\nsplit: {gap: «30d»}\n`,
      /for 30 days: the longest window/,
    );
  });
  test('a split that is not by time has no gap to miss', () => {
    check('no-embargo', `${clean}problem: {horizon: 30d}\nsplit: {method: random, gap: 1d}\n`);
  });
});

test('no-baseline speaks from stage 2 on, of an empty list only', () => {
  check(
    'no-baseline',
    `${clean}gates: [roc_auc >= 0.6]\nbaseline: «[]»\n`,
    'No simple baseline to beat: `baseline` is empty.',
  );
  check('no-baseline', `${clean}gates: [roc_auc >= 0.6]\n`);
  check('no-baseline', `${clean}baseline: []\n`);
});

test('no-seed', () => {
  check('no-seed', `${clean}train: {deterministic: «false»}\n`, /`train.deterministic` is false/);
  check('no-seed', `${clean}train: {seed: «null»}\n`, /`train.seed` is null/);
  check('no-seed', `${clean}train: {seed: 0}\n`);
});

describe('metrics', () => {
  test('metric-task-mismatch', () => {
    const text = `${clean}task: regression\nmetric: roc_auc\n`;
    const [finding] = check(
      'metric-task-mismatch',
      `${clean}task: regression\nmetric: «roc_auc»\n`,
      '`roc_auc` needs classes; the task is regression.',
    );
    expect(fixed(text, finding)).toBe(`${clean}task: regression\nmetric: rmse\n`);
    check(
      'metric-task-mismatch',
      `${clean}task: binary\nevaluate: {metrics: [roc_auc, «rmse»]}\n`,
      '`rmse` needs a numeric target; the task is binary.',
    );
    check(
      'metric-task-mismatch',
      `${clean}task: binary\ngates: [«mae <= 3»]\n`,
      /`mae` needs a numeric target/,
    );
    check('metric-task-mismatch', `${clean}metric: rmse\n`);
  });

  test('metric-inconsistent', () => {
    check(
      'metric-inconsistent',
      `${clean}metric: pr_auc\ntrain: {early_stop: {metric: «accuracy»}}\n`,
      'Stopped early on accuracy, ranked on pr_auc.',
    );
    check('metric-inconsistent', `${clean}metric: pr_auc\ntrain: {early_stop: {metric: log_loss}}\n`);
    check(
      'metric-inconsistent',
      `${clean}metric: pr_auc\ngates: [«accuracy >= 0.8»]\n`,
      'Ranked and tuned on pr_auc, gated on accuracy.',
    );
    check('metric-inconsistent', `${clean}metric: pr_auc\ngates: [accuracy >= 0.8, pr_auc >= 0.5]\n`);
    check('metric-inconsistent', `${clean}metric: pr_auc\ngates: [accuracy >= 0.8, beats baseline]\n`);
  });

  test('threshold-metric-only', () => {
    check(
      'threshold-metric-only',
      `${clean}gates: [f1 > 0.3]\nevaluate: {metrics: «[f1, accuracy]»}\n`,
      /add a threshold-free metric/,
    );
    check('threshold-metric-only', `${clean}gates: [f1 > 0.3]\nevaluate: {metrics: [f1, roc_auc]}\n`);
  });
});

describe('training', () => {
  test('no-early-stop', () => {
    check(
      'no-early-stop',
      `${clean}train: {early_stop: «false»}\n`,
      /Trains past the best point: 1000 trees/,
    );
    check('no-early-stop', `${clean}train: {early_stop: false}\nmodel: {type: gbdt, gbdt: {trees: 40}}\n`);
  });
  test('lr-unusual', () => {
    check(
      'lr-unusual',
      `${clean}model: {gbdt: {learning_rate: «0.5»}}\n`,
      /Learning rate 0.5 is unusual for gbdt/,
    );
    check('lr-unusual', `${clean}model: {gbdt: {learning_rate: 0.3}}\n`);
  });
  test('uncalibrated-resample', () => {
    check(
      'uncalibrated-resample',
      `${clean}model: {calibrate: «none»}\ntrain: {imbalance: smote}\n`,
      /Probabilities no longer mean rates/,
    );
    check('uncalibrated-resample', `${clean}train: {imbalance: smote}\n`);
  });
  test('interpretability-violated', () => {
    const problem = 'problem: {constraints: {interpretability: intrinsic}}\n';
    check(
      'interpretability-violated',
      `${clean}${problem}model: «gbdt»\n`,
      /gbdt is not intrinsically interpretable/,
    );
    check('interpretability-violated', `${clean}${problem}model: linear\n`);
  });
  test('grid-explosion and few-trials', () => {
    const space = 'space: {model.gbdt.max_leaves: 3..100, model.gbdt.max_depth: [2, 4, 6]}';
    check(
      'grid-explosion',
      `${clean}tune: {trials: 9, search: «grid», ${space}}\n`,
      /294 runs over 2 dimensions/,
    );
    check('few-trials', `${clean}tune: {trials: «9», ${space}}\n`, /9 trials for 2 dimensions/);
    check('few-trials', `${clean}tune: {trials: 10, ${space}}\n`);
  });
});

describe('files', () => {
  test('data-not-found offers the nearest file', () => {
    const text = 'data: data/chrun.csv\ntarget: churned\n';
    const [finding] = check(
      'data-not-found',
      'data: «data/chrun.csv»\ntarget: churned\n',
      '`data/chrun.csv` not found; nearest is data/churn.csv.',
    );
    expect(fixed(text, finding)).toBe('data: data/churn.csv\ntarget: churned\n');
    check('data-not-found', 'data: «churn.csv»\ntarget: churned\n', /nearest is data\/churn.csv/);
    check(
      'data-not-found',
      'data: {source: [data/churn.csv, «data/b.csv»]}\ntarget: churned\n',
      '`data/b.csv` not found.',
    );
    check(
      'data-not-found',
      'data: «nowhere/*.parquet»\ntarget: churned\n',
      '`nowhere/*.parquet` matches no file.',
    );
    check('data-not-found', 'data: data/*.csv\ntarget: churned\n');
    check('data-not-found', 'data: https://example.org/churn.csv\ntarget: churned\n');
  });
  test('a file that is there and cannot be read is told with the reason', () => {
    const failure = { code: 'data-empty', message: '`data/churn.csv` is empty.', help: '…' };
    const [finding] = only(lint(clean, { failure }), 'data-not-found');
    expect(finding?.message).toBe('`data/churn.csv` is empty.');
  });
  test('a runbook that is not there is an unresolved reference', () => {
    check(
      'unresolved-reference',
      `${clean}card: {runbook: «docs/rnbook.md#drop»}\n`,
      '`docs/rnbook.md#drop` not found (looked in docs).',
    );
    check('unresolved-reference', `${clean}card: {runbook: docs/runbook.md#drop}\n`);
  });
});
