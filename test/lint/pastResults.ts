/** Past runs of an experiment for tests of the rules that know them: a sound result, changed where a test says so. */
import { configHash } from '../../server/config/resolve.ts';
import type { PastResult, RunHistory } from '../../server/lint/history.ts';
import type { Finding } from '../../server/protocol/finding.ts';
import { fixed, lint, load, only } from './marked.ts';

type Document = PastResult['document'];

/** A figure with an interval of ±0.02. */
export function figure(value: number, half = 0.02): Document['metrics']['test'][string] {
  return { value, low: value - half, high: value + half };
}

const hash = `sha256:${'0'.repeat(64)}`;

/** A binary model that is better than both baselines by more than chance, and not too good. */
export function resultOf(
  text: string,
  changes: Partial<Document> = {},
  more: Partial<PastResult> = {},
): PastResult {
  const { experiment } = load(text);
  if (experiment === undefined) throw new Error('the experiment cannot be resolved');
  const document: Document = {
    run: {
      id: 'run1',
      experiment: experiment.name,
      status: 'finished',
      started: '2026-02-01T00:00:00Z',
      ended: null,
    },
    task: 'binary',
    target: 'churned',
    positive: 1,
    classes: [0, 1],
    metric: 'roc_auc',
    rows: { train: 8000, valid: 0, test: 2000, withoutTarget: 0, source: 10_000 },
    split: { method: 'stratified', folds: 0, hash },
    model: { type: 'gbdt', params: { trees: 1000 }, iterations: 120, calibration: 'none', threshold: 0.5 },
    features: [],
    metrics: {
      test: { roc_auc: figure(0.8), log_loss: figure(0.4), ece: figure(0.02, 0.01) },
      valid: {},
      train: { roc_auc: figure(0.84, 0.01), log_loss: figure(0.37) },
    },
    baselines: {
      dummy: { roc_auc: figure(0.5, 0), log_loss: figure(0.6), ece: figure(0, 0) },
      linear: { roc_auc: figure(0.7) },
    },
    comparisons: [comparison('dummy', 0.3), comparison('linear', 0.1)],
    slices: [],
    fairness: [],
    explanations: [],
    confusion: null,
    calibrationBins: [],
    gates: [],
    parity: { maxAbsDifference: 0, rows: 10 },
    device: { engine: 'cpu', name: 'test' },
    timings: {},
    lineage: {
      data: hash,
      config: configHash(experiment),
      code: 'git:none',
      environment: hash,
      seed: experiment.train.seed,
    },
    warnings: [],
    ...changes,
  };
  return { document, experiment, overrides: [], promoted: [], ...more };
}

export function comparison(to: string, difference: number, half = 0.03): Document['comparisons'][number] {
  const [low, high] = [difference - half, difference + half];
  return { to, metric: 'roc_auc', difference, low, high, p: 0.01, pAdjusted: 0.02, test: 'bootstrap' };
}

export function historyOf(results: readonly PastResult[], looks = 1): RunHistory {
  return { results, looksAt: () => looks };
}

/** What a rule says of a text whose only run ended with these changes. */
export function judged(rule: string, text: string, changes: Partial<Document> = {}): Finding[] {
  return only(lint(text, { runs: historyOf([resultOf(text, changes)]) }), rule);
}

/** The finding's fix gives another experiment, of which the old result says nothing. */
export function isSilentOnceMended(rule: string, text: string, changes: Partial<Document>): boolean {
  const mended = fixed(text, judged(rule, text, changes)[0]);
  return only(lint(mended, { runs: historyOf([resultOf(text, changes)]) }), rule).length === 0;
}
