/** Raw outputs of a trained network in double: what the file is held against. */
import { layOut, type NetworkShape, type Part, varianceFloor } from './network.ts';
import type { NetworkRows } from './problem.ts';

/** A network as it is used: batch normalisation folded into the weights. All row-major [inputs, outputs]. */
export interface FoldedNetwork {
  readonly shape: NetworkShape;
  readonly embeddings: readonly Float32Array[];
  readonly layers: readonly FoldedLayer[];
}

export interface FoldedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export function foldNetwork(
  shape: NetworkShape,
  { parameters, statistics }: { parameters: Float32Array; statistics: Float32Array },
): FoldedNetwork {
  const layout = layOut(shape);
  const part = ({ at, rows, columns }: Part) => parameters.slice(at, at + rows * columns);
  const layers = layout.layers.map(({ weights, bias, scale, shift }, index) => {
    const layer = {
      inputs: weights.rows,
      outputs: weights.columns,
      weights: part(weights),
      bias: part(bias),
    };
    const running = layout.statistics[index];
    if (!scale || !shift || !running) return layer;
    for (let j = 0; j < layer.outputs; j++) {
      const mean = statistics[running.at + j] ?? 0;
      const variance = statistics[running.at + layer.outputs + j] ?? 1;
      const factor = (parameters[scale.at + j] ?? 1) / Math.sqrt(variance + varianceFloor);
      layer.bias[j] = ((layer.bias[j] ?? 0) - mean) * factor + (parameters[shift.at + j] ?? 0);
      for (let i = j; i < layer.weights.length; i += layer.outputs)
        layer.weights[i] = (layer.weights[i] ?? 0) * factor;
    }
    return layer;
  });
  return { shape, embeddings: layout.embeddings.map(part), layers };
}

/** Row-major [rows, outputs]. */
export function forward(network: FoldedNetwork, rows: NetworkRows): Float64Array {
  const { shape, layers } = network;
  const raw = new Float64Array(rows.rows * shape.outputs);
  for (let row = 0; row < rows.rows; row++) {
    let values = inputsOfRow(network, rows, row);
    layers.forEach((layer, index) => {
      values = dense(layer, values);
      if (index < layers.length - 1) values = values.map((value) => activate(shape, value));
    });
    raw.set(values, row * shape.outputs);
  }
  return raw;
}

function inputsOfRow(
  { shape, layers, embeddings }: FoldedNetwork,
  { numeric, codes }: NetworkRows,
  row: number,
): Float64Array {
  const values = new Float64Array(layers[0]?.inputs ?? 0);
  for (let j = 0; j < numeric.length; j++) values[j] = numeric[j]?.[row] ?? 0;
  let at = numeric.length;
  shape.embeddings.forEach(({ levels, width }, index) => {
    const code = Math.min(codes[index]?.[row] ?? 0, levels - 1);
    for (let j = 0; j < width; j++) values[at++] = embeddings[index]?.[code * width + j] ?? 0;
  });
  return values;
}

function dense({ weights, bias, inputs, outputs }: FoldedLayer, values: Float64Array): Float64Array {
  const sums = Float64Array.from(bias);
  for (let i = 0, at = 0; i < inputs; i++) {
    const value = values[i] ?? 0;
    if (value === 0) {
      at += outputs;
      continue;
    }
    for (let j = 0; j < outputs; j++, at++) sums[j] = (sums[j] ?? 0) + value * (weights[at] ?? 0);
  }
  return sums;
}

/** `gelu` in its tanh form, as the kernels have it. */
function activate({ activation }: NetworkShape, x: number): number {
  switch (activation) {
    case 'relu':
      return Math.max(x, 0);
    case 'tanh':
      return Math.tanh(x);
    case 'silu':
      return x / (1 + Math.exp(-x));
    case 'gelu':
      return 0.5 * x * (1 + Math.tanh(geluScale * (x + geluCube * x ** 3)));
  }
}

/** √(2/π), and the weight of the cube (Hendrycks and Gimpel 2016). */
export const geluScale = Math.sqrt(2 / Math.PI);
export const geluCube = 0.044715;
