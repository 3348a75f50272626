/** Composition root of a row thread: opens the model, then answers one question after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { ModelwrightError } from '../catalog/errors.ts';
import { openRowScorer } from './rowScorer.ts';
import type { RowAnswer, RowFault, RowQuestion } from './rowThread.ts';

const send = (answer: RowAnswer) => parentPort?.postMessage(answer);
const faultOf = (fault: unknown): RowFault =>
  fault instanceof ModelwrightError
    ? { code: fault.code, parameters: fault.parameters, place: fault.place }
    : { code: 'scoring-failed', parameters: { reason: reasonOf(fault) }, place: {} };
/** The reason alone: the calling thread puts it into the same sentence again. */
const reasonOf = (fault: unknown) => {
  const message = fault instanceof Error ? fault.message : String(fault);
  return message.slice(message.indexOf(': ') + 1).trim();
};

try {
  // The only sender is rowThread.ts, with the bytes of a model.
  const scorer = await openRowScorer(workerData as Uint8Array);
  parentPort?.on('message', ({ id, ...inputs }: RowQuestion) => {
    scorer.score(inputs).then(
      (scores) => send({ id, ...scores }),
      (fault: unknown) => send({ id, ...faultOf(fault) }),
    );
  });
  send({ ready: true });
} catch (fault) {
  send({ refused: reasonOf(fault) });
}
