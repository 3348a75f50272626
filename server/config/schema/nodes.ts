/** A schema seen as the alternatives that a written value can take: leaf, map with known keys, free map, or list. */
import * as z from 'zod';
import { type Format, structures, type ValueKind, valueKinds } from './values.ts';

export type Node =
  | { readonly form: 'leaf'; readonly kind: ValueKind }
  | {
      readonly form: 'map';
      readonly shape: Readonly<Record<string, z.ZodType>>;
      readonly required: readonly string[];
    }
  | { readonly form: 'record'; readonly value: z.ZodType }
  | { readonly form: 'list'; readonly item: z.ZodType };

export type MapNode = Extract<Node, { form: 'map' }>;

const cache = new WeakMap<z.ZodType, readonly Node[]>();

/** The alternatives in the order of the schema; a shorthand is an alternative like any other. */
export function nodesOf(schema: z.ZodType): readonly Node[] {
  const known = cache.get(schema);
  if (known) return known;
  const nodes = computeNodes(schema);
  cache.set(schema, nodes);
  return nodes;
}

function computeNodes(schema: z.ZodType): readonly Node[] {
  const kind = valueKinds.get(schema);
  if (kind) return [{ form: 'leaf', kind }];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy) return nodesOf(unwrap(schema));
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries<z.ZodType>(schema.shape);
    return [
      {
        form: 'map',
        shape: Object.fromEntries(shape.map(([key, value]) => [key, unwrap(value)])),
        required: shape.flatMap(([key, value]) => (value instanceof z.ZodOptional ? [] : [key])),
      },
    ];
  }
  // zod's own types say less than its classes hold: parts of a classic schema are classic schemas.
  if (schema instanceof z.ZodRecord) return [{ form: 'record', value: schema.valueType as z.ZodType }];
  if (schema instanceof z.ZodArray) return [{ form: 'list', item: schema.element as z.ZodType }];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => nodesOf(option as z.ZodType));
  throw new Error(`no node for a schema of type ${schema.type}`);
}

/** The schema behind `optional` and `lazy`: the one that metadata is registered for. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy)
    return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

const shorthands = new WeakMap<z.ZodType, { primary: string; map: MapNode } | null>();

/** The key that a plain value of this schema stands for, with the map it belongs to. */
export function shorthandOf(schema: z.ZodType): { primary: string; map: MapNode } | undefined {
  const kept = shorthands.get(schema);
  const known = kept === undefined ? (findShorthand(schema) ?? null) : kept;
  shorthands.set(schema, known);
  return known ?? undefined;
}

function findShorthand(schema: z.ZodType): { primary: string; map: MapNode } | undefined {
  for (const candidate of [schema, ...(schema instanceof z.ZodUnion ? schema.options : [])]) {
    const { primary, object } = structures.get(candidate as z.ZodType) ?? {};
    const node = object ? nodesOf(object)[0] : undefined;
    if (primary !== undefined && node?.form === 'map') return { primary, map: node };
  }
  return undefined;
}

/** A value that is no list stands for the list of it. */
export function wrapsSingle(schema: z.ZodType): boolean {
  return structures.get(schema)?.wrap === true;
}

/** What the texts of a list name, or ask, they do not name or ask any more the second time. */
const setFormats: ReadonlySet<Format> = new Set(['column', 'glob', 'slice', 'metric', 'expr', 'gate']);

/** A list in which a text that comes again adds nothing: of columns, metrics, gates, or words to choose from. */
export function isSet(schema: z.ZodType): boolean {
  return nodesOf(schema).some((node) => {
    const items = node.form === 'list' ? nodesOf(node.item) : [];
    // Members of an ensemble are words, too, but may be maps: each of them counts.
    return items.every(({ form }) => form === 'leaf') && items.some(isOfSet);
  });
}

function isOfSet(item: Node): boolean {
  if (item.form !== 'leaf') return false;
  return item.kind.is === 'choice' || (item.kind.is === 'text' && setFormats.has(item.kind.format));
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of several maps, the one that knows most of the written keys. */
export function mapFor(schema: z.ZodType, value: Readonly<Record<string, unknown>>): MapNode | undefined {
  const maps = nodesOf(schema).filter((node) => node.form === 'map');
  const known = (map: (typeof maps)[number]) =>
    Object.keys(value).filter((key) => Object.hasOwn(map.shape, key)).length;
  return maps.reduce<(typeof maps)[number] | undefined>(
    (best, map) => (best === undefined || known(map) > known(best) ? map : best),
    undefined,
  );
}

interface Children {
  readonly keys: ReadonlyMap<string, z.ZodType>;
  /** Of a map with free keys. */
  readonly free: z.ZodType | undefined;
  readonly item: z.ZodType | undefined;
}

const children = new WeakMap<z.ZodType, Children>();

/** Looked up for every setting at every key press, so it is worked out once for each schema. */
function childrenOf(schema: z.ZodType): Children {
  const known = children.get(schema);
  if (known !== undefined) return known;
  const keys = new Map<string, z.ZodType>();
  let free: z.ZodType | undefined;
  let item: z.ZodType | undefined;
  for (const node of nodesOf(schema)) {
    if (node.form === 'map') {
      for (const [key, child] of Object.entries(node.shape)) if (!keys.has(key)) keys.set(key, child);
    } else if (node.form === 'record') free ??= node.value;
    else if (node.form === 'list') item ??= node.item;
  }
  const made = { keys, free, item };
  children.set(schema, made);
  return made;
}

/** The schema one step down: a key of a map, or an item of a list; undefined where there is none. */
export function childOf(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  const { keys, free, item } = childrenOf(schema);
  const known = typeof step === 'string' ? keys.get(step) : undefined;
  if (known !== undefined || free !== undefined) return known ?? free;
  const isItem = item !== undefined && (typeof step === 'number' || step === '*' || /^\d+$/.test(step));
  return isItem ? item : undefined;
}
