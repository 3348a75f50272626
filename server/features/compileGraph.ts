/** Runs rows of a table through a feature graph, from its cut points on. */
import { openBulk } from '../engines/bulk.ts';
import { readColumns } from '../engines/tableColumns.ts';
import { cutModel } from '../onnx/cut.ts';
import type { Graph } from '../onnx/graph.ts';
import type { DerivedInput, FeatureRequest } from './fittedFeatures.ts';

/** Names and widths of the tensors that are wanted. */
export interface GraphOutputs {
  readonly graph: Graph;
  /** What the graph computes from other columns and the table has. */
  readonly derived: readonly DerivedInput[];
  readonly numeric?: readonly [tensor: string, width: number];
  readonly codes?: readonly [tensor: string, width: number];
}

/** Of some rows of the table, column-major. */
export type RunGraph = (rows: Int32Array) => Promise<{ numeric: Float32Array; codes: Int32Array }>;

/** The graph is compiled once, however often it is run. */
export function compileGraph(
  { table, signal }: Pick<FeatureRequest, 'table' | 'signal'>,
  { graph, derived, numeric, codes }: GraphOutputs,
): RunGraph {
  const outputs = [
    ...(numeric === undefined ? [] : [{ name: numeric[0], type: 'float' as const, width: numeric[1] }]),
    ...(codes === undefined ? [] : [{ name: codes[0], type: 'int64' as const, width: codes[1] }]),
  ];
  const empty = { numeric: new Float32Array(), codes: new Int32Array() };
  if (outputs.length === 0) return async () => empty;
  const names = derived.map(({ name }) => name);
  const cut = cutModel(graph.build({}), outputs, names);
  return async (rows) => {
    if (rows.length === 0) return empty;
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
  };
}
