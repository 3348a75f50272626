/** Writes a trained network into an ONNX graph: look-ups of embeddings, then one product a layer. */
import type { GraphBuilder } from '../../onnx/graph.ts';
import { apply, cast, concat, int64, lookUp, pick } from '../../onnx/operators.ts';
import { type FoldedLayer, type FoldedNetwork, geluCube, geluScale } from './predict.ts';

/** Of a standardised target; 1 and 0 for classes. */
export interface OutputScale {
  readonly scale: number;
  readonly shift: number;
}

/**
 * Classes in float (`Gemm`), where a logit's rounding is far below a probability's; values in double, since their unit
 * may be a thousandth of the target's deviation.
 */
export function appendNetwork(
  graph: GraphBuilder,
  inputs: { readonly numeric?: string; readonly codes?: string },
  { network, output, double }: { network: FoldedNetwork; output: OutputScale; double: boolean },
): string {
  const { shape, layers } = network;
  const parts: string[] = [];
  if (inputs.numeric !== undefined) parts.push(inputs.numeric);
  if (inputs.codes !== undefined) parts.push(...appendEmbeddings(graph, inputs.codes, network));
  let values = concat(graph, parts);
  if (double) values = cast(graph, values, 'double');
  layers.forEach((layer, index) => {
    values = appendLayer(graph, values, layer, double);
    if (index < layers.length - 1) values = appendActivation(graph, values, shape.activation, double);
  });
  if (output.scale === 1 && output.shift === 0) return values;
  const scaled = apply(graph, 'Mul', [values, constant(graph, [output.scale], double)]);
  return apply(graph, 'Add', [scaled, constant(graph, [output.shift], double)]);
}

function appendEmbeddings(
  graph: GraphBuilder,
  codes: string,
  { shape, embeddings }: FoldedNetwork,
): string[] {
  return shape.embeddings.map(({ levels, width }, index) => {
    const table = graph.constant({
      type: 'float',
      shape: [levels, width],
      data: embeddings[index] ?? new Float32Array(),
    });
    const code = pick(graph, codes, [index], shape.embeddings.length);
    const known = apply(graph, 'Min', [code, int64(graph, levels - 1)]);
    const found = lookUp(graph, table, known);
    return apply(graph, 'Reshape', [found, int64(graph, [-1, width])]);
  });
}

function appendLayer(graph: GraphBuilder, values: string, layer: FoldedLayer, double: boolean): string {
  const { inputs, outputs } = layer;
  const weights = constant(graph, layer.weights, double, [inputs, outputs]);
  return apply(graph, 'Gemm', [values, weights, constant(graph, layer.bias, double)]);
}

function appendActivation(graph: GraphBuilder, x: string, activation: string, double: boolean): string {
  const times = (a: string, b: string) => apply(graph, 'Mul', [a, b]);
  switch (activation) {
    case 'relu':
      return apply(graph, 'Relu', [x]);
    case 'tanh':
      return apply(graph, 'Tanh', [x]);
    case 'silu': {
      // Not x · Sigmoid(x): ONNX Runtime 1.30 fuses that to an operator that it lacks in double.
      const e = apply(graph, 'Exp', [apply(graph, 'Neg', [x])]);
      return apply(graph, 'Div', [x, apply(graph, 'Add', [e, constant(graph, [1], double)])]);
    }
    default: {
      const cube = times(times(times(x, x), x), constant(graph, [geluCube], double));
      const inner = times(apply(graph, 'Add', [x, cube]), constant(graph, [geluScale], double));
      const rise = apply(graph, 'Add', [apply(graph, 'Tanh', [inner]), constant(graph, [1], double)]);
      return times(times(x, rise), constant(graph, [0.5], double));
    }
  }
}

function constant(
  graph: GraphBuilder,
  values: Float32Array | readonly number[],
  double: boolean,
  shape: readonly number[] = [values.length],
): string {
  return double
    ? graph.constant({ type: 'double', shape, data: Float64Array.from(values) })
    : graph.constant({ type: 'float', shape, data: Float32Array.from(values) });
}
