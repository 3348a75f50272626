/** Levels of a column whose rows have a target far less often than the others: what is scored is then not what is met. */

import { wilson } from '../../statistics/intervals.ts';
import type { Linker } from './links.ts';
import type { AnnotationGap } from './lookFacts.ts';

/** Of the overall share: DC UnderAnnotatedSegments. */
const least = 0.7;
const mostLevels = 50;

/** The worst level, if for certain; undefined where no row lacks a target. */
export function findAnnotationGap(
  column: string,
  { levels, codes, counts }: { levels: readonly string[]; codes: Int32Array; counts: Int32Array },
  { rows: labelledRows, target }: Linker,
): AnnotationGap | undefined {
  if (labelledRows === codes.length || levels.length < 2 || levels.length > mostLevels) return undefined;
  const labelled = new Float64Array(levels.length + 1);
  for (let row = 0; row < codes.length; row++) {
    if (Number.isNaN(target.values[row])) continue;
    labelled[codes[row] ?? 0] = (labelled[codes[row] ?? 0] ?? 0) + 1;
  }
  const overall = labelledRows / codes.length;
  let worst: AnnotationGap | undefined;
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
