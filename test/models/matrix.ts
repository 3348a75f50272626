/** Feature matrices from plain arrays, for the tests of model families. */
import { openSession, type TensorFeed } from '../../server/engines/session.ts';
import type { FeatureColumn, FeatureMatrix, FeatureValues } from '../../server/features/matrix.ts';
import type { FittedModel } from '../../server/models/family.ts';
import { createGraph } from '../../server/onnx/graph.ts';

/** `numeric`: one array a column; `codes`: one array a category column with `levels[j]` codes. */
export function matrixOf(
  numeric: readonly (readonly number[] | Float32Array)[],
  codes: readonly (readonly number[])[] = [],
  levels: readonly number[] = [],
): FeatureMatrix {
  const columns: FeatureColumn[] = [];
  const values: FeatureValues[] = [];
  numeric.forEach((column, j) => {
    columns.push({ name: `x${j}`, sources: [`x${j}`], kind: 'numeric' });
    values.push({ kind: 'numeric', values: Float32Array.from(column) });
  });
  codes.forEach((column, j) => {
    const names = Array.from({ length: levels[j] ?? 0 }, (_, level) => `level ${level}`);
    columns.push({ name: `c${j}`, sources: [`c${j}`], kind: 'category', levels: names });
    values.push({ kind: 'category', codes: Uint16Array.from(column) });
  });
  return { rows: (numeric[0] ?? codes[0] ?? []).length, columns, values };
}

/** Runs only the nodes that the model appends, on the matrix as it stands; row-major [rows, outputs]. */
export async function runAppended(model: FittedModel, matrix: FeatureMatrix): Promise<Float64Array> {
  const graph = createGraph();
  const feeds = new Map<string, TensorFeed>();
  const inputs: { numeric?: string; codes?: string } = {};
  const numeric = matrix.values.filter((column) => column.kind === 'numeric');
  const codes = matrix.values.filter((column) => column.kind === 'category');
  if (numeric.length > 0) {
    inputs.numeric = graph.input('numeric', 'float', numeric.length);
    const data = new Float32Array(matrix.rows * numeric.length);
    numeric.forEach((column, j) => {
      column.values.forEach((value, i) => {
        data[i * numeric.length + j] = value;
      });
    });
    feeds.set('numeric', { type: 'float', data, shape: [matrix.rows, numeric.length] });
  }
  if (codes.length > 0) {
    inputs.codes = graph.input('codes', 'int64', codes.length);
    const data = new BigInt64Array(matrix.rows * codes.length);
    codes.forEach((column, j) => {
      column.codes.forEach((code, i) => {
        data[i * codes.length + j] = BigInt(code);
      });
    });
    feeds.set('codes', { type: 'int64', data, shape: [matrix.rows, codes.length] });
  }
  const { raw, double } = model.appendTo(graph, inputs);
  graph.output(raw, double ? 'double' : 'float', ['n', 'outputs']);
  const session = await openSession(graph.build({}));
  const result = (await session.run(feeds)).get(raw);
  await session.close();
  if (result?.type !== 'double' && result?.type !== 'float') throw new Error(`${raw} is ${result?.type}`);
  return Float64Array.from(result.data);
}
