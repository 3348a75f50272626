/** Settles the feature settings of one column: overrides first, then what the model family needs for `auto`. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { DatetimeFeatureSettings, Experiment } from '../config/experiment.ts';
import { parseRatio } from '../config/schema/values.ts';
import type { FeatureNeeds } from './matrix.ts';

export interface NumericSettings {
  /** What fills a missing number; `indicator` adds a 0/1 column where training rows miss any. `knn` and `iterative` look at the other numbers. */
  readonly fill: 'none' | 'mean' | 'median' | 'zero' | JointMethod;
  readonly indicator: boolean;
  readonly scale: 'none' | 'standard' | 'robust' | 'minmax' | 'quantile';
  readonly outliers: 'none' | 'winsorize' | 'clip' | 'drop';
  readonly transform: 'none' | 'log1p' | 'sqrt' | 'yeo-johnson' | 'rank';
  /** Cuts the number into bins, in place of all that is above. */
  readonly bins?: BinSettings;
}

export type JointMethod = 'knn' | 'iterative';

export interface BinSettings {
  readonly k: number;
  readonly by: 'quantile' | 'width' | 'tree';
}

export interface CategoricalSettings {
  readonly encode: 'auto' | 'onehot' | 'ordinal' | 'target' | 'count' | 'hash' | 'native';
  readonly maxLevels: number;
  /** Share of training rows below which a level is pooled, 0..1. */
  readonly rare: number;
  readonly unknown: 'bucket' | 'missing' | 'error';
  readonly impute: 'level' | 'mode' | 'none';
}

export interface ColumnSettings {
  readonly numeric: NumericSettings;
  readonly categorical: CategoricalSettings;
  readonly datetime: DatetimeFeatureSettings;
}

/**
 * A family that cannot take missing numbers has them filled even under `impute: none`.
 * @throws ModelwrightError setting-not-supported for what the language knows and this version does not do
 */
export function settleColumn(
  features: Experiment['features'],
  column: string,
  needs: FeatureNeeds,
): ColumnSettings {
  const override = Object.hasOwn(features.columns, column) ? features.columns[column] : undefined;
  const path = override === undefined ? 'features' : `features.columns.${column}`;
  const datetime = { ...features.datetime, ...override };
  return {
    numeric: settleNumeric(features.numeric, override ?? {}, { path, needs }),
    categorical: settleCategorical(features.categorical, override ?? {}, path),
    datetime,
  };
}

type Written = Readonly<Record<string, unknown>>;

function settleNumeric(
  section: Written,
  override: Written,
  { path, needs }: { path: string; needs: FeatureNeeds },
): NumericSettings {
  const asNeeded = needs.impute === 'none' ? 'none' : 'indicator';
  const read = reader(path, section, override);
  // A column's `impute` may be that of a category; then the section's holds for the numbers it becomes.
  const impute = read(
    'impute',
    ['auto', 'none', 'mean', 'median', 'constant', 'indicator', 'knn', 'iterative'],
    ['level', 'mode'],
  );
  const settled = impute === 'auto' || impute === 'none' ? asNeeded : impute;
  const fills = {
    none: 'none',
    mean: 'mean',
    median: 'median',
    constant: 'zero',
    indicator: 'median',
    knn: 'knn',
    iterative: 'iterative',
  } as const;
  const bins = { ...Object(section['bins']), ...Object(override['bins']) };
  const scale = read('scale', ['auto', 'none', 'standard', 'robust', 'minmax', 'quantile']);
  return {
    fill: fills[settled],
    indicator: settled === 'indicator',
    scale: scale === 'auto' ? needs.scale : scale,
    outliers: read('outliers', ['none', 'winsorize', 'clip', 'drop']),
    transform: read('transform', ['none', 'log1p', 'sqrt', 'yeo-johnson', 'rank']),
    ...(Object.keys(bins).length > 0 && { bins: { k: 10, by: 'quantile', ...bins } }),
  };
}

function settleCategorical(section: Written, override: Written, path: string): CategoricalSettings {
  const read = reader(path, section, override);
  const written = { ...section, ...override };
  const encode = read(
    'encode',
    ['auto', 'onehot', 'ordinal', 'target', 'count', 'hash', 'native', 'embedding'],
    ['tfidf'],
  );
  return {
    // Networks learn an embedding of whatever comes as codes; a baseline beside them takes codes in its own way.
    encode: encode === 'embedding' ? 'native' : encode,
    maxLevels: Number(written['max_levels']),
    rare: parseRatio(written['rare']) ?? 0,
    unknown: read('unknown', ['bucket', 'missing', 'error']),
    impute: read(
      'impute',
      ['level', 'mode', 'none'],
      ['auto', 'mean', 'median', 'constant', 'indicator', 'knn', 'iterative'],
    ),
  };
}

/** Reads a choice, the override's unless it is one of another kind of column (`foreign`). */
function reader(path: string, section: Written, override: Written) {
  return <Choice extends string>(
    field: string,
    choices: readonly [Choice, ...Choice[]],
    foreign: readonly string[] = [],
  ): Choice => {
    const own = override[field];
    const value = own === undefined || foreign.includes(String(own)) ? (section[field] ?? choices[0]) : own;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw notSupported(`${path}.${field}`, String(value), choices);
    return choice;
  };
}

function notSupported(path: string, value: string, choices: readonly string[]): ModelwrightError {
  return new ModelwrightError('setting-not-supported', { path, value, choices: choices.join(', ') });
}
