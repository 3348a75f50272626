/** Learns features on training rows and compiles them to the first half of the model file: raw columns to matrix. */
import { createGraph } from '../onnx/graph.ts';
import { compileGraph } from './compileGraph.ts';
import { codeNames } from './encodings.ts';
import { appendFeatures } from './featureGraph.ts';
import { fitNumbers } from './fitNumbers.ts';
import type { FeatureRequest, FittedFeatures } from './fittedFeatures.ts';
import type { FeatureColumn, FeatureMatrix, FeatureValues } from './matrix.ts';
import { type FittedNumbers, fillAndScale } from './numbers.ts';
import { type FeaturePlan, planFeatures } from './plan.ts';
import { selectFeatures } from './select.ts';

/**
 * Everything is learnt on `trainRows` alone, and on the graph's own float32 values: a partial graph gives the numbers
 * that imputers and scalers are fitted on.
 * @throws ModelwrightError setting-not-supported, column-name-unusable
 */
export async function fitFeatures(request: FeatureRequest): Promise<FittedFeatures> {
  const plan = await planFeatures(request);
  const fits = await fitNumbers(request, plan);
  const numeric = numericColumns(plan, fits);
  const columns = [...numeric, ...categoryColumns(plan)];
  const transform = compileMatrix(request, { columns, numeric: numeric.length, plan, fits });
  const fitted: FittedFeatures = {
    columns,
    inputs: plan.inputs,
    derived: plan.derived,
    transform,
    async trainingMatrix() {
      const matrix = await transform(request.trainRows);
      replaceCrossFitted(matrix, plan, fits);
      return matrix;
    },
    appendTo: (graph) => appendFeatures(graph, plan, fits),
  };
  return selectFeatures(fitted, request);
}

function compileMatrix(
  request: FeatureRequest,
  fitted: {
    columns: readonly FeatureColumn[];
    numeric: number;
    plan: FeaturePlan;
    fits: FittedNumbers;
  },
): (rows: Int32Array) => Promise<FeatureMatrix> {
  const { columns, numeric } = fitted;
  const graph = createGraph();
  const tensors = appendFeatures(graph, fitted.plan, fitted.fits);
  const run = compileGraph(request, {
    graph,
    derived: fitted.plan.derived,
    ...(tensors.numeric === undefined ? {} : { numeric: [tensors.numeric, numeric] }),
    ...(tensors.codes === undefined ? {} : { codes: [tensors.codes, columns.length - numeric] }),
  });
  return async (rows) => {
    const outputs = await run(rows);
    const count = rows.length;
    const values = columns.map((_, index): FeatureValues => {
      if (index < numeric) {
        return { kind: 'numeric', values: outputs.numeric.subarray(index * count, (index + 1) * count) };
      }
      const start = (index - numeric) * count;
      return { kind: 'category', codes: outputs.codes.subarray(start, start + count) };
    });
    return { rows: count, columns, values };
  };
}

/** Target encodings of training rows must not know their own target. */
function replaceCrossFitted(matrix: FeatureMatrix, plan: FeaturePlan, { each }: FittedNumbers): void {
  plan.numbers.forEach(({ crossFitted }, index) => {
    const feature = matrix.values[index];
    const fit = each[index];
    if (crossFitted === undefined || feature?.kind !== 'numeric' || fit === undefined) return;
    const { values, stride, offset } = crossFitted;
    for (let row = 0; row < matrix.rows; row++) {
      feature.values[row] = fillAndScale(values[row * stride + offset] ?? Number.NaN, fit);
    }
  });
}

function numericColumns(plan: FeaturePlan, { each }: FittedNumbers): FeatureColumn[] {
  const numeric = (name: string, sources: readonly string[]): FeatureColumn => ({
    name,
    sources,
    kind: 'numeric',
  });
  return [
    ...plan.numbers.map(({ name, sources }) => numeric(name, sources)),
    ...plan.numbers.flatMap(({ sources }, index) =>
      each[index]?.indicator ? [numeric(`${sources.join(', ')} is missing`, sources)] : [],
    ),
    ...plan.categories.flatMap(({ column, sources = [column], form }) =>
      form.kind === 'onehot' ? form.table.names.map((name) => numeric(name, sources)) : [],
    ),
  ];
}

function categoryColumns(plan: FeaturePlan): FeatureColumn[] {
  return plan.categories
    .filter(({ form }) => form.kind === 'codes')
    .map(({ column, sources = [column], levels }) => ({
      name: column,
      sources,
      kind: 'category',
      levels: codeNames(levels),
    }));
}
