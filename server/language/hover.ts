/** Hover: what a key means and what it is in effect, what a column holds, what a metric measures, how a gate did last. */
import { relative } from 'node:path';
import { type Hover, MarkupKind, type Position } from 'vscode-languageserver/node';
import { metricDoc, metricNamed, parseMetricName } from '../catalog/metrics.ts';
import { models } from '../catalog/models.ts';
import { joinOf } from '../config/expression/check.ts';
import { functions } from '../config/expression/functions.ts';
import { type Field, fieldAt, schemaAt } from '../config/fields.ts';
import { joinName } from '../config/joins.ts';
import type { Origin } from '../config/load.ts';
import { nodesOf } from '../config/schema/nodes.ts';
import { valueAt } from '../config/valueAt.ts';
import { metricSummary } from './completion/metricSuggestions.ts';
import { code, columnText, escapeMarkdown } from './describeColumn.ts';
import { fieldText, primaryField, valueText } from './describeField.ts';
import { driftSince } from './driftSince.ts';
import { expectedText } from './expected.ts';
import { gateResult, gateText } from './gateResults.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { placeAt, wordAt } from './placeAt.ts';
import { promptVariableText } from './promptVariables.ts';
import { signatureText } from './signature.ts';

export function hoverAt(open: OpenExperiment, position: Position): Hover | undefined {
  const document = open.loaded.text;
  const offset = document.offsetAt(position);
  const variable = promptVariableText(open, offset);
  if (variable !== undefined)
    return {
      contents: { kind: MarkupKind.Markdown, value: variable.text },
      range: document.rangeAt(variable.start, variable.end),
    };
  const place = placeAt(open.loaded.source, offset);
  if (place === undefined) return undefined;
  const { start, end } = place.at === 'key' ? place : wordAt(document.text, offset, place);
  const text = place.at === 'key' ? keyText(open, place.steps) : valueTextAt(open, place, { start, end });
  if (text === undefined || text === '') return undefined;
  return { contents: { kind: MarkupKind.Markdown, value: text }, range: document.rangeAt(start, end) };
}

function keyText(open: OpenExperiment, steps: readonly (string | number)[]): string | undefined {
  const field = fieldAt(steps);
  if (field !== undefined) {
    const parts = [fieldText(field), ...effective(open, field, steps), ...expectation(open, steps)];
    return parts.join('\n\n---\n\n');
  }
  return columnAt(open, String(steps.at(-1)));
}

/** What a run takes, over what decides it and what bounds it. */
function expectation(open: OpenExperiment, steps: readonly (string | number)[]): string[] {
  const expected = expectedText(open);
  const asks = /^(model|train|tune|train\.budget(\..+)?)$/.test(steps.join('.'));
  return asks && expected !== undefined ? [`A run takes ${expected} of memory on two processors.`] : [];
}

/** The value that a run would use, and who said so. */
function effective(open: OpenExperiment, field: Field, steps: readonly (string | number)[]): string[] {
  const { experiment, originOf, workspace } = open.loaded;
  const primary = primaryField(field);
  const path = (primary === undefined ? steps : [...steps, primary.path.split('.').at(-1) ?? '']).join('.');
  const value = valueAt(experiment, path.split('.'));
  if (value === undefined || value === null) return [];
  if (typeof value === 'object' && !Array.isArray(value)) return [];
  const origin = originOf(path);
  const written = whence(workspace, origin);
  const before =
    origin?.chain?.map((link) => `${code(valueText(link.value))} ${whence(workspace, link)}`) ?? [];
  const instead = before.length === 0 ? '' : `, instead of ${before.join(', of ')}`;
  return [`In effect: ${code(valueText(value))}, ${written}${instead}.`];
}

const how: Readonly<Record<Origin['how'], string>> = {
  file: 'written',
  extends: 'from a base',
  variant: 'from a variant',
  set: 'from `--set`',
  vars: 'from a variable',
  default: 'the default',
};

function whence(workspace: string, origin: Omit<Origin, 'chain'> | undefined): string {
  if (origin === undefined) return 'the default';
  const line = origin.range === undefined ? '' : `, line ${origin.range.start.line + 1}`;
  const file =
    origin.file === undefined ? '' : ` (${escapeMarkdown(relative(workspace, origin.file))}${line})`;
  return `${how[origin.how]}${file}`;
}

interface Word {
  readonly start: number;
  readonly end: number;
}

