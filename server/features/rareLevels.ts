/** What trees are told about the levels that are too rare for a code of their own. */
import type { Dictionary } from '../data/table.ts';
import { fitCategory } from './categories.ts';
import type { FittedCategory } from './fittedCategory.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import type { CategoricalSettings } from './settings.ts';

/** Share of the training rows in the bucket beyond which it is worth a column more. */
const mostInBucket = 0.05;
/** With more training rows than these nothing was gained: on 80,000 flights -.0008 ± .0013 of the area over six seeds. */
const mostRows = 50_000;

/**
 * The category alone; where trees take codes and more than a twentieth of the rows have pooled levels, the target encoding
 * of every level before it, which keeps apart what the bucket puts together. Sets of codes stay: in their place the
 * encoding costs .026 of the area on the flights, beside them it gains .0048 on birdstrikes and .0053 of r² on movies
 * (bench/quality.ts, five seeds). `at`: its position among the plan's categories.
 */
export function fitWithRareLevels(
  request: FeatureRequest,
  column: { readonly name: string; readonly isOrdinal: boolean },
  dictionary: Dictionary,
  { settings, at }: { settings: CategoricalSettings; at: number },
): FittedCategory[] {
  const { trainRows, needs } = request;
  const pooled = fitCategory(request, column, dictionary, settings);
  const { levels, form } = pooled;
  const bucket = levels.known.length + 1;
  const takesCodes = form.kind === 'codes' && needs.impute === 'none' && settings.encode === 'auto';
  const isWorthIt =
    trainRows.length <= mostRows && (levels.counts[bucket] ?? 0) > mostInBucket * trainRows.length;
  if (!takesCodes || !isWorthIt) return [pooled];
  const every = fitCategory(request, column, dictionary, { ...settings, encode: 'target' });
  const codeOf = (level: string) => levels.codes.get(level) ?? bucket;
  const table = Int32Array.of(codeOf(''), ...every.levels.known.map(codeOf), bucket);
  return [every, { ...pooled, cross: { parts: [{ category: at, codes: table.length }], table } }];
}
