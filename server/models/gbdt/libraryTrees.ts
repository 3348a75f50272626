/** Trees that a library grew, as the nodes that the model file is written from. */
import type { Binning, NumberBinning } from './bins.ts';
import * as layout from './kernels/layout.ts';

export interface LibraryTree {
  /** The root first; none where nothing was split. */
  readonly splits: readonly LibrarySplit[];
  readonly leaves: readonly { readonly value: number; readonly cover: number }[];
}

export interface LibrarySplit {
  readonly column: number;
  /** What reaches it, in a unit that all nodes of a tree share: whole numbers below 2^31. */
  readonly cover: number;
  /** Of a number: the largest value that goes left. */
  readonly threshold: number;
  /** Of a category: the bins that go left. */
  readonly leftBins?: readonly number[];
  readonly missingLeft: boolean;
  /** A split, or below 0 the complement of a leaf's number. */
  readonly left: number;
  readonly right: number;
}

/** Trees that were never split say the same of all rows: what `base`, an entry an output, is then. */
export function addUnsplit(base: Float64Array, trees: readonly LibraryTree[]): void {
  trees.forEach(({ splits, leaves: [only] }, index) => {
    const output = index % base.length;
    if (splits.length === 0) base[output] = (base[output] ?? 0) + (only?.value ?? 0);
  });
}

/** Bins between the thresholds that trees use; at most 254 of them leave room for the missing values. */
export function numberBinning(trees: readonly LibraryTree[], column: number): NumberBinning {
  const used = new Set<number>();
  for (const { splits } of trees) {
    for (const split of splits) if (split.column === column) used.add(split.threshold);
  }
  const cuts = Float64Array.from(used).sort();
  return { kind: 'numeric', bins: cuts.length + 1, cuts };
}

/** As kernels/layout.ts lays nodes out: the splits in the library's order, then the leaves. */
export function encodeTree({ splits, leaves }: LibraryTree, binning: readonly Binning[]): Uint8Array {
  if (splits.length === 0) return new Uint8Array(0);
  const tree = new Uint8Array((splits.length + leaves.length) * layout.NODE_BYTES);
  const nodeOf = (child: number) => (child < 0 ? splits.length + ~child : child);
  splits.forEach((split, index) => {
    const view = new DataView(tree.buffer, index * layout.NODE_BYTES, layout.NODE_BYTES);
    const bins = binning[split.column];
    view.setInt32(layout.NODE_COLUMN, split.column, true);
    view.setInt32(layout.NODE_LEFT, nodeOf(split.left), true);
    view.setInt32(layout.NODE_RIGHT, nodeOf(split.right), true);
    view.setInt32(layout.NODE_ROWS, split.cover, true);
    const goesLeft = (bin: number) => {
      view.setUint8(
        layout.NODE_SET + (bin >> 3),
        view.getUint8(layout.NODE_SET + (bin >> 3)) | (1 << (bin & 7)),
      );
    };
    if (bins?.kind === 'numeric') {
      const cut = bins.cuts.indexOf(split.threshold);
      view.setInt32(layout.NODE_CUT, cut, true);
      for (let bin = 0; bin <= cut; bin++) goesLeft(bin);
      if (split.missingLeft) goesLeft(bins.bins);
    } else for (const bin of split.leftBins ?? []) goesLeft(bin);
  });
  leaves.forEach(({ value, cover }, leaf) => {
    const view = new DataView(tree.buffer, (splits.length + leaf) * layout.NODE_BYTES, layout.NODE_BYTES);
    view.setInt32(layout.NODE_COLUMN, -1, true);
    view.setInt32(layout.NODE_ROWS, cover, true);
    view.setFloat64(layout.NODE_VALUE, value, true);
  });
  return tree;
}
