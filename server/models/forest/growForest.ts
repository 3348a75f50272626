/** Grows the trees of a forest, a batch of one a thread at a time, and scores rows by the trees that did not see them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { ForestSettings } from '../../config/experiment.ts';
import { createRandom } from '../../statistics/random.ts';
import { type FitRequest, isOver, isSaved } from '../family.ts';
import type { Arena } from '../gbdt/arena.ts';
import { decodeState, encodeState } from '../gbdt/checkpoint.ts';
import * as layout from '../gbdt/kernels/layout.ts';
import type { ForestArea } from './planArea.ts';

/** A tree is too short to be an epoch worth a write to disk. */
const treesPerSave = 25;

export interface Grown {
  /** Tree i belongs to output i mod outputs; leaf values are shares of the mean over all that were grown. */
  readonly trees: Uint8Array[];
  /** Mean leaf value of each row over the trees that did not see it, [rows, outputs]; NaN where all did. */
  readonly outOfBag: Float64Array;
}

/**
 * On an arena whose bins and targets stand ready. Every batch yields to the event loop, looks at the signal, reports,
 * and may save itself; trees of a saved state are taken as they are.
 */
export async function growForest(
  arena: Arena,
  request: FitRequest<ForestSettings>,
  area: ForestArea,
): Promise<Grown> {
  const { parameters, checkpoint, signal, seed } = request;
  const { outputs, rows, threads } = arena.sizes;
  const fingerprint = JSON.stringify(['forest', parameters, seed, rows, request.train.matrix.columns]);
  const saved = checkpoint?.load();
  const trees = (saved && decodeState(saved, fingerprint)?.trees) ?? [];
  const random = createRandom(seed, 'forest');
  const words = [random.uint32(), random.uint32()] as const;
  const every = checkpoint?.every === 'epoch' ? treesPerSave : checkpoint?.every;
  let unsaved = 0;
  let first = 0;
  while (first < parameters.trees && !isOver(request, first, parameters.trees)) {
    if (signal?.aborted) {
      if (isSaved(checkpoint) && unsaved > 0)
        checkpoint.save(encodeState({ trees, done: first }, fingerprint));
      throw new ModelwrightError('cancelled');
    }
    const count = Math.min(threads, parameters.trees - first);
    const isGrown = trees.length >= (first + count) * outputs;
    if (!isGrown) trees.length = first * outputs;
    for (let output = 0; output < outputs; output++) {
      arena.slots[layout.OUTPUT] = output;
      runBatch(arena, words, { first, count, onlySamples: isGrown });
      for (let thread = 0; thread < count; thread++) {
        const index = (first + thread) * outputs + output;
        if (isGrown) placeTree(arena, area, thread, trees[index]);
        else trees[index] = takeTree(arena, area, thread);
      }
      if (parameters.oob) arena.run(layout.JOB_OUT_OF_BAG);
    }
    first += count;
    unsaved += isGrown ? 0 : count;
    request.onProgress?.({ done: first, total: parameters.trees });
    if (checkpoint && every !== undefined && unsaved >= every) {
      checkpoint.save(encodeState({ trees, done: first }, fingerprint));
      unsaved = 0;
    }
    await nextTurn();
  }
  trees.length = first * outputs;
  for (const tree of trees) divideValues(tree, first);
  return { trees, outOfBag: meansOf(arena) };
}

function runBatch(
  arena: Arena,
  [low, high]: readonly [number, number],
  { first, count, onlySamples }: { first: number; count: number; onlySamples: boolean },
): void {
  arena.slots.set([low, high, first, count, onlySamples ? 1 : 0], layout.ARGUMENT);
  arena.run(layout.JOB_FOREST);
}

function placeOf({ slots }: Arena, thread: number): number {
  return (slots[layout.THREAD_AREA] ?? 0) + thread * (slots[layout.THREAD_BYTES] ?? 0);
}

function takeTree(arena: Arena, { nodes }: ForestArea, thread: number): Uint8Array {
  const place = placeOf(arena, thread);
  const count = new DataView(arena.memory.buffer).getUint32(place + layout.FOREST_COUNT, true);
  return new Uint8Array(arena.memory.buffer, place + nodes, count * layout.NODE_BYTES).slice();
}

function placeTree(arena: Arena, { nodes }: ForestArea, thread: number, tree: Uint8Array | undefined): void {
  if (tree) new Uint8Array(arena.memory.buffer, placeOf(arena, thread) + nodes, tree.length).set(tree);
}

/** In place: a forest is the largest thing that a run holds. */
function divideValues(tree: Uint8Array, trees: number): void {
  const view = new DataView(tree.buffer, tree.byteOffset, tree.length);
  for (let at = layout.NODE_VALUE; at < tree.length; at += layout.NODE_BYTES)
    view.setFloat64(at, view.getFloat64(at, true) / trees, true);
}

function meansOf({ memory, slots, sizes }: Arena): Float64Array {
  const length = sizes.rows * sizes.outputs;
  const sums = new Float64Array(memory.buffer, slots[layout.OOB_SUMS], length);
  const counts = new Uint32Array(memory.buffer, slots[layout.OOB_COUNTS], length);
  return sums.map((sum, i) => sum / (counts[i] ?? 0));
}
