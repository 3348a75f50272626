/** Section 5 of the language: which rows train, which stop early, and which judge. */
import { field } from './meta.ts';
import { bool, choice, either, int, ratio, shorthand, text } from './values.ts';

/** 0 means none; one fold is no division at all (`out-of-range`). The number of a row's fold is kept in a byte. */
const folds = () => int({ min: 0, max: 255 });

const cv = shorthand('folds', {
  folds: field(folds(), 'Parts that are held out in turn', { default: 5, impact: 1 }),
  repeats: field(int({ min: 1, max: 1000 }), 'How often, each time divided anew', { default: 1 }),
  kind: field(choice(['auto', 'kfold', 'expanding', 'rolling']), 'Folds at random, or along time', {
    default: 'auto',
    defaultText: 'auto (expanding under time)',
  }),
  nested: field(bool(), 'Tune inside each fold, to tell how good the search itself is', { default: false }),
});

const dedupe = either(choice(['none', 'exact', 'near']), ratio({ above: 0, max: 1 }));

export const split = field(
  shorthand('test', {
    test: field(
      either(ratio({ min: 0, below: 1 }), text('date'), text('testPath')),
      'Hold-out; a number or date is the shorthand. A date needs `data.time`, else the only date column (then treated as `data.time`), else `missing-required`; rows at or after it are test',
      { default: 0.2, impact: 3 },
    ),
    valid: field(ratio({ min: 0, below: 1 }), 'For early stopping and tuning', {
      defaultText: '0.1 (0 when cv)',
      impact: 2,
    }),
    method: field(
      choice(
        [
          'auto',
          'random',
          'stratified',
          'group',
          'stratified-group',
          'time',
          'group-time',
          'hash',
          'predefined',
        ],
        {
          synonyms: {
            stratify: 'stratified',
            temporal: 'time',
            chronological: 'time',
            grouped: 'group',
            shuffle: 'random',
          },
          what: 'split method',
        },
      ),
      'How rows are divided',
      {
        default: 'auto',
        defaultText:
          'auto: time if data.time, group if data.group, stratified if classification, else random',
        impact: 3,
      },
    ),
    by: field(text('column'), 'Column the method uses', { defaultText: 'data.time / data.group / target' }),
    gap: field(either(text('duration'), int({ min: 0 })), 'Embargo between train and test', {
      defaultText: 'problem.horizon or 0',
    }),
    purge: field(bool(), 'Drop train rows whose label window touches test', {
      defaultText: 'true if horizon',
    }),
    cv: field(cv, 'Cross-validation on the non-test part', {
      defaultText: '0 (5 when rows<5000 and `valid` is not written; expanding under time)',
      onlyWritten: true,
      impact: 2,
    }),
    dedupe: field(
      dedupe,
      'Duplicate rows (ignoring data.id) kept on one side; in a time split, so are rows of equal time',
      { default: 'exact' },
    ),
    seed: field(int({ min: 0, max: 2 ** 32 - 1 }), 'Split seed', { defaultText: 'train.seed' }),
    lock: field(bool(), 'Test rows are hashed; every evaluation on them is counted (test budget)', {
      default: true,
    }),
    test_budget: field(int({ min: 1 }), 'Evaluations on the same test set before a warning', {
      default: 10,
    }),
  }),
  'Which rows train, which stop early, and which judge',
  { impact: 3 },
);
