/** A row scorer in a thread of its own, so that a large request does not keep others from being read and answered. */
import './libraryEnvironment.ts';
import { Worker } from 'node:worker_threads';
import { arrivedError, type CarriedError } from '../catalog/carriedError.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import type { RowInputs, RowScorer, RowScores } from './rowScorer.ts';

/** To the thread; `id` pairs the answer with its question. */
export interface RowQuestion extends RowInputs {
  readonly id: number;
}
/** From the thread: ready once, then an answer for each question. */
export type RowAnswer =
  | { readonly ready: true }
  | { readonly refused: CarriedError }
  | ({ readonly id: number } & RowScores)
  | { readonly id: number; readonly fault: CarriedError };

/** The thread's file lies beside this one, as source or bundled. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './rowThreadWorker.ts' : './rowThreadWorker.js',
  import.meta.url,
);

/** Resolves when the thread has opened the model. @throws ModelwrightError model-unreadable, model-foreign */
export function openRowThread(model: Uint8Array): Promise<RowScorer> {
  const waiting = new Map<number, { resolve(scores: RowScores): void; reject(fault: Error): void }>();
  const worker = new Worker(threadFile, { workerData: model });
  let asked = 0;
  let lost: ModelwrightError | undefined;
  const lose = (reason: string) => {
    lost = new ModelwrightError('scoring-failed', { reason });
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const scorer: RowScorer = {
    score({ rows, floats, strings }) {
      if (lost !== undefined) return Promise.reject(lost);
      const question: RowQuestion = { id: ++asked, rows, floats, strings };
      return new Promise((resolve, reject) => {
        waiting.set(question.id, { resolve, reject });
        worker.postMessage(question);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
  return new Promise((resolve, reject) => {
    worker.on('message', (answer: RowAnswer) => {
      if ('ready' in answer) resolve(scorer);
      else if ('refused' in answer) reject(arrivedError(answer.refused));
      else {
        const caller = waiting.get(answer.id);
        waiting.delete(answer.id);
        if ('fault' in answer) caller?.reject(arrivedError(answer.fault));
        else caller?.resolve(answer);
      }
    });
    worker.on('error', (fault) => {
      reject(fault);
      lose(fault.message);
    });
    worker.on('exit', () => lose('the thread that runs the model has ended'));
  });
}
