/** What a setting looks like before anybody has filled it in: its texts as the schema describes them, each marked TODO. */
import type * as z from 'zod';
import { yamlScalar } from './edits.ts';
import type { Written } from './inserts.ts';
import { fieldMeta, type RequiredFrom } from './schema/meta.ts';
import { nodesOf } from './schema/nodes.ts';

/** What is known of a setting without asking a person; undefined where a person must say. */
export type Known = (required: RequiredFrom) => Written | undefined;

/**
 * A plain text where the setting takes one; else a map, of what is asked for within it where anything is; else a list of
 * one item. Undefined where no text says what belongs there.
 */
export function skeletonOf(schema: z.ZodType, known: Known, doc = ''): Written | undefined {
  const meta = fieldMeta.get(schema);
  const given = meta?.requiredFrom === undefined ? undefined : known(meta.requiredFrom);
  if (given !== undefined) return given;
  const words = meta?.doc ?? doc;
  const nodes = nodesOf(schema);
  const isText = nodes.some(
    (node) => node.form === 'leaf' && node.kind.is === 'text' && node.kind.format === 'text',
  );
  if (isText) return toFill(words);
  const map = nodes.find((node) => node.form === 'map');
  if (map !== undefined) {
    const all = Object.entries(map.shape);
    const asked = all.filter(([, child]) => isAskedFor(fieldMeta.get(child)?.requiredFrom));
    const parts = (asked.length > 0 ? asked : all).flatMap(([key, child]) => {
      const part = skeletonOf(child, known);
      return part === undefined ? [] : [[key, part] as const];
    });
    const has = (key: string) => parts.some(([name]) => name === key);
    return parts.length > 0 && map.required.every(has) ? Object.fromEntries(parts) : undefined;
  }
  const list = nodes.find((node) => node.form === 'list');
  const item = list === undefined ? undefined : skeletonOf(list.item, known, words);
  return item === undefined ? undefined : [item];
}

/** Of everybody, once its section is written. */
function isAskedFor(required: RequiredFrom | undefined): boolean {
  return required !== undefined && required.within === undefined && required.given === undefined;
}

/** A text that nobody takes for the answer. */
export function toFill(what: string): string {
  return yamlScalar(`TODO: ${what.replace(/\s*\([^)]*\)$/, '')}`);
}
