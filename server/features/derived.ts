/** Features of one row (`features.derive`) in the model file: computed from its raw inputs, then like inputs themselves. */
import { ModelwrightError } from '../catalog/errors.ts';
import { columnsOf } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { missingEpoch } from '../data/table.ts';
import { cutName } from '../onnx/cut.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, concat, float, int64, pick, where } from '../onnx/operators.ts';
import { appendEpochs } from './dateStrings.ts';
import { appendExpression } from './expressionGraph.ts';
import { type Held, type Value, ValueGraph } from './expressionValues.ts';
import type { DerivedInput, FeatureInput, FeatureRequest } from './fittedFeatures.ts';

export interface RawInputs {
  /** Of the file, in order. */
  readonly inputs: readonly FeatureInput[];
  /** What it computes of them, each from inputs and from those before it. */
  readonly derived: readonly DerivedInput[];
}

/** What the file takes for these columns: themselves, or what they are computed from, which need be no feature. */
export function rawInputs({
  table,
  columns,
  settings,
}: Pick<FeatureRequest, 'table' | 'columns' | 'settings'>): RawInputs {
  const made = new Map(
    table.columns.filter(({ derived }) => derived === 'row').map((column) => [column.name, column]),
  );
  const needed = new Set(columns.map(({ name }) => name));
  const derived: DerivedInput[] = [];
  for (const { name, expr } of settings.derive.toReversed()) {
    const column = made.get(name);
    if (column === undefined || !needed.has(name)) continue;
    const kind = columns.find((feature) => feature.name === name)?.kind ?? column.kind;
    derived.unshift({ name, kind, input: column.input, expr });
    for (const read of columnsOf(parsed(expr), new Set(table.columns.map((each) => each.name))))
      needed.add(read);
  }
  const taken = columns.filter(({ name }) => !made.has(name));
  const features = new Set(taken.map(({ name }) => name));
  const others = table.columns.filter(
    ({ name }) => needed.has(name) && !made.has(name) && !features.has(name),
  );
  return { inputs: featureInputs(table, [...taken, ...others]), derived };
}

/** The columns as raw inputs of the file. */
export function featureInputs(
  table: FeatureRequest['table'],
  columns: FeatureRequest['columns'],
): FeatureInput[] {
  return columns.map(({ name, kind }) => ({ name, kind, input: table.column(name).input }));
}

export interface AppendedInputs {
  /** Names of all columns, raw and derived. */
  readonly names: ReadonlySet<string>;
  /** Epoch seconds of date columns, int64 [n, dates], missing -2^63. */
  epochs(dates: readonly string[]): string;
}

/**
 * Declares the raw inputs and appends what is computed of them: a float or string tensor [n, 1] that is called as the
 * column, or the cut point `<column>#epoch` of a date.
 */
export function appendInputs(graph: GraphBuilder, { inputs, derived }: RawInputs): AppendedInputs {
  for (const { name, input } of inputs) graph.input(name, input === 'float' ? 'float' : 'string', 1);
  const names = new Set([...inputs, ...derived].map(({ name }) => name));
  if (derived.length === 0) return { names, epochs: (dates) => appendEpochs(graph, dates, names) };
  graph.reserve(derived.map(({ name }) => name));
  const dates = inputs.filter(({ input }) => input === 'date').map(({ name }) => name);
  const raw = dates.length === 0 ? '' : appendEpochs(graph, dates, names);
  const epochOf = (name: string) => {
    const position = dates.indexOf(name);
    return position < 0 ? cutName(name, 'epoch', names) : pick(graph, raw, [position], dates.length);
  };

  const values = new ValueGraph(graph);
  const known = new Map<string, Value>();
  const columns = new Map([...inputs, ...derived].map((column) => [column.name, column] as const));
  const column = (name: string): Value => {
    const found = columns.get(name);
    if (found === undefined) throw new ModelwrightError('internal-error', { reason: `no column ${name}` });
    const value = known.get(name) ?? enter(values, found, { epoch: epochOf, text: () => name });
    known.set(name, value);
    return value;
  };
  const [first] = inputs;
  for (const { name, input, expr } of derived) {
    const value = appendExpression(parsed(expr), { values, column });
    finish(values, value, { name, input, names, rows: first?.name ?? '' });
  }
  return { names, epochs: (wanted) => concat(graph, wanted.map(epochOf)) };
}

