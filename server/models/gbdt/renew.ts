/** Leaf values that gradients cannot tell: the quantile of each leaf's residuals (Friedman 2001, algorithm 3). */
import { weightedQuantile } from '../../statistics/weightedQuantile.ts';
import type { Arena } from './arena.ts';
import * as layout from './kernels/layout.ts';

/**
 * Replaces the values of the tree just grown by `rate` times the `share` quantile of target - raw score over the rows of
 * the bag in each leaf, and adds them to the raw scores. A leaf's rows stand in one list for each thread; a quantile
 * does not depend on their order.
 */
export function renewLeaves(
  arena: Arena,
  { share, rate, weighted }: { share: number; rate: number; weighted: boolean },
): void {
  const { memory, slots, sizes } = arena;
  const nodes = slots[layout.NODE_COUNT] ?? 0;
  if (nodes <= 1) return;
  const view = new DataView(memory.buffer);
  const raw = new Float64Array(memory.buffer, slots[layout.RAW], sizes.rows);
  const target = new Float32Array(memory.buffer, slots[layout.TARGET], sizes.rows);
  const weight = weighted ? new Float32Array(memory.buffer, slots[layout.WEIGHT], sizes.rows) : undefined;
  for (let leaf = 0; leaf < (nodes + 1) / 2; leaf++) {
    const lists = listsOf(arena, view, leaf);
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    const residuals = new Float64Array(count);
    const weights = weight && new Float64Array(count);
    let at = 0;
    for (const list of lists) {
      for (const row of list) {
        residuals[at] = (target[row] ?? 0) - (raw[row] ?? 0);
        if (weights) weights[at] = weight[row] ?? 0;
        at++;
      }
    }
    const value = rate * weightedQuantile(residuals, share, weights);
    const node = view.getUint32(leafPlace(arena, 0, leaf) + layout.LEAF_NODE, true);
    view.setFloat64((slots[layout.NODES] ?? 0) + node * layout.NODE_BYTES + layout.NODE_VALUE, value, true);
  }
  arena.run(layout.JOB_ADD);
}

/** Rows of the bag in a leaf, a list for each thread. */
function listsOf(arena: Arena, view: DataView, leaf: number): Uint32Array[] {
  const threads = arena.slots[layout.THREADS] ?? 1;
  return Array.from({ length: threads }, (_, thread) => {
    const place = leafPlace(arena, thread, leaf);
    const begin = view.getUint32(place + layout.LEAF_BEGIN, true);
    const length = view.getUint32(place + layout.LEAF_LOCAL, true);
    return new Uint32Array(arena.memory.buffer, (arena.slots[layout.ROW_LIST] ?? 0) + 4 * begin, length);
  });
}

function leafPlace({ slots }: Arena, thread: number, leaf: number): number {
  const area = (slots[layout.THREAD_AREA] ?? 0) + thread * (slots[layout.THREAD_BYTES] ?? 0);
  return area + layout.AREA_LEAVES + leaf * layout.LEAF_BYTES;
}
