/** Expressions, gates and slices: read, typed against the data where it is known, metrics looked up. */
import { metricNamed, metricSynonyms, metrics, parseMetricName } from '../../catalog/metrics.ts';
import { isWindowed } from '../../config/derivedFeature.ts';
import type { Expression, ExpressionProblem, Gate, Span } from '../../config/expression/ast.ts';
import { type ColumnTypes, checkExpression, visit } from '../../config/expression/check.ts';
import type { ValueType } from '../../config/expression/functions.ts';
import { parseChange, parseGate } from '../../config/expression/gate.ts';
import { parseExpression, parseSlice } from '../../config/expression/parse.ts';
import { ownNames } from '../../config/expression/past.ts';
import { patternFault, patternSentence } from '../../config/expression/regularExpression.ts';
import { joinNames } from '../../config/joins.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { nearest } from '../../config/nearest.ts';
import { unknownYet } from '../../data/roles.ts';
import { callLimit, type TextsInFile } from '../../data/tables/modelFileLimits.ts';
import type { Fix, Range } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { type Setting, settingsOf, textsOf, writtenAt } from '../walk.ts';

const expressionError: Rule = {
  id: 'expression-error',
  needs: ['text'],
  *run(context) {
    const types = columnTypes(context);
    for (const setting of settingsOf(context.loaded)) {
      const format = setting.field?.formats.find(
        (each) => each === 'expr' || each === 'gate' || each === 'slice',
      );
      if (isPattern(setting.path)) yield* patternDrafts(context.loaded, setting);
      if (format === undefined) continue;
      for (const { path, text } of textsOf(setting)) {
        if (setting.field?.values?.includes(text) === true || text.includes('${')) continue;
        const columns = withOwnNames(types, path, context.loaded);
        const joins = joinNames(writtenAt(context.loaded, 'data.join'));
        const problem =
          problemsOf(text, { path, format, columns, joins })[0] ??
          ofModel(path, text, context) ??
          refusal(text, context);
        if (problem !== undefined) yield draftFor(context.loaded, path, text, problem);
      }
    }
  },
};

/** What DuckDB is given as it stands. */
function isPattern(path: string): boolean {
  return /^data\.columns\..+\.regex$/.test(path);
}

function* patternDrafts(loaded: LoadedExperiment, setting: Setting): Iterable<Draft> {
  for (const { path, text } of textsOf(setting)) {
    const fault = text.includes('${') ? undefined : patternFault(text);
    if (fault === undefined) continue;
    const range = rangeWithin(loaded, path, fault);
    yield {
      path,
      ...(range === undefined ? {} : { range }),
      message: `\`${path}\`: ${patternSentence(text, fault)}.`,
      data: { expression: text },
    };
  }
}

/** The columns and what else an expression at this path may name; undefined where that is not known. */
function withOwnNames(
  columns: ColumnTypes | undefined,
  path: string,
  loaded: LoadedExperiment,
): ColumnTypes | undefined {
  // What a person reviews hangs on the answer, whose parts are the model's own.
  if (columns === undefined || path === 'serve.human_review.when' || isOwnRule(path)) return undefined;
  const own = path.startsWith('features.derive')
    ? joinNames(writtenAt(loaded, 'data.join'))
    : path.startsWith('evaluate.behavior')
      ? ['score', 'before']
      : !loaded.isWritten('llm')
        ? []
        : ['tag'];
  return own.length === 0 ? columns : new Map([...columns, ...own.map((name) => [name, 'any'] as const)]);
}

/** Its names are settings as well, of which any may be left out. */
function isOwnRule(path: string): boolean {
  return /^lint\.rules\..+\.when$/.test(path);
}

