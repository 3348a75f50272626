/** Walks what is written beside its schema, from the root down. */
import type { z } from 'zod';
import { experimentSchema } from './schema/experimentSchema.ts';
import { type FieldMeta, fieldMeta } from './schema/meta.ts';
import { childOf, isMap, mapFor, unwrap } from './schema/nodes.ts';

export interface WrittenSetting {
  /** Keys and list indices from the root of the file. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly schema: z.ZodType;
  /** Absent for values that are no field of their own, such as the items of a list. */
  readonly meta: FieldMeta | undefined;
}

/** `visit` returns false to pass over what lies below. Unknown keys are passed over. */
export function visitSettings(root: unknown, visit: (setting: WrittenSetting) => boolean): void {
  walk(experimentSchema, root, [], visit);
}

function walk(
  schema: z.ZodType,
  value: unknown,
  path: readonly (string | number)[],
  visit: (setting: WrittenSetting) => boolean,
): void {
  if (value === undefined || value === null) return;
  if (path.length > 0 && !visit({ path, value, schema, meta: fieldMeta.get(schema) })) return;
  if (isMap(value)) {
    const shape = mapFor(schema, value)?.shape;
    for (const [key, each] of Object.entries(value)) {
      const child = shape ? (Object.hasOwn(shape, key) ? shape[key] : undefined) : childOf(schema, key);
      if (child) walk(unwrap(child), each, [...path, key], visit);
    }
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      const child = childOf(schema, index);
      if (child) walk(unwrap(child), each, [...path, index], visit);
    }
  }
}
