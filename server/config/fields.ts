/** Every field of the language, flattened: what completion, hover, docs, the command line and lint read. */
import type * as z from 'zod';
import { describe } from './describe.ts';
import { experimentSchema } from './schema/experimentSchema.ts';
import { type FieldMeta, fieldMeta } from './schema/meta.ts';
import { childOf, nodesOf, shorthandOf, unwrap } from './schema/nodes.ts';
import { type Bounds, type Format, valueKinds } from './schema/values.ts';

export interface Field extends FieldMeta {
  /** Dotted; `*` stands for a free key or the items of a list, as in `data.columns.*.type`. */
  readonly path: string;
  readonly schema: z.ZodType;
  /** In words: "a whole number 1..100000". */
  readonly type: string;
  /** Acted on by this version, and so is everything above it. */
  readonly supported: boolean;
  /** The words it takes, of which `supportedValues` are acted on. */
  readonly values?: readonly string[];
  readonly supportedValues?: readonly string[];
  readonly bounds?: Bounds;
  /** What its strings mean: columns, paths, expressions, metrics … */
  readonly formats: readonly Format[];
  /** The key that a plain value of this section stands for. */
  readonly primary?: string;
}

/** In the order of the language. Variants are not walked into: they repeat the rest. */
export const fields: readonly Field[] = collect(experimentSchema, [], true);

/**
 * The field at a path. `columns` of a path may be any name: `data.columns.age.type` finds `data.columns.*.type`;
 * names with dots need the path as an array. Paths into variants find the field that the variant overlays.
 */
export function fieldAt(path: string | readonly (string | number)[]): Field | undefined {
  const steps = typeof path === 'string' ? path.split('.') : path;
  const inner = steps[0] === 'variants' && steps.length > 2 ? steps.slice(2) : steps;
  const schema = schemaAt(inner);
  return schema && bySchema.get(schema)?.find(({ pattern }) => matches(pattern, inner))?.field;
}

/** The schema at a path, fields and plain values alike; undefined where the language has nothing. */
export function schemaAt(path: readonly (string | number)[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = experimentSchema;
  for (const step of path) schema = schema && childOf(schema, step);
  return schema && unwrap(schema);
}

/** One schema can stand at several paths, as numeric options do for all columns and for single ones. */
const bySchema = new Map<z.ZodType, { readonly field: Field; readonly pattern: readonly string[] }[]>();
for (const field of fields) {
  const same = bySchema.get(field.schema) ?? [];
  bySchema.set(field.schema, [...same, { field, pattern: field.path.split('.') }]);
}

function matches(pattern: readonly string[], path: readonly (string | number)[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((step, index) => step === '*' || step === String(path[index]))
  );
}

function collect(schema: z.ZodType, path: readonly string[], supported: boolean): Field[] {
  const meta = fieldMeta.get(schema);
  const acted = supported && (meta?.supported ?? true);
  const own = meta && path.length > 0 ? [toField(schema, meta, path, acted)] : [];
  if (path[0] === 'variants') return path.length === 1 ? own : [];
  return [...own, ...nodesOf(schema).flatMap((node) => children(node, path, acted))];
}

function children(
  node: ReturnType<typeof nodesOf>[number],
  path: readonly string[],
  supported: boolean,
): Field[] {
  if (node.form === 'leaf') return [];
  if (node.form === 'list') return collect(node.item, [...path, '*'], supported);
  if (node.form === 'record') return collect(unwrap(node.value), [...path, '*'], supported);
  return Object.entries(node.shape).flatMap(([key, child]) => collect(child, [...path, key], supported));
}

function toField(schema: z.ZodType, meta: FieldMeta, path: readonly string[], supported: boolean): Field {
  const kinds = nodesOf(schema).flatMap((node) => {
    const kind =
      node.form === 'leaf' ? node.kind : node.form === 'list' ? valueKinds.get(unwrap(node.item)) : undefined;
    return kind ? [kind] : [];
  });
  const choices = kinds.filter((kind) => kind.is === 'choice');
  const numeric = kinds.find((kind) => kind.is === 'number' || kind.is === 'ratio');
  const primary = shorthandOf(schema)?.primary;
  return {
    ...meta,
    path: path.join('.'),
    schema,
    type: describe(schema),
    supported,
    formats: kinds.flatMap((kind) => (kind.is === 'text' ? [kind.format] : [])),
    ...(choices.length === 0
      ? {}
      : {
          values: choices.flatMap((kind) => kind.values),
          supportedValues: supported ? choices.flatMap((kind) => kind.supported ?? kind.values) : [],
        }),
    ...(numeric ? { bounds: numeric } : {}),
    ...(primary === undefined ? {} : { primary }),
  };
}
