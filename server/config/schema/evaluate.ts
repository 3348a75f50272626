/** Section 9 of the language: how good, how certain, for whom worse, and why. */
import { field, planned } from './meta.ts';
import { bool, choice, either, group, int, item, list, mapOf, number, ratio, text } from './values.ts';

const ci = group({
  method: field(
    choice(['bootstrap', 'wilson', 'hanley', 'none'], { what: 'interval method' }),
    'How intervals are made',
    { default: 'bootstrap' },
  ),
  level: field(ratio({ min: 0.5, below: 1 }), 'Chance that the interval holds the truth', { default: 0.95 }),
  samples: field(int({ min: 100, max: 100_000 }), 'Resamples of the bootstrap', { default: 1000 }),
  by: field(text('column'), 'Column whose values are resampled whole', { defaultText: 'data.group' }),
});

const compare = group({
  to: field(
    list(
      field(text(), 'baseline, champion, a baseline by name, a run or a variant', {
        supports: (value) => !/^(run|variant)[:(]/.test(String(value)),
      }),
    ),
    'Baseline, champion, run or variant',
    { default: ['baseline', 'champion'] },
  ),
  test: field(
    choice(['auto', 'bootstrap', 'mcnemar', 'delong', 'corrected-t', 'wilcoxon', 'permutation'], {
      supported: ['auto', 'bootstrap', 'mcnemar', 'delong', 'permutation'],
      what: 'comparison test',
    }),
    'Paired test',
    { default: 'auto' },
  ),
  alpha: field(number({ above: 0, max: 0.5 }), 'Chance of a false alarm', { default: 0.05 }),
  correction: field(
    choice(['none', 'holm', 'bh'], {
      synonyms: { fdr: 'bh', 'benjamini-hochberg': 'bh', bonferroni: 'holm' },
      what: 'correction',
    }),
    'For several comparisons',
    { default: 'holm' },
  ),
});

const errors = group({
  top: planned(int({ min: 0 }), 'Worst rows listed', { default: 50 }),
  confusion: planned(bool(), 'Which class is taken for which', { default: true }),
  residuals: planned(bool(), 'Errors over the prediction', { default: true }),
  clusters: planned(int({ min: 0 }), 'Groups of like errors', { default: 5 }),
  label_issues: planned(bool(), 'Labels that look wrong', { default: true }),
});

const fairness = group({
  groups: planned(list(text('slice')), 'Columns or expressions'),
  metrics: planned(
    list(
      choice(
        [
          'demographic_parity',
          'equalized_odds',
          'equal_opportunity',
          'predictive_parity',
          'error_rate',
          'calibration',
        ],
        {
          what: 'fairness metric',
        },
      ),
    ),
    'What must be alike',
    { default: ['demographic_parity', 'equalized_odds'] },
  ),
  min_ratio: planned(ratio(), 'Lowest ratio of two groups', { default: 0.8 }),
  max_difference: planned(ratio(), 'Largest difference of two groups', { default: 0.1 }),
  min_group: planned(int({ min: 1 }), 'Rows below which nothing is said', { default: 100 }),
  mitigate: planned(choice(['none', 'reweigh', 'threshold', 'constraint']), 'What is done about it', {
    default: 'none',
  }),
});

const behavior = list(
  item(
    {
      name: planned(text(), 'What is expected, in words'),
      kind: planned(
        choice(['invariance', 'directional', 'minimum'], { what: 'behaviour test' }),
        'What is tested',
      ),
      when: planned(text('expr'), 'Rows it holds for'),
      change: planned(text('expr'), 'What is changed, such as "tenure += 365"'),
      expect: planned(text('expr'), 'What must hold of score and before'),
    },
    ['name', 'kind', 'expect'],
  ),
);

const level = () => either(bool(), number({ min: 0 }), mapOf(number({ min: 0 })));

export const evaluate = field(
  group({
    metrics: field(list(text('metric')), 'Reported with confidence intervals', {
      defaultText: "primary + the task's standard set + calibration",
      impact: 1,
    }),
    ci: field(ci, 'Intervals, cluster bootstrap when grouped'),
    seeds: planned(int({ min: 1, max: 1000 }), 'Repeat training to separate seed noise', {
      default: 1,
      defaultText: '1 (5 when comparing stochastic models)',
    }),
    slices: field(either(choice(['auto']), list(text('slice'))), 'Per-slice metrics and weak-slice search', {
      default: 'auto',
      defaultText: 'auto (top 10 columns, >=5% rows)',
      impact: 1,
    }),
    compare: field(compare, 'Paired significance tests'),
    errors: planned(errors, 'Error analysis report', { onlyWritten: true }),
    fairness: planned(fairness, 'Group fairness with intervals', { onlyWritten: true }),
    explain: planned(
      group({
        method: planned(
          choice(['auto', 'permutation', 'treeshap', 'kernelshap', 'lime', 'pdp', 'ice'], {
            synonyms: { shap: 'treeshap' },
            what: 'explanation',
          }),
          'How',
          { default: 'auto' },
        ),
        sample: planned(int({ min: 1 }), 'Rows looked at', { default: 500 }),
        top: planned(int({ min: 1 }), 'Features shown', { default: 20 }),
      }),
      'Global and local explanations',
      {
        onlyWritten: true,
        requiredFrom: {
          stage: 2,
          rule: 'no-explanation',
          given: 'promises explanations',
          insert: '{method: auto}',
        },
      },
    ),
    behavior: planned(behavior, 'Behavioural model tests (CheckList style)', { default: [] }),
    robust: planned(
      group({
        noise: planned(level(), 'Random error added to numbers'),
        missing: planned(level(), 'Values removed'),
        shift: planned(level(), 'Numbers moved'),
      }),
      'Score under perturbation',
      { defaultText: 'none', onlyWritten: true },
    ),
    value: planned(text('expr'), 'Business value curve by threshold', { defaultText: 'from problem.value' }),
  }),
  'How good, how certain, and for whom worse',
  { impact: 1 },
);
