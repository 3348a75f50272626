/** Examples of rules about the problem, the model and its training, as far as the file tells. */
import { candidate, head, of, type RuleExamples, shipped } from './example.ts';

const problem = {
  'metric-task-mismatch': of(head, 'task: regression\nmetric: roc_auc\n', 'task: regression\nmetric: rmse\n'),
  'metric-inconsistent': of(
    head,
    'metric: roc_auc\ntrain: {early_stop: {metric: accuracy}}\n',
    'metric: roc_auc\ntrain: {early_stop: {metric: roc_auc}}\n',
  ),
  'threshold-metric-only': of(
    `${candidate}metric: f1\n`,
    'evaluate: {metrics: [f1, accuracy]}\n',
    'evaluate: {metrics: [f1, accuracy, roc_auc, pr_auc]}\n',
  ),
  'single-metric': of(
    `${head}task: binary\nmetric: roc_auc\n`,
    'gates: [roc_auc >= 0.6]\n',
    'gates: [roc_auc >= 0.6, log_loss < baseline]\n',
  ),
  'no-business-metric': of(shipped, '', 'problem: {success: [{kpi: renewals, baseline: 0.1}]}\n'),
  'no-objective': of(candidate, '', 'problem: {hypothesis: A call before the end keeps one in ten}\n'),
  'interpretability-violated': of(
    `${head}problem: {constraints: {interpretability: intrinsic}}\n`,
    'model: gbdt\n',
    'model: linear\n',
  ),
  'high-risk-unreviewed': of(
    head,
    'serve: realtime\nproblem: {risk: high}\n',
    `serve: {mode: realtime, human_review: {sample: 0.05}}
problem: {risk: high}
evaluate: {fairness: {metrics: [equalized_odds]}}
card: {owner: team}
`,
  ),
  'feedback-loop': of(
    `${head}problem: {feedback: true}\n`,
    'serve: realtime\n',
    'serve: {mode: realtime, rollout: {strategy: shadow}}\n',
  ),
} satisfies RuleExamples;

const training = {
  'no-baseline': of(`${head}gates: [roc_auc >= 0.6]\n`, 'baseline: []\n', 'baseline: [dummy, linear]\n'),
  'no-seed': of(head, 'train: {deterministic: false}\n', ''),
  'no-early-stop': of(head, 'train: {early_stop: false}\n', 'train: {early_stop: 10}\n'),
  'no-regularization': of(
    head,
    'model: {type: mlp, mlp: {dropout: 0}}\ntrain: {optimizer: {weight_decay: 0}}\n',
    'model: {type: mlp, mlp: {dropout: 0.1}}\ntrain: {optimizer: {weight_decay: 0}}\n',
  ),
  'lr-unusual': of(head, 'model: {gbdt: {learning_rate: 0.5}}\n', 'model: {gbdt: {learning_rate: 0.05}}\n'),
  untuned: of(`${candidate}model: gbdt\n`, '', 'tune: 30\n'),
  'grid-explosion': of(
    head,
    'tune: {trials: 30, search: grid, space: {model.gbdt.max_leaves: [8, 16], model.gbdt.max_depth: [3, 6], model.gbdt.subsample: [0.7, 1], model.gbdt.learning_rate: [0.03, 0.1]}}\n',
    'tune: {trials: 30, search: bayesian, space: {model.gbdt.max_leaves: [8, 16], model.gbdt.max_depth: [3, 6], model.gbdt.subsample: [0.7, 1], model.gbdt.learning_rate: [0.03, 0.1]}}\n',
  ),
  'few-trials': of(
    head,
    'tune: {trials: 6, space: {model.gbdt.max_leaves: 4..64, model.gbdt.subsample: 0.5..1}}\n',
    'tune: {trials: 10, space: {model.gbdt.max_leaves: 4..64, model.gbdt.subsample: 0.5..1}}\n',
  ),
  'no-checkpoint': of(
    candidate,
    'train: {budget: {time: 2h}, checkpoint: {every: never}}\n',
    'train: {budget: {time: 2h}}\n',
  ),
  'device-missing': of(`${head}model: mlp\n`, 'train: {device: webgpu}\n', 'train: {device: auto}\n', {
    shown: 'On a machine without a GPU.',
    says: 'No webgpu here: a run would stop. There is no GPU here.',
  }),
  'over-budget': of(head, 'tune: {trials: 100, timeout: 30m}\n', 'tune: {trials: 30, timeout: 30m}\n', {
    shown: 'A run of one training took a minute.',
    says: 'About 100 min for 100 trials, as run run1 went; after 30 min about 30 of them will have run.',
  }),
  'uncalibrated-resample': of(
    `${head}train: {imbalance: oversample}\n`,
    'model: {type: linear, calibrate: none}\n',
    'model: {type: linear, calibrate: isotonic}\n',
  ),
  'pretrained-unpinned': of(
    head,
    'model: {type: transfer, transfer: {base: hub/net}}\n',
    'model: {type: transfer, transfer: {base: hub/net, revision: 5206a32, license: MIT}}\n',
  ),
} satisfies RuleExamples;

const evaluation = {
  'no-error-analysis': of(
    shipped,
    'evaluate: {errors: {top: 0, confusion: false}}\n',
    'evaluate: {errors: {confusion: true, residuals: true}}\n',
  ),
  'no-slices': of(candidate, 'evaluate: {slices: []}\n', 'evaluate: {slices: auto}\n'),
  'fairness-unchecked': of(
    'data: {source: data/churn.csv, columns: {age: {protected: true}}}\ntarget: churned\ngates: [beats baseline]\n',
    '',
    'evaluate: {fairness: {groups: [age]}}\n',
  ),
  'no-explanation': of(
    `${candidate}problem: {constraints: {interpretability: post-hoc}}\n`,
    '',
    'evaluate: {explain: {method: auto}}\n',
  ),
} satisfies RuleExamples;

export const modelExamples = { ...problem, ...training, ...evaluation };
