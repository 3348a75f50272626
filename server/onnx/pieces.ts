/** Functions made of straight pieces, such as ranks and calibrations: found by a tree of comparisons, since ONNX has no search. */
import type { GraphBuilder } from './graph.ts';
import { apply, cast, double } from './operators.ts';

/**
 * Piece i holds for values of at least `from[i]` and below `from[i + 1]`, the first also for all below it:
 * `y[i] + slope[i] · (value - x[i])`. `from` is ascending; all have the same length, at least 1.
 */
export interface Pieces {
  readonly from: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: readonly number[];
}

/** NaN stays NaN. */
export function evaluatePieces({ from, x, y, slope }: Pieces, value: number): number {
  let [low, high] = [0, from.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value < (from[middle] ?? 0)) high = middle;
    else low = middle;
  }
  return (slope[low] ?? 0) * (value - (x[low] ?? 0)) + (y[low] ?? 0);
}

/** Appends the function for double [n, 1], double [n, 1] out: the same operations in the same order. */
export function appendPieces(graph: GraphBuilder, value: string, { from, x, y, slope }: Pieces): string {
  const index = appendSearch(graph, value, from);
  const perPiece = (values: readonly number[]) => apply(graph, 'Gather', [double(graph, values), index]);
  const distance = apply(graph, 'Sub', [value, perPiece(x)]);
  const rise = apply(graph, 'Mul', [perPiece(slope), distance]);
  return apply(graph, 'Add', [rise, perPiece(y)]);
}

/** The index int64 [n, 1] of the last of `from` that a double [n, 1] is at least; 0 below all, some index for NaN. */
export function appendSearch(graph: GraphBuilder, value: string, from: readonly number[]): string {
  const tree = searchTree(from);
  const found = apply(graph, 'TreeEnsembleRegressor', [value], tree, { domain: 'ai.onnx.ml' });
  return cast(graph, found, 'int64');
}

/** A balanced tree whose leaves are 0 .. from.length - 1; a value goes right of every `from` that it is at least. */
function searchTree(from: readonly number[]) {
  const modes: string[] = [];
  const [values, yes, no]: [number[], number[], number[]] = [[], [], []];
  const [leaves, leafValues]: [number[], number[]] = [[], []];
  /** Appends the tree over leaves start ... end - 1; returns its root. */
  function grow(start: number, end: number): number {
    const id = modes.length;
    if (end - start === 1) {
      modes.push('LEAF');
      values.push(0);
      leaves.push(id);
      leafValues.push(start);
      return id;
    }
    const middle = (start + end) >> 1;
    modes.push('BRANCH_LT');
    values.push(from[middle] ?? 0);
    yes[id] = grow(start, middle);
    no[id] = grow(middle, end);
    return id;
  }
  grow(0, from.length);
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
