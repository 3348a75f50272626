/** Plain values held against the schema: wrong type, unknown word, or a number out of range. */
import type * as z from 'zod';
import { metricSynonyms, metrics, metricsOf } from '../catalog/metrics.ts';
import { describe, describeBounds, describeValue } from './describe.ts';
import { nearest } from './nearest.ts';
import { fieldMeta } from './schema/meta.ts';
import { nodesOf, shorthandOf, unwrap } from './schema/nodes.ts';
import { isFormat, parseRatio, type ValueKind, withinBounds } from './schema/values.ts';
import { dotted, type Place } from './schemaIssue.ts';

type Choice = Extract<ValueKind, { is: 'choice' }>;

/** Reports at most one issue: `value` is a string, number, boolean or null. */
export function checkLeaf(schema: z.ZodType, value: unknown, place: Place): void {
  const kinds = nodesOf(schema).flatMap((node) => (node.form === 'leaf' ? [node.kind] : []));
  if (kinds.some((kind) => accepts(kind, value))) return;
  const choice = kinds.find((kind): kind is Choice => kind.is === 'choice' && kind.values.length > 1);
  const number = numeric(kinds, value);
  if (typeof value === 'string' && number?.is !== 'ratio' && choice) unknownValue(choice, value, place);
  else if (typeof value === 'string' && wantsMetric(kinds)) unknownMetric(value, place);
  else if (number) outOfRange(number, value, { schema, place });
  else wrongType(schema, kinds, value, place);
}

function wantsMetric(kinds: readonly ValueKind[]): boolean {
  return kinds.some((kind) => kind.is === 'text' && kind.format === 'metric');
}

function accepts(kind: ValueKind, value: unknown): boolean {
  switch (kind.is) {
    case 'any':
      return true;
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && isNumber(kind, value) && withinBounds(value, kind);
    case 'ratio': {
      const ratio = parseRatio(value);
      return ratio !== undefined && Number.isFinite(ratio) && withinBounds(ratio, kind);
    }
    case 'choice':
      return typeof value === 'string' && kind.values.includes(value);
    case 'text':
      return typeof value === 'string' && isFormat(kind.format, value);
  }
}

function isNumber({ int }: { int: boolean }, value: number): boolean {
  return int ? Number.isSafeInteger(value) : Number.isFinite(value);
}

/** The numeric kind whose bounds a number breaks; undefined where another type is wanted. */
function numeric(kinds: readonly ValueKind[], value: unknown) {
  for (const kind of kinds) {
    if (kind.is === 'ratio' && parseRatio(value) !== undefined) return kind;
    if (kind.is === 'number' && typeof value === 'number' && (!kind.int || Number.isInteger(value)))
      return kind;
  }
  return undefined;
}

function outOfRange(
  kind: Extract<ValueKind, { is: 'number' | 'ratio' }>,
  value: unknown,
  { schema, place }: { readonly schema: z.ZodType; readonly place: Place },
): void {
  const { min, max, above, below } = kind;
  const clamped = nearestLegal(kind, parseRatio(value), usualOf(schema));
  const allowed = describeBounds(kind) || 'finite numbers';
  place.report({
    rule: 'out-of-range',
    path: place.path,
    message: `\`${dotted(place.path)}\` = ${value}; allowed ${allowed}.`,
    ...(clamped === undefined ? {} : { suggestion: clamped }),
    data: {
      value,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(above === undefined ? {} : { above }),
      ...(below === undefined ? {} : { below }),
    },
  });
}

/**
 * 20 in place of a share is 20 %. Else the bound that was passed; where that is not legal itself, the default of the
 * field, or of a share the hundredth beside it.
 */
function nearestLegal(
  kind: Extract<ValueKind, { is: 'number' | 'ratio' }>,
  value: number | undefined,
  usual: unknown,
): unknown {
  if (value === undefined) return undefined;
  const { min, max, above, below } = kind;
  const hundredth = Number((value / 100).toPrecision(15));
  if (kind.is === 'ratio' && value >= 2 && withinBounds(hundredth, kind)) return hundredth;
  if (min !== undefined && value < min) return min;
  if (max !== undefined && value > max) return max;
  if (typeof usual === 'number' && withinBounds(usual, kind)) return usual;
  const step = kind.is === 'ratio' ? 0.01 : kind.is === 'number' && kind.int ? 1 : undefined;
  if (step === undefined) return undefined;
  if (above !== undefined && value <= above) return above + step;
  return below === undefined ? undefined : below - step;
}

/** The default of a field, or of the one that a plain value of its section stands for. */
function usualOf(schema: z.ZodType): unknown {
  const { primary, map } = shorthandOf(schema) ?? {};
  const field = primary === undefined ? schema : (map?.shape[primary] ?? schema);
  return fieldMeta.get(field)?.default;
}

