/** The life of a run inside its worker: prepared, recorded, worked, and ended with one of three words. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { RunDocument } from '../protocol/run.ts';
import type { RunEvent, WorkerOrder, WorkerReport } from '../protocol/runMessages.ts';
import { openToWrite, removeAbandonedFiles } from '../store/store.ts';
import { openCheckpoints, removeSpentCheckpoints } from '../tracking/checkpoints.ts';
import {
  appendEvent,
  beat,
  createRun,
  endRun,
  finishRun,
  type Headline,
  type Lease,
  readRun,
  takeOverRun,
} from '../tracking/runs.ts';
import { readTuneSettings } from '../tuning/settings.ts';
import { failureOf } from './failure.ts';
import { located } from './locate.ts';
import { type MemoryWatch, memoryWatch } from './memoryBudget.ts';
import { runPipeline } from './pipeline.ts';
import { type PreparedRun, prepareRun, reopenRun } from './prepare.ts';
import type { Recording } from './recording.ts';
import { createStages } from './stages.ts';

/** Also how soon a run hears that it is cancelled. Milliseconds. */
const heartbeatInterval = 500;

/** Does what is ordered; never throws. `report` reaches the process that gave the order while it is listening. */
export async function executeOrder(
  order: WorkerOrder,
  report: (message: WorkerReport) => void,
): Promise<void> {
  const control = new AbortController();
  let lease: Lease | undefined;
  let heart: NodeJS.Timeout | undefined;

  /** From here on the run is in the store; whatever happens next is recorded there. */
  function record(prepared: PreparedRun, dataHash: string): Recording {
    const held = lease ?? takeLease(order, prepared, dataHash);
    lease = held;
    const memory = memoryWatch(prepared.experiment, held.runId);
    heart = setInterval(() => checkHeart(held, control, memory), heartbeatInterval);
    report({ kind: 'recorded', id: held.runId });
    return {
      lease: held,
      checkpoints: openCheckpoints(held.store, held.runId, prepared.experiment.train.checkpoint),
      head: readRun(held.store, held.runId).head,
    };
  }

  try {
    const prepared = order.kind === 'run' ? prepareRun(order) : reopenRun(order);
    const publish = (event: RunEvent) =>
      lease === undefined ? report({ kind: 'progress', event }) : appendEvent(lease, { ...event });
    const tunes = readTuneSettings(prepared.experiment) !== undefined;
    const stages = createStages(publish, { signal: control.signal, tunes });
    const result = await runPipeline({
      ...prepared,
      stages,
      signal: control.signal,
      record: (dataHash) => record(prepared, dataHash),
    }).catch((error: unknown) => {
      throw located(error, prepared.loaded);
    });
    const held = lease;
    if (held === undefined) throw new Error('a finished run has been recorded');
    const ended = new Date().toISOString();
    const head = { ...result.document.run, status: 'finished' as const, ended };
    const document = { ...result.document, run: head, timings: stages.timings };
    finishRun(held, document, headlineOf(document), result.artifacts);
    openCheckpoints(held.store, held.runId).removeAll();
  } catch (error) {
    if (lease === undefined) report({ kind: 'refused', failure: failureOf(error) });
    else recordEnd(lease, control.signal.aborted ? endOf(control.signal) : error);
  } finally {
    clearInterval(heart);
    lease?.store.close();
  }
}

/** The primary metric on the test rows; on the validation rows where nothing was held out for a test. */
function headlineOf({ metric, metrics }: RunDocument): Headline {
  const { value, low, high } = metrics.test[metric] ?? metrics.valid[metric] ?? unknown;
  return { metric, value: Number(value), low: Number(low), high: Number(high) };
}

const unknown = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

function takeLease(order: WorkerOrder, prepared: PreparedRun, dataHash: string): Lease {
  const store = openToWrite(order.workspace);
  removeAbandonedFiles(store, Date.now());
  removeSpentCheckpoints(store);
  const request = { ...prepared.request, dataHash };
  if (order.kind === 'resume') return takeOverRun(store, order.id, request);
  return createRun(store, prepared.experiment.name, request);
}

/** Cancelled, or stopped for a reason of its own. */
function endOf({ reason }: AbortSignal): ModelwrightError {
  return reason instanceof ModelwrightError ? reason : new ModelwrightError('cancelled');
}

function checkHeart(lease: Lease, control: AbortController, memory: MemoryWatch): void {
  try {
    const passed = memory();
    if (passed !== undefined && !control.signal.aborted) control.abort(passed);
    if (beat(lease).cancelled) control.abort();
  } catch {
    // The lease is lost, or the store is gone: either way nothing may be written any more.
    control.abort();
  }
}

function recordEnd(lease: Lease, error: unknown): void {
  const failure = failureOf(error);
  if (failure.code === 'run-lost-lease') return;
  endRun(lease, failure.code === 'cancelled' ? 'cancelled' : 'failed', failure);
}
