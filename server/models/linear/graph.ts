/** Writes a fitted linear model into an ONNX graph. */
import type { GraphBuilder } from '../../onnx/graph.ts';
import { elementTypeNumber } from '../../onnx/literal.ts';

export interface LinearParts {
  readonly coefficients: Float64Array;
  readonly outputs: number;
  readonly width: number;
  readonly intercept: number;
  readonly numeric: number;
  readonly levels: readonly number[];
}

/** Numbers by a matrix product, categories by looking their coefficients up; everything in double. */
export function appendLinear(
  graph: GraphBuilder,
  inputs: { numeric?: string; codes?: string },
  parts: LinearParts,
): { raw: string; double: boolean } {
  const { coefficients, outputs, width, intercept, numeric, levels } = parts;
  /** Rows `from ...` of the coefficients, transposed to [length, outputs]. */
  const table = (from: number, length: number, shape: readonly number[]) => {
    const data = new Float64Array(length * outputs);
    for (let j = 0; j < length; j++) {
      for (let k = 0; k < outputs; k++) data[j * outputs + k] = coefficients[k * width + from + j] ?? 0;
    }
    return graph.constant({ type: 'double', shape, data });
  };
  const bias =
    intercept < 0
      ? graph.constant({ type: 'double', shape: [1, outputs], data: new Float64Array(outputs) })
      : table(intercept, 1, [1, outputs]);
  let raw = bias;
  if (inputs.numeric !== undefined && numeric > 0) {
    const [wide = ''] = graph.node('Cast', [inputs.numeric], { to: elementTypeNumber('double') });
    const [product = ''] = graph.node('MatMul', [wide, table(0, numeric, [numeric, outputs])]);
    [raw = ''] = graph.node('Add', [product, bias]);
  }
  if (inputs.codes !== undefined && levels.length > 0) {
    const first = numeric + (intercept < 0 ? 0 : 1);
    const starts = levels.map((_, c) => levels.slice(0, c).reduce((sum, count) => sum + count, 0));
    const offsets = graph.constant({
      type: 'int64',
      shape: [levels.length],
      data: BigInt64Array.from(starts, BigInt),
    });
    const [positions = ''] = graph.node('Add', [inputs.codes, offsets]);
    const all = table(first, width - first, [width - first, outputs]);
    const [found = ''] = graph.node('Gather', [all, positions], { axis: 0 });
    const axis = graph.constant({ type: 'int64', shape: [1], data: BigInt64Array.of(1n) });
    const [sum = ''] = graph.node('ReduceSum', [found, axis], { keepdims: 0 });
    [raw = ''] = graph.node('Add', [sum, raw]);
  }
  return { raw, double: true };
}
