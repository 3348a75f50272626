/** Reads the trees of XGBoost's JSON into the ensemble that the model file is written from. */
import * as z from 'zod';
import type { FeatureColumn } from '../../features/matrix.ts';
import type { Binning, LevelBinning } from './bins.ts';
import type { Ensemble } from './ensemble.ts';
import {
  addUnsplit,
  encodeTree,
  type LibrarySplit,
  type LibraryTree,
  numberBinning,
} from './libraryTrees.ts';

const numbers = z.array(z.number());

/** One entry a node, the root first. */
const jsonTree = z.object({
  /** -1: a leaf. */
  left_children: numbers,
  right_children: numbers,
  split_indices: numbers,
  /** Smaller values go left; of a leaf its value. */
  split_conditions: numbers,
  /** 1: by category. */
  split_type: numbers,
  default_left: numbers,
  sum_hessian: numbers,
  /** Codes that go right: those of node `categories_nodes[i]` start at segment i and are as many as size i says. */
  categories: numbers,
  categories_nodes: numbers,
  categories_segments: numbers,
  categories_sizes: numbers,
});

const jsonModel = z.object({
  learner: z.object({
    /** Numbers in brackets, as text. */
    learner_model_param: z.object({ base_score: z.string() }),
    gradient_booster: z.object({ model: z.object({ trees: z.array(jsonTree) }) }),
  }),
});

type JsonTree = z.infer<typeof jsonTree>;

export interface XgboostShape {
  readonly columns: readonly FeatureColumn[];
  readonly outputs: number;
  /** Of category columns, by their place: XGBoost's codes are these bins. */
  readonly levels: ReadonlyMap<number, LevelBinning>;
  /** From the scale on which the base stands (a share, a rate) to that of raw outputs. */
  readonly link: (base: number) => number;
}

export function readXgboost(json: string, { columns, outputs, levels, link }: XgboostShape): Ensemble {
  const { learner } = jsonModel.parse(JSON.parse(json));
  const shown = z.array(z.number()).parse(JSON.parse(learner.learner_model_param.base_score.toLowerCase()));
  const trees = learner.gradient_booster.model.trees.map((tree) => readTree(tree, levels));
  const base = Float64Array.from({ length: outputs }, (_, output) => link(shown[output] ?? shown[0] ?? 0));
  addUnsplit(base, trees);
  const binning = columns.map((_, column): Binning => levels.get(column) ?? numberBinning(trees, column));
  return { outputs, base, columns, binning, trees: trees.map((tree) => encodeTree(tree, binning)) };
}

/** Hessians of a node become shares of its root's: what XGBoost itself weighs the sides of a split by. */
const wholeCover = 2 ** 30;

function readTree(tree: JsonTree, levels: XgboostShape['levels']): LibraryTree {
  const isLeaf = tree.left_children.map((child) => child < 0);
  const place = placesOf(isLeaf);
  const whole = tree.sum_hessian[0] ?? 0;
  const coverOf = (node: number) =>
    whole > 0 ? Math.round(((tree.sum_hessian[node] ?? 0) / whole) * wholeCover) : 0;
  const splits: LibrarySplit[] = [];
  const leaves: { value: number; cover: number }[] = [];
  const rightOf = new Map(tree.categories_nodes.map((node, index) => [node, codesAt(tree, index)]));
  isLeaf.forEach((leaf, node) => {
    const condition = Math.fround(tree.split_conditions[node] ?? 0);
    const cover = coverOf(node);
    if (leaf) {
      leaves.push({ value: condition, cover });
      return;
    }
    const column = tree.split_indices[node] ?? 0;
    const right = rightOf.get(node);
    splits.push({
      ...{ column, cover, threshold: below(condition) },
      ...(right && { leftBins: otherBins(right, levels.get(column)?.bins ?? 0) }),
      missingLeft: tree.default_left[node] === 1,
      left: place[tree.left_children[node] ?? 0] ?? 0,
      right: place[tree.right_children[node] ?? 0] ?? 0,
    });
  });
  return { splits, leaves };
}

/** Of each node its number among the splits, or the complement of that among the leaves. */
function placesOf(isLeaf: readonly boolean[]): number[] {
  const counts = { splits: 0, leaves: 0 };
  return isLeaf.map((leaf) => (leaf ? ~counts.leaves++ : counts.splits++));
}

function codesAt(tree: JsonTree, index: number): ReadonlySet<number> {
  const from = tree.categories_segments[index] ?? 0;
  return new Set(tree.categories.slice(from, from + (tree.categories_sizes[index] ?? 0)));
}

/** Codes that a split does not name, and levels not seen in training, go left. */
function otherBins(right: ReadonlySet<number>, bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, bin) => bin).filter((bin) => !right.has(bin));
}

/** A float32 is smaller than another exactly where it is not above the middle, in double precision, of that and the one before. */
function below(condition: number): number {
  const bits = new Int32Array(Float32Array.of(condition).buffer);
  bits[0] = condition === 0 ? -0x7fff_ffff : (bits[0] ?? 0) + (condition > 0 ? -1 : 1);
  const before = new Float32Array(bits.buffer)[0] ?? condition;
  return before + (condition - before) / 2;
}
