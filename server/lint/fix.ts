/** Applies quick fixes to a text: those that keep its meaning, each edit once, none over another. */
import { TextDocument } from '../config/textDocument.ts';
import type { Finding, Fix, TextEdit } from '../protocol/finding.ts';

export interface Fixed {
  readonly text: string;
  readonly applied: readonly { readonly finding: Finding; readonly fix: Fix }[];
}

/**
 * The first safe fix of each finding, in the order of the findings; one that would touch text which an earlier one
 * changes is left for the next round. All findings must be of this text.
 */
export function applyFixes(text: string, findings: readonly Finding[]): Fixed {
  const document = new TextDocument(text);
  const taken: Place[] = [];
  const applied: { finding: Finding; fix: Fix }[] = [];
  for (const finding of findings) {
    const fix = finding.fixes.find((each) => each.safe);
    if (fix === undefined) continue;
    const places = fix.edits.map((edit) => placeOf(document, edit));
    if (places.some((place) => taken.some((other) => overlap(place, other)))) continue;
    taken.push(...places);
    applied.push({ finding, fix });
  }
  return { text: replaced(text, taken), applied };
}

/** The text once all of these edits are made; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const document = new TextDocument(text);
  return replaced(
    text,
    edits.map((edit) => placeOf(document, edit)),
  );
}

/** From the last place to the first; of two insertions at one place the first comes first, as in an editor. */
function replaced(text: string, places: readonly Place[]): string {
  let result = text;
  const backwards = places.toReversed().toSorted((a, b) => b.start - a.start);
  for (const { start, end, text: replacement } of backwards) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function placeOf(document: TextDocument, { range, text }: TextEdit): Place {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end), text };
}

/** Two insertions at one place count too: which comes first would be chance. */
function overlap(a: Place, b: Place): boolean {
  return a.start < b.end
    ? b.start < a.end || a.start === b.start
    : a.start === b.start || (a.start === b.end && a.start === a.end && b.start === b.end);
}
