/** Levels that only test rows have: what a model meets without having learnt it. */
import type { UnseenLevels } from './facts.ts';
import type { CodedColumn } from './linkCodes.ts';
import { test, train } from './split.ts';

/** `assignment`: the side of each row. Undefined where there are none. */
export function countUnseen(
  column: string,
  { codes, levels }: CodedColumn,
  assignment: Uint8Array,
): UnseenLevels | undefined {
  const trained = new Int32Array(levels);
  const tested = new Int32Array(levels);
  let trainRows = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (assignment[row] === train) {
      trained[code] = (trained[code] ?? 0) + 1;
      trainRows++;
    } else if (assignment[row] === test) tested[code] = (tested[code] ?? 0) + 1;
  }
  let rows = 0;
  let count = 0;
  let once = 0;
  for (let code = 1; code < levels; code++) {
    if (trained[code] === 1) once++;
    if ((trained[code] ?? 0) > 0 || (tested[code] ?? 0) === 0) continue;
    rows += tested[code] ?? 0;
    count++;
  }
  return count > 0 ? { column, levels: count, rows, expected: once / trainRows } : undefined;
}
