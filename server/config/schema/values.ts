/** The kinds of value that the language has: each a zod schema that also knows its words for messages and hover. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import * as z from 'zod';
import { parseMetricName } from '../../catalog/metrics.ts';
import { durationPattern, sizePattern } from '../duration.ts';

/** Bounds of a number; `above` and `below` are exclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** What a leaf value is; structure (maps, lists, alternatives) is zod's own. */
export type ValueKind =
  | ({ readonly is: 'number'; readonly int: boolean } & Bounds)
  | ({ readonly is: 'ratio' } & Bounds)
  | { readonly is: 'boolean' }
  | { readonly is: 'null' }
  | { readonly is: 'any'; readonly wants: string }
  | {
      readonly is: 'choice';
      readonly values: readonly string[];
      /** The values that this version acts on; absent: all of them. */
      readonly supported?: readonly string[];
      /** Other spellings that people use, to the right one. */
      readonly synonyms?: Readonly<Record<string, string>>;
      readonly what?: string;
    }
  | { readonly is: 'text'; readonly format: Format };

interface FormatEntry {
  /** Completes the sentence "`path` wants …". */
  readonly wants: string;
  readonly pattern?: RegExp;
  /** Where a pattern does not say it all. */
  readonly accepts?: (text: string) => boolean;
}

/** Strings with a meaning: what completion offers and which rule looks into them hangs on the name. */
export const formats = {
  text: { wants: 'text' },
  id: {
    wants: 'an id of letters, digits, dots, dashes and underscores',
    pattern: /^[\w\u00c0-\u1fff\u3040-\ud7ff][\w\u00c0-\u1fff\u3040-\ud7ff.-]{0,99}$/,
  },
  column: { wants: 'a column name', pattern: /./s },
  glob: { wants: 'a column name or pattern', pattern: /./s },
  slice: { wants: 'a column name or an expression', pattern: /./s },
  expr: { wants: 'an expression', pattern: /\S/ },
  gate: { wants: 'a gate such as `pr_auc >= 0.55`', pattern: /\S/ },
  metric: { wants: 'a metric name', accepts: (text) => parseMetricName(text) !== undefined },
  path: { wants: 'a path', pattern: /./s },
  source: { wants: 'a path, glob, URL or SQL', pattern: /./s },
  testPath: { wants: 'a path', pattern: /[./]/ },
  url: { wants: 'a URL' },
  secret: { wants: 'a reference such as ${env:NAME}' },
  date: { wants: 'a date such as 2025-07-01', pattern: /^\d{4}-\d\d-\d\d/, accepts: isDate },
  duration: {
    wants: 'a duration such as 30d, 12h or 100ms',
    pattern: durationPattern,
  },
  rate: { wants: 'a rate such as 50/s or 60/min', pattern: /^\d+(\.\d+)?\s?\/\s?(s|min|h|d)$/ },
  money: {
    wants: 'an amount such as 5 USD or 0.01 USD/answer',
    pattern: /^\d+(\.\d+)?\s?[A-Z]{3}(\s?\/\s?\w+)?$/,
  },
  size: { wants: 'a size such as 512MB', pattern: sizePattern },
  range: { wants: 'a range such as 1..2', pattern: /^\d+\s?\.\.\s?\d+$/ },
  timeZone: { wants: 'the name of a time zone, such as Europe/Paris', accepts: isTimeZone },
  schedule: { wants: 'a cron line or hourly, daily, weekly, monthly' },
  version: {
    wants: 'a pin such as sha256:… (16 digits or more), dvc:rev, git:rev, lakefs:ref, delta:n or none',
    pattern: /^(none|sha256:[0-9a-f]{16,64}|(dvc|git|lakefs):\S+|delta:\d+)$/,
  },
  run: { wants: 'a run such as run:ID', pattern: /^run:\S+$/ },
  searchSpace: { wants: 'a range such as 3..10 or 0.01..0.2 log' },
} as const satisfies Record<string, FormatEntry>;
export type Format = keyof typeof formats;

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The regular expression of a format that has one. */
export function patternOf(format: Format): RegExp | undefined {
  const { pattern }: FormatEntry = formats[format];
  return pattern;
}

/** Whether a string is what the format wants. */
export function isFormat(format: Format, value: string): boolean {
  const { pattern, accepts }: FormatEntry = formats[format];
  return (pattern?.test(value) ?? true) && (accepts?.(value) ?? true);
}

/** The kind of every leaf schema. */
export const valueKinds = z.registry<ValueKind>();

/** Maps that have a shorthand, and lists that may be written as their only item. */
export interface Structure {
  /** The shape of the written-out form. */
  readonly object?: z.ZodType;
  /** The key that a plain value stands for. */
  readonly primary?: string;
  /** A value that is no list stands for a list of it. */
  readonly wrap?: boolean;
}
export const structures = new WeakMap<z.ZodType, Structure>();

