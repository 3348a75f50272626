/** Fitted trees as ONNX nodes: one ensemble in double precision behind a cast and a table of ranks. */
import type { GraphBuilder } from '../../onnx/graph.ts';
import type { LevelBinning } from './bins.ts';
import { type Ensemble, nodeAt } from './ensemble.ts';

/** Columns of the operator's node table, and of its table of leaf weights. */
interface NodeTable {
  readonly tree: number[];
  readonly node: number[];
  readonly feature: number[];
  readonly isLeaf: boolean[];
  readonly threshold: number[];
  readonly whenTrue: number[];
  readonly whenFalse: number[];
  readonly missingTrue: number[];
  /** Training rows that reach the node. */
  readonly cover: number[];
  readonly weights: {
    readonly tree: number;
    readonly node: number;
    readonly output: number;
    readonly value: number;
  }[];
}

/**
 * Appends `Cast`, rank tables and one ai.onnx.ml 3 TreeEnsembleRegressor, whose thresholds, weights and sums are
 * doubles (its result is float [n, outputs]); returns the result's name.
 *
 * A set of levels is a binary search over runs of ranks; both sides of the split stand once in the file and are shared
 * by the true sides of the search. `nodes_hitrates` holds covers: the share of a node's false side is
 * cover(false) / cover(node), the true side has the rest (its own cover counts all that share it), which is what
 * TreeSHAP needs.
 */
export function appendTrees(
  ensemble: Ensemble,
  graph: GraphBuilder,
  inputs: { numeric?: string; codes?: string },
): string {
  const table: NodeTable = {
    tree: [],
    node: [],
    feature: [],
    isLeaf: [],
    threshold: [],
    whenTrue: [],
    whenFalse: [],
    missingTrue: [],
    cover: [],
    weights: [],
  };
  ensemble.trees.forEach((tree, index) => {
    if (tree.length > 0) addTree(table, ensemble, index);
  });
  // ONNX Runtime forgets the base of an output that no tree adds to, such as a class without training rows.
  const reached = new Set(table.weights.map(({ output }) => output));
  for (let output = 0; output < ensemble.outputs; output++) {
    const tree = ensemble.trees.length + output;
    if (!reached.has(output)) addLeaf(table, { tree, rows: 0, output, value: 0 });
  }
  const weight = table.weights;
  const doubles = (values: readonly number[]) => ({
    tensor: { type: 'double', shape: [values.length], data: Float64Array.from(values) } as const,
  });
  const [raw = ''] = graph.node(
    'TreeEnsembleRegressor',
    [toDoubles(ensemble, graph, inputs)],
    {
      n_targets: ensemble.outputs,
      nodes_treeids: table.tree,
      nodes_nodeids: table.node,
      nodes_featureids: table.feature,
      nodes_modes: table.isLeaf.map((leaf) => (leaf ? 'LEAF' : 'BRANCH_LEQ')),
      nodes_values_as_tensor: doubles(table.threshold),
      nodes_truenodeids: table.whenTrue,
      nodes_falsenodeids: table.whenFalse,
      nodes_missing_value_tracks_true: table.missingTrue,
      nodes_hitrates_as_tensor: doubles(table.cover),
      target_treeids: weight.map(({ tree }) => tree),
      target_nodeids: weight.map(({ node }) => node),
      target_ids: weight.map(({ output }) => output),
      target_weights_as_tensor: doubles(weight.map(({ value }) => value)),
      base_values_as_tensor: doubles(Array.from(ensemble.base)),
    },
    { domain: 'ai.onnx.ml' },
  );
  return raw;
}

/** The trees' input, double [n, columns]: numbers cast, codes replaced by the ranks that the trees split on. */
function toDoubles(
  { binning }: Ensemble,
  graph: GraphBuilder,
  { numeric, codes }: { numeric?: string; codes?: string },
): string {
  const parts: string[] = [];
  if (numeric) parts.push(...graph.node('Cast', [numeric], { to: 11 }));
  if (codes) {
    const tables = binning.flatMap((column) => (column.kind === 'category' ? [column.binOf] : []));
    let end = 0;
    const starts = tables.map(({ length }) => {
      end += length;
      return BigInt(end - length);
    });
    const offsets = graph.constant({
      type: 'int64',
      shape: [1, tables.length],
      data: BigInt64Array.from(starts),
    });
    const ranks = Float64Array.from(tables.flatMap((binOf) => Array.from(binOf)));
    const table = graph.constant({ type: 'double', shape: [ranks.length], data: ranks });
    const [places = ''] = graph.node('Add', [codes, offsets]);
    parts.push(...graph.node('Gather', [table, places]));
  }
  if (parts.length < 2) return parts[0] ?? '';
  const [joined = ''] = graph.node('Concat', parts, { axis: 1 });
  return joined;
}

function addLeaf(
  table: NodeTable,
  leaf: { tree: number; rows: number; output: number; value: number },
): number {
  const { tree, rows, output, value } = leaf;
  const node = addNode(table, tree, { feature: 0, threshold: 0, cover: rows, isLeaf: true });
  table.weights.push({ tree, node, output, value });
  return node;
}

/** The sides of a node of the tree that was added to last. */
function link(
  table: NodeTable,
  node: number,
  { whenTrue, whenFalse }: { whenTrue: number; whenFalse: number },
): void {
  const first = table.node.length - 1 - (table.node.at(-1) ?? 0);
  table.whenTrue[first + node] = whenTrue;
  table.whenFalse[first + node] = whenFalse;
}

