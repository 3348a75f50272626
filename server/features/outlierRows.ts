/** Training rows that are left out, since a column's settings say so and a value of theirs lies far outside. */
import { sharedNumbers } from '../engines/sharedColumns.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import { outlierBounds } from './numbers.ts';
import { settleColumn } from './settings.ts';

/**
 * Rows without a value beyond the fences of a column under `outliers: drop`, learnt on the rows themselves. Missing and
 * infinite values count as inside. Rows to predict are never left out.
 */
export async function withoutOutliers(
  { table, columns, settings, needs }: Pick<FeatureRequest, 'table' | 'columns' | 'settings' | 'needs'>,
  rows: Int32Array,
): Promise<Int32Array> {
  let kept = rows;
  for (const { name, kind } of columns) {
    if (kind !== 'numeric' || settleColumn(settings, name, needs).numeric.outliers !== 'drop') continue;
    const values = await sharedNumbers(table, name);
    const known = Float32Array.from(rows, (row) => values[row] ?? Number.NaN).filter(Number.isFinite);
    const [lower, upper] = outlierBounds(known, 'clip');
    const isBeyond = (value: number) => Number.isFinite(value) && (value < lower || value > upper);
    kept = kept.filter((row) => !isBeyond(values[row] ?? Number.NaN));
  }
  return kept;
}
