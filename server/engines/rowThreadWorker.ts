/** Composition root of a row thread: opens the model, then answers one question after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { carriedError } from '../catalog/carriedError.ts';
import { openRowScorer } from './rowScorer.ts';
import type { RowAnswer, RowQuestion } from './rowThread.ts';

const send = (answer: RowAnswer) => parentPort?.postMessage(answer);

try {
  // The only sender is rowThread.ts, with the bytes of a model.
  const scorer = await openRowScorer(workerData as Uint8Array);
  parentPort?.on('message', ({ id, ...inputs }: RowQuestion) => {
    scorer.score(inputs).then(
      (scores) => send({ id, ...scores }),
      (fault: unknown) => send({ id, fault: carriedError(fault, 'scoring-failed') }),
    );
  });
  send({ ready: true });
} catch (fault) {
  send({ refused: carriedError(fault, 'model-unreadable') });
}
