/** Writes a calibration into an ONNX graph, in double like the trainer's own arithmetic. */
import type { SupervisedTask } from '../models/family.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { elementTypeNumber } from '../onnx/literal.ts';
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

/** y0 + slope · (clip(raw) - x0), the interval found by a tree of comparisons: ONNX has no search. */
function appendIsotonic(
  graph: GraphBuilder,
  raw: string,
  { raw: x, probability: y }: Calibration & { method: 'isotonic' },
): string {
  const intervals = Math.max(x.length - 1, 1);
  const [least = 0, most = least] = [x[0], x.at(-1)];
  const [above = ''] = graph.node('Max', [raw, row(graph, [least])]);
  const [inside = ''] = graph.node('Min', [above, row(graph, [most])]);
  const [found = ''] = graph.node('TreeEnsembleRegressor', [inside], intervalTree(x, intervals), {
    domain: 'ai.onnx.ml',
  });
  const [index = ''] = graph.node('Cast', [found], { to: elementTypeNumber('int64') });
  const perInterval = (of: (left: number) => number) => {
    const data = Float64Array.from({ length: intervals }, (_, left) => of(left));
    const [value = ''] = graph.node('Gather', [
      graph.constant({ type: 'double', shape: [intervals], data }),
      index,
    ]);
    return value;
  };
  const slope = (left: number) => {
    const width = (x[left + 1] ?? 0) - (x[left] ?? 0);
    return x.length < 2 ? 0 : ((y[left + 1] ?? 0) - (y[left] ?? 0)) / width;
  };
  const [distance = ''] = graph.node('Sub', [inside, perInterval((left) => x[left] ?? 0)]);
  const [rise = ''] = graph.node('Mul', [perInterval(slope), distance]);
  const [probability = ''] = graph.node('Add', [rise, perInterval((left) => y[left] ?? 0)]);
  return probability;
}

function row(graph: GraphBuilder, values: readonly number[]): string {
  return graph.constant({ type: 'double', shape: [1, values.length], data: Float64Array.from(values) });
}

/** A balanced tree whose leaves are 0 .. intervals - 1; a value goes right of every inner x that it is at least. */
function intervalTree(x: readonly number[], intervals: number) {
  const modes: string[] = [];
  const [values, yes, no, leaves, leafValues]: [number[], number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  /** Appends the tree over leaves from ... to - 1; returns its root. */
  function grow(from: number, to: number): number {
    const id = modes.length;
    if (to - from === 1) {
      modes.push('LEAF');
      values.push(0);
      leaves.push(id);
      leafValues.push(from);
      return id;
    }
    const middle = (from + to) >> 1;
    modes.push('BRANCH_LT');
    values.push(x[middle] ?? 0);
    yes[id] = grow(from, middle);
    no[id] = grow(middle, to);
    return id;
  }
  grow(0, intervals);
  const ids = modes.map((_, id) => id);
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  const doubles = (data: readonly number[]) => ({
    tensor: { type: 'double' as const, shape: [data.length], data: Float64Array.from(data) },
  });
  return {
    n_targets: 1,
    nodes_treeids: zeros(ids.length),
    nodes_nodeids: ids,
    nodes_featureids: zeros(ids.length),
    nodes_modes: modes,
    nodes_values_as_tensor: doubles(values),
    nodes_truenodeids: ids.map((id) => yes[id] ?? 0),
    nodes_falsenodeids: ids.map((id) => no[id] ?? 0),
    target_treeids: zeros(leaves.length),
    target_nodeids: leaves,
    target_ids: zeros(leaves.length),
    target_weights_as_tensor: doubles(leafValues),
  };
}
