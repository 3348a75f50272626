/** The features of a model of rules: one category, the first rule that holds, read from raw columns. */

import type { Expression } from '../config/expression/ast.ts';
import { columnsOf, visit } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { missingEpoch } from '../data/table.ts';
import { createGraph, type GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, double, int64, pick, where } from '../onnx/operators.ts';
import { compileGraph } from './compileGraph.ts';
import { appendInputs, type RawInputs, rawInputs } from './derived.ts';
import { missingName } from './encodings.ts';
import type { FeatureInput, FeatureRequest, FittedFeatures } from './fittedFeatures.ts';
import { appendCode } from './levels.ts';
import type { FeatureColumn, FeatureMatrix } from './matrix.ts';
import { appendRule, type RuleScope, type RuleValue, truthOf, unfit } from './ruleGraph.ts';

type RuleRequest = Pick<FeatureRequest, 'table' | 'columns' | 'settings' | 'trainRows' | 'signal'>;

interface Rule {
  readonly text: string;
  readonly ast: Expression;
}

/**
 * `conditions` in order: code i + 1 is the first that is true, the last code that none is. Nothing is learnt.
 * @throws ModelwrightError model-setting for what cannot be part of the file
 */
export function fitRules(request: RuleRequest, conditions: readonly string[]): FittedFeatures {
  const rules = conditions.map((text): Rule => {
    const { ast, problem } = parseExpression(text);
    if (ast === undefined) throw unfit({ text }, problem.message);
    return { text, ast };
  });
  const read = readColumns(request, rules);
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
function readColumns({ table, columns }: RuleRequest, rules: readonly Rule[]): FeatureInput[] {
  const read = new Set(rules.flatMap(({ ast }) => columnsOf(ast)));
  const used = columns.filter(({ name }) => read.has(name));
  return (used.length > 0 ? used : columns.slice(0, 1)).map(({ name, kind }) => ({
    name,
    kind,
    input: table.column(name).input,
  }));
}

function appendRules(graph: GraphBuilder, rules: readonly Rule[], columns: RuleColumns): string {
  const read = ruleValues(graph, rules, columns);
  const [first] = read.keys();
  const scopeOf = (text: string): RuleScope => ({
    text,
    column(name) {
      const value = read.get(name);
      if (value === undefined) throw unfit({ text }, `\`${name}\` is no feature`);
      return value;
    },
  });
  // As many rows as the first column has.
  const rows = apply(graph, 'Shape', [tensorOf(read.get(first ?? ''))]);
  const none = apply(graph, 'Expand', [int64(graph, [rules.length + 1]), rows]);
  return rules.reduceRight((otherwise, { text, ast }, index) => {
    const scope = scopeOf(text);
    const { yes } = truthOf(appendRule(graph, ast, scope), scope);
    return where(graph, yes, int64(graph, index + 1), otherwise);
  }, none);
}

function tensorOf(value: RuleValue | undefined): string {
  return value === undefined ? '' : value.type === 'boolean' ? value.yes : value.tensor;
}

interface RuleColumns {
  /** What the rules read. */
  readonly read: readonly FeatureInput[];
  readonly raw: RawInputs;
}

function ruleValues(
  graph: GraphBuilder,
  rules: readonly Rule[],
  { read, raw }: RuleColumns,
): ReadonlyMap<string, RuleValue> {
  const { names, epochs: epochsOf } = appendInputs(graph, raw);
  const dates = read.filter(({ input }) => input === 'date').map(({ name }) => name);
  const epochs = dates.length === 0 ? '' : epochsOf(dates);
  return new Map(
    read.map(({ name, input, kind }): [string, RuleValue] => {
      if (input === 'string') return [name, appendText(graph, name, { rules, names })];
      const tensor =
        input === 'date'
          ? appendMoment(graph, pick(graph, epochs, [dates.indexOf(name)], dates.length))
          : appendNumber(graph, name);
      if (kind !== 'boolean') return [name, { type: input === 'date' ? 'datetime' : 'number', tensor }];
      const is = (value: number) => apply(graph, 'Equal', [tensor, double(graph, value)]);
      return [name, { type: 'boolean', yes: is(1), no: is(0) }];
    }),
  );
}

/** Infinite values are missing, as everywhere. */
function appendNumber(graph: GraphBuilder, column: string): string {
  const wide = cast(graph, column, 'double');
  return where(graph, apply(graph, 'IsInf', [wide]), double(graph, Number.NaN), wide);
}

function appendMoment(graph: GraphBuilder, epochs: string): string {
  const missing = apply(graph, 'Equal', [epochs, int64(graph, missingEpoch)]);
  return where(graph, missing, double(graph, Number.NaN), cast(graph, epochs, 'double'));
}

/** Known levels are the texts that stand in the rules. */
function appendText(
  graph: GraphBuilder,
  column: string,
  { rules, names }: { readonly rules: readonly Rule[]; readonly names: ReadonlySet<string> },
): RuleValue {
  const texts = new Set<string>();
  for (const { ast } of rules) visit(ast, (part) => part.kind === 'text' && texts.add(part.value));
  texts.delete('');
  const levels = [...texts].sort();
  const fitted = {
    known: levels,
    codes: new Map([['', 0], ...levels.map((level, index): [string, number] => [level, index + 1])]),
    unseen: levels.length + 1,
    refusesUnseen: false,
    counts: new Float64Array(levels.length + 2),
  };
  return { type: 'text', tensor: appendCode(graph, column, fitted, names), levels };
}
