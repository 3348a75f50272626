/** Settles the feature settings of one column: overrides first, then what the model family needs for `auto`. */
import { ModelwrightError } from '../catalog/errors.ts';
import type {
  CategoricalFeatureSettings,
  DatetimeFeatureSettings,
  Experiment,
  NumericFeatureSettings,
} from '../config/experiment.ts';
import type { FeatureNeeds } from './matrix.ts';

export interface NumericSettings {
  /** What fills a missing number; `indicator` adds a 0/1 column where training rows miss any. */
  readonly fill: 'none' | 'mean' | 'median' | 'zero';
  readonly indicator: boolean;
  readonly scale: 'none' | 'standard' | 'robust' | 'minmax';
  readonly outliers: 'none' | 'winsorize' | 'clip';
  readonly transform: 'none' | 'log1p' | 'sqrt';
}

export interface ColumnSettings {
  readonly numeric: NumericSettings;
  readonly categorical: CategoricalFeatureSettings;
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
  const categorical = { ...features.categorical, ...override };
  const datetime = { ...features.datetime, ...override };
  refuse(
    `${path}.encode`,
    categorical.encode,
    ['hash', 'embedding'],
    'auto, onehot, ordinal, target, count, native',
  );
  if (datetime.timezone !== undefined && !/^(utc|z|etc\/utc)$/i.test(datetime.timezone)) {
    throw notSupported(`${path}.timezone`, datetime.timezone, 'UTC');
  }
  return { numeric: settleNumeric({ ...features.numeric, ...override }, path, needs), categorical, datetime };
}

function settleNumeric(settings: NumericFeatureSettings, path: string, needs: FeatureNeeds): NumericSettings {
  const { impute, scale, outliers, transform } = settings;
  refuse(`${path}.impute`, impute, ['knn'], 'auto, none, mean, median, constant, indicator');
  refuse(`${path}.scale`, scale, ['quantile'], 'auto, none, standard, robust, minmax');
  refuse(`${path}.outliers`, outliers, ['drop'], 'none, winsorize, clip');
  refuse(`${path}.transform`, transform, ['yeo-johnson', 'rank'], 'none, log1p, sqrt');
  const mustFill = needs.impute !== 'none';
  const withMedian = { fill: 'median', indicator: true } as const;
  const asNeeded = mustFill ? withMedian : ({ fill: 'none', indicator: false } as const);
  const filling = {
    auto: asNeeded,
    none: asNeeded,
    mean: { fill: 'mean', indicator: false },
    median: { fill: 'median', indicator: false },
    constant: { fill: 'zero', indicator: false },
    indicator: withMedian,
    knn: asNeeded,
  } as const;
  return {
    ...filling[impute],
    // Refused above: what is left are the values of the settled type.
    scale: scale === 'auto' || scale === 'quantile' ? needs.scale : scale,
    outliers: outliers === 'drop' ? 'none' : outliers,
    transform: transform === 'yeo-johnson' || transform === 'rank' ? 'none' : transform,
  };
}

function refuse(path: string, value: string, unsupported: readonly string[], choices: string): void {
  if (unsupported.includes(value)) throw notSupported(path, value, choices);
}

function notSupported(path: string, value: string, choices: string): ModelwrightError {
  return new ModelwrightError('setting-not-supported', { path, value, choices });
}
