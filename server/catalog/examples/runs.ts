/** Examples of rules about what past runs and deployments showed. */
import { candidate, head, of, type RuleExamples, shipped } from './example.ts';

const gated = (gate: string) => `${head}gates: [${gate}]\n`;
const monitored = `${head}monitor: {window: 1d, drift: `;

const fit = {
  'too-good': of(head, '', 'features: {exclude: [score]}\n', {
    shown: 'The last run reached an AUC of 0.995 on 2,000 test rows.',
    says: 'roc_auc = 0.995 on 2000 test rows. Suspect leakage before celebrating.',
    by: 'Look at the strongest features: the one that knows the answer goes.',
  }),
  'barely-beats-baseline': of(head, '', 'model: linear\n', {
    shown: 'The boosted trees of the last run reached 0.8, the linear baseline 0.79.',
    says: 'roc_auc: model 0.8, baseline linear 0.79; 4.762 % of what was left to gain.',
  }),
  overfit: of(head, '', 'model: {gbdt: {max_leaves: 15}}\n', {
    shown: 'The last run reached an AUC of 0.95 on its training rows and of 0.8 on the test rows.',
    says: 'roc_auc 0.95 train, 0.8 test: it learnt its rows by heart.',
  }),
  underfit: of(head, 'model: linear\n', 'model: gbdt\n', {
    shown: 'The last run reached an AUC of 0.54 on its training rows; the dummy has 0.5.',
    says: 'Even training rows are not fitted: roc_auc 0.54, against 0.5 without learning.',
  }),
  'not-converged': of(head, '', 'model: {gbdt: {trees: 2000}}\n', {
    shown: 'The best of the 1,000 trees of the last run was the last one.',
    says: 'Still improving at 1000: the ceiling stopped it, not the validation rows.',
  }),
  diverged: of(`${head}model: mlp\n`, 'train: {optimizer: {lr: 0.5}}\n', 'train: {optimizer: {lr: 0.05}}\n', {
    shown: 'The last run failed.',
    says: 'Run run9: The network diverged: after epoch 3 its loss is no number any more.',
  }),
  'bound-hit': of(
    head,
    'tune: {trials: 12, space: {model.gbdt.max_leaves: 4..48}}\n',
    'tune: {trials: 12, space: {model.gbdt.max_leaves: 4..92}}\n',
    {
      shown: 'Of twelve trials the more leaves, the better.',
      says: 'Best model.gbdt.max_leaves = 48 sits on the edge of 4..48: better values may lie beyond.',
    },
  ),
  'slow-inference': of(
    head,
    'model: {type: gbdt, gbdt: {trees: 800}}\nserve: {latency: {p95: 50ms}}\n',
    'model: {type: gbdt, gbdt: {trees: 400}}\nserve: {latency: {p95: 50ms}}\n',
    {
      shown: 'The model was served: nineteen of twenty requests were answered within 45 ms.',
      says: 'p95 45 ms of 50 ms, over 5,000 requests of deployment d1.',
    },
  ),
  'run-stale': of('', `${head}model: linear\n`, `${head}model: linear\n`, {
    shown: 'The last run was of another model, before `model: linear` was written.',
    says: 'The last results (run run1 of 2026-02-01) are from an older version of this file.',
    by: 'Run it again: `modelwright run churn.experiment.yaml`.',
  }),
} satisfies RuleExamples;