/** What is part of the model file and asks what none can say, or reads of its own row what is not known when predicting. */
function ofModel(
  path: string,
  text: string,
  { loaded: { experiment } }: LintContext,
): ExpressionProblem | undefined {
  const { ast } = parseExpression(text);
  const isRule = /^model\.heuristic\.\d+\.if$/.test(path);
  const index = /^features\.derive\.(\d+)\.expr$/.exec(path)?.[1];
  const feature = experiment?.features.derive[Number(index)];
  if (experiment === undefined || ast === undefined || (!isRule && feature === undefined)) return undefined;
  const isPast = feature !== undefined && isWindowed(feature);
  let found = isPast ? undefined : limitOf(ast, isRule ? 'code' : 'text');
  for (const { name, span } of ownNames(ast)) {
    const why = unknownYet(experiment, name);
    if (why !== undefined)
      found ??= { message: `reads \`${name}\`, which ${why}: it is not known when predicting`, span };
  }
  return found;
}

function limitOf(ast: Expression, texts: TextsInFile): ExpressionProblem | undefined {
  let found: ExpressionProblem | undefined;
  visit(ast, (part) => {
    const limit = part.kind === 'call' ? callLimit(part, [], texts) : undefined;
    if (limit !== undefined) found ??= { message: limit, span: part.span };
  });
  return found;
}

/** What only the database says no to, such as a pattern that it does not know. */
function refusal(text: string, { failure }: LintContext): ExpressionProblem | undefined {
  const start = `The expression \`${text}\` cannot be used: `;
  if (failure?.code !== 'expression-failed' || !failure.message.startsWith(start)) return undefined;
  return {
    message: failure.message.slice(start.length).replace(/\.$/, ''),
    span: { start: 0, end: text.length },
  };
}

interface Asked {
  readonly path: string;
  readonly format: 'expr' | 'gate' | 'slice';
  readonly columns: ColumnTypes | undefined;
  readonly joins: readonly string[];
}

function problemsOf(text: string, { path, format, columns, joins }: Asked): readonly ExpressionProblem[] {
  if (format === 'gate') {
    if (text === 'guard' && path.startsWith('serve.rollback')) return [];
    const { ast, problem } = parseGate(text);
    return problem === undefined ? gateProblems(ast, columns) : [problem];
  }
  if (/^evaluate\.behavior\.\d+\.change$/.test(path)) {
    const { problem } = parseChange(text);
    return problem === undefined ? [] : [problem];
  }
  const { ast, problem } = format === 'slice' ? parseSlice(text) : parseExpression(text);
  if (problem !== undefined) return [problem];
  return checkExpression(ast, columns, { ...optionsFor(path, ast, format), joins });
}

/** What an expression at a path must give, and whether it may look at all rows. */
function optionsFor(
  path: string,
  ast: Expression,
  format: 'expr' | 'slice',
): Parameters<typeof checkExpression>[2] {
  if (format === 'slice') return ast.kind === 'name' ? {} : { wants: 'boolean' };
  if (path.startsWith('data.expect')) return { wants: 'boolean', aggregates: true };
  if (path.startsWith('features.derive')) return { aggregates: true, windows: true };
  if (isOwnRule(path)) return { wants: 'boolean', aggregates: true };
  if (path === 'problem.prediction_time') return { wants: 'datetime' };
  return path === 'data.filter' || path === 'serve.filter' ? { wants: 'boolean' } : {};
}

const types: Readonly<Record<string, ValueType>> = {
  numeric: 'number',
  boolean: 'boolean',
  datetime: 'datetime',
  text: 'text',
};

/** Kinds that numbers and text alike can have, such as categorical, fit everything; so do columns that are derived. */
function columnTypes({ loaded, facts, columns }: LintContext): ColumnTypes | undefined {
  const profiles = facts?.profile.columns ?? columns;
  if (profiles === undefined) return undefined;
  const { data, features } = loaded.experiment ?? {};
  const derived = [...(data?.derive ?? []), ...(features?.derive ?? [])].map(({ name }) => name);
  return new Map([
    ...derived.map((name) => [name, 'any'] as const),
    ...profiles.map(({ name, kind }) => [name, types[kind] ?? 'any'] as const),
  ]);
}

