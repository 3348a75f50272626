/** Run documents and an experiment for card tests. */
import type { Experiment } from '../../server/config/experiment.ts';
import { resolveExperiment } from '../../server/config/resolve.ts';
import type { Finding } from '../../server/protocol/finding.ts';
import { type RunDocument, runDocumentSchema } from '../../server/protocol/run.ts';

const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half });

/** A finished binary run, parsed by the schema so that it stays a real one. */
export function shopDocument(more: Partial<RunDocument> = {}): RunDocument {
  return runDocumentSchema.parse({
    run: {
      id: 'r-123',
      experiment: 'shop',
      status: 'finished',
      started: '2026-01-01T00:00:00Z',
      ended: '2026-01-01T00:01:00Z',
    },
    task: 'binary',
    target: 'bought',
    positive: true,
    classes: [false, true],
    metric: 'roc_auc',
    rows: { train: 8000, valid: 1000, test: 1000, withoutTarget: 12, source: 10_012 },
    split: { method: 'stratified', folds: 0, hash: 'sha256:5111' },
    model: {
      type: 'gbdt',
      params: { trees: 1000, monotone: {} },
      iterations: 212,
      calibration: 'none',
      threshold: 0.5,
    },
    features: [
      { name: 'age', kind: 'numeric', input: 'float' },
      { name: 'plan', kind: 'categorical', input: 'string' },
      { name: 'joined', kind: 'datetime', input: 'date' },
    ],
    metrics: {
      test: { roc_auc: estimate(0.8123456, 0.02), log_loss: estimate(0.4, 0.01), ece: estimate(0.02, 0.01) },
      valid: { roc_auc: estimate(0.81, 0.02), log_loss: estimate(0.41, 0.01), ece: estimate(0.02, 0.01) },
      train: {
        roc_auc: estimate(0.9, 0.01),
        log_loss: { value: 0.3, low: 'NaN', high: 'NaN' },
        ece: estimate(0.01, 0.01),
      },
    },
    baselines: {
      dummy: {
        roc_auc: { value: 0.5, low: 0.5, high: 0.5 },
        log_loss: estimate(0.6, 0.01),
        ece: estimate(0, 0),
      },
      linear: { roc_auc: estimate(0.78, 0.02), log_loss: estimate(0.43, 0.01), ece: estimate(0.03, 0.01) },
    },
    comparisons: [
      {
        to: 'dummy',
        metric: 'roc_auc',
        difference: 0.3123,
        low: 0.29,
        high: 0.33,
        p: 0.001998,
        pAdjusted: 0.003996,
        test: 'bootstrap',
      },
      {
        to: 'linear',
        metric: 'roc_auc',
        difference: 0.0323,
        low: 0.01,
        high: 0.05,
        p: 0.004,
        pAdjusted: 0.004,
        test: 'bootstrap',
      },
    ],
    slices: [
      {
        slice: 'plan=basic',
        rows: 600,
        share: 0.6,
        metric: 'roc_auc',
        ...estimate(0.83, 0.02),
        overall: 0.8123,
        weak: false,
      },
      {
        slice: 'plan=plus',
        rows: 400,
        share: 0.4,
        metric: 'roc_auc',
        ...estimate(0.6, 0.05),
        overall: 0.8123,
        weak: true,
      },
    ],
    fairness: [],
    explanations: [
      {
        method: 'permutation',
        metric: 'roc_auc',
        importance: [
          { column: 'age', ...estimate(0.21, 0.01) },
          { column: 'plan', ...estimate(0.02, 0.01) },
          { column: 'joined', ...estimate(-0.001, 0.002) },
        ],
      },
    ],
    confusion: [
      [600, 100],
      [120, 180],
    ],
    calibrationBins: [
      { predicted: 0.1, observed: 0.12, rows: 500 },
      { predicted: 0.6, observed: 0.55, rows: 500 },
    ],
    gates: [
      {
        gate: 'beats baseline',
        passed: true,
        value: 0.0323,
        low: 0.01,
        high: 0.05,
        reason: 'roc_auc is 0.8123 against 0.78 of the baseline linear: a difference of 0.0323 [0.01, 0.05].',
      },
      {
        gate: 'roc_auc >= 0.9',
        passed: false,
        value: 0.8123,
        low: 0.79,
        high: 0.83,
        reason: 'roc_auc is 0.8123 [0.79, 0.83]; the gate asks for >= 0.9.',
      },
    ],
    lint: { error: 0, warning: 1, info: 0, hint: 0 },
    parity: { maxAbsDifference: 3e-8, rows: 200 },
    device: { engine: 'cpu', name: 'this machine' },
    timings: { train: 1.234 },
    artifacts: { model: '.modelwright/runs/r-123/model.onnx', predictions: 'p.parquet', card: 'c.md' },
    lineage: {
      data: 'sha256:da7a',
      config: 'sha256:c0f1',
      code: 'git:abc',
      environment: 'sha256:e417',
      seed: 42,
    },
    warnings: [],
    ...more,
  });
}

export function shopExperiment(more: Record<string, unknown> = {}): Experiment {
  const value = {
    description: 'Who will buy, so that they are called first.',
    data: { source: 'data/shop.csv', filter: 'age >= 18' },
    target: 'bought',
    card: {
      owner: ['sales', 'ml@example.org'],
      intended_use: 'Order the weekly call list.',
      limitations: ['Not valid for business accounts'],
      ethics: [{ risk: 'Older customers are called less', mitigation: 'a gate on age' }],
      decisions: [{ date: '2025-10-03', decision: 'gbdt over linear', why: 'better by 0.03', by: 'AK' }],
      license: 'Proprietary',
      review_by: '2026-04-01',
    },
    lint: { ignore: [{ rule: 'id-as-feature', column: 'shop', reason: 'few shops', until: '2026-01-01' }] },
    ...more,
  };
  return resolveExperiment(value, '/somewhere/shop.experiment.yaml');
}

export const findings: readonly Finding[] = [
  {
    rule: 'high-cardinality',
    severity: 'warning',
    file: 'shop.experiment.yaml',
    path: 'features',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
    message: '`plan` has 900 levels.',
    data: { column: 'plan' },
    fixes: [],
  },
];
