/** The trees of a fitted model, as the kernels write and read them. */
import type { FeatureColumn } from '../../features/matrix.ts';
import type { Arena } from './arena.ts';
import type { Binning } from './bins.ts';
import * as layout from './kernels/layout.ts';

export interface Ensemble {
  /** Raw outputs: 1, or one a class. */
  readonly outputs: number;
  /** What the trees' values are added to, one for each output. */
  readonly base: Float64Array;
  readonly columns: readonly FeatureColumn[];
  readonly binning: readonly Binning[];
  /**
   * Tree i belongs to output i mod `outputs`; its nodes as NODE_… of kernels/layout.ts lays them out, the root first;
   * empty where nothing could be split.
   */
  readonly trees: readonly Uint8Array[];
}

/** A node of a tree, read out. */
export type TreeNode =
  | { readonly kind: 'leaf'; readonly rows: number; readonly value: number }
  | {
      readonly kind: 'split';
      /** Training rows of the bag that reached it. */
      readonly rows: number;
      readonly column: number;
      /** Numeric columns: the last bin that goes left. */
      readonly cut: number;
      readonly left: number;
      readonly right: number;
      /** Whether values of a bin go left; bin number `bins` holds missing values or unseen levels. */
      goesLeft(bin: number): boolean;
    };

export function nodeAt(tree: Uint8Array, index: number): TreeNode {
  const view = new DataView(tree.buffer, tree.byteOffset + index * layout.NODE_BYTES, layout.NODE_BYTES);
  const column = view.getInt32(layout.NODE_COLUMN, true);
  const rows = view.getInt32(layout.NODE_ROWS, true);
  if (column < 0) return { kind: 'leaf', rows, value: view.getFloat64(layout.NODE_VALUE, true) };
  return {
    kind: 'split',
    rows,
    column,
    cut: view.getInt32(layout.NODE_CUT, true),
    left: view.getInt32(layout.NODE_LEFT, true),
    right: view.getInt32(layout.NODE_RIGHT, true),
    goesLeft: (bin) => ((view.getUint8(layout.NODE_SET + (bin >> 3)) >> (bin & 7)) & 1) === 1,
  };
}

/** Copies the tree just grown out of the arena; empty where the root was not split. */
export function takeTree(arena: Arena): Uint8Array {
  const count = arena.slots[layout.NODE_COUNT] ?? 0;
  if (count <= 1) return new Uint8Array(0);
  return new Uint8Array(arena.memory.buffer, arena.slots[layout.NODES], count * layout.NODE_BYTES).slice();
}

/** Adds tree number `index` of an ensemble to the raw scores of the arena's training and validation rows. */
export function applyTree(arena: Arena, trees: readonly Uint8Array[], index: number): void {
  const tree = trees[index];
  if (!tree || tree.length === 0) return;
  new Uint8Array(arena.memory.buffer, arena.slots[layout.NODES], tree.length).set(tree);
  arena.slots[layout.OUTPUT] = index % arena.sizes.outputs;
  arena.run(layout.JOB_APPLY);
}
