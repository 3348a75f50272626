/** Section 3 of the language, second half: labels, privacy, pipelines and the datasheet. */
import { planned } from './meta.ts';
import { choice, either, group, int, item, list, mapOf, number, ratio, text } from './values.ts';

const privacyPolicies = ['drop', 'hash', 'mask', 'tokenize', 'generalize', 'allow'] as const;

const labeling = group({
  method: planned(
    choice(['observed', 'human', 'programmatic', 'weak', 'llm', 'implicit'], { what: 'labeling method' }),
    'Who or what makes the labels',
    { default: 'observed' },
  ),
  guidelines: planned(text('path'), 'What the annotators were told', {
    requiredFrom: {
      stage: 2,
      rule: 'unlabelled-process',
      given: 'is labelled by people or models',
      or: ['data.labeling.audit_sample'],
      insert: 'docs/labeling.md',
    },
  }),
  annotators: planned(int({ min: 1 }), 'How many label each row'),
  agreement: planned(
    group({
      metric: planned(choice(['kappa', 'alpha', 'percent']), 'Measure of agreement'),
      min: planned(number({ min: -1, max: 1 }), 'Lowest agreement that will do'),
    }),
    'How well annotators agree',
  ),
  delay: planned(text('duration'), 'How late labels arrive'),
  audit_sample: planned(either(ratio(), int({ min: 1 })), 'Share or number of labels checked again'),
  active_learning: planned(
    group({
      strategy: planned(
        choice(['uncertainty', 'margin', 'entropy', 'diversity', 'random']),
        'Which rows are labelled next',
      ),
      batch: planned(int({ min: 1 }), 'Rows in a round'),
    }),
    'Choosing the rows to label next',
  ),
});

const privacy = group({
  policy: planned(choice(privacyPolicies, { what: 'privacy policy' }), 'Default action on PII columns', {
    default: 'drop',
  }),
  columns: planned(mapOf(choice(privacyPolicies, { what: 'privacy policy' })), 'Exceptions per column', {
    default: {},
  }),
  basis: planned(
    choice(['consent', 'contract', 'legal', 'vital', 'public', 'legitimate-interest'], {
      what: 'lawful basis',
    }),
    'Lawful basis (GDPR art. 6)',
  ),
  retention: planned(text('duration'), 'How long raw data and logs live'),
  k_anonymity: planned(int({ min: 2 }), 'Checked on quasi-identifiers'),
  differential: planned(
    group({
      epsilon: planned(number({ above: 0 }), 'Privacy budget'),
      delta: planned(number({ min: 0, below: 1 }), 'Chance that the bound fails'),
      clip: planned(number({ above: 0 }), 'Largest gradient norm of a row'),
      mechanism: planned(choice(['dp-sgd', 'output']), 'Where the noise is added'),
    }),
    'Differential privacy for training or published statistics',
  ),
  federated: planned(
    group({
      clients: planned(int({ min: 1 }), 'Partitions'),
      rounds: planned(int({ min: 1 }), 'Rounds of training'),
      min_clients: planned(int({ min: 1 }), 'Fewest clients in a round'),
      aggregate: planned(choice(['fedavg', 'fedprox', 'secure']), 'How updates are combined'),
    }),
    'Federated training over partitions',
  ),
});

const pipeline = group({
  mode: planned(choice(['batch', 'stream']), 'All rows at once, or as they come', { default: 'batch' }),
  steps: planned(
    list(
      item(
        {
          id: planned(text('id'), 'Name of the step'),
          run: planned(text(), 'Command'),
          in: planned(either(text('path'), list(text('path'))), 'What it reads'),
          out: planned(either(text('path'), list(text('path'))), 'What it writes'),
        },
        ['id', 'run'],
      ),
    ),
    'ETL/ELT steps in order of their inputs',
  ),
  schedule: planned(text('schedule'), 'When it runs'),
  window: planned(text('duration'), 'Width of a window of a stream'),
  lateness: planned(text('duration'), 'How late an event may come'),
  engine: planned(
    choice(['builtin', 'command', 'airflow', 'prefect', 'dagster', 'argo', 'kubeflow'], {
      what: 'pipeline engine',
    }),
    'What runs the steps',
    { default: 'builtin' },
  ),
});

const datasheet = either(
  text('path'),
  group({
    motivation: planned(text(), 'Why the data set was made'),
    composition: planned(text(), 'What a row is'),
    collection: planned(text(), 'How it was collected'),
    preprocessing: planned(text(), 'What was done to it'),
    uses: planned(text(), 'What it is for, and not for'),
    distribution: planned(text(), 'Who may have it'),
    maintenance: planned(text(), 'Who keeps it'),
  }),
);

export const dataGovernance = {
  labeling: planned(labeling, 'How labels are made, how late they arrive, how good they are', {
    onlyWritten: true,
  }),
  privacy: planned(privacy, 'What happens to personal data', { onlyWritten: true }),
  pipeline: planned(pipeline, 'ETL/ELT steps as a DAG; exported to orchestrators', { onlyWritten: true }),
  datasheet: planned(datasheet, 'Datasheet for the data set (Gebru et al.)', {
    defaultText: 'generated skeleton',
    requiredFrom: { stage: 3, rule: 'no-datasheet' },
  }),
};
