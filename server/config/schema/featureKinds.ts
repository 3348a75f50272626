/** What can be said about features of each kind, for all of them or column by column. */
import { dateParts } from '../../catalog/columns.ts';
import { field, planned } from './meta.ts';
import { bool, choice, either, group, int, list, ratio, text } from './values.ts';

const numericImputes = [
  'auto',
  'none',
  'mean',
  'median',
  'constant',
  'knn',
  'iterative',
  'indicator',
] as const;
const numericScales = ['auto', 'none', 'standard', 'robust', 'minmax', 'quantile'] as const;
const encodings = ['auto', 'onehot', 'ordinal', 'target', 'count', 'hash', 'embedding', 'native'] as const;

const categoryImpute = ['level', 'mode', 'none'] as const;

export const numericShape = {
  impute: field(
    choice(numericImputes),
    'Missing numbers; knn: of the 5 nearest of 1,000 training rows, iterative: from the other numbers by Bayesian ridge regression',
    {
      default: 'auto',
      defaultText: 'auto (none for trees, median+indicator otherwise)',
      impact: 1,
    },
  ),
  scale: field(
    choice(numericScales, {
      synonyms: { zscore: 'standard', standardize: 'standard', normalize: 'minmax', 'min-max': 'minmax' },
    }),
    'Normalisation',
    { default: 'auto', defaultText: 'auto (none for trees, standard linear, robust mlp)', impact: 1 },
  ),
  outliers: field(choice(['none', 'winsorize', 'clip', 'drop']), 'With bounds learnt on train', {
    default: 'none',
    impact: 1,
  }),
  transform: field(
    choice(['none', 'log1p', 'sqrt', 'yeo-johnson', 'rank'], {
      synonyms: { log: 'log1p', power: 'yeo-johnson', yeojohnson: 'yeo-johnson', uniform: 'rank' },
    }),
    'Shape',
    {
      default: 'none',
      impact: 1,
    },
  ),
  bins: field(
    group({
      k: field(
        int({ min: 2, max: 1000 }),
        'How many bins; they take the place of scale, outliers and transform',
        { default: 10 },
      ),
      by: field(choice(['quantile', 'width', 'tree']), 'How the edges are found', { default: 'quantile' }),
    }),
    'Binning',
    { onlyWritten: true },
  ),
};

export const categoricalShape = {
  encode: field(
    choice(encodings, {
      synonyms: {
        'one-hot': 'onehot',
        one_hot: 'onehot',
        label: 'ordinal',
        dummy: 'onehot',
        mean: 'target',
        frequency: 'count',
      },
    }),
    'Cross-fitted when target',
    { default: 'auto', impact: 2 },
  ),
  max_levels: field(int({ min: 2, max: 1_000_000 }), 'More become hash/target encoding', {
    default: 50,
    impact: 1,
  }),
  rare: field(ratio(), 'Levels rarer are bucketed', { default: 0.01, impact: 1 }),
  unknown: field(choice(['bucket', 'missing', 'error']), 'Levels unseen in training', {
    default: 'bucket',
    impact: 1,
  }),
  impute: field(choice(categoryImpute), 'Missing category', { default: 'level', impact: 1 }),
};

export const datetimeShape = {
  parts: field(either(choice(['auto']), list(choice(dateParts, { what: 'calendar part' }))), 'Which parts', {
    default: 'auto',
    impact: 1,
  }),
  cyclic: field(bool(), 'Parts that come round enter as sine and cosine', { default: true, impact: 1 }),
  elapsed_from: field(text('column'), 'Date from which elapsed time is counted'),
  timezone: field(text('timeZone'), 'Zone in which the parts are read, such as Europe/Paris', {
    defaultText: 'UTC',
  }),
};

export const textShape = {
  encode: planned(choice(['tfidf', 'hash', 'embedding']), 'How text becomes numbers', { default: 'tfidf' }),
  ngrams: planned(either(int({ min: 1, max: 10 }), text('range')), 'Words in a row that count as one', {
    default: '1..2',
  }),
  max_features: planned(int({ min: 1 }), 'Most frequent terms kept', { default: 20000 }),
  lowercase: planned(bool(), 'Case is ignored', { default: true }),
  stop_words: planned(either(bool(), text(), list(text())), 'Words left out: a language or a list'),
  embed_model: planned(text(), 'Model of an embedding'),
};

export const imageShape = {
  size: planned(int({ min: 8, max: 4096 }), 'Pixels of a side', { default: 64 }),
  channels: planned(int({ min: 1, max: 4 }), 'Colours'),
  normalize: planned(bool(), 'Scaled by the mean and spread of training', { default: true }),
  augment: planned(list(text()), 'Changes made to training images', { default: [] }),
};

/** A column may take any option of its kind; nothing is filled in, so that the section's own settings show through. */
const overrides = {
  ...numericShape,
  ...categoricalShape,
  ...datetimeShape,
  ...textShape,
  ...imageShape,
  impute: field(choice([...numericImputes, 'level', 'mode']), 'Missing values'),
  encode: field(
    choice([...encodings, 'tfidf'], { supported: encodings }),
    'How levels or text become numbers',
  ),
};

export const columnFeatures = field(group(overrides), 'Per-column override', { overrides: true });
