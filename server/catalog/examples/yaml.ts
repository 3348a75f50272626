/** Examples of rules about the text: YAML and the language's keys and values. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { churn, ending, head, of, type RuleExamples } from './example.ts';

export const yamlExamples = {
  'yaml-syntax': of(head, 'features: [age, plan\n', 'features: [age, plan]\n'),
  'duplicate-key': of(head, 'split: 0.2\nsplit: 0.3\n', 'split: 0.3\n'),
  'unknown-key': of(head, 'splitt: 0.3\n', 'split: 0.3\n'),
  'wrong-type': of(head, 'split: {test: "20 percent"}\n', 'split: {test: 0.2}\n'),
  'unknown-value': of(head, 'model: xgb\n', 'model: gbdt\n'),
  'missing-required': of(churn, '', 'target: churned\n'),
  'out-of-range': of(head, 'split: {test: 1.5}\n', 'split: {test: 0.2}\n'),
  'ambiguous-scalar': of(head, 'positive: yes\n', "positive: 'yes'\n"),
  'interpolation-unquoted': ending(
    'target: churned\n',
    'data: {source: ${env:CHURN_DATA}}\n',
    "data: {source: '${env:CHURN_DATA}'}\n",
  ),
  'unresolved-reference': of('', `extends: bas.yaml\n${head}`, `extends: base.yaml\n${head}`, {
    files: { 'base.yaml': 'split: 0.3\n' },
  }),
  'conflicting-settings': of(
    head,
    'features: {include: [age], exclude: [age]}\n',
    'features: {include: [age]}\n',
  ),
  'dead-setting': of(
    `${head}baseline: [dummy]\n`,
    'model: {type: linear, gbdt: {trees: 50}}\n',
    'model: {type: linear}\n',
  ),
  'redundant-default': of(`${head}model: linear\n`, 'train: {seed: 42}\n', ''),
  'unsupported-setting': of(head, 'model: cnn\n', ''),
  'secret-in-config': of(
    head,
    'card: {owner: "postgres://me:hunter22@db.example.org/people"}\n',
    "card: {owner: '${env:OWNER}'}\n",
  ),
  'absolute-path': ending('target: churned\n', 'data: /mnt/disk/churn.csv\n', 'data: data/churn.csv\n'),
  'suppression-problem': of(
    head,
    '# lint-ignore no-seed\ntrain: {deterministic: false}\n',
    '# lint-ignore no-seed: the GPU adds in another order each time\ntrain: {deterministic: false}\n',
  ),
  'search-space-invalid': of(
    head,
    'tune: {trials: 20, space: {model.gbdt.max_leaves: 64..8}}\n',
    'tune: {trials: 20, space: {model.gbdt.max_leaves: 8..64}}\n',
  ),
  'expression-error': of(head, 'gates: [roc_auc => 0.7]\n', 'gates: [roc_auc >= 0.7]\n'),
} satisfies RuleExamples;
