/** Words that can follow in an expression, a slice or a gate: columns, their values, functions, metrics, references. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { parseMetricName } from '../../catalog/metrics.ts';
import { formatName } from '../../config/expression/format.ts';
import { functions } from '../../config/expression/functions.ts';
import { judgedReferences, lintCounts } from '../../config/expression/judgeable.ts';
import { joinName } from '../../config/joins.ts';
import { columnSummary, columnText, sparkline } from '../describeColumn.ts';
import { columnNames, type OpenExperiment } from '../openExperiment.ts';
import { signatureText } from '../signature.ts';
import { metricSuggestions } from './metricSuggestions.ts';
import { runIds, variantNames } from './runSuggestions.ts';
import type { Suggestion } from './suggestion.ts';

export interface ExpressionRequest {
  readonly format: 'expr' | 'slice' | 'gate';
  /** Dotted, of the setting. */
  readonly path: string;
  /** The expression's text up to the cursor. */
  readonly before: string;
  /** Offset of the cursor, and of the end of the name around it. */
  readonly offset: number;
  readonly end: number;
  /** The YAML quotes around it. */
  readonly quote: '' | '"' | "'";
}

const nameEnd = /(?:`[^`]*|[\p{L}_][\p{L}\p{N}_.@]*)$/u;

export function expressionSuggestions(open: OpenExperiment, request: ExpressionRequest): Suggestion[] {
  const { before, offset, end, quote, format, path } = request;
  const value = valueBeingWritten(before);
  if (value !== undefined) {
    const replaces = { start: offset - value.written.length, end: offset };
    return valuesOf(open, value.column).map((each) => ({ ...asText(each, quote, value.opened), replaces }));
  }
  const id = format === 'gate' ? runBeingNamed(before) : undefined;
  if (id !== undefined)
    return runIds(open).map((each) => ({ ...each, replaces: { start: offset - id.length, end } }));
  const written = nameEnd.exec(before)?.[0] ?? '';
  const replaces = { start: offset - written.length, end: Math.max(offset, end) };
  const head = before.slice(0, before.length - written.length).trimEnd();
  const suggestions = format === 'gate' ? gateWords(open, head, path) : expressionWords(open, head, path);
  const first = quote === '' && before.length === written.length && offset === end;
  return suggestions.map((each) => ({ ...(first ? quotedFirst(each) : each), replaces }));
}

/** YAML keeps a leading backquote for itself: an expression that starts with one stands in quotes. */
function quotedFirst(suggestion: Suggestion): Suggestion {
  const { text = suggestion.label } = suggestion;
  return text.startsWith('`')
    ? { ...suggestion, text: `"${text.replaceAll(/["\\]/g, '\\$&')}$0"` }
    : suggestion;
}

function expressionWords(open: OpenExperiment, head: string, path: string): Suggestion[] {
  const afterOperand = /[\p{L}\p{N}_)\]'"`]$/u.test(head) && !/(?:^|\s)(?:and|or|not|in|is)$/i.test(head);
  if (afterOperand) return operators;
  const wide = path.startsWith('data.expect') || path.startsWith('features.derive');
  const windows = path.startsWith('features.derive');
  const calls = Object.entries(functions)
    .filter(([, { over }]) => over === 'row' || over === 'either' || (over === 'window' ? windows : wide))
    .map(([name, entry]) => ({
      label: name,
      text: entry.takes.length === 0 ? name : `${name}($0)`,
      kind: CompletionItemKind.Function,
      detail: signatureText(name, entry),
      documentation: entry.doc,
      rank: 2,
    }));
  const tables = windows ? joinSuggestions(open) : [];
  return [
    ...columnSuggestions(open),
    ...tables,
    ...calls,
    { label: 'not', kind: CompletionItemKind.Keyword, rank: 3 },
  ];
}

/** The rows of a join, for `count(NAME)`. */
function joinSuggestions({ loaded }: OpenExperiment): Suggestion[] {
  return (loaded.experiment?.data.join ?? []).map((join) => ({
    label: joinName(join),
    text: formatName(joinName(join)),
    kind: CompletionItemKind.Module,
    detail: `rows of ${join.source}`,
    documentation: `\`count(${joinName(join)})\`: how many rows with equal keys there are in the window.`,
    rank: 1,
  }));
}

