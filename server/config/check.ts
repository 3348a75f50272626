/** What is written held against the schema: one issue for each fault, at its place, in the catalogue's words. */
import type * as z from 'zod';
import { modelNames } from '../catalog/models.ts';
import { checkLeaf } from './checkLeaf.ts';
import { describe, describeValue } from './describe.ts';
import { familiesInUse } from './families.ts';
import type { Written } from './inserts.ts';
import { holdsReference } from './interpolate.ts';
import { keptFor } from './kept.ts';
import { missingSettings } from './requirements.ts';
import { experimentSchema } from './schema/experimentSchema.ts';
import { tasks } from './schema/identity.ts';
import { isMap, type MapNode, mapFor, nodesOf, unwrap, wrapsSingle } from './schema/nodes.ts';
import { isFormat } from './schema/values.ts';
import { dotted, type Place, type SchemaIssue } from './schemaIssue.ts';
import { suggestKey } from './suggestKey.ts';

export type { SchemaIssue } from './schemaIssue.ts';

/**
 * `value`: the file as plain data (maps, lists, strings, numbers, booleans, null), composed and interpolated. A
 * reference that is left is text like any other, and a fault where none may stand; in variants, which are not laid over
 * yet, it is passed over. Settings of model families that the experiment does not use are not judged, nor what a base lacks.
 */
export function checkValue(value: unknown, isBase = () => false): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const root = value ?? {};
  const report = (issue: SchemaIssue) => issues.push(issue);
  check(experimentSchema, root, { path: [], families: familiesInUse(root), task: taskOf(root), report });
  // A file whose very shape is wrong lacks nothing in particular.
  const missing = isMap(root) ? missingSettings(root, issues) : [];
  return missing.length === 0 || isBase() ? issues : [...issues, ...missing];
}

/** One value against one field's schema: for `--set`, search spaces and completion. */
export function checkField(
  schema: z.ZodType,
  value: unknown,
  path: readonly (string | number)[],
): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  check(schema, value, { path, families: modelNames, task: 'auto', report: (issue) => issues.push(issue) });
  return issues;
}

function check(schema: z.ZodType, value: unknown, place: Place): void {
  if (place.path[0] === 'variants' && holdsReference(value)) return;
  const nodes = nodesOf(schema);
  if (nodes.some((node) => node.form === 'leaf' && node.kind.is === 'any')) return;
  if (isMap(value)) {
    checkMap(schema, value, place);
  } else if (Array.isArray(value)) {
    const list = nodes.find((node) => node.form === 'list');
    if (list) for (const [index, each] of value.entries()) check(list.item, each, at(place, index));
    else wrongType(schema, value, place);
  } else {
    checkLeaf(schema, value, place);
  }
}

/** Faults hang on where a value stands, no fault does not; but what a model's families are depends on the file. */
const faultless = keptFor(() => ({ known: false }));

function checkMap(schema: z.ZodType, value: Readonly<Record<string, unknown>>, place: Place): void {
  const section = place.path[0];
  if (section === undefined || section === 'model' || section === 'variants') {
    checkEntries(schema, value, place);
    return;
  }
  const clean = faultless(schema, value);
  if (clean.known) return;
  let faults = 0;
  const report = (issue: SchemaIssue) => {
    faults++;
    place.report(issue);
  };
  checkEntries(schema, value, { ...place, report });
  clean.known = faults === 0;
}

function checkEntries(schema: z.ZodType, value: Readonly<Record<string, unknown>>, place: Place): void {
  const map = mapFor(schema, value);
  const record = nodesOf(schema).find((node) => node.form === 'record');
  if (map) checkKeys(map, value, place);
  else if (record) for (const [key, each] of Object.entries(value)) check(record.value, each, at(place, key));
  else wrongType(schema, value, place);
}

function checkKeys(map: MapNode, value: Readonly<Record<string, unknown>>, place: Place): void {
  for (const [key, each] of Object.entries(value)) {
    const field = Object.hasOwn(map.shape, key) ? map.shape[key] : undefined;
    if (field === undefined) unknownKey(key, each, Object.keys(map.shape), place);
    else if (isJudged(key, place)) check(unwrap(field), each, at(place, key));
  }
  for (const key of map.required) {
    if (!Object.hasOwn(value, key)) {
      const child = map.shape[key];
      const skeleton = child === undefined ? undefined : itemSkeleton(child);
      place.report({
        rule: 'missing-required',
        path: [...place.path, key],
        ...(skeleton === undefined ? {} : { skeleton }),
        message: `\`${dotted([...place.path, key])}\` is required in every item of \`${dotted(place.path.slice(0, -1))}\`.`,
        data: { key },
      });
    }
  }
}

/** The only legal value, or a word to be replaced; undefined where neither is. */
function itemSkeleton(schema: z.ZodType): Written | undefined {
  const leaves = nodesOf(schema).flatMap((node) => (node.form === 'leaf' ? [node.kind] : []));
  for (const kind of leaves) {
    if (kind.is === 'choice' && kind.values.length === 1) return kind.values[0];
    if (kind.is === 'text' && isFormat(kind.format, 'TODO')) return 'TODO';
  }
  return undefined;
}

/** The settings of a family that is not used are kept for later, and nobody's business now. */
function isJudged(key: string, { path, families }: Place): boolean {
  return (
    path.at(-1) !== 'model' ||
    path.length > 3 ||
    !modelNames.some((name) => name === key) ||
    families.includes(key)
  );
}

/** `auto` where the written one is none. */
function taskOf(root: unknown): string {
  const written = isMap(root) ? root['task'] : undefined;
  return tasks.find((task) => task === written) ?? 'auto';
}

function unknownKey(key: string, value: unknown, siblings: readonly string[], place: Place): void {
  const { suggestion, movedTo } = suggestKey(key, value, siblings, place);
  const hint = suggestion
    ? ` Did you mean \`${suggestion}\`?`
    : movedTo
      ? ` \`${key}\` belongs under \`${movedTo.slice(0, movedTo.lastIndexOf('.'))}\`.`
      : '';
  place.report({
    rule: 'unknown-key',
    path: [...place.path, key],
    message: `Unknown key \`${key}\`.${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(movedTo === undefined ? {} : { movedTo }),
    data: { key },
  });
}

function wrongType(schema: z.ZodType, value: unknown, place: Place): void {
  const single = Array.isArray(value) && value.length === 1 && !wrapsSingle(schema);
  const wants = describe(schema);
  place.report({
    rule: 'wrong-type',
    path: place.path,
    message: `\`${dotted(place.path)}\` wants ${wants}, got ${describeValue(value)}.`,
    ...(single ? { suggestion: value[0] } : {}),
    data: { wants, got: describeValue(value) },
  });
}

function at(place: Place, step: string | number): Place {
  return { ...place, path: [...place.path, step] };
}
