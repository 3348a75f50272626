/** Fixes as rules write them. */
import type { Fix, TextEdit } from '../protocol/finding.ts';

/** None where there is nothing to edit. `safe` only for edits that leave the experiment's meaning as it is. */
export function fixOf(title: string, edits: readonly TextEdit[], safe = false): readonly Fix[] {
  return edits.length === 0 ? [] : [{ title, edits, safe }];
}
