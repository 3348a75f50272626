/** Section 6 of the language: the model, what is done to its scores, and what it must beat. */
import { type ModelName, modelNames, modelSynonyms, models } from '../../catalog/models.ts';
import { field } from './meta.ts';
import {
  automl,
  cnn,
  command,
  ensemble,
  forest,
  gbdt,
  heuristic,
  imported,
  linear,
  mlp,
  textModel,
  transfer,
} from './modelFamilies.ts';
import { choice, either, group, number, oneOrMore, ratio, shorthand, text } from './values.ts';

const supportedNames: readonly ModelName[] = modelNames.filter((name) => models[name].supported);
const families = ['auto', ...modelNames] as const;
const classification = [
  'auto',
  'binary',
  'multiclass',
  'multilabel',
  'text-classification',
  'image-classification',
  'anomaly',
];

const threshold = either(
  number({ min: 0, max: 1 }),
  choice(['auto']),
  group({ maximize: field(text('metric'), 'Metric that is best at the threshold') }),
  group({ by: field(choice(['value']), 'The worth of outcomes, problem.value') }),
);

export const model = field(
  shorthand('type', {
    type: field(
      choice(families, {
        supported: ['auto', ...supportedNames],
        synonyms: modelSynonyms,
        what: 'model type',
      }),
      'Family; a string is the shorthand',
      {
        default: 'auto',
        defaultText: 'auto (gbdt tabular, text for one text column, cnn for images)',
        impact: 3,
      },
    ),
    heuristic,
    linear,
    gbdt,
    forest,
    mlp,
    cnn,
    text: textModel,
    transfer,
    ensemble,
    automl,
    command,
    onnx: imported,
    calibrate: field(
      choice(['auto', 'none', 'platt', 'isotonic', 'temperature'], { synonyms: { sigmoid: 'platt' } }),
      'Probability calibration on valid',
      {
        default: 'auto',
        defaultText: 'auto (after resampling, or ECE > 0.05)',
        appliesTo: { tasks: classification, because: 'only classes have probabilities' },
        impact: 1,
      },
    ),
    threshold: field(threshold, 'Decision threshold, chosen on valid', {
      default: 'auto',
      defaultText: 'auto (0.5, or value-optimal with problem.value)',
      appliesTo: { tasks: ['auto', 'binary', 'anomaly'], because: 'only two classes have a threshold' },
      impact: 1,
    }),
    uncertainty: field(
      group({
        method: field(
          choice(['none', 'conformal', 'ensemble', 'quantile']),
          'How intervals of values and sets of classes are made. Predictions and answers have them as `lower` and `upper`, or `set`',
          { default: 'none' },
        ),
        coverage: field(
          ratio({ above: 0, below: 1 }),
          'Share of outcomes inside; the run says what share of the test rows is',
          { defaultText: '0.9' },
        ),
      }),
      'Prediction intervals/sets',
      { onlyWritten: true },
    ),
  }),
  'The model and what is done to its scores',
  { impact: 3 },
);

export const baseline = field(
  oneOrMore(
    field(
      either(
        choice(modelNames, { supported: supportedNames, synonyms: modelSynonyms, what: 'model type' }),
        text('run'),
      ),
      'A family, or a past run',
      { supports: (value) => !String(value).startsWith('run:') },
    ),
  ),
  'What must be beaten; scored on the same split automatically',
  { default: ['dummy', 'linear'] },
);
