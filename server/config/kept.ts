/** What was worked out from a value by a schema, kept as long as the value: a key press leaves most settings the same objects. */
import type * as z from 'zod';

/** `work` must be pure, and nobody may write into what it gives. */
export function keptFor<Result>(
  work: (schema: z.ZodType, value: Readonly<Record<string, unknown>>) => Result,
): (schema: z.ZodType, value: Readonly<Record<string, unknown>>) => Result {
  const bySchema = new WeakMap<z.ZodType, WeakMap<object, { readonly result: Result }>>();
  return (schema, value) => {
    let byValue = bySchema.get(schema);
    if (byValue === undefined) {
      byValue = new WeakMap();
      bySchema.set(schema, byValue);
    }
    let kept = byValue.get(value);
    if (kept === undefined) {
      kept = { result: work(schema, value) };
      byValue.set(value, kept);
    }
    return kept.result;
  };
}
