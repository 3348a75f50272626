/** The boosting loop: one tree an output and iteration, until the ceiling, early stopping or nothing left to split. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { GbdtSettings } from '../../config/experiment.ts';
import { createRandom } from '../../statistics/random.ts';
import { type FitRequest, isOver, isSaved } from '../family.ts';
import type { Arena } from './arena.ts';
import { decodeState, encodeState, type FitState } from './checkpoint.ts';
import { applyTree, takeTree } from './ensemble.ts';
import * as layout from './kernels/layout.ts';
import type { Objective } from './objective.ts';
import { renewLeaves } from './renew.ts';

/** With sampling, iterations in a row without any split before the fit is called finished; without, one. */
const barrenIterations = 10;
/** An iteration is too short to be an epoch worth a write to disk. */
const treesPerSave = 25;

/**
 * Boosts on an arena whose bins, targets and raw scores stand ready; returns the trees to keep. Every iteration yields
 * to the event loop, looks at the signal, reports, and may save itself. The early-stop score is taken every iteration,
 * with many validation rows every few (one more for each 50,000 scores, at most every tenth); patience counts
 * iterations all the same.
 */
export async function boost(
  arena: Arena,
  request: FitRequest<GbdtSettings>,
  objective: Objective,
): Promise<Uint8Array[]> {
  const { parameters, earlyStop, checkpoint, signal } = request;
  const { outputs, validRows } = arena.sizes;
  const fingerprint = JSON.stringify([
    parameters,
    objective,
    request.seed,
    arena.sizes.rows,
    validRows,
    request.train.matrix.columns,
  ]);
  const state = resume(arena, request, fingerprint);
  const saved = checkpoint?.every === 'epoch' ? treesPerSave : checkpoint?.every;
  const stride = Math.min(10, Math.ceil((validRows * outputs) / 50_000));
  const raw = new Float64Array(arena.memory.buffer, arena.slots[layout.VALID_RAW], validRows * outputs);

  while (
    state.done < parameters.trees &&
    !isBarren(state, outputs, parameters) &&
    !isOver(request, state.done, parameters.trees)
  ) {
    if (signal?.aborted) {
      if (isSaved(checkpoint) && state.done > 0) checkpoint.save(encodeState(state, fingerprint));
      throw new ModelwrightError('cancelled');
    }
    for (let output = 0; output < outputs; output++)
      state.trees.push(growTree(arena, request, { objective, iteration: state.done, output }));
    state.done++;
    let score: number | undefined;
    if (earlyStop && validRows > 0 && (state.done % stride === 0 || state.done === parameters.trees)) {
      score = earlyStop.score(raw);
      const isBetter = !state.best || score > state.best.score + earlyStop.minDelta;
      if (isBetter && !Number.isNaN(score)) state.best = { score, done: state.done };
    }
    request.onProgress?.({
      done: state.done,
      total: parameters.trees,
      ...(score !== undefined && { score }),
    });
    if (earlyStop && state.best && state.done - state.best.done >= earlyStop.patience) break;
    if (checkpoint && saved && state.done % saved === 0)
      checkpoint.save(encodeState(state, fingerprint), (state.best?.done ?? 0) > state.done - saved);
    await nextTurn();
  }
  return earlyStop?.restoreBest && state.best ? state.trees.slice(0, state.best.done * outputs) : state.trees;
}

/** Takes up a saved state, adding its trees to the raw scores in the order in which they grew. */
function resume(arena: Arena, request: FitRequest<GbdtSettings>, fingerprint: string): FitState {
  const saved = request.checkpoint?.load();
  const state = saved && decodeState(saved, fingerprint);
  if (!state) return { trees: [], done: 0 };
  state.trees.forEach((_, index) => {
    applyTree(arena, state.trees, index);
  });
  return state;
}

/** Whether the last iterations split nothing: told from the trees, so that a resumed fit agrees. */
function isBarren(
  { trees, done }: FitState,
  outputs: number,
  { subsample, colsample }: GbdtSettings,
): boolean {
  const patience = subsample < 1 || colsample < 1 ? barrenIterations : 1;
  return done >= patience && trees.slice(-patience * outputs).every((tree) => tree.length === 0);
}

function growTree(
  arena: Arena,
  { parameters, seed, train }: FitRequest<GbdtSettings>,
  { objective, iteration, output }: { objective: Objective; iteration: number; output: number },
): Uint8Array {
  const { slots } = arena;
  slots[layout.OUTPUT] = output;
  // The same bag for all classes of an iteration, columns of its own for each tree.
  slots[layout.BAG_SEED] = createRandom(seed, 'gbdt', 'bag', iteration).uint32();
  slots[layout.BAG_LIMIT] =
    parameters.subsample < 1 ? Math.floor(parameters.subsample * 2 ** 32) : 0xffff_ffff;
  chooseColumns(arena, parameters.colsample, seed, [iteration, output]);
  arena.run(layout.JOB_GROW);
  if (objective.renewAt !== undefined) {
    renewLeaves(arena, {
      share: objective.renewAt,
      rate: parameters.learning_rate,
      weighted: train.weight !== undefined,
    });
  }
  return takeTree(arena);
}

/** Draws the columns of one tree, and how the gather moves their bins together: a shuffle for each 16 columns. */
function chooseColumns(arena: Arena, share: number, seed: number, tree: readonly number[]): void {
  const { slots, memory, sizes } = arena;
  const all = Array.from({ length: sizes.columns }, (_, j) => j);
  const count = Math.max(1, Math.round(share * sizes.columns));
  if (count < sizes.columns) createRandom(seed, 'gbdt', 'columns', ...tree).shuffle(all);
  const chosen = all.slice(0, count).sort((a, b) => a - b);
  new Uint32Array(memory.buffer, slots[layout.CHOSEN_LIST], count).set(chosen);
  slots[layout.CHOSEN] = count;
  let blocks = 0;
  for (let first = 0; first < sizes.columns; first += 16) {
    const inside = chosen.filter((column) => column >= first && column < first + 16);
    const [lowest] = inside;
    if (lowest === undefined) continue;
    const at = (slots[layout.GATHER_PLAN] ?? 0) + blocks * 32;
    const shuffle = new Uint8Array(memory.buffer, at, 16).fill(0xff);
    shuffle.set(inside.map((column) => column - first));
    new Uint32Array(memory.buffer, at + 16, 2).set([first, chosen.indexOf(lowest)]);
    blocks++;
  }
  slots[layout.GATHER_BLOCKS] = blocks;
}