/** Figures that gates, guards and alerts may ask for beside the metrics: of a served model, of drift, of lint. */
export const figures =
  /^(?:latency(?:\.(?:p50|p95|p99|mean))?|throughput|error_rate|memory|size|drift|performance|(?:cost|lint|fairness|saturation)(?:\.\w+)?)$/;

function gateProblems(gate: Gate, columns: ColumnTypes | undefined): readonly ExpressionProblem[] {
  if (gate.kind === 'beats') return [];
  const { name, slice, span } = gate.metric;
  if (figures.test(name)) return [];
  if (parseMetricName(name) === undefined) return [unknownMetric(name, span)];
  if (slice === undefined || slice.expression.kind === 'name') return [];
  return checkExpression(slice.expression, columns, { wants: 'boolean' });
}

function unknownMetric(name: string, whole: Span): ExpressionProblem {
  const span = { start: whole.start, end: whole.start + name.length };
  const at = /@\d+$/.exec(name)?.[0];
  const bare = at === undefined ? name : name.slice(0, -at.length);
  if (at !== undefined && metricNamed(bare) !== undefined) {
    return { message: `\`${bare}\` takes no \`${at}\``, span, suggestion: bare };
  }
  if (at === undefined && metricNamed(`${bare}@k`) !== undefined) {
    return { message: `\`${bare}\` needs a depth, such as \`${bare}@10\``, span, suggestion: `${bare}@10` };
  }
  const names = metrics.map((metric) => metric.name);
  const suggestion = metricSynonyms[bare.toLowerCase()] ?? nearest(bare, names);
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  return {
    message: `there is no metric \`${name}\`${hint}`,
    span,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function draftFor(loaded: LoadedExperiment, path: string, text: string, problem: ExpressionProblem): Draft {
  const range = rangeWithin(loaded, path, problem.span);
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  const end = problem.message.endsWith('?') ? '' : '.';
  const fixes = suggestionFix(loaded, path, problem);
  return {
    path,
    ...(range === undefined ? {} : { range }),
    message: `\`${shown}\`: ${problem.message}${end}`,
    data: {
      expression: text,
      ...(problem.column === undefined ? {} : { column: problem.column }),
      ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
    },
    fixes,
  };
}

function suggestionFix(
  loaded: LoadedExperiment,
  path: string,
  { span, suggestion }: ExpressionProblem,
): readonly Fix[] {
  const exact = placeWithin(loaded, path);
  if (suggestion === undefined || exact === undefined) return [];
  const range = loaded.text.rangeAt(exact.start + span.start, exact.start + span.end);
  const title = span.start === span.end ? 'Insert' : 'Replace with';
  return fixOf(`${title} ${suggestion.trim()}`, [{ range, text: suggestion }]);
}

/** The part of a value's text; undefined where escapes, folding or references make the text differ from the file's. */
export function rangeWithin(loaded: LoadedExperiment, path: string, span: Span): Range | undefined {
  const place = placeWithin(loaded, path);
  if (place === undefined) return undefined;
  const { inside } = place;
  // An error at the end of the text is shown at its last character.
  const start = Math.min(span.start, Math.max(0, inside.length - 1));
  const end = Math.max(start + 1, Math.min(span.end, inside.length));
  return loaded.text.rangeAt(place.start + start, place.start + end);
}

/** Where the text of a value begins in the file, and the text itself. */
function placeWithin(
  loaded: LoadedExperiment,
  path: string,
): { readonly start: number; readonly inside: string } | undefined {
  const node = loaded.source.locate(path)?.node;
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.style === 'block') return undefined;
  const quote = node.style === 'plain' ? 0 : 1;
  const inside = node.source.slice(quote, node.source.length - quote);
  return inside === node.value ? { start: node.start + quote, inside } : undefined;
}

export const expressionRules: readonly Rule[] = [expressionError];
