/** A thread that keeps a model open and does its share of job after job. */
import { Worker } from 'node:worker_threads';
import { arrivedError, type CarriedError } from '../catalog/carriedError.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import type { BulkJob } from './bulkChunks.ts';

export interface BulkThread {
  /** One job at a time. @throws ModelwrightError scoring-failed, model-unreadable */
  run(job: BulkJob, onChunk: (rows: number) => void): Promise<void>;
  close(): Promise<void>;
}

/** What a thread starts with: the bytes of the model, shared. */
export interface BulkThreadData {
  readonly model: Uint8Array;
}
export type BulkThreadMessage =
  | { readonly rows: number }
  | { readonly fault: CarriedError }
  | { readonly done: true };

export function startBulkThread(model: Uint8Array): BulkThread {
  const workerData: BulkThreadData = { model };
  const worker = new Worker(workerFile, { workerData });
  // An idle thread keeps no process alive.
  worker.unref();
  let ended: ModelwrightError | undefined;
  let listen: (message: BulkThreadMessage | ModelwrightError) => void = () => {};
  const end = (reason: string) => {
    ended ??= new ModelwrightError('scoring-failed', { reason });
    listen(ended);
  };
  worker.on('message', (message: BulkThreadMessage) => listen(message));
  worker.on('error', (fault) => end(fault instanceof Error ? fault.message : String(fault)));
  worker.on('exit', (code) => end(`a thread ended with ${code}`));
  return {
    run: (job, onChunk) =>
      new Promise<void>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        worker.ref();
        listen = (message) => {
          if (message instanceof ModelwrightError) reject(message);
          else if ('rows' in message) onChunk(message.rows);
          else if ('done' in message) resolve();
          else reject(arrivedError(message.fault));
        };
        worker.postMessage(job);
      }).finally(() => {
        listen = () => {};
        worker.unref();
      }),
    async close() {
      await worker.terminate();
    },
  };
}

/** The worker's file lies beside this one, as source or bundled. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './bulkWorker.ts' : './bulkWorker.js',
  import.meta.url,
);
