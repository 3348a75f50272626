/** What the schema says about a field beyond its type: doc, default, support, and when it must be there. */
import * as z from 'zod';

/** 1 exploring, 2 candidate, 3 shipping. */
export type SchemaStage = 1 | 2 | 3;

/** Circumstances of an experiment that make a setting necessary; what each means stands in lint (`rules/required.ts`). */
export type Circumstance =
  | 'answers in real time'
  | 'scores a stream'
  | 'promises explanations'
  | 'is labelled by people or models'
  | 'has no lock file'
  | 'pays for answers'
  | 'checks no grounding';

/** What is known of an experiment that a fix can write; how each is found stands in lint (`inserted.ts`). */
export type Insertable = 'the name of the experiment' | 'the user of git' | 'what the last run reached';

/** Read by the rules that ask for something at a stage; one line here is one rule there. */
export interface RequiredFrom {
  readonly stage: SchemaStage;
  readonly rule: string;
  /** Only where this section is written, or for this task. */
  readonly within?: string;
  readonly task?: string;
  readonly given?: Circumstance;
  /** That it is written is not enough while the circumstance lasts. */
  readonly whatever?: boolean;
  /** Any of these paths will do as well. */
  readonly or?: readonly string[];
  /**
   * What the fix writes: YAML on one line, where one value is sensible for nearly everybody; false where nothing that it
   * could write would be true. Else the texts of the setting, to be filled in by a person.
   */
  readonly insert?: string | false;
  /** Written instead where it is known. */
  readonly insertKnown?: Insertable;
}

/** Where a setting has an effect; elsewhere `dead-setting` reports it. */
export interface AppliesTo {
  readonly models?: readonly string[];
  readonly tasks?: readonly string[];
  /** Completes "`path` is ignored because …". */
  readonly because: string;
}

export interface FieldMeta {
  readonly doc: string;
  /** Filled in where nothing is written. */
  readonly default?: unknown;
  /** The default in words, where the data or another setting decides it. */
  readonly defaultText?: string;
  /** This version acts on it. Single values can still be unsupported: see `supported` of a choice, and `supports`. */
  readonly supported?: boolean;
  /** False for a value of a supported field that this version does not act on. */
  readonly supports?: (value: unknown) => boolean;
  readonly appliesTo?: AppliesTo;
  readonly requiredFrom?: RequiredFrom;
  /** Expected effect on the result, 0 to 3: the order of completion. */
  readonly impact?: 0 | 1 | 2 | 3;
  /** The defaults within are filled in only once it is written. */
  readonly onlyWritten?: boolean;
  /** Overrides: nothing is filled in within. */
  readonly overrides?: boolean;
  readonly deprecated?: { readonly became: string; readonly version: string };
}

const registry = z.registry<FieldMeta>();
const known = new WeakMap<z.ZodType, FieldMeta | null>();

/** zod's registry puts parts together at every question; it is asked for every setting at every key press. */
export const fieldMeta = {
  has: (schema: z.ZodType) => registry.has(schema),
  add(schema: z.ZodType, meta: FieldMeta): void {
    registry.add(schema, meta);
    known.delete(schema);
  },
  get(schema: z.ZodType): FieldMeta | undefined {
    const kept = known.get(schema);
    if (kept !== undefined) return kept ?? undefined;
    const found = registry.get(schema);
    known.set(schema, found ?? null);
    return found;
  },
};

/** A field that this version acts on. */
export function field<S extends z.ZodType>(schema: S, doc: string, more: Omit<FieldMeta, 'doc'> = {}): S {
  return mark(schema, { doc, supported: true, ...more });
}

/** A field that the language defines and this version only checks. */
export function planned<S extends z.ZodType>(schema: S, doc: string, more: Omit<FieldMeta, 'doc'> = {}): S {
  return mark(schema, { doc, ...more, supported: false });
}

function mark<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  // Two fields on one schema would both tell the doc of the second.
  if (fieldMeta.has(schema))
    throw new Error(`one schema for two fields: ${fieldMeta.get(schema)?.doc}, ${meta.doc}`);
  fieldMeta.add(schema, meta);
  return schema;
}