const judged = {
  'ml-not-needed': of(
    candidate,
    '',
    'model: {type: heuristic, heuristic: [{if: a > 50, then: 0.7}, {if: "true", then: 0.3}]}\n',
    {
      by: 'The fix cuts the column at its median; what either side is worth is for you to say.',
      shown: 'A single cut of the column `a` has nearly the AUC of the whole model.',
      says: 'A one-line rule on `a` scores roc_auc 0.6862; the model 0.6912.',
    },
  ),
  'test-peeking': of(`${head}gates: [roc_auc >= 0.6]\n`, '', 'split: {test_budget: 20}\n', {
    shown: 'Eleven runs were scored on the same test rows.',
    says: 'Test set used 11 times; best-of-11 optimism about 0.02235 of roc_auc. What is chosen now is fitted to it.',
    by: 'A new test set is better than a larger budget; compare on validation rows until then.',
  }),
  'seed-picking': of(`${head}gates: [roc_auc >= 0.6]\n`, 'train: {seed: 0}\n', 'train: {seed: 0}\n', {
    shown: 'Three runs that differ in their seed alone have 0.7, 0.72 and 0.71; the second was promoted.',
    says: 'Seeds 0, 1, 2: roc_auc spreads by 0.01; you promoted the best (churn/3), which is luck.',
    by: 'Promote the run of a seed that was chosen beforehand, and report the spread. This version does not repeat runs by itself yet.',
  }),
  'single-seed-claim': of(`${head}gates: [roc_auc >= 0.6]\n`, 'train: {seed: 0}\n', 'train: {seed: 0}\n', {
    shown:
      'Three runs that differ in their seed alone have 0.7, 0.74 and 0.78; the first beats linear by 0.03.',
    says: 'Against linear, a difference of 0.03 in roc_auc is less than the spread of 0.04 over 3 seeds.',
    by: 'Compare the means of such runs. This version does not repeat runs by itself yet.',
  }),
  'difference-not-significant': of('', gated('beats baseline'), gated('beats baseline (significant)'), {
    shown: 'The last run beat its best baseline by 0.01, with an interval from -0.01 to 0.03.',
    says: 'roc_auc vs. baseline: 0.01 [-0.01, 0.03]; the interval holds 0, so the gain can be chance.',
  }),
  'weak-slice': of(head, '', 'gates: [roc_auc(plan=pro) >= 0.8]\n', {
    shown: 'The AUC of the last run is 0.6 among the customers of one plan.',
    says: 'plan=pro: roc_auc 0.6 vs. 0.8 over all, on 300 test rows.',
    by: 'The gate keeps such a model from being promoted; more rows of that plan make a better one.',
  }),
  'confused-classes': of(head, '', 'evaluate: {errors: {top: 50}}\n', {
    shown: 'Of 100 test rows of class "a" the last run called 40 "b".',
    says: '"a" is read as "b" (40 % of its 100 test rows).',
    by: 'Look at these rows: are the classes apart in the columns, or in their names only?',
  }),
  'poor-calibration': of(`${head}gates: [log_loss < 0.5]\n`, '', 'model: {calibrate: isotonic}\n', {
    shown: 'Where the last run said 60 %, 30 % came true.',
    says: '60 % said, 30 % happened (100 rows; error 0.09 on average): they cannot be taken as rates.',
  }),
  'biased-residuals': of(
    `${head}evaluate: {metrics: [rmse, r2, explained_variance]}\n`,
    '',
    'features: [age, plan]\n',
    {
      shown: 'The predictions of the last run, of a number, are too low by 2 on average.',
      says: 'Predictions are off by 2 in one direction on average (94.28 % of the RMSE).',
      by: 'Find what the training rows lack: often the test rows are of another time or place.',
    },
  ),
  'unused-features': of(`${head}gates: [roc_auc >= 0.6]\n`, '', 'features: {exclude: [b, c, d, e, f, g]}\n', {
    shown: 'Shuffled one by one, six of seven columns changed nothing that the last run predicted.',
    says: '6 features do nothing: shuffling b, c, d and 3 more changes no result.',
  }),
  'dominant-feature': of(head, '', 'features: {exclude: [a]}\n', {
    shown: 'Shuffling the column `a` costs the last run 0.09 of its AUC, all others together 0.015.',
    says: '`a` carries the model: 86 % of its importance. Is it known when predicting?',
  }),
  'champion-regression': of(
    head,
    'gates: [recall(plan=pro) >= 0.2]\n',
    'gates: [recall(plan=pro) >= 0.2, roc_auc(plan=pro) >= champion]\n',
    {
      shown: 'On the same test rows the model in production is better for the customers of one plan.',
      says: 'plan=pro: roc_auc 0.7 where churn/3 has 0.8, on the same 300 test rows.',
      by: 'Train anew before this one is promoted.',
    },
  ),
} satisfies RuleExamples;

