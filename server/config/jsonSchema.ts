/** The language as JSON Schema, for other editors and tools; it accepts every shorthand. */
import * as z from 'zod';
import { describe } from './describe.ts';
import { fields } from './fields.ts';
import { defaultOf } from './resolve.ts';
import { experimentSchema, overlay } from './schema/experimentSchema.ts';
import { fieldMeta } from './schema/meta.ts';
import { type Format, patternOf, valueKinds } from './schema/values.ts';

/** Draft 7, which every YAML extension reads. Docs are descriptions, static defaults are defaults. */
export function jsonSchema(): Record<string, unknown> {
  const defaults = new Map(fields.map((field) => [field.schema, defaultOf(field.path)]));
  const schema = z.toJSONSchema(experimentSchema, {
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema: json }) => {
      // The callback names zod's core type; every schema of ours is a classic one.
      const own = zodSchema as unknown as z.ZodType;
      const kind = valueKinds.get(own);
      const meta = fieldMeta.get(own);
      if (own === overlay) replace(json, { $ref: '#' });
      if (kind?.is === 'text') addPattern(json, kind.format);
      if (kind && ['number', 'ratio', 'boolean', 'choice'].includes(kind.is)) acceptReference(json);
      if (meta) {
        json.description = meta.doc;
        const value = defaults.get(own);
        if (value !== undefined && !meta.overrides) json.default = value;
      } else if (kind && !json.description) {
        json.description = describe(own);
      }
    },
  });
  return {
    ...schema,
    $id: 'https://modelwright.dev/experiment.schema.json',
    title: 'Modelwright experiment',
    definitions: { reference },
  };
}

/** Any value may come from `vars`, the environment or git. */
const reference = { type: 'string', pattern: '\\$\\{[^}]+\\}' };

function acceptReference(json: Record<string, unknown>): void {
  replace(json, { anyOf: [{ ...json }, { $ref: '#/definitions/reference' }] });
}

function replace(json: Record<string, unknown>, by: Record<string, unknown>): void {
  for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
  Object.assign(json, by);
}

function addPattern(json: Record<string, unknown>, format: Format): void {
  const pattern = patternOf(format);
  // A reference passes whatever the pattern says.
  if (pattern) json['pattern'] = `${reference.pattern}|${pattern.source}`;
}
