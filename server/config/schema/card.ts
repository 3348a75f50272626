/** Sections 13 and 14 of the language: who answers for the model, and where and how runs are kept. */
import { field, planned } from './meta.ts';
import {
  anything,
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  mapOf,
  number,
  oneOrMore,
  text,
} from './values.ts';

const incomplete = { requiredFrom: { stage: 3 as const, rule: 'card-incomplete' } };

export const card = field(
  group({
    owner: field(oneOrMore(text()), 'Accountable person/team', {
      requiredFrom: { stage: 3, rule: 'no-owner', insertKnown: 'the user of git' },
    }),
    intended_use: field(text(), 'Uses and users', incomplete),
    out_of_scope: field(text(), 'Uses to refuse', incomplete),
    limitations: field(list(text()), 'Known limits and uncertainty', incomplete),
    tradeoffs: field(list(text()), 'Accuracy against cost, complexity, fairness'),
    ethics: field(
      list(
        item(
          { risk: field(text(), 'What could go wrong'), mitigation: field(text(), 'What is done about it') },
          ['risk'],
        ),
      ),
      'Risks and mitigations',
      incomplete,
    ),
    license: field(text(), 'Model licence', { requiredFrom: { stage: 3, rule: 'licence-missing' } }),
    references: field(list(text('url')), 'Links and citations'),
    regulation: field(
      group({
        class: field(
          choice(['minimal', 'limited', 'high', 'prohibited'], { what: 'risk class' }),
          'Risk class',
        ),
        notes: field(text(), 'Why'),
      }),
      'E.g. EU AI Act class',
    ),
    decisions: field(
      list(
        item(
          {
            date: field(text('date'), 'When'),
            decision: field(text(), 'What was decided'),
            why: field(text(), 'Why'),
            by: field(text(), 'Who decided'),
          },
          ['decision'],
        ),
      ),
      'Decision records',
      { default: [], requiredFrom: { stage: 3, rule: 'no-decision-record', within: 'registry.promote' } },
    ),
    runbook: field(text('path'), 'Operational procedures', { defaultText: 'generated' }),
    review_by: field(text('date'), 'Next review'),
    output: field(text('path'), 'Generated card (numbers filled from the run, model-card-toolkit fields)'),
  }),
  'Who answers for the model, and what it is for',
  { default: {}, requiredFrom: { stage: 3, rule: 'no-card' } },
);

const track = group({
  store: planned(text('path'), 'Folder of the run store', { default: '.modelwright' }),
  export: planned(list(choice(['mlflow', 'wandb', 'neptune'])), 'Other trackers that are told'),
  uri: planned(text('url'), 'Where they are'),
  log: planned(list(text()), 'What is recorded', {
    default: ['params', 'metrics', 'artifacts', 'data', 'code', 'env'],
  }),
});

export const run = planned(
  group({
    track: planned(track, 'Experiment tracking'),
    env: planned(
      group({
        lock: planned(text('path'), 'Lock file'),
        container: planned(text(), 'Image'),
        python: planned(text(), 'Version of Python'),
        node: planned(text(), 'Version of Node'),
        vars: planned(list(text()), 'Environment variables that count'),
      }),
      'Reproducible environment',
      {
        defaultText: 'detected',
        requiredFrom: { stage: 2, rule: 'env-unlocked', given: 'has no lock file', insert: false },
      },
    ),
    resources: planned(
      group({
        cpu: planned(number({ above: 0 }), 'Cores'),
        memory: planned(text('size'), 'Memory'),
        gpu: planned(either(bool(), int({ min: 0 })), 'Graphics processors'),
        max_cost: planned(either(text('money'), number({ min: 0 })), 'Dearest run'),
      }),
      'For local pools and exporters',
      { defaultText: 'detected' },
    ),
    export: planned(
      list(
        choice(
          [
            'github-actions',
            'gitlab-ci',
            'airflow',
            'prefect',
            'dagster',
            'kubeflow',
            'argo',
            'docker',
            'k8s',
            'sagemaker',
            'vertex',
            'azureml',
          ],
          {
            synonyms: {
              github: 'github-actions',
              gitlab: 'gitlab-ci',
              kubernetes: 'k8s',
              gha: 'github-actions',
            },
            what: 'export target',
          },
        ),
      ),
      'Generate CI/CD and orchestration files',
      { default: [], requiredFrom: { stage: 3, rule: 'no-ci', insert: '[github-actions]' } },
    ),
    tests: planned(
      group({
        unit: planned(either(text(), bool()), 'Command of the unit tests'),
        data: planned(bool(), 'The data contract', { default: true }),
        model: planned(bool(), 'Gates and behaviour', { default: true }),
        integration: planned(either(text(), bool()), 'Command of the integration tests'),
      }),
      'What `test` runs; unit/integration are commands',
    ),
  }),
  'Where and how runs are kept',
  { onlyWritten: true },
);

/** The only field where `off` is a word, and false the same: YAML 1.1 readers see `off` so. */
const severity = () =>
  choice(['off', 'hint', 'info', 'warn', 'error'], {
    synonyms: { warning: 'warn', none: 'off' },
    what: 'severity',
  });

const ruleSetting = either(
  severity(),
  bool(),
  group({
    severity: field(severity(), 'How loud'),
    options: planned(mapOf(anything('a value')), 'Settings of the rule'),
    when: field(text('expr'), 'For a rule of your own: what it finds, over settings, rows and columns'),
    message: field(text(), 'For a rule of your own: what it says'),
  }),
);

export const lint = field(
  group({
    profile: field(
      choice(['relaxed', 'standard', 'strict', 'regulated'], { what: 'lint profile' }),
      'Base severities',
      { default: 'standard' },
    ),
    rules: field(mapOf(ruleSetting), 'Overrides', { default: {} }),
    ignore: field(
      list(
        item(
          {
            rule: field(text(), 'Rule id'),
            column: field(text('column'), 'Only for this column'),
            reason: field(text(), 'Why'),
            until: field(text('date'), 'Until when'),
          },
          ['rule'],
        ),
      ),
      'Recorded exceptions, shown in the card',
      { default: [] },
    ),
  }),
  'How strict the linter is',
);
