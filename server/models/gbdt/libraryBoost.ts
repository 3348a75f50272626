/** What `engine: lightgbm` and `engine: xgboost` share: their boosting loop, and the rows that they are given. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { GbdtSettings } from '../../config/experiment.ts';
import { matrixRows } from '../../features/matrix.ts';
import { type FitRequest, isOver, type LabelledRows } from '../family.ts';

/** A training of a library, as far as the loop sees it. */
export interface LibraryTraining {
  /** Grows one tree an output; true where nothing is left to split. */
  step(): boolean;
  /** Raw scores of the validation rows after the last step, row-major [rows, outputs]. */
  validRaw(): Float64Array;
}

/** What is saved so often holds no trees: a library goes on from its own memory alone. */
const stepsPerMark = 25;

/**
 * Steps until the ceiling, early stopping or nothing left to split. `kept`: how many steps are to be kept, 0 for all. A
 * fit that was killed starts anew, ends with the same bits, and says so.
 * @throws ModelwrightError cancelled, engine-failed
 */
export async function boostLibrary(
  library: string,
  training: LibraryTraining,
  request: FitRequest<GbdtSettings>,
): Promise<{ readonly kept: number; readonly warnings: readonly string[] }> {
  const { parameters, earlyStop, signal, checkpoint, onProgress } = request;
  const warnings = startedAnew(library, checkpoint?.load());
  const every = checkpoint?.every === 'epoch' ? stepsPerMark : checkpoint?.every;
  let best: { score: number; done: number } | undefined;
  let done = 0;
  while (done < parameters.trees && !isOver(request, done, parameters.trees)) {
    if (signal?.aborted) throw new ModelwrightError('cancelled');
    const isFinished = training.step();
    if (!isFinished) done++;
    const score = earlyStop?.score(training.validRaw());
    if (score !== undefined && (!best || score > best.score + (earlyStop?.minDelta ?? 0)))
      best = { score, done };
    onProgress?.({ done, total: parameters.trees, ...(score !== undefined && { score }) });
    if (isFinished || (earlyStop && best && done - best.done >= earlyStop.patience)) break;
    if (checkpoint && every && done % every === 0) checkpoint.save(markOf(done));
    await nextTurn();
  }
  return { kept: earlyStop?.restoreBest && best ? best.done : 0, warnings };
}

function markOf(done: number): Uint8Array {
  const mark = new Uint8Array(4);
  new DataView(mark.buffer).setUint32(0, done, true);
  return mark;
}

function startedAnew(library: string, mark: Uint8Array | undefined): string[] {
  if (mark?.length !== 4) return [];
  const steps = new DataView(mark.buffer, mark.byteOffset).getUint32(0, true);
  return [
    `${library} cannot go on from where it was broken off, after ${steps} steps or more: it started anew.`,
  ];
}

/** Rows of weight 0 are as if absent. */
export function withWeight(rows: LabelledRows): LabelledRows {
  const { matrix, target, weight } = rows;
  if (!weight?.some((w) => !(w > 0))) return rows;
  const kept = Int32Array.from(weight.keys()).filter((row) => (weight[row] ?? 0) > 0);
  return {
    matrix: matrixRows(matrix, kept),
    target: Float64Array.from(kept, (row) => target[row] ?? 0),
    weight: Float64Array.from(kept, (row) => weight[row] ?? 0),
  };
}
