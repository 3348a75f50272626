/** A field of the language in words: for completion and hover. */
import { type Field, fields } from '../config/fields.ts';
import { defaultOf } from '../config/resolve.ts';
import { code } from './describeColumn.ts';

/** Markdown: what it does, what it takes, and what it is when nobody writes it. */
export function fieldText(field: Field): string {
  const { path, doc, type, supported, deprecated, appliesTo, impact } = field;
  const fallback = defaultText(field);
  const lines = [
    `**${path.replaceAll('*', '\\*')}** · ${plain(type)}`,
    `${plain(doc)}.`.replace(/\.\.$/, '.'),
    ...(fallback === '' ? [] : [`Default: ${fallback}`]),
    ...(impact === undefined ? [] : [`Expected effect on the result: ${impacts[impact]}.`]),
    ...(appliesTo === undefined ? [] : [applies(appliesTo)]),
    ...(deprecated === undefined
      ? []
      : [`It became ${code(deprecated.became)} in version ${deprecated.version}.`]),
    ...(supported ? [] : ['*Planned: this version checks it and does not act on it yet.*']),
  ];
  return lines.join('\n\n');
}

const impacts = ['none', 'small', 'medium', 'large'] as const;

/** Words where the data decides, else the value; empty for sections, whose fields have their own. */
export function defaultText({ path, defaultText: words }: Field): string {
  if (words !== undefined) return plain(words);
  const value = defaultOf(path);
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value)))
    return '';
  return code(valueText(value));
}

/** As it would stand in the file, on one line. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}: ${valueText(each)}`)
    .join(', ')}}`;
}

/** The field that a plain value of a section stands for: `split.test` for `split`. */
export function primaryField(field: Field): Field | undefined {
  return field.primary === undefined
    ? undefined
    : fields.find(({ path }) => path === `${field.path}.${field.primary}`);
}

function applies({ models, tasks, because }: NonNullable<Field['appliesTo']>): string {
  const where = [...(models ?? []), ...(tasks ?? [])].filter((name) => name !== 'auto').join(', ');
  return `Only for ${where}; elsewhere it is ignored because ${plain(because)}.`;
}

function plain(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*');
}
