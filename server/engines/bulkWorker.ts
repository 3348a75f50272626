/** Composition root of a bulk worker: a thread that opens a model once and takes chunks of every job that it is given. */
import { parentPort, workerData } from 'node:worker_threads';
import { carriedError } from '../catalog/carriedError.ts';
import { type BulkJob, runChunks } from './bulkChunks.ts';
import type { BulkThreadData, BulkThreadMessage } from './bulkThread.ts';
import { openSession } from './session.ts';

// The only sender is bulkThread.ts, with these very types.
const { model } = workerData as BulkThreadData;
const send = (message: BulkThreadMessage) => parentPort?.postMessage(message);
// ONNX Runtime takes no shared bytes, and keeps none of these.
const session = openSession(new Uint8Array(model));
// Told with the first job.
session.catch(() => {});

async function work(job: BulkJob): Promise<void> {
  try {
    await runChunks(await session, job, (rows) => send({ rows }));
    send({ done: true });
  } catch (fault) {
    send({ fault: carriedError(fault, 'scoring-failed') });
  }
}

parentPort?.on('message', (job: BulkJob) => void work(job));
