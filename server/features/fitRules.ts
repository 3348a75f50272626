/** The features of a model of rules: one category, the first rule that holds, read from raw columns. */

import { ModelwrightError } from '../catalog/errors.ts';
import type { Expression } from '../config/expression/ast.ts';
import { columnsOf, visit } from '../config/expression/check.ts';
import { checkCondition } from '../data/tables/rowFeature.ts';
import { createGraph, type GraphBuilder } from '../onnx/graph.ts';
import { apply, int64, pick, where } from '../onnx/operators.ts';
import { compileGraph } from './compileGraph.ts';
import { appendInputs, enter, featureInputs, parsed, type RawInputs, rawInputs } from './derived.ts';
import { missingName } from './encodings.ts';
import { appendExpression, truthOf } from './expressionGraph.ts';
import { type Value, ValueGraph } from './expressionValues.ts';
import type { FeatureInput, FeatureRequest, FittedFeatures } from './fittedFeatures.ts';
import { appendCode } from './levels.ts';
import type { FeatureColumn, FeatureMatrix } from './matrix.ts';

type RuleRequest = Pick<FeatureRequest, 'table' | 'columns' | 'settings' | 'trainRows' | 'signal'>;

/**
 * `conditions` in order: code i + 1 is the first that is true, the last code that none is. Nothing is learnt.
 * @throws ModelwrightError expression-failed for what cannot be part of the file
 */
export function fitRules(request: RuleRequest, conditions: readonly string[]): FittedFeatures {
  const features = featureInputs(request.table, request.columns);
  for (const condition of conditions) checkCondition(condition, features);
  const rules = conditions.map(parsed);
  const read = readColumns(features, rules);
  const raw = rawInputs({ ...request, columns: read });
  const column: FeatureColumn = {
    name: 'rule',
    sources: read.map(({ name }) => name),
    kind: 'category',
    levels: [missingName, ...conditions, '(no rule)'],
  };
  const appendTo = (graph: GraphBuilder) => ({ codes: appendRules(graph, rules, { read, raw }) });
  const graph = createGraph();
  const run = compileGraph(request, { graph, derived: raw.derived, codes: [appendTo(graph).codes, 1] });
  const transform = async (rows: Int32Array): Promise<FeatureMatrix> => {
    const { codes } = await run(rows);
    return { rows: rows.length, columns: [column], values: [{ kind: 'category', codes }] };
  };
  return {
    columns: [column],
    ...raw,
    transform,
    trainingMatrix: () => transform(request.trainRows),
    appendTo,
  };
}

/** The features that rules read; the first of all where none reads any, to tell the number of rows. */
function readColumns(features: readonly FeatureInput[], rules: readonly Expression[]): FeatureInput[] {
  const read = new Set(rules.flatMap((rule) => columnsOf(rule)));
  const used = features.filter(({ name }) => read.has(name));
  return used.length > 0 ? used : features.slice(0, 1);
}

interface RuleColumns {
  /** What the rules read. */
  readonly read: readonly FeatureInput[];
  readonly raw: RawInputs;
}

/** int64 [n, 1]. */
function appendRules(graph: GraphBuilder, rules: readonly Expression[], { read, raw }: RuleColumns): string {
  const { names, epochs: epochsOf } = appendInputs(graph, raw);
  const dates = read.filter(({ input }) => input === 'date').map(({ name }) => name);
  const epochs = dates.length === 0 ? '' : epochsOf(dates);
  const levels = textsIn(rules);
  const values = new ValueGraph(graph, levels);
  const entries = {
    epoch: (name: string) => pick(graph, epochs, [dates.indexOf(name)], dates.length),
    text: (name: string) => appendCode(graph, name, codesOf(levels), names),
  };
  const columns = new Map(read.map((column) => [column.name, enter(values, column, entries)] as const));
  const column = (name: string): Value => {
    const value = columns.get(name);
    if (value === undefined) throw new ModelwrightError('internal-error', { reason: `no column ${name}` });
    return value;
  };
  // As many rows as the first column has; its raw input may be cut off.
  const [first = values.truth(true)] = columns.values();
  const rows = apply(graph, 'Shape', [first.type === 'boolean' ? first.yes : values.held(first).tensor]);
  const none = apply(graph, 'Expand', [int64(graph, [rules.length + 1]), rows]);
  return rules.reduceRight((otherwise, rule, index) => {
    const { yes } = truthOf(values, appendExpression(rule, { values, column }));
    return where(graph, yes, int64(graph, index + 1), otherwise);
  }, none);
}

/** The known levels of text columns: the texts that stand in the rules. */
function textsIn(rules: readonly Expression[]): readonly string[] {
  const texts = new Set<string>();
  for (const rule of rules) visit(rule, (part) => part.kind === 'text' && texts.add(part.value));
  texts.delete('');
  return [...texts].sort();
}

function codesOf(levels: readonly string[]) {
  return {
    known: levels,
    codes: new Map([['', 0], ...levels.map((level, index): [string, number] => [level, index + 1])]),
    unseen: levels.length + 1,
    refusesUnseen: false,
    counts: new Float64Array(levels.length + 2),
  };
}
