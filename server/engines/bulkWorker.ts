/** Composition root of a bulk worker: a thread that takes chunks of rows until none is left. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BulkWorkerData, BulkWorkerMessage } from './bulk.ts';
import { runChunks } from './bulkChunks.ts';
import { openSession } from './session.ts';

// The only sender is bulk.ts, with this very type.
const { model, job } = workerData as BulkWorkerData;
const send = (message: BulkWorkerMessage) => parentPort?.postMessage(message);

try {
  const session = await openSession(model);
  await runChunks(session, job, (rows) => send({ rows }));
  await session.close();
} catch (fault) {
  // The reason alone: the calling thread puts it into the same sentence again.
  const message = fault instanceof Error ? fault.message : String(fault);
  send({ fault: message.slice(message.indexOf(': ') + 1).trim() });
}
