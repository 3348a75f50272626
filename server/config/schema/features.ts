/** Section 4 of the language: which columns the model sees, and as what. Everything is fitted on training rows. */
import { columnKinds } from '../../catalog/columns.ts';
import {
  categoricalShape,
  columnFeatures,
  datetimeShape,
  imageShape,
  numericShape,
  textShape,
} from './featureKinds.ts';
import { field, planned } from './meta.ts';
import {
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  mapOf,
  number,
  ratio,
  shorthand,
  text,
} from './values.ts';

/** The kind of a column, as in `features.types` and `data.columns.*.type`. */
export function kindChoice() {
  return choice(columnKinds, {
    supported: ['numeric', 'categorical', 'ordinal', 'boolean', 'datetime', 'cyclic'],
    synonyms: {
      number: 'numeric',
      float: 'numeric',
      int: 'numeric',
      integer: 'numeric',
      double: 'numeric',
      category: 'categorical',
      string: 'categorical',
      nominal: 'categorical',
      bool: 'boolean',
      date: 'datetime',
      time: 'datetime',
      timestamp: 'datetime',
    },
    what: 'column kind',
  });
}

const derive = list(
  item(
    {
      name: field(text('column'), 'Name of the new feature'),
      expr: field(text('expr'), 'How it is computed'),
      window: field(text('duration'), 'How far back an aggregate looks'),
      group: field(text('column'), 'Whose rows an aggregate counts'),
      shift: field(
        either(text('duration'), int({ min: 0 })),
        'How long before the prediction the window ends; a whole number leaves out the last rows instead',
      ),
      available_at: field(text('column'), 'Column with the instant at which the value was known'),
    },
    ['name', 'expr'],
  ),
);

const select = group({
  method: field(
    choice(['none', 'variance', 'correlation', 'mutual-info', 'l1', 'rfe', 'permutation', 'boruta'], {
      what: 'selection method',
    }),
    'How features are chosen',
    { default: 'none' },
  ),
  keep: field(either(int({ min: 1 }), ratio()), 'How many stay, or what share'),
  threshold: field(number(), 'Lowest worth that stays'),
});

const checks = ['none', 'warn', 'reject'] as const;
const validate = group({
  missing: field(choice(checks), 'Values missing where training had none missing', { defaultText: 'none' }),
  range: field(choice(checks), 'Numbers outside the range of training', { default: 'warn' }),
  unseen: field(choice(checks), 'Levels that training did not see', { default: 'warn' }),
  skew: field(bool(), 'Compare training with serving: logged rows are asked again of the tested file', {
    default: true,
  }),
});

const store = group({
  provider: planned(choice(['local', 'feast', 'tecton', 'sagemaker', 'databricks']), 'Feature store'),
  view: planned(text(), 'Name of the view'),
  entities: planned(list(text('column')), 'Key columns'),
  ttl: planned(text('duration'), 'How long a value counts'),
  online: planned(bool(), 'Also written for serving'),
  point_in_time: planned(bool(), 'No value from after the prediction'),
});

export const features = field(
  shorthand('include', {
    include: field(list(text('glob')), 'Feature columns; a list is the shorthand', {
      defaultText: 'all except target,id,time,group,weight,declared pii,after-outcome',
      impact: 3,
    }),
    exclude: field(list(text('glob')), 'Columns to drop', { default: [], impact: 3 }),
    types: field(mapOf(kindChoice()), 'Override the inferred kind', {
      default: {},
      defaultText: 'inferred',
      impact: 2,
    }),
    numeric: field(group(numericShape), 'How numbers enter'),
    categorical: field(group(categoricalShape), 'How categories enter'),
    datetime: field(group(datetimeShape), 'Calendar parts'),
    text: planned(group(textShape), 'Free text', { onlyWritten: true }),
    image: planned(group(imageShape), 'Images; augment runs on train only', { onlyWritten: true }),
    columns: field(mapOf(columnFeatures), 'Exceptions for single columns', { default: {} }),
    derive: field(derive, 'New features; window aggregates are right-open at prediction_time', {
      default: [],
    }),
    cross: field(list(list(text('column'))), 'Interaction crosses', { default: [] }),
    select: field(select, 'Always fitted inside the training fold', { onlyWritten: true }),
    validate: field(validate, 'Checks carried into the serving contract'),
    store: planned(store, 'Feature view written/read by training and serving alike', { onlyWritten: true }),
  }),
  'Which columns the model sees, and as what',
  { impact: 3 },
);
