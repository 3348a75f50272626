/** Where a thread that grows trees by itself keeps what it works on. */
import * as layout from '../gbdt/kernels/layout.ts';

export interface ForestArea {
  readonly bytes: number;
  /** In the order of the slots FOREST_ROWS, …, FOREST_NODES. */
  readonly offsets: readonly number[];
  /** Offset of the nodes. */
  readonly nodes: number;
}

export function planArea(sizes: { rows: number; columns: number; leaves: number }): ForestArea {
  let bytes = layout.FOREST_AREA + layout.FOREST_STACK * 16;
  const take = (size: number) => {
    const at = Math.ceil(bytes / 64) * 64;
    bytes = at + size + 64;
    return at;
  };
  const offsets = [
    take(sizes.rows * 4),
    take(sizes.rows),
    take(sizes.rows * 8),
    // A histogram, then which bins hold rows, their order, and which of them go left.
    take(256 * layout.FOREST_BIN_BYTES + 3 * 256),
    take(sizes.columns * 4),
  ];
  const nodes = take(2 * sizes.leaves * layout.NODE_BYTES);
  return { bytes, offsets: [...offsets, nodes], nodes };
}
