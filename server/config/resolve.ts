/** What is written to the experiment in effect: shorthands written out, defaults filled in, a name given, repeats dropped. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type * as z from 'zod';
import { expandShorthands } from './expand.ts';
import type { Experiment } from './experiment.ts';
import { fields, schemaAt } from './fields.ts';
import { keptFor } from './kept.ts';
import { experimentSchema } from './schema/experimentSchema.ts';
import { type FieldMeta, fieldMeta } from './schema/meta.ts';
import { isMap, isSet, mapFor, nodesOf, shorthandOf, unwrap } from './schema/nodes.ts';

type Settings = Readonly<Record<string, unknown>>;

/**
 * `value` is composed, interpolated and without faults (`checkValue`); `file` gives the name where none is written.
 * What composition used up (`extends`, `vars`, `variants`) is no part of the result. Several targets leave `target`
 * absent, since no model of this version has more than one.
 */
export function resolveExperiment(value: unknown, file: string): Experiment {
  const { extends: _, vars: __, variants: ___, ...written } = expandShorthands(value);
  const { target, ...filled } = fill(experimentSchema, withChosenFamily(written)) as Settings;
  const single = Array.isArray(target) && target.length === 1 ? { target: target[0] } : {};
  const gates =
    written['registry'] !== undefined || written['serve'] !== undefined ? ['beats baseline'] : undefined;
  const experiment = {
    ...(gates ? { gates } : {}),
    name: nameOf(file),
    ...omit(filled, ['extends', 'vars', 'variants']),
    ...single,
  };
  // The schema fills in every field of the type, which test/config/resolve.test.ts proves on the empty experiment.
  return experiment as unknown as Experiment;
}

/** `churn.experiment.yaml` is `churn`; `experiment.yaml` is named by its folder. */
export function nameOf(file: string): string {
  const stem = basename(file).replace(/\.ya?ml$/i, '');
  return stem === 'experiment' ? basename(dirname(file)) || stem : stem.replace(/\.experiment$/, '') || stem;
}

/** What a field is when it is not written; undefined where the data or another setting decides (see `defaultText`). */
export function defaultOf(path: string): unknown {
  const schema = schemaAt(path.split('.'));
  const overridden = fields.some((field) => field.overrides && covers(field.path, path));
  if (!schema || overridden) return undefined;
  // A section that is left out altogether while it is not written still has defaults of its own.
  return fieldMeta.get(schema)?.onlyWritten && isGroup(schema)
    ? fillWithin(schema, {})
    : fill(schema, undefined);
}

/**
 * SHA-256 of the canonical JSON without what changes no result: description, tags, card and lint. Runs, registry
 * versions and "stale" hints go by it.
 */
export function configHash(experiment: Experiment): string {
  const { description: _, tags: __, card: ___, lint: ____, ...rest } = experiment;
  return `sha256:${createHash('sha256').update(canonicalJson(rest)).digest('hex')}`;
}

/** JSON with sorted keys and no spaces; keys without a value are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** The settings of the family in use are filled in, written or not. */
function withChosenFamily(written: Settings): Settings {
  return isMap(written['model'])
    ? { ...written, model: chosen(experimentSchema, written['model']) }
    : written;
}

const chosen = keptFor((_, model): Settings => {
  const type = model['type'];
  if (typeof type !== 'string' || model[type] !== undefined) return model;
  const schema = schemaAt(['model', type]);
  return schema && isGroup(schema) ? { ...model, [type]: {} } : model;
});

function fill(schema: z.ZodType, written: unknown): unknown {
  const meta = fieldMeta.get(schema);
  if (meta?.overrides) return written;
  return written === undefined ? unwritten(schema, meta) : fillWithin(schema, written);
}

const defaults = new WeakMap<z.ZodType, { readonly value: unknown }>();

/** Worked out once: all experiments share what none of them writes, so it is frozen. */
function unwritten(schema: z.ZodType, meta: FieldMeta | undefined): unknown {
  const known = defaults.get(schema);
  if (known !== undefined) return known.value;
  const value = frozen(defaultFor(schema, meta));
  defaults.set(schema, { value });
  return value;
}

function defaultFor(schema: z.ZodType, meta: FieldMeta | undefined): unknown {
  if (meta?.onlyWritten) return undefined;
  if (meta?.default !== undefined) return fillWithin(schema, structuredClone(meta.default));
  const filled = isGroup(schema) ? fillWithin(schema, {}) : undefined;
  return isMap(filled) && Object.keys(filled).length === 0 ? undefined : filled;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}

function fillWithin(schema: z.ZodType, written: unknown): unknown {
  // `early_stop: true` asks for its defaults.
  const value = written === true && shorthandOf(schema) ? {} : written;
  if (isMap(value)) return fillMap(schema, value);
  const list = Array.isArray(value) ? nodesOf(schema).find((node) => node.form === 'list') : undefined;
  if (list === undefined || !Array.isArray(value)) return value;
  const items = value.map((each: unknown) => fill(unwrap(list.item), each));
  // The columns of one cross are no setting of their own: what is wrong with them is told.
  return fieldMeta.has(schema) && isSet(schema) ? [...new Set(items)] : items;
}

const fillMap = keptFor((schema, value): Settings => {
  const map = mapFor(schema, value);
  if (map) {
    const filled = Object.entries(map.shape).map(
      ([key, child]) => [key, fill(child, value[key] ?? undefined)] as const,
    );
    return Object.fromEntries(filled.filter(([, each]) => each !== undefined));
  }
  const record = nodesOf(schema).find((node) => node.form === 'record');
  if (!record) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fill(unwrap(record.value), each)]),
  );
});

/** A map and nothing else, shorthand or not. */
function isGroup(schema: z.ZodType): boolean {
  return shorthandOf(schema) !== undefined || nodesOf(schema).every((node) => node.form === 'map');
}

function covers(pattern: string, path: string): boolean {
  const steps = path.split('.');
  return pattern.split('.').every((step, index) => step === '*' || step === steps[index]);
}

function omit(value: Settings, keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
