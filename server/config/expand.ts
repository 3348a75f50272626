/** Shorthands written out: `split: 0.2` becomes `split: {test: 0.2}`, a single value the list that is wanted. */
import type * as z from 'zod';
import { keptFor } from './kept.ts';
import { experimentSchema } from './schema/experimentSchema.ts';
import { childOf, isMap, mapFor, nodesOf, shorthandOf, unwrap, wrapsSingle } from './schema/nodes.ts';
import { parseRatio, valueKinds } from './schema/values.ts';

/** Nothing is checked and nothing filled in; what does not fit the schema stays as it is. Ratios become numbers. */
export function expandShorthands(value: unknown): Readonly<Record<string, unknown>> {
  const expanded = expand(experimentSchema, value);
  return isMap(expanded) ? expanded : {};
}

/** The same for the value of one field. */
export function expand(schema: z.ZodType, value: unknown): unknown {
  if (isMap(value)) return expandMap(schema, value);
  const shorthand = shorthandOf(schema);
  // A boolean beside a shorthand, as in `early_stop: false`, is a value of its own.
  if (shorthand && value !== undefined && value !== null && !takesPlainly(schema, value)) {
    const field = shorthand.map.shape[shorthand.primary];
    return { [shorthand.primary]: field ? expand(field, value) : value };
  }
  if (Array.isArray(value)) {
    const list = nodesOf(schema).find((node) => node.form === 'list');
    return list ? value.map((each) => expand(unwrap(list.item), each)) : value;
  }
  if (wrapsSingle(schema) && value !== undefined && value !== null) return [value];
  return isRatio(schema) ? (parseRatio(value) ?? value) : value;
}

const expandMap = keptFor((schema, value) => {
  const shape = mapFor(schema, value)?.shape;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const field = shape ? (Object.hasOwn(shape, key) ? shape[key] : undefined) : childOf(schema, key);
      return [key, field ? expand(unwrap(field), each) : each];
    }),
  );
});

function takesPlainly(schema: z.ZodType, value: unknown): boolean {
  return (
    typeof value === 'boolean' &&
    nodesOf(schema).some((node) => node.form === 'leaf' && node.kind.is === 'boolean')
  );
}

function isRatio(schema: z.ZodType): boolean {
  return (
    valueKinds.get(schema)?.is === 'ratio' ||
    nodesOf(schema).some((node) => node.form === 'leaf' && node.kind.is === 'ratio')
  );
}