/** Where a column's strings are held as something else. */
interface Entries {
  /** Epoch seconds of a date, int64 [n, 1]. */
  epoch(name: string): string;
  text(name: string): string;
}

/** A column in an expression; infinite numbers are missing, as everywhere. */
export function enter(values: ValueGraph, { name, kind, input }: FeatureInput, entries: Entries): Value {
  const { graph } = values;
  if (input === 'string') return values.entered(entries.text(name));
  if (input === 'date') {
    const epoch = entries.epoch(name);
    const missing = values.node('Equal', epoch, int64(graph, missingEpoch));
    const seconds = where(graph, missing, int64(graph, 0), epoch);
    return { type: 'datetime', tensor: values.node('Mul', seconds, int64(graph, second)), missing };
  }
  if (kind === 'boolean') {
    const is = (value: number) => values.node('Equal', name, float(graph, value));
    return { type: 'boolean', yes: is(1), no: is(0) };
  }
  const missing = values.either(values.node('IsNaN', name), values.node('IsInf', name));
  return { type: 'number', tensor: cast(graph, name, 'double'), missing, single: true };
}

/** Microseconds. */
const second = 1_000_000;
const [firstSecond, lastSecond] = [-11_676_096_000, 13_569_465_599];

interface Finish {
  readonly name: string;
  readonly input: FeatureInput['input'];
  readonly names: ReadonlySet<string>;
  /** An input, which has as many rows as there are. */
  readonly rows: string;
}

/** Gives the value its column's name: numbers as float32 where NaN is missing, dates in whole seconds, texts as they are. */
function finish(values: ValueGraph, value: Value, { name, input, names, rows }: Finish): void {
  const { graph } = values;
  const held = input === 'string' && value.type === 'null' ? values.nullOf('text') : values.held(value);
  const whole = held.constant === true ? spread(values, held, rows) : held;
  const called = (operator: string, tensors: readonly string[], as = name) =>
    apply(graph, operator, tensors, {}, { name: as });
  const missing = whole.missing ?? values.bool(false);
  if (whole.type === 'text') {
    called('Where', [missing, values.text('').tensor, whole.tensor]);
  } else if (whole.type === 'datetime') {
    const fraction = values.node('Mod', whole.tensor, int64(graph, second));
    const seconds = values.node('Div', values.node('Sub', whole.tensor, fraction), int64(graph, second));
    const early = values.node('Less', seconds, int64(graph, firstSecond));
    const late = values.node('Greater', seconds, int64(graph, lastSecond));
    const outside = values.either(missing, values.either(early, late));
    called('Where', [outside, int64(graph, missingEpoch), seconds], cutName(name, 'epoch', names));
  } else {
    const single = cast(graph, whole.tensor, 'float');
    const absent = whole.single === true ? missing : values.either(missing, values.node('IsInf', single));
    called('Where', [absent, float(graph, Number.NaN), single]);
  }
}

/** Of what is the same in every row. */
function spread(values: ValueGraph, held: Held, rows: string): Held {
  const shape = values.node('Shape', rows);
  const { missing } = held;
  return {
    ...held,
    tensor: values.node('Expand', held.tensor, shape),
    ...(missing === undefined ? {} : { missing: values.node('Expand', missing, shape) }),
  };
}

/** It has been parsed before, when the table was read or the rule was checked. */
export function parsed(expr: string) {
  const { ast, problem } = parseExpression(expr);
  if (ast === undefined)
    throw new ModelwrightError('expression-failed', { expression: expr, reason: `${problem.message}.` });
  return ast;
}
