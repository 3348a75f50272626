/** Section 10 of the language: what a run must reach, and where its model then lives. */
import { field, planned } from './meta.ts';
import { bool, choice, either, group, int, list, shorthand, text } from './values.ts';

export const gates = field(
  list(text('gate')),
  'Strings such as "pr_auc >= 0.55", "recall(plan=basic) >= 0.6", "pr_auc > champion (significant)", "latency.p95 < 50ms", "fairness.worst_ratio >= 0.8", "lint.errors == 0"',
  {
    defaultText: '[beats baseline] once registry or serve is set',
    impact: 1,
    requiredFrom: {
      stage: 3,
      rule: 'no-gates',
      insert: '[beats baseline]',
      insertKnown: 'what the last run reached',
    },
  },
);

const stage = () =>
  choice(['candidate', 'staging', 'production', 'archived'], {
    synonyms: { prod: 'production', live: 'production', stage: 'staging' },
    what: 'stage',
  });

export const registry = field(
  shorthand('name', {
    name: field(text('id'), 'Registered model name', { defaultText: 'name' }),
    store: planned(
      either(choice(['local', 'mlflow', 's3', 'oci']), text('testPath')),
      'Where versions live (content-addressed)',
      { default: 'local' },
    ),
    stage: field(stage(), 'Stage a passing run enters', { default: 'candidate' }),
    promote: planned(
      group({
        from: planned(stage(), 'Stage it leaves'),
        to: planned(stage(), 'Stage it enters'),
        require: planned(
          list(choice(['gates', 'card', 'tests', 'approval', 'shadow'])),
          'What must be there',
          { default: ['gates', 'card'] },
        ),
        approvers: planned(list(text()), 'Who may say yes'),
      }),
      'Promotion rules; every change goes to the audit log',
    ),
    keep: planned(int({ min: 1 }), 'Versions kept hot for rollback', { default: 5 }),
    sign: planned(bool(), 'Record hashes of data, code, config, environment, artefact (lineage)', {
      default: true,
    }),
  }),
  'Where the model lives',
  {
    onlyWritten: true,
    requiredFrom: {
      stage: 3,
      rule: 'unregistered-served',
      within: 'serve',
      insertKnown: 'the name of the experiment',
    },
  },
);