type Shape = Readonly<Record<string, z.ZodType>>;

/** Text, a URL or any of the formats above. */
export function text(format: Format = 'text'): z.ZodString {
  const schema = z.string().refine((value) => isFormat(format, value));
  return schema.register(valueKinds, { is: 'text', format });
}

export function int(bounds: Bounds = {}): z.ZodInt {
  return bounded(z.int(), bounds).register(valueKinds, { is: 'number', int: true, ...bounds });
}

export function number(bounds: Bounds = {}): z.ZodNumber {
  return bounded(z.number(), bounds).register(valueKinds, { is: 'number', int: false, ...bounds });
}

function bounded<S extends z.ZodNumber>(schema: S, { min, max, above, below }: Bounds): S {
  let result = schema;
  if (min !== undefined) result = result.gte(min);
  if (max !== undefined) result = result.lte(max);
  if (above !== undefined) result = result.gt(above);
  if (below !== undefined) result = result.lt(below);
  return result;
}

const percentPattern = /^(\d+(?:\.\d+)?)\s?%$/;

/** A share: 0.05 or `5%`; within 0..1 unless said otherwise. */
export function ratio(bounds: Bounds = { min: 0, max: 1 }) {
  const percent = z
    .string()
    .regex(percentPattern)
    .refine((value) => {
      const parsed = parseRatio(value);
      return parsed !== undefined && withinBounds(parsed, bounds);
    });
  return z.union([bounded(z.number(), bounds), percent]).register(valueKinds, { is: 'ratio', ...bounds });
}

/** 0.05 for 0.05 and for `5%`; undefined where it is neither. */
export function parseRatio(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? percentPattern.exec(value)?.[1] : undefined;
  // Rounded to what was written: 7% is 0.07, not 0.07 and a bit.
  return percent === undefined ? undefined : Number((Number(percent) / 100).toPrecision(15));
}

export function withinBounds(value: number, { min, max, above, below }: Bounds): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

export function bool(): z.ZodBoolean {
  return z.boolean().register(valueKinds, { is: 'boolean' });
}

interface ChoiceOptions<T> {
  readonly supported?: readonly T[];
  readonly synonyms?: Readonly<Record<string, T>>;
  /** For "`x` is not a …"; the field's own name unless said. */
  readonly what?: string;
}

/** One of a few words. */
export function choice<const T extends string>(values: readonly T[], options: ChoiceOptions<T> = {}) {
  return z.enum(values).register(valueKinds, { is: 'choice', values, ...options });
}

/** Anything: checked elsewhere, or by nobody; `wants` still says in words what belongs here. */
export function anything(wants: string): z.ZodUnknown {
  return z.unknown().register(valueKinds, { is: 'any', wants });
}

/** A label: text, a number, a boolean, or null. */
export function scalar() {
  return either(text(), number(), bool(), z.null().register(valueKinds, { is: 'null' }));
}

export function list<S extends z.ZodType>(item: S): z.ZodArray<S> {
  return z.array(item);
}

/** A list that may be written as its only item. */
export function oneOrMore<S extends z.ZodType>(item: S) {
  const schema = z.union([item, z.array(item)]);
  structures.set(schema, { wrap: true });
  return schema;
}

/** A map with free keys. */
export function mapOf<S extends z.ZodType>(value: S) {
  return z.record(z.string(), value);
}

/** Alternatives; the walker picks by the shape of what is written, so that only one branch reports. */
export function either<const T extends readonly [z.ZodType, ...z.ZodType[]]>(...options: T) {
  return z.union(options);
}

/** A map in which every key may be left out. */
export function group<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).partial();
}

/** An entry of a list: the named keys are required. */
export function item(shape: Shape, required: readonly string[]): z.ZodType {
  const optional = Object.fromEntries(
    Object.entries(shape).map(([key, value]) => [key, required.includes(key) ? value : z.optional(value)]),
  );
  return z.strictObject(optional);
}

/** A map whose `primary` key may be written alone: `split: 0.2` is `split: {test: 0.2}`. */
export function shorthand(primary: string, shape: Shape): z.ZodType {
  const object = group(shape);
  const alone = notMaps(shape[primary] ?? z.never());
  const schema = z.union([alone, object]);
  structures.set(schema, { object, primary });
  return schema;
}

/** The alternatives of a schema that are no maps: a map always stands for the section written out. */
function notMaps(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodUnion) || valueKinds.has(schema)) return schema;
  const options = (schema.options as readonly z.ZodType[]).filter(
    (option) => !(option instanceof z.ZodObject || option instanceof z.ZodRecord),
  );
  return z.union(options);
}

/** An ISO date or instant that the calendar has. */
export function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(value);
  if (!match) return false;
  const [, year, month, day] = match.map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}