const gates = {
  'gate-below-baseline': of('', gated('roc_auc >= 0.45'), gated('roc_auc >= 0.71'), {
    shown: 'The dummy of the last run, which learns nothing, has an AUC of 0.5.',
    says: 'Dummy scores roc_auc 0.5; the gate asks for 0.45, which learning nothing passes.',
  }),
  'gate-unreachable': of('', gated('roc_auc >= 0.9'), gated('roc_auc >= 0.72'), {
    shown: 'Five runs reached 0.7, 0.71, 0.72, 0.7 and 0.71.',
    says: 'Best ever roc_auc 0.72 in 5 runs; the gate asks for 0.9.',
  }),
  'gate-failed': of('', gated('roc_auc >= 0.9'), gated('roc_auc >= 0.7'), {
    shown: 'The last run reached an AUC of 0.8.',
    says: 'Run run1 failed `roc_auc >= 0.9`: roc_auc is 0.8.',
    by: 'A better model is the other way.',
  }),
  'dirty-worktree': of('', gated('roc_auc >= 0.6'), gated('roc_auc >= 0.6'), {
    shown: 'A version was promoted whose run had changes that are in no commit.',
    says: 'churn/2 cannot be rebuilt from git: run run1 had uncommitted changes.',
    by: 'Commit, run again, and promote that run.',
  }),
  'not-reproducible': of(
    gated('roc_auc >= 0.6'),
    'train: {deterministic: false}\n',
    'train: {deterministic: true}\n',
    {
      shown: 'Two runs of the same text, data and code have 0.8 and 0.79.',
      says: 'Two identical runs differ by 0.01 in roc_auc',
      by: 'Two new runs show whether it helped.',
    },
  ),
  'estimator-invalid': of(
    `${head}task: regression\n`,
    'monitor: {performance: {estimate: cbpe}}\n',
    'monitor: {performance: {estimate: dle}}\n',
  ),
} satisfies RuleExamples;

const deployed = {
  'train-serve-skew': of('', shipped, shipped, {
    shown: 'Of 400 logged requests 30 were answered otherwise than the model file answers them.',
    says: '7.5 % of 400 logged rows of deployment d1 were answered otherwise than the model file of run run1 answers them (by up to 0.25): what was tested is not what is served. Serve that file again.',
    by: 'Serve the file of that run again.',
  }),
  'window-too-small': of(head, 'monitor: {window: 200}\n', 'monitor: {window: 410}\n', {
    shown: 'Twenty columns are watched.',
    says: 'Windows of 200 rows show only shifts of more than 0.2787 standard deviations; 0.2 is what counts.',
  }),
  'alert-storm': of('', `${monitored}{effect: medium}}\n`, `${monitored}{effect: medium, persist: 3}}\n`, {
    shown: 'A deployment alarmed eleven times within a week.',
    says: 'Deployment d1 alarmed in 11 windows of one week, and no model was trained since: alarms are being ignored.',
  }),
  'drift-detected': of('', `${monitored}{effect: medium}}\n`, `${monitored}{effect: large}}\n`, {
    shown: 'In the newest window of the log four columns are not what they were when the model was tested.',
    says: '4 of 12 columns: age, plan, fee and others, in the window up to 2026-03-01 of deployment d1.',
    by: 'Look at the report first; where the world has changed, train anew rather than ask for a larger effect.',
  }),
  'model-stale': of(
    head,
    'monitor: {retrain: {schedule: weekly}}\n',
    'monitor: {retrain: {schedule: monthly}}\n',
    {
      shown: 'The version in production was trained four weeks ago.',
      says: 'churn/3 is 28 days old: run run1 trained it on 2026-02-01.',
      by: 'Training anew is the other way.',
    },
  ),
} satisfies RuleExamples;

export const runExamples = { ...fit, ...judged, ...gates, ...deployed };
