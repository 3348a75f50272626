/** A row scorer in a thread of its own, so that a large request does not keep others from being read and answered. */
import './libraryEnvironment.ts';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, type ErrorPlace, ModelwrightError } from '../catalog/errors.ts';
import type { RowInputs, RowScorer, RowScores } from './rowScorer.ts';

/** To the thread; `id` pairs the answer with its question. */
export interface RowQuestion extends RowInputs {
  readonly id: number;
}
/** From the thread: ready once, then an answer for each question. */
export type RowAnswer =
  | { readonly ready: true }
  | { readonly refused: string }
  | ({ readonly id: number } & RowScores)
  | ({ readonly id: number } & RowFault);

/** A ModelwrightError, which does not cross threads itself. */
export interface RowFault {
  readonly code: ErrorCode;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly place: ErrorPlace;
}

/** The thread's file lies beside this one, as source or bundled. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './rowThreadWorker.ts' : './rowThreadWorker.js',
  import.meta.url,
);

/** Resolves when the thread has opened the model. @throws ModelwrightError model-unreadable */
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
      else if ('refused' in answer)
        reject(new ModelwrightError('model-unreadable', { reason: answer.refused }));
      else {
        const caller = waiting.get(answer.id);
        waiting.delete(answer.id);
        if ('code' in answer)
          caller?.reject(new ModelwrightError(answer.code, answer.parameters, answer.place));
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
