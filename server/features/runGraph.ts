/** Runs rows of a table through a feature graph, from its cut points on. */
import { openBulk } from '../engines/bulk.ts';
import { readColumns } from '../engines/tableColumns.ts';
import { cutModel } from '../onnx/cut.ts';
import type { Graph } from '../onnx/graph.ts';
import type { FeatureRequest } from './fittedFeatures.ts';

/** Names and widths of the tensors that are wanted. */
export interface GraphOutputs {
  readonly graph: Graph;
  readonly numeric?: readonly [tensor: string, width: number];
  readonly codes?: readonly [tensor: string, width: number];
}

/** Results are column-major. */
export async function runGraph(
  { table, signal }: Pick<FeatureRequest, 'table' | 'signal'>,
  rows: Int32Array,
  { graph, numeric, codes }: GraphOutputs,
): Promise<{ numeric: Float32Array; codes: Int32Array }> {
  const outputs = [
    ...(numeric === undefined ? [] : [{ name: numeric[0], type: 'float' as const, width: numeric[1] }]),
    ...(codes === undefined ? [] : [{ name: codes[0], type: 'int64' as const, width: codes[1] }]),
  ];
  const empty = { numeric: new Float32Array(), codes: new Int32Array() };
  if (outputs.length === 0 || rows.length === 0) return empty;
  const cut = cutModel(graph.build({}), outputs);
  const bulk = openBulk(cut.bytes, outputs);
  try {
    const columns = await readColumns(table, cut.inputs, rows);
    const results = await bulk.run({ columns, rows, ...(signal === undefined ? {} : { signal }) });
    const numbers = results.get(numeric?.[0] ?? '');
    const categories = results.get(codes?.[0] ?? '');
    return {
      numeric: numbers instanceof Float32Array ? numbers : empty.numeric,
      codes: categories instanceof Int32Array ? categories : empty.codes,
    };
  } finally {
    await bulk.close();
  }
}
