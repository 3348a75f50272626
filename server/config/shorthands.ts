/** Which plain value stands for which map: `split: 0.2` is `split: {test: 0.2}`. */

import type * as z from 'zod';
import { experimentSchema } from './schema/experimentSchema.ts';
import { childOf, shorthandOf } from './schema/nodes.ts';
import type { PrimaryOf } from './traced.ts';

const known = new Map<string, string | undefined>();

/** The key that a plain value at a dotted path stands for; undefined where plain values are just values. */
export const primaryOf: PrimaryOf = (path) => {
  if (known.has(path)) return known.get(path);
  let schema: z.ZodType | undefined = experimentSchema;
  for (const step of path === '' ? [] : path.split('.'))
    schema = schema === undefined ? undefined : childOf(schema, step);
  const primary = schema === undefined ? undefined : shorthandOf(schema)?.primary;
  // Only paths of the schema are kept: others are as many as there are column names.
  if (schema !== undefined && known.size < 5_000) known.set(path, primary);
  return primary;
};
