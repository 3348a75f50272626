/** Levels of a column whose rows have a target far less often than the others: what is scored is then not what is met. */

import { wilson } from '../statistics/intervals.ts';
import type { AnnotationGap } from './lookFacts.ts';

/** Of the overall share: DC UnderAnnotatedSegments. */
const least = 0.7;
const mostLevels = 50;

/** The worst level, if for certain; null where rows lack no target. `target`: NaN where missing. */
export function findAnnotationGap(
  column: string,
  { levels, codes, counts }: { levels: readonly string[]; codes: Int32Array; counts: Int32Array },
  target: Float64Array,
): AnnotationGap | null {
  if (levels.length < 2 || levels.length > mostLevels) return null;
  const labelled = new Float64Array(levels.length + 1);
  let all = 0;
  for (let row = 0; row < codes.length; row++) {
    if (Number.isNaN(target[row])) continue;
    labelled[codes[row] ?? 0] = (labelled[codes[row] ?? 0] ?? 0) + 1;
    all++;
  }
  const overall = all / codes.length;
  let worst: AnnotationGap | null = null;
  for (const [index, level] of levels.entries()) {
    const rows = counts[index + 1] ?? 0;
    const share = (labelled[index + 1] ?? 0) / rows;
    // Many levels are looked at, so that each must be surer.
    const certain =
      rows > 0 && wilson(labelled[index + 1] ?? 0, rows, 1 - 0.05 / levels.length).high < least * overall;
    if (certain && share < (worst?.labelled ?? 1)) worst = { column, level, rows, labelled: share, overall };
  }
  return worst;
}
