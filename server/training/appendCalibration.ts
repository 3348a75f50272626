/** Writes a calibration into an ONNX graph, in double like the trainer's own arithmetic. */
import type { SupervisedTask } from '../models/family.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { appendPieces } from '../onnx/pieces.ts';
import type { Calibration } from './calibration.ts';

/** `raw`: double tensor [n, outputs]. Returns double probabilities [n, outputs]; binary: [n, 1] of the positive class. */
export function appendCalibration(
  graph: GraphBuilder,
  raw: string,
  calibration: Calibration,
  task: SupervisedTask,
): string {
  if (calibration.method === 'isotonic') return appendIsotonic(graph, raw, calibration);
  let scaled = raw;
  if (calibration.method !== 'none') {
    [scaled = ''] = graph.node('Mul', [raw, row(graph, [calibration.scale])]);
    [scaled = ''] = graph.node('Add', [scaled, row(graph, calibration.offsets)]);
  }
  const [probability = ''] =
    task === 'binary' ? graph.node('Sigmoid', [scaled]) : graph.node('Softmax', [scaled], { axis: 1 });
  return probability;
}

/** Between the steps straight lines, beyond them the first and the last value. */
function appendIsotonic(
  graph: GraphBuilder,
  raw: string,
  { raw: x, probability: y }: Calibration & { method: 'isotonic' },
): string {
  const [least = 0, most = least] = [x[0], x.at(-1)];
  const [above = ''] = graph.node('Max', [raw, row(graph, [least])]);
  const [inside = ''] = graph.node('Min', [above, row(graph, [most])]);
  const lefts = Array.from({ length: Math.max(x.length - 1, 1) }, (_, left) => left);
  const slopeOf = (left: number) =>
    x.length < 2 ? 0 : ((y[left + 1] ?? 0) - (y[left] ?? 0)) / ((x[left + 1] ?? 0) - (x[left] ?? 0));
  return appendPieces(graph, inside, {
    from: lefts.map((left) => x[left] ?? 0),
    x: lefts.map((left) => x[left] ?? 0),
    y: lefts.map((left) => y[left] ?? 0),
    slope: lefts.map(slopeOf),
  });
}

function row(graph: GraphBuilder, values: readonly number[]): string {
  return graph.constant({ type: 'double', shape: [1, values.length], data: Float64Array.from(values) });
}