/** Adds a node whose sides are still to be linked; returns its number within the tree. */
function addNode(
  table: NodeTable,
  tree: number,
  node: { feature: number; threshold: number; cover: number; isLeaf?: boolean; missingTrue?: boolean },
): number {
  const number = table.tree.at(-1) === tree ? (table.node.at(-1) ?? 0) + 1 : 0;
  table.tree.push(tree);
  table.node.push(number);
  table.feature.push(node.feature);
  table.isLeaf.push(node.isLeaf === true);
  table.threshold.push(node.threshold);
  table.missingTrue.push(node.missingTrue ? 1 : 0);
  table.cover.push(node.cover);
  table.whenTrue.push(0);
  table.whenFalse.push(0);
  return number;
}

function addTree(table: NodeTable, ensemble: Ensemble, index: number): void {
  const tree = ensemble.trees[index];
  if (!tree) return;
  const output = index % ensemble.outputs;
  const add = (at: number): number => {
    const node = nodeAt(tree, at);
    if (node.kind === 'leaf')
      return addLeaf(table, { tree: index, rows: node.rows, output, value: node.value });
    const { column: feature, rows } = node;
    const binning = ensemble.binning[feature];
    if (binning?.kind !== 'category') {
      // A cut behind the last bin parts the missing values from all others.
      const threshold = binning?.cuts[node.cut] ?? Number.POSITIVE_INFINITY;
      const missingTrue = node.goesLeft(binning?.bins ?? 0);
      const number = addNode(table, index, { feature, threshold, cover: rows, missingTrue });
      link(table, number, { whenTrue: add(node.left), whenFalse: add(node.right) });
      return number;
    }
    const reached = { left: rowsAt(tree, node.left), right: rowsAt(tree, node.right) };
    const runs = findRuns(binning, node.goesLeft, reached);
    return addSearch(table, { tree: index, output, feature, runs, add: (side) => add(node[side]) });
  };
  add(0);
}

interface Search {
  readonly tree: number;
  readonly output: number;
  readonly feature: number;
  readonly runs: readonly Run[];
  /** Appends what follows on a side. */
  readonly add: (side: Run['side']) => number;
}

/** Finds a rank's run by halving the rows. ONNX Runtime wants a false side that nothing else leads to. */
function addSearch(table: NodeTable, { tree, output, feature, runs, add }: Search): number {
  const sides = new Map<Run['side'], number>();
  const sideOf = ({ side }: Run): number => {
    const number = sides.get(side) ?? add(side);
    sides.set(side, number);
    return number;
  };
  const isShared = (run: Run) => runs.some((other) => other !== run && other.side === run.side);
  const search = (among: readonly Run[], isFalseSide: boolean): number => {
    const [only] = among;
    if (among.length === 1 && only !== undefined) {
      if (!isFalseSide || !isShared(only)) return sideOf(only);
      const forward = addNode(table, tree, { feature, threshold: only.end + 0.5, cover: only.rows });
      // No rank lies behind the run: what stands there is never reached.
      const nowhere = addLeaf(table, { tree, rows: 0, output, value: 0 });
      link(table, forward, { whenTrue: sideOf(only), whenFalse: nowhere });
      return forward;
    }
    const cover = among.reduce((sum, run) => sum + run.rows, 0);
    const middle = halfOf(among, cover);
    const threshold = (among[middle - 1]?.end ?? 0) + 0.5;
    const number = addNode(table, tree, { feature, threshold, cover });
    const whenFalse = search(among.slice(middle), true);
    link(table, number, { whenTrue: search(among.slice(0, middle), false), whenFalse });
    return number;
  };
  return search(runs, true);
}

/** How many of the first runs hold about half of the rows: at least one, and not all. */
function halfOf(runs: readonly Run[], rows: number): number {
  if (rows === 0) return runs.length >> 1;
  let before = 0;
  for (let index = 0; index < runs.length - 1; index++) {
    const own = runs[index]?.rows ?? 0;
    if (before + own / 2 >= rows / 2) return Math.max(1, index);
    before += own;
  }
  return runs.length - 1;
}

function rowsAt(tree: Uint8Array, index: number): number {
  return nodeAt(tree, index).rows;
}

interface Run {
  readonly side: 'left' | 'right';
  /** Last rank of it. */
  end: number;
  /** Rows that reach it. */
  rows: number;
}

/**
 * Runs of ranks that go to one side, at least two. A side's rows are spread over its runs as the levels' training rows
 * are: only their sum by side enters an explanation, and that is exact.
 */
function findRuns(
  { bins, rows }: LevelBinning,
  goesLeft: (bin: number) => boolean,
  reached: { left: number; right: number },
): Run[] {
  const runs: Run[] = [];
  const all = { left: 0, right: 0 };
  for (let bin = 0; bin <= bins; bin++) {
    const side = goesLeft(bin) ? 'left' : 'right';
    const last = runs.at(-1);
    const own = rows[bin] ?? 0;
    all[side] += own;
    if (last?.side === side) {
      last.end = bin;
      last.rows += own;
    } else runs.push({ side, end: bin, rows: own });
  }
  for (const run of runs) run.rows = all[run.side] > 0 ? (run.rows / all[run.side]) * reached[run.side] : 0;
  return runs;
}