const operators: readonly Suggestion[] & Suggestion[] = [
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'and',
  'or',
  'in',
  'is null',
  'is not null',
  '+',
  '-',
  '*',
  '/',
].map((label) => ({ label, kind: CompletionItemKind.Operator }));

const references = ['baseline', 'champion', 'budget', 'tolerance', 'small', 'medium', 'large'];
const figures = [
  'latency.p95',
  'latency.p50',
  'throughput',
  'error_rate',
  'size',
  'lint.errors',
  'lint.warnings',
  'fairness.worst_difference',
];

/** Gates of a run: only what it can judge. Guards and alerts also see what is served. */
function gateWords(open: OpenExperiment, head: string, path: string): Suggestion[] {
  const ofRun = path.startsWith('gates');
  if (/variant\([^)]*$/.test(head)) return variantNames(open);
  if (/\([^)]*$/.test(head)) return expressionWords(open, head.slice(head.lastIndexOf('(') + 1), '');
  if (/(?:^|\s)beats$|(?:[<>]=?|==|!=)$/.test(head)) {
    if (ofRun) return judgedReferences.map((label, rank) => referenceSuggestion(label, rank));
    const words = [
      ...references,
      ...variantNames(open).map(({ label }) => `variant(${label})`),
      ...runIds(open).map(({ label }) => `run(${label})`),
    ];
    return words.map(referenceSuggestion);
  }
  if (head === '') {
    const beats = { label: 'beats baseline', kind: CompletionItemKind.Snippet, detail: 'gate', rank: -1 };
    const metrics = metricSuggestions(open);
    if (ofRun) {
      const counts = Object.keys(lintCounts).map((label) => ({
        label,
        kind: CompletionItemKind.Value,
        rank: 20,
      }));
      return [beats, ...metrics.filter(({ label }) => parseMetricName(label)?.metric.supported), ...counts];
    }
    return [
      beats,
      ...metrics,
      ...figures.map((label) => ({ label, kind: CompletionItemKind.Value, rank: 20 })),
    ];
  }
  return ['>=', '>', '<=', '<', '==', '(significant)'].map((label) => ({
    label,
    kind: CompletionItemKind.Operator,
  }));
}

function referenceSuggestion(label: string, rank: number): Suggestion {
  return { label, kind: CompletionItemKind.Reference, rank };
}

/** What is written of an id, which may begin with a digit. */
export function runBeingNamed(before: string): string | undefined {
  return /(?<![\p{L}\p{N}_.])run\(\s*([\w-]*)$/u.exec(before)?.[1];
}

/** As expressions spell them: odd names in backquotes. */
export function columnSuggestions(open: OpenExperiment): Suggestion[] {
  return columnNames(open).map((name) => {
    const profile = open.facts?.profile.columns.find((column) => column.name === name);
    return {
      label: name,
      text: formatName(name),
      kind: CompletionItemKind.Field,
      ...(profile === undefined || open.facts === undefined
        ? {}
        : {
            detail: [sparkline(profile), columnSummary(profile, open.facts.rows)].filter(Boolean).join(' '),
            documentation: columnText(profile, open.facts),
          }),
    };
  });
}

/** After `origin == `, `origin = ` or `origin in [`: the column, and what is written of the value. */
function valueBeingWritten(before: string): { column: string; written: string; opened: boolean } | undefined {
  const match = /(`[^`]+`|[\p{L}_][\p{L}\p{N}_.]*)\s*(?:==|!=|=|in\s*\[(?:[^\]]*,)?)\s*('+[^']*|)$/u.exec(
    before,
  );
  if (match === null) return undefined;
  const [, name = '', written = ''] = match;
  return { column: name.replaceAll('`', ''), written, opened: written !== '' };
}

function valuesOf({ facts }: OpenExperiment, column: string): readonly (string | number | boolean)[] {
  return facts?.profile.columns.find(({ name }) => name === column)?.top.map(({ value }) => value) ?? [];
}

function asText(value: string | number | boolean, quote: string, opened: boolean): Suggestion {
  const literal = typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  const text =
    quote === "'"
      ? literal.replaceAll("'", "''")
      : quote === '"'
        ? JSON.stringify(literal).slice(1, -1)
        : literal;
  return {
    label: opened && typeof value === 'string' ? literal : String(value),
    text,
    kind: CompletionItemKind.EnumMember,
  };
}