function valueTextAt(
  open: OpenExperiment,
  place: { readonly steps: readonly (string | number)[]; readonly value: unknown },
  { start, end }: Word,
): string | undefined {
  const { steps, value } = place;
  const word = open.loaded.text.text.slice(start, end);
  const schema = schemaAt(steps);
  const formats =
    schema === undefined
      ? []
      : nodesOf(schema).flatMap((node) =>
          node.form === 'leaf' && node.kind.is === 'text' ? [node.kind.format] : [],
        );
  const whole = typeof value === 'string' ? value : word;
  if (formats.includes('gate')) return joined(gateHover(open, whole), wordText(open, word));
  if (formats.includes('expr') || formats.includes('slice')) return wordText(open, word);
  if (formats.includes('column') || formats.includes('glob')) return columnAt(open, whole);
  if (formats.includes('metric')) return metricText(open, whole);
  if (steps.join('.') === 'model.type' || steps.join('.') === 'model' || steps[0] === 'baseline')
    return modelText(whole);
  const field = fieldAt(steps);
  return field === undefined ? undefined : keyText(open, steps);
}

/** A word of an expression: a column first, since columns may be called anything. */
function wordText(open: OpenExperiment, word: string): string | undefined {
  const name = word.replaceAll('`', '');
  const entry = Object.hasOwn(functions, word) ? functions[word] : undefined;
  return (
    columnAt(open, name) ??
    metricText(open, word) ??
    (entry === undefined
      ? undefined
      : `**${word}** · function\n\n${code(signatureText(word, entry))}\n\n${entry.doc}.`)
  );
}

function columnAt(open: OpenExperiment, name: string): string | undefined {
  const { glimpse, facts = glimpse, loaded, history } = open;
  const profile = facts?.profile.columns.find((column) => column.name === name);
  if (profile !== undefined && facts !== undefined)
    return joined(columnText(profile, facts), joinText(open, name), driftSince(profile, facts, history));
  const { data, features } = loaded.experiment ?? {};
  const derived = [...(data?.derive ?? []), ...(features?.derive ?? [])].find((each) => each.name === name);
  if (derived !== undefined) return `**${escapeMarkdown(name)}** (derived)\n\n${code(derived.expr)}`;
  const join = data?.join.find((each) => joinName(each) === name);
  return join === undefined ? undefined : `**${escapeMarkdown(name)}** · rows of ${code(join.source)}`;
}

/** Where a column comes from that the data's own file does not hold. */
function joinText({ loaded }: OpenExperiment, name: string): string | undefined {
  const joins = loaded.experiment?.data.join ?? [];
  const found = joinOf(name, joins.map(joinName));
  const join = joins.find((each) => joinName(each) === found);
  if (join === undefined) return undefined;
  const keys = [join.keys].flat().map(code).join(' and ');
  const when = join.as_of === undefined ? '' : `, by ${code(join.as_of)} not later than the prediction`;
  return `Of the last row of ${code(join.source)} with the same ${keys}${when}.`;
}

function metricText(open: OpenExperiment, written: string): string | undefined {
  const metric = parseMetricName(written)?.metric ?? metricNamed(written);
  if (metric === undefined) return undefined;
  const history = open.runs.flatMap(({ head, headline }) =>
    headline?.metric === metric.name
      ? [
          `| ${escapeMarkdown(head.id)} | ${escapeMarkdown(head.started.slice(0, 16).replace('T', ' '))} | ${number(headline.value)} | ${number(headline.low)} to ${number(headline.high)} |`,
        ]
      : [],
  );
  const table =
    history.length === 0
      ? []
      : [
          ['| Run | Started (UTC) | Value | Interval |', '|---|---|---|---|', ...history.slice(0, 5)].join(
            '\n',
          ),
        ];
  return [`**${metric.name}** · ${metricSummary(metric)}`, metricDoc(metric), ...table].join('\n\n');
}

function number(value: number): string {
  return value.toFixed(4);
}

function gateHover(open: OpenExperiment, gate: string): string | undefined {
  const result = gateResult(open, gate);
  return result === undefined ? undefined : `**Last run:** ${escapeMarkdown(gateText(result))}`;
}

function modelText(name: string): string | undefined {
  if (!Object.hasOwn(models, name)) return undefined;
  // Just found among the keys of the table.
  const { title, tasks, intrinsic, supported } = models[name as keyof typeof models];
  const more = intrinsic ? ' A person can follow the model itself.' : '';
  return `**${name}** · ${title}\n\nFor ${tasks.join(', ')}.${more}${supported ? '' : '\n\n*Planned.*'}`;
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n\n---\n\n');
}
