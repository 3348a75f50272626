/** Sections 1 and 2 of the language: what the experiment is called, what it predicts, and why. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { trainedTasks } from '../../catalog/tasks.ts';
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
  scalar,
  text,
} from './values.ts';

export const tasks = [
  'auto',
  'binary',
  'multiclass',
  'multilabel',
  'regression',
  'count',
  'quantile',
  'ranking',
  'forecast',
  'survival',
  'anomaly',
  'clustering',
  'text-classification',
  'image-classification',
  'generation',
  'rag',
  'extraction',
] as const;

/** Tasks that learn from no target column. */
export const tasksWithoutTarget: readonly string[] = ['anomaly', 'clustering', 'generation', 'rag'];

/** Tasks of section 15; they may bring their rows as inline tests. */
export const llmTasks: readonly string[] = ['generation', 'rag', 'extraction'];

const taskChoice = choice(tasks, {
  supported: ['auto', ...trainedTasks],
  synonyms: {
    classification: 'auto',
    classifier: 'auto',
    'multi-class': 'multiclass',
    'binary-classification': 'binary',
    timeseries: 'forecast',
    'time-series': 'forecast',
    llm: 'generation',
  },
  what: 'task',
});

export const identity = {
  schema: field(
    int({ min: 1, max: 1 }),
    'Language version; the editor offers a one-click migration when older',
    {
      default: 1,
      defaultText: '1',
    },
  ),
  name: field(text('id'), 'Experiment id (kebab-case); the key for runs, registry and card', {
    defaultText: 'file name',
  }),
  description: field(text(), 'What and why in a paragraph'),
  tags: field(list(text()), 'Free labels used for filtering runs', { default: [] }),
  extends: field(
    oneOrMore(text('path')),
    'Base files, deep-merged left to right, then this file (maps merge, lists replace, null deletes)',
    { default: [] },
  ),
  vars: field(
    mapOf(anything('a value')),
    'Values for ${vars.x}; also ${env:NAME}, ${git.sha}, ${now:yyyy-MM-dd}, ${config.path}',
    { default: {} },
  ),
};

export const problemStatement = {
  task: field(
    taskChoice,
    'Task type; auto = inferred from the target column (2 values binary, <=20 or string multiclass, else regression)',
    { default: 'auto', impact: 3 },
  ),
  target: field(oneOrMore(text('column')), 'What is predicted', {
    defaultText: 'required unless task is anomaly/clustering/generation/rag',
    supports: (value) => !Array.isArray(value) || value.length === 1,
    impact: 3,
  }),
  positive: field(scalar(), 'Positive label of a binary target', {
    defaultText: 'rarer class',
    appliesTo: { tasks: ['auto', 'binary'], because: 'only a binary target has a positive label' },
    impact: 2,
  }),
  metric: field(
    text('metric'),
    'The one primary metric: early stopping, tuning, ranking of runs and default gate all use it',
    {
      defaultText:
        'by task: binary pr_auc if prevalence<10% else roc_auc; multiclass macro_f1; regression rmse; count poisson_deviance; quantile pinball; ranking ndcg@10; forecast mase; survival c_index; anomaly pr_auc; generation/rag pass_rate',
      impact: 3,
    },
  ),
};

const constraints = group({
  latency: planned(text('duration'), 'p95 budget per prediction'),
  throughput: planned(text('rate'), 'Required predictions per second'),
  cost: planned(either(text('money'), number({ min: 0 })), 'Ceiling per 1k predictions or per training run'),
  memory: planned(text('size'), 'Model artefact or serving memory ceiling'),
  interpretability: planned(
    choice(['none', 'post-hoc', 'intrinsic']),
    'intrinsic limits model families to linear/small tree/GAM/rules',
    { default: 'none' },
  ),
  offline: planned(bool(), 'Must run without network (edge)', { default: false }),
  regulation: planned(
    list(choice(['gdpr', 'eu-ai-act', 'hipaa', 'ecoa', 'sox', 'custom'], { what: 'regulation' })),
    'Switches on the matching lint profile',
    { default: [] },
  ),
});

export const problem = field(
  group({
    objective: planned(text(), 'Business objective in business words (Business Problem Translation)', {
      requiredFrom: { stage: 2, rule: 'no-objective', or: ['problem.hypothesis'] },
    }),
    hypothesis: planned(text(), 'What this experiment tests ("adding X lifts recall of Y by Z")'),
    success: planned(
      list(
        item(
          {
            kpi: planned(text(), 'Name of the business figure'),
            baseline: planned(number(), 'Where it stands today'),
            target: planned(number(), 'Where it should be'),
            by: planned(text('date'), 'Until when'),
          },
          ['kpi'],
        ),
      ),
      'Quantified success criteria on business KPIs',
      { default: [], requiredFrom: { stage: 3, rule: 'no-business-metric', or: ['monitor.business'] } },
    ),
    value: field(
      either(
        group({
          tp: field(number(), 'Worth of a hit'),
          fp: field(number(), 'Worth of a false alarm'),
          fn: field(number(), 'Worth of a miss'),
          tn: field(number(), 'Worth of a rightly left alone'),
          unit: planned(text(), 'Such as EUR'),
          per: planned(text(), 'Such as prediction'),
        }),
        text('expr'),
      ),
      'Money/utility per outcome; enables the value metric and value-optimal threshold',
    ),
    suitability: planned(
      group({
        why_ml: planned(text(), 'Why rules do not do'),
        simplest_alternative: planned(text(), 'What would be done without a model'),
        reversible: planned(bool(), 'A wrong prediction can be undone'),
      }),
      'Why ML at all; simplest non-ML alternative',
    ),
    inputs: planned(list(text()), 'Plain-words inputs (documentation; checked against features)'),
    outputs: planned(list(text()), 'Plain-words outputs and who consumes them'),
    prediction_time: field(text('expr'), 'The instant a prediction is made; everything after it is leakage', {
      defaultText: 'data.time',
    }),
    horizon: field(text('duration'), 'How far ahead the label looks (label window); drives purge/embargo'),
    constraints: planned(constraints, 'What the model must keep to'),
    risk: planned(
      choice(['low', 'medium', 'high']),
      'Impact of a wrong prediction; high requires human_review, fairness, card',
      { default: 'low' },
    ),
    feedback: planned(bool(), 'Predictions influence future labels (feedback loop)', { default: false }),
    evaluation: planned(
      group({
        offline: planned(text('metric'), 'The metric of this experiment'),
        online: planned(text(), 'The figure it stands for'),
      }),
      'Evaluation strategy: which offline metric stands for which online metric',
    ),
  }),
  'Why: the problem in business words',
  { onlyWritten: true },
);
