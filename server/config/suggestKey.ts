/** What was meant by a key that the schema does not have: a neighbour mistyped, or a field of another section. */
import { type Field, fields } from './fields.ts';
import { nearest } from './nearest.ts';
import { isMap, nodesOf } from './schema/nodes.ts';
import type { Place } from './schemaIssue.ts';

const movable = fields.filter((field) => !field.path.includes('*') && field.path.includes('.'));

/**
 * `suggestion` is a key to write instead, `movedTo` the dotted path of the field that has this key. One edit away
 * beats a move, a move beats two edits; where the written value tells them apart, it decides.
 */
export function suggestKey(
  key: string,
  value: unknown,
  siblings: readonly string[],
  place: Place,
): { suggestion?: string; movedTo?: string } {
  const written = fields.find((field) => field.path === key && key.includes('.'));
  if (written) return { movedTo: written.path };
  const here = place.path.join('.');
  const close = nearest(key, siblings, 1);
  const elsewhere = best(
    movable.filter((field) => last(field) === key && parent(field) !== here),
    value,
    place,
  );
  const fitsHere =
    close !== undefined &&
    fits(
      fields.find((field) => field.path === [...place.path, close].join('.')),
      value,
    );
  if (close !== undefined && (fitsHere || !elsewhere || !fits(elsewhere, value)))
    return { suggestion: close };
  if (elsewhere) return { movedTo: elsewhere.path };
  const near = nearest(key, siblings);
  if (near !== undefined) return { suggestion: near };
  const typo = nearest(key, movable.map(last), 1);
  const typoElsewhere = best(
    movable.filter((field) => last(field) === typo && parent(field) !== here),
    value,
    place,
  );
  return typoElsewhere ? { movedTo: typoElsewhere.path } : {};
}

/** A field that takes the value, of a model family in use, that this version acts on, near the root: in this order. */
function best(candidates: readonly Field[], value: unknown, { families }: Place): Field | undefined {
  const rank = (field: Field) =>
    (fits(field, value) ? 0 : 8) +
    (!field.path.startsWith('model.') || families.some((family) => field.path.startsWith(`model.${family}.`))
      ? 0
      : 4) +
    (field.supported ? 0 : 2) +
    field.path.split('.').length / 10 -
    (field.impact ?? 0) / 100;
  return candidates.toSorted((a, b) => rank(a) - rank(b))[0];
}

function fits(field: Field | undefined, value: unknown): boolean {
  return field !== undefined && nodesOf(field.schema).some((node) => formOf(value).includes(node.form));
}

/** Only the shape counts: a list of mistyped metrics still is a list of metrics. */
function formOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return ['list'];
  return isMap(value) ? ['map', 'record'] : ['leaf'];
}

function last(field: Field): string {
  return field.path.slice(field.path.lastIndexOf('.') + 1);
}

function parent(field: Field): string {
  return field.path.slice(0, field.path.lastIndexOf('.'));
}