function unknownValue(choice: Choice, value: string, place: Place): void {
  const word = value.toLowerCase();
  const suggestion =
    choice.values.find((each) => each.toLowerCase() === word) ??
    // Own keys only: `constructor` is no synonym.
    (choice.synonyms && Object.hasOwn(choice.synonyms, word) ? choice.synonyms[word] : undefined) ??
    nearest(value, choice.values);
  reportWord(value, choice.what ?? nameOf(place.path), choice.values, suggestion, place);
}

function unknownMetric(value: string, place: Place): void {
  const names = metricsOf(place.task).map((metric) => metric.name);
  const all = metrics.map((metric) => metric.name);
  const [, name = value, rest = ''] = /^([^(]*)(\(.*)?$/s.exec(value) ?? [];
  const word = name.trim().toLowerCase();
  const known = Object.hasOwn(metricSynonyms, word)
    ? metricSynonyms[word]
    : all.find((each) => each === word);
  const suggestion =
    known ??
    nearest(
      name,
      all.filter((each) => !each.endsWith('@k')),
    );
  reportWord(value, 'metric', names, suggestion === undefined ? undefined : suggestion + rest, place);
}

function reportWord(
  value: string,
  what: string,
  values: readonly string[],
  suggestion: string | undefined,
  place: Place,
): void {
  const article = /^[aeiou]/.test(what) ? 'an' : 'a';
  const hint = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
  const shown = value.length > 60 ? `${value.slice(0, 57)}…` : value;
  place.report({
    rule: 'unknown-value',
    path: place.path,
    message: `\`${shown}\` is not ${article} ${what}: ${values.join(', ')}.${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    data: { value, values },
  });
}

/** `features.numeric.scale` is a "numeric scale"; list items go by the list. */
function nameOf(path: readonly (string | number)[]): string {
  return path
    .filter((step) => typeof step === 'string')
    .slice(-2)
    .join(' ')
    .replaceAll('_', ' ');
}

function wrongType(schema: z.ZodType, kinds: readonly ValueKind[], value: unknown, place: Place): void {
  const wants = describe(schema);
  const setting = settingMeant(schema, value);
  const suggestion = setting === undefined ? coerce(schema, kinds, value) : value;
  const hint = setting === undefined ? '' : ` Did you mean \`{${setting}: ${value}}\`?`;
  place.report({
    rule: 'wrong-type',
    path: place.path,
    message: `\`${dotted(place.path)}\` wants ${wants}, got ${describeValue(value)}.${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(setting === undefined ? {} : { setting }),
    data: { wants, got: describeValue(value) },
  });
}

/** The one setting within that has this word among its choices: `split: random` is meant as `split: {method: random}`. */
function settingMeant(schema: z.ZodType, word: unknown): string | undefined {
  if (typeof word !== 'string') return undefined;
  const hasChoice = (field: z.ZodType) =>
    nodesOf(field).some(
      (node) => node.form === 'leaf' && node.kind.is === 'choice' && node.kind.values.includes(word),
    );
  const [only, ...others] = Object.entries(shorthandOf(schema)?.map.shape ?? {}).filter(([, field]) =>
    hasChoice(unwrap(field)),
  );
  return others.length > 0 ? undefined : only?.[0];
}

/** The same thing said in the wanted type, where there is one: quoted, unquoted, or in a list. */
function coerce(schema: z.ZodType, kinds: readonly ValueKind[], value: unknown): unknown {
  const fits = (candidate: unknown) => kinds.some((kind) => kind.is !== 'any' && accepts(kind, candidate));
  if (typeof value === 'string') {
    const trimmed = value.trim();
    const word = trimmed.toLowerCase();
    const candidates = [
      ...(trimmed === '' || Number.isNaN(Number(trimmed)) ? [] : [Number(trimmed)]),
      ...(['true', 'yes', 'on'].includes(word)
        ? [true]
        : ['false', 'no', 'off'].includes(word)
          ? [false]
          : []),
      ...[percent(word)].filter((each) => each !== undefined),
    ];
    const found = candidates.find(fits);
    if (found !== undefined) return found;
  } else if (value !== null && kinds.some((kind) => isWord(kind) && accepts(kind, String(value)))) {
    return String(value);
  }
  const list = nodesOf(schema).find((node) => node.form === 'list');
  return list && value !== null && list.item.safeParse(value).success ? [value] : undefined;
}

/** A number or a boolean can be a name or a text without its quotes, but hardly a path. */
function isWord(kind: ValueKind): boolean {
  return kind.is === 'text' && ['text', 'id', 'column', 'glob', 'slice', 'expr'].includes(kind.format);
}

/** `20 percent` and `20 pct` as a ratio. */
function percent(word: string): number | undefined {
  const digits = /^(\d+(?:\.\d+)?)\s*(?:percent|pct|per cent|prozent)$/.exec(word)?.[1];
  return digits === undefined ? undefined : parseRatio(`${digits}%`);
}
