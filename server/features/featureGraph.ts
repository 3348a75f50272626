/** Writes a feature plan as nodes: raw inputs, raw numbers and codes, then numbers filled and scaled. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, concat, double, float, pick, where } from '../onnx/operators.ts';
import { appendBinCode } from './bins.ts';
import { appendCross } from './crosses.ts';
import { appendDateFeatures } from './dateParts.ts';
import { appendInputs } from './derived.ts';
import { appendTable } from './encodings.ts';
import type { FittedCategory } from './fittedCategory.ts';
import { appendCode } from './levels.ts';
import { appendNumbers, type FittedNumbers } from './numbers.ts';
import type { CyclePlan, FeaturePlan } from './plan.ts';

/** See FittedFeatures.appendTo. `fits.each[j]` belongs to `plan.numbers[j]`. */
export function appendFeatures(
  graph: GraphBuilder,
  plan: FeaturePlan,
  fits: FittedNumbers,
): { numeric?: string; codes?: string } {
  const raw = appendRaw(graph, plan);
  const blocks: string[] = [];
  if (raw.numbers !== undefined) {
    const { values, indicators } = appendNumbers(graph, raw.numbers, fits);
    blocks.push(values, ...(indicators === undefined ? [] : [indicators]));
  }
  if (raw.onehot !== undefined) blocks.push(raw.onehot);
  return {
    ...(blocks.length === 0 ? {} : { numeric: concat(graph, blocks) }),
    ...(raw.codes === undefined ? {} : { codes: raw.codes }),
  };
}

/** Declares the inputs and computes what comes straight from them: float, float 0/1 and int64 tensors [n, …]. */
export function appendRaw(
  graph: GraphBuilder,
  plan: FeaturePlan,
): { numbers?: string; onehot?: string; codes?: string } {
  const { names: columns, epochs: epochsOf } = appendInputs(graph, plan);
  const numbers = [...appendFloats(graph, plan)];
  if (plan.dates.length > 0) {
    numbers.push(appendDateFeatures(graph, epochsOf(plan.dates), plan.zones, plan.dateFeatures));
  }
  const codes: string[] = [];
  const onehot: string[] = [];
  /** The code of each category, for the crosses behind it. */
  const known: string[] = [];
  for (const category of plan.categories) {
    const { form } = category;
    const code = appendCategory(graph, category, { columns, known });
    known.push(code);
    if (form.kind === 'codes') codes.push(code);
    else if (form.table.names.length === 0) continue;
    else if (form.kind === 'onehot') onehot.push(appendTable(graph, code, form.table));
    else numbers.push(appendTable(graph, code, form.table));
  }
  return {
    ...(numbers.length === 0 ? {} : { numbers: concat(graph, numbers) }),
    ...(onehot.length === 0 ? {} : { onehot: concat(graph, onehot) }),
    // Identity: a cut point itself cannot be both input and output of a cut graph.
    ...(codes.length === 0 ? {} : { codes: apply(graph, 'Identity', [concat(graph, codes)]) }),
  };
}

function appendCategory(
  graph: GraphBuilder,
  { column, levels, edges, cross }: FittedCategory,
  { columns, known }: { columns: ReadonlySet<string>; known: readonly string[] },
): string {
  if (cross) return appendCross(graph, known, cross);
  return edges ? appendBinCode(graph, column, edges) : appendCode(graph, column, levels, columns);
}

/** Float inputs with infinities missing, their products, then sine and cosine of those that come round. */
function* appendFloats(graph: GraphBuilder, { floats, products, cycles }: FeaturePlan): Generator<string> {
  const names = [...floats, ...cycles.map(({ column }) => column)];
  if (names.length === 0) return;
  const all = concat(graph, names);
  const finite = withoutInfinities(graph, all);
  if (floats.length > 0) yield pick(graph, finite, [...floats.keys()], names.length);
  for (const factors of products) {
    const columns = factors.map((factor) => pick(graph, finite, [factor], names.length));
    yield withoutInfinities(
      graph,
      columns.reduce((a, b) => apply(graph, 'Mul', [a, b])),
    );
  }
  for (const [index, cycle] of cycles.entries()) {
    yield* appendCycle(graph, pick(graph, finite, [floats.length + index], names.length), cycle);
  }
}

function withoutInfinities(graph: GraphBuilder, values: string): string {
  return where(graph, apply(graph, 'IsInf', [values]), float(graph, Number.NaN), values);
}

/** In double: float sines change by an ulp with the size of the batch. */
function* appendCycle(graph: GraphBuilder, value: string, { first, period }: CyclePlan): Generator<string> {
  const shifted = apply(graph, 'Sub', [cast(graph, value, 'double'), double(graph, first)]);
  const angle = apply(graph, 'Mul', [shifted, double(graph, (2 * Math.PI) / period)]);
  for (const operator of ['Sin', 'Cos']) yield cast(graph, apply(graph, operator, [angle]), 'float');
}
