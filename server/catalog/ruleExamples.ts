/** Examples on the pages of rules: an experiment at fault and the same mended. A test shows that the rule speaks of the first only. */
import type { RuleId } from './rules.ts';

export interface RuleExample {
  readonly fault: string;
  readonly mended: string;
}

const head = 'data: data/churn.csv\ntarget: churned\n';
const timed = 'data: {source: data/churn.csv, time: day}\ntarget: churned\n';
const shipped = `${head}serve: realtime\n`;

const of = (start: string, fault: string, mended: string): RuleExample => ({
  fault: start + fault,
  mended: start + mended,
});

/** Rules that the file alone sets off. */
export const ruleExamples: Readonly<Partial<Record<RuleId, RuleExample>>> = {
  'duplicate-key': of(head, 'split: 0.2\nsplit: 0.3\n', 'split: 0.3\n'),
  'unknown-key': of(head, 'splitt: 0.3\n', 'split: 0.3\n'),
  'wrong-type': of(head, 'split: {test: "20 percent"}\n', 'split: {test: 0.3}\n'),
  'unknown-value': of(head, 'model: xgb\n', 'model: gbdt\n'),
  'out-of-range': of(head, 'split: {test: 1.5}\n', 'split: {test: 0.3}\n'),
  'missing-required': of('data: data/churn.csv\n', '', 'target: churned\n'),
  'conflicting-settings': of(
    head,
    'features: {include: [age], exclude: [age]}\n',
    'features: {include: [age]}\n',
  ),
  'expression-error': of(head, 'gates: [roc_auc => 0.7]\n', 'gates: [roc_auc >= 0.7]\n'),
  'metric-task-mismatch': of(head, 'task: regression\nmetric: roc_auc\n', 'task: regression\nmetric: rmse\n'),
  'no-test-set': of(head, 'split: {test: 0, valid: 0.1}\n', 'split: {test: 0.2, valid: 0.1}\n'),
  'valid-missing': of(head, 'split: {valid: 0}\n', 'split: {valid: 0.1}\n'),
  'tune-on-test': of(head, 'tune: {trials: 20, using: test}\n', 'tune: {trials: 20, using: valid}\n'),
  'no-embargo': of(`${timed}problem: {horizon: 30d}\n`, 'split: {gap: 7d}\n', 'split: {gap: 30d}\n'),
  'no-seed': of(head, 'train: {deterministic: false}\n', ''),
  'no-baseline': of(`${head}gates: [roc_auc >= 0.6]\n`, 'baseline: []\n', 'baseline: [dummy]\n'),
  'after-outcome-feature': of(
    'data: {source: data/churn.csv, columns: {refund: {available: after}}}\ntarget: churned\n',
    'features: [age, refund]\n',
    'features: [age]\n',
  ),
  'future-aggregate': of(
    timed,
    'features: {derive: [{name: spent, expr: sum(amount)}]}\n',
    'features: {derive: [{name: spent, expr: sum(amount), window: 30d}]}\n',
  ),
  'resample-before-split': of(
    'target: churned\n',
    'data: {source: data/churn.csv, pipeline: {steps: [{id: smote, run: python smote.py}]}}\n',
    'data: data/churn.csv\ntrain: {imbalance: oversample}\n',
  ),
  'augment-in-eval': of(
    'target: churned\n',
    'data: {source: {train: a.csv, test: b.csv}, pipeline: {steps: [{id: augment, run: make more, out: b.csv}]}}\n',
    'data: {source: {train: a.csv, test: b.csv}, pipeline: {steps: [{id: augment, run: make more, out: a.csv}]}}\n',
  ),
  'population-mismatch': of(
    'target: churned\nserve: {mode: realtime, filter: "age > 21"}\n',
    'data: {source: data/churn.csv, filter: "age > 18"}\n',
    'data: {source: data/churn.csv, filter: "age > 21"}\n',
  ),
  'feedback-loop': of(
    `${head}problem: {feedback: true}\n`,
    'serve: realtime\n',
    'serve: {mode: realtime, rollout: {strategy: shadow}}\n',
  ),
  'pii-without-basis': of(
    'target: churned\ngates: [beats baseline]\n',
    'data: {source: data/churn.csv, columns: {mail: {pii: email}}}\n',
    'data: {source: data/churn.csv, columns: {mail: {pii: email}}, privacy: {basis: contract, retention: 365d}}\n',
  ),
  'no-contract': of(
    'target: churned\ngates: [beats baseline]\n',
    'data: data/churn.csv\n',
    'data: {source: data/churn.csv, columns: {age: {type: numeric, min: 0}}}\n',
  ),
  'uncalibrated-resample': of(
    head,
    'train: {imbalance: oversample}\nmodel: {type: linear, calibrate: none}\n',
    'train: {imbalance: oversample}\nmodel: {type: linear, calibrate: isotonic}\n',
  ),
  'grid-explosion': of(
    head,
    'tune: {trials: 9, search: grid, space: {a: [1, 2], b: [1, 2], c: [1, 2], d: [1, 2]}}\n',
    'tune: {trials: 30, search: bayesian, space: {a: [1, 2], b: [1, 2], c: [1, 2], d: [1, 2]}}\n',
  ),
  'no-gates': of(shipped, '', 'gates: [roc_auc >= 0.7]\n'),
  'no-monitoring': of(shipped, '', 'monitor: 1d\n'),
  'big-bang-rollout': of(
    head,
    'serve: {mode: realtime, rollout: {strategy: all}}\n',
    'serve: {mode: realtime, rollout: {strategy: canary}}\n',
  ),
  'loose-input': of(
    head,
    'serve: {mode: realtime, input: none}\n',
    'serve: {mode: realtime, input: strict}\n',
  ),
};
