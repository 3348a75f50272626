/** Levels that only test rows have: what a model meets without having learnt it. */

import type { CodedColumn } from '../profile/linkCodes.ts';
import { test, train } from '../split/split.ts';
import type { UnseenLevels } from './facts.ts';

/** `assignment`: the side of each row. Undefined where there are none. */
export function countUnseen(
  column: string,
  { codes, levels }: CodedColumn,
  assignment: Uint8Array,
): UnseenLevels | undefined {
  const trained = new Int32Array(levels);
  const tested = new Int32Array(levels);
  let trainRows = 0;
  let testRows = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (assignment[row] === train) {
      trained[code] = (trained[code] ?? 0) + 1;
      trainRows++;
    } else if (assignment[row] === test) {
      tested[code] = (tested[code] ?? 0) + 1;
      testRows++;
    }
  }
  const share = testRows / (trainRows + testRows);
  let rows = 0;
  let count = 0;
  let mean = 0;
  let variance = 0;
  for (let code = 1; code < levels; code++) {
    const seen = tested[code] ?? 0;
    const all = seen + (trained[code] ?? 0);
    // All rows of a level fall to the test with the share of the test to the power of their number.
    const chance = share ** all;
    mean += all * chance;
    variance += all * all * chance * (1 - chance);
    if (seen === 0 || seen < all) continue;
    rows += seen;
    count++;
  }
  return count > 0 ? { column, levels: count, rows, byChance: mean + 3 * Math.sqrt(variance) } : undefined;
}
