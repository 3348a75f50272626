/** Section 12 of the language: what is watched after release, and what then happens. */
import { field, planned } from './meta.ts';
import {
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  number,
  oneOrMore,
  ratio,
  shorthand,
  text,
} from './values.ts';

const drift = group({
  features: field(
    either(choice(['all', 'important']), list(text('glob'))),
    'Columns watched; important: those whose shuffling cost the model on its test rows',
    { default: 'all' },
  ),
  method: planned(text(), 'auto, or the name of a test', { default: 'auto' }),
  alpha: field(number({ above: 0, max: 0.5 }), 'Chance of a false alarm in a window, over all columns', {
    default: 0.05,
  }),
  effect: field(
    either(choice(['small', 'medium', 'large']), number({ min: 0 })),
    'Smallest change that counts',
    { default: 'medium' },
  ),
  correction: field(
    choice(['maxt', 'bh', 'holm', 'none'], { synonyms: { fdr: 'bh' }, what: 'correction' }),
    'For several columns',
    { default: 'maxt' },
  ),
  multivariate: field(
    choice(['auto', 'none', 'classifier', 'pca'], { supported: ['auto', 'none', 'classifier'] }),
    'All columns together; auto: distances between rows below 500, a classifier from there',
    { default: 'auto' },
  ),
  prediction: field(bool(), 'Watch predictions', { default: true }),
  label: planned(bool(), 'Watch labels', { default: true }),
  persist: field(int({ min: 1 }), 'How many of the last three windows must have drifted before an alarm', {
    default: 1,
  }),
  seasonal: planned(
    choice(['none', 'daily', 'weekly', 'monthly', 'yearly']),
    'Compare with the same time of',
    { default: 'none' },
  ),
});

const on = { default: true };

export const monitor = field(
  shorthand('window', {
    window: field(
      either(text('duration'), int({ min: 1 })),
      'Unit of comparison; a duration is the shorthand',
      {
        default: '1d',
        defaultText: '1d (min 200 rows)',
      },
    ),
    reference: planned(
      either(choice(['test', 'train', 'production']), text('testPath')),
      'Comparison sample; never the training rows the model memorised',
      { default: 'test' },
    ),
    drift: field(either(choice(['none'], { supported: [] }), drift), 'Drift tests; see the table in part 4', {
      default: {},
    }),
    quality: field(
      group({
        missing: field(bool(), 'Values that are missing', on),
        range: field(bool(), 'Numbers outside the range', on),
        unseen: field(bool(), 'Levels that training did not see', on),
        volume: planned(bool(), 'Number of rows', on),
        freshness: planned(bool(), 'Age of the newest row', on),
        schema: planned(bool(), 'Columns and types', on),
      }),
      'Input quality against the training contract',
      { defaultText: 'all on' },
    ),
    performance: planned(
      group({
        labels: planned(text('path'), 'Where outcomes arrive'),
        delay: planned(text('duration'), 'How late'),
        metrics: planned(list(text('metric')), 'What is watched'),
        estimate: planned(choice(['auto', 'cbpe', 'dle', 'none']), 'Before labels arrive', {
          default: 'auto',
        }),
        tolerance: planned(ratio(), 'Loss that is still well', { default: 0.05 }),
        sequential: planned(bool(), 'Bounds hold at any time', { default: true }),
      }),
      'Realised when labels arrive, estimated before',
    ),
    concept: planned(
      choice(['auto', 'adwin', 'page-hinkley', 'eprocess', 'none']),
      'Change of P(y|x) from labelled errors',
      { default: 'auto' },
    ),
    service: planned(
      group({
        latency: planned(text('duration'), 'p95'),
        errors: planned(ratio(), 'Share of failed requests'),
        throughput: planned(text('rate'), 'Requests'),
        saturation: planned(ratio(), 'Load'),
        cost: planned(either(text('money'), number({ min: 0 })), 'Money'),
      }),
      'Operational metrics',
      { defaultText: 'budgets from serve' },
    ),
    business: planned(
      list(
        item(
          {
            kpi: planned(text(), 'Name of the business figure'),
            source: planned(text('path'), 'Where it is read'),
            min: planned(number(), 'Lowest that is well'),
            max: planned(number(), 'Highest that is well'),
          },
          ['kpi'],
        ),
      ),
      'Impact on KPIs',
      { defaultText: 'problem.success' },
    ),
    fairness: planned(bool(), 'Same groups, live', { defaultText: 'true if evaluate.fairness' }),
    alerts: planned(
      list(
        item(
          {
            when: planned(text('gate'), 'Condition'),
            severity: planned(choice(['info', 'page', 'ticket'], { what: 'alert severity' }), 'Who is woken'),
            notify: planned(oneOrMore(text()), 'Where it is sent'),
            cooldown: planned(text('duration'), 'Quiet time afterwards'),
            runbook: planned(text('path'), 'What to do'),
          },
          ['when'],
        ),
      ),
      'Routing',
      { defaultText: '[drift, performance, errors to the log]' },
    ),
    retrain: planned(
      group({
        when: planned(list(text('gate')), 'Conditions'),
        schedule: planned(text('schedule'), 'In any case every'),
        min_labels: planned(int({ min: 0 }), 'Fewest new labels'),
        data: planned(choice(['all', 'window', 'append']), 'Rows it learns from'),
        approve: planned(choice(['manual', 'auto']), 'Who lets it out', { default: 'manual' }),
        gates: planned(list(text('gate')), 'Instead of the gates of the experiment'),
      }),
      'Triggers; auto still passes gates',
      {
        requiredFrom: {
          stage: 3,
          rule: 'no-retrain-plan',
          within: 'serve',
          insert: '{approve: manual}',
        },
      },
    ),
  }),
  'What is watched after release',
  { onlyWritten: true, requiredFrom: { stage: 3, rule: 'no-monitoring', within: 'serve', insert: '1d' } },
);
