/** The settings of each model family, one sub-map a family; the other families' settings are kept but ignored. */
import type * as z from 'zod';
import { modelNames, modelSynonyms, type NumericParameter, parameters } from '../../catalog/models.ts';
import { field, planned } from './meta.ts';
import { anything, bool, choice, either, group, int, item, list, mapOf, number, text } from './values.ts';

/** Numeric parameters of a family as fields, with the ranges of the catalog. */
function numbers<P extends Readonly<Record<string, NumericParameter>>>(table: P, mark = planned) {
  const entries = Object.entries(table).map(([name, { doc, int: whole, min, max, above, ...more }]) => {
    const bounds = {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(above === undefined ? {} : { above }),
    };
    return [name, mark(whole ? int(bounds) : number(bounds), doc, more)];
  });
  // The keys are those of the table.
  return Object.fromEntries(entries) as { [K in keyof P]: z.ZodNumber };
}

export const linearShape = {
  link: field(choice(['auto', 'identity', 'logit', 'softmax', 'log']), 'How the sum becomes a prediction', {
    default: 'auto',
  }),
  penalty: field(choice(['l2', 'l1', 'elastic', 'none']), 'What holds coefficients small', {
    default: 'l2',
    impact: 2,
  }),
  ...numbers(parameters.linear, field),
  intercept: field(bool(), 'A constant term', { default: true }),
};

export const gbdtShape = {
  ...numbers(parameters.gbdt, field),
  monotone: field(
    mapOf(choice(['up', 'down'])),
    'Columns whose rise may only raise or only lower the prediction',
    {
      default: {},
    },
  ),
  engine: field(choice(['builtin', 'lightgbm', 'xgboost']), 'Who trains', { default: 'builtin' }),
};

export const linear = field(group(linearShape), 'Linear/logistic/Poisson');
export const gbdt = field(group(gbdtShape), 'Gradient boosting; trees is a ceiling under early stopping');

export const heuristic = field(
  list(
    item(
      {
        if: field(text('expr'), 'Condition; the first that holds decides'),
        // biome-ignore lint/suspicious/noThenProperty: the language's word; the shape is never awaited.
        then: field(either(number(), text()), 'Score, value or label'),
      },
      ['if', 'then'],
    ),
  ),
  'Rule model',
);

const widths = () => list(int({ min: 1, max: 65_536 }));

export const forestShape = {
  ...numbers(parameters.forest, field),
  max_features: field(
    either(choice(['sqrt', 'log2', 'all']), int({ min: 1 }), number({ above: 0, max: 1 })),
    'Columns tried at a split',
    { default: 'sqrt' },
  ),
  oob: field(bool(), 'Score each row by the trees that did not see it', { default: true }),
};

export const forest = field(group(forestShape), 'Bagged trees');

export const mlp = field(
  group({
    layers: field(widths(), 'Width of each hidden layer', { default: [128, 64], impact: 3 }),
    activation: field(choice(['relu', 'gelu', 'silu', 'tanh']), 'Nonlinearity; `gelu` in its tanh form', {
      default: 'relu',
      impact: 1,
    }),
    ...numbers(parameters.mlp, field),
    batch_norm: field(bool(), 'Normalise each layer over the batch', { default: false }),
    embed: field(int({ min: 1, max: 4096 }), 'Width of a category embedding', {
      defaultText: '1.6 times the number of levels to the power of 0.56, at most 50',
    }),
  }),
  'Dense network',
);

export const cnn = planned(
  group({
    ...numbers(parameters.cnn),
    pool: planned(choice(['max', 'average']), 'How a block shrinks the picture'),
    head: planned(widths(), 'Width of each layer after the convolutions'),
  }),
  'Small convnet',
  { onlyWritten: true },
);

export const textModel = planned(
  group({
    encoder: planned(choice(['tfidf', 'hash', 'char', 'transformer']), 'How text becomes numbers', {
      default: 'tfidf',
    }),
    head: planned(choice(['linear', 'gbdt', 'mlp']), 'Model on top', { default: 'linear' }),
    ngrams: planned(either(int({ min: 1, max: 10 }), text('range')), 'Words in a row that count as one'),
    max_features: planned(int({ min: 1 }), 'Most frequent terms kept'),
  }),
  'Text classifier/regressor',
  { onlyWritten: true },
);

export const transfer = planned(
  group({
    base: planned(text(), 'Backbone'),
    revision: planned(text(), 'Its exact version'),
    license: planned(text(), 'Its licence'),
    freeze: planned(either(choice(['all', 'none']), int({ min: 0 })), 'Layers that stay as they are', {
      default: 'all',
    }),
    head: planned(widths(), 'Width of each new layer'),
    lora: planned(
      group({
        rank: planned(int({ min: 1, max: 1024 }), 'Rank of the update'),
        alpha: planned(number({ above: 0 }), 'Scale of the update'),
        dropout: planned(number({ min: 0, max: 0.95 }), 'Share dropped in training'),
      }),
      'Low-rank updates',
    ),
    epochs_frozen: planned(int({ min: 0 }), 'Epochs before layers thaw'),
  }),
  'Pretrained backbone',
  { onlyWritten: true },
);

const familyName = () => choice(modelNames, { synonyms: modelSynonyms, what: 'model type' });

export const ensemble = planned(
  group({
    members: planned(
      list(either(familyName(), mapOf(anything('a setting of the member')))),
      'Models that are combined',
    ),
    method: planned(choice(['average', 'vote', 'stack', 'blend']), 'How', { default: 'stack' }),
    meta: planned(familyName(), 'Model on top of a stack', { default: 'linear' }),
    weights: planned(list(number({ min: 0 })), 'Weight of each member'),
  }),
  'Combine models; stack uses out-of-fold predictions only',
  { onlyWritten: true },
);

export const automl = planned(
  group({
    families: planned(list(familyName()), 'What is tried'),
    budget: planned(text('duration'), 'Time for the search', { default: '10m' }),
    preset: planned(choice(['fast', 'balanced', 'best']), 'Speed against quality', { default: 'balanced' }),
    ensemble: planned(bool(), 'Combine the best', { default: true }),
    max_latency: planned(text('duration'), 'Slower models are left out'),
  }),
  'Search over families',
  { onlyWritten: true },
);

export const command = planned(
  group({
    train: planned(text(), 'Command that trains'),
    predict: planned(text(), 'Command that predicts'),
    protocol: planned(choice(['file', 'stdio', 'http']), 'How rows and scores travel', { default: 'file' }),
    params: planned(mapOf(anything('a value')), 'Handed to the command'),
    env: planned(mapOf(text()), 'Environment of the command'),
  }),
  'Any external trainer; config, splits and metrics by file contract',
  { onlyWritten: true },
);

export const imported = planned(
  group({
    path: planned(text('path'), 'The file'),
    sha256: planned(text(), 'Its hash'),
    input: planned(text(), 'Name of its input'),
    output: planned(text(), 'Name of its output'),
    labels: planned(list(either(text(), number(), bool())), 'Classes in the order of its output'),
  }),
  'Import a trained model: evaluate/serve/monitor only',
);
