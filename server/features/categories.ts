/** Decides how one category column enters the model, and learns that on training rows. */
import type { Dictionary } from '../data/table.ts';
import { mapCodes } from '../engines/tableColumns.ts';
import { countTable, onehotTable, ordinalTable } from './encodings.ts';
import { type FittedCategory, levelForm } from './fittedCategory.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import { hashLevels } from './hashing.ts';
import { type FittedLevels, fitLevels } from './levels.ts';
import type { CategoricalSettings } from './settings.ts';
import { fitTargetEncoding, randomFolds } from './targetEncoding.ts';

type Encoding = 'codes' | 'onehot' | 'ordinal' | 'target' | 'count' | 'hash';

/**
 * `rare` pools levels where each costs a column or coefficient of its own (codes, one-hot); rank, count and target
 * encodings keep every level, and hashes share `max_levels` codes among all. Under `auto` the family chooses between
 * codes and one-hot, but a column with more than `max_levels` levels after pooling, or with most of its training rows
 * pooled, is target-encoded.
 */
export function fitCategory(
  request: FeatureRequest,
  column: { readonly name: string; readonly isOrdinal: boolean },
  dictionary: Dictionary,
  settings: CategoricalSettings,
): FittedCategory {
  const { name } = column;
  const missingIsLevel = settings.impute === 'level';
  const pooled = fitLevels(dictionary, request.trainRows, settings);
  const encoding = chooseEncoding(request, column.isOrdinal, pooled, settings);
  if (encoding === 'codes') {
    const levels = fitLevels(dictionary, request.trainRows, settings, meanTarget(request, dictionary));
    return { column: name, levels, form: { kind: 'codes' } };
  }
  if (encoding === 'onehot') {
    return {
      column: name,
      levels: pooled,
      form: { kind: 'onehot', table: onehotTable(name, pooled, missingIsLevel) },
    };
  }
  const levels = fitLevels(dictionary, request.trainRows, { ...settings, rare: 0 });
  if (encoding === 'hash') {
    const hashed = hashLevels(levels, settings.maxLevels);
    return { column: name, levels: hashed, form: levelForm(request.needs, name, hashed, missingIsLevel) };
  }
  if (encoding === 'target')
    return { column: name, levels, form: fitTarget(request, name, dictionary, { levels, missingIsLevel }) };
  const table = (encoding === 'ordinal' ? ordinalTable : countTable)(name, levels, missingIsLevel);
  return { column: name, levels, form: { kind: 'number', table } };
}

/**
 * Orders codes by the mean target of their training rows. It changes no model: trees split codes as sets, linear models
 * hold a coefficient each. But the sets that trees choose are then few runs of codes, and the file tests runs.
 */
function meanTarget(
  { trainRows, target }: FeatureRequest,
  dictionary: Dictionary,
): (level: number) => number {
  const sums = new Float64Array(dictionary.levels.length);
  const counts = new Float64Array(dictionary.levels.length);
  for (const row of trainRows) {
    const level = (dictionary.codes[row] ?? 0) - 1;
    if (level < 0) continue;
    sums[level] = (sums[level] ?? 0) + (target[row] ?? 0);
    counts[level] = (counts[level] ?? 0) + 1;
  }
  return (level) => (sums[level] ?? 0) / Math.max(1, counts[level] ?? 0);
}

function chooseEncoding(
  { needs, trainRows }: FeatureRequest,
  isOrdinal: boolean,
  pooled: FittedLevels,
  { encode, maxLevels }: CategoricalSettings,
): Encoding {
  if (encode === 'native') return 'codes';
  if (encode !== 'auto') return encode;
  if (isOrdinal) return 'ordinal';
  const inBucket = pooled.counts[pooled.known.length + 1] ?? 0;
  if (pooled.known.length > maxLevels || inBucket > trainRows.length / 2) return 'target';
  return needs.categories;
}

function fitTarget(
  { trainRows, target, task, folds, seed }: FeatureRequest,
  column: string,
  dictionary: Dictionary,
  fitted: { levels: FittedLevels; missingIsLevel: boolean },
): FittedCategory['form'] {
  const map = mapCodes(dictionary, fitted.levels);
  const trainTarget = Float64Array.from(trainRows, (row) => target[row] ?? 0);
  const encoding = fitTargetEncoding({
    ...fitted,
    column,
    codes: trainRows.map((row) => map[dictionary.codes[row] ?? 0] ?? 0),
    target: trainTarget,
    classes: task === 'multiclass' ? trainTarget.reduce((most, label) => Math.max(most, label + 1), 0) : 1,
    folds: folds ?? randomFolds(trainRows.length, seed),
  });
  return { kind: 'number', ...encoding };
}
