/** Entry of the thread that shares the work of facts: compares rows, looks at columns of numbers, and answers in turn. */
import { parentPort } from 'node:worker_threads';
import { lookAtColumn, type TableQuestion } from './columnLooks.ts';
import { type RowComparison, startComparison } from './equalRows.ts';
import type { NumbersLook, NumbersWork, ThreadWork } from './factsBeside.ts';
import { describeNumbers } from './profileNumbers.ts';
import { readNumbers } from './readColumns.ts';

let comparison: RowComparison | undefined;
let question: TableQuestion | undefined;
let turn = Promise.resolve();

// The only sender is factsBeside.ts, with this very type.
parentPort?.on('message', (work: ThreadWork) => {
  turn = turn.then(() => act(work));
});

async function act(work: ThreadWork): Promise<void> {
  switch (work.kind) {
    case 'rows':
      comparison = startComparison(work.rows, work.parts);
      return;
    case 'take':
      comparison?.take(work.name, work.column);
      return;
    case 'compare': {
      if (comparison === undefined) throw new Error('rows are to be compared of which nothing is known');
      const { whole, featured } = await comparison.finish();
      comparison = undefined;
      // Made by the comparison, so not shared; the two may be one.
      const buffers = new Set(
        [whole, ...(featured ? [featured] : [])].map(({ buffer }) => buffer as ArrayBuffer),
      );
      parentPort?.postMessage({ whole, ...(featured ? { featured } : {}) }, [...buffers]);
      return;
    }
    case 'describe':
      parentPort?.postMessage(describeNumbers(readNumbers(work.fetched), work.missing));
      return;
    case 'question':
      question = work.question;
      return;
    case 'numbers':
      parentPort?.postMessage(look(work));
  }
}

function look({ fetched, role, missing, profiled }: NumbersWork): NumbersLook {
  if (question === undefined) throw new Error('a column was sent before the question about it');
  const read = readNumbers(fetched);
  const described = profiled ? undefined : describeNumbers(read, missing);
  return { described, answer: lookAtColumn(read, role, question) };
}
