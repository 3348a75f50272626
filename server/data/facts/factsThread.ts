/** Entry of the thread that shares the work of facts: compares rows, looks at columns of numbers, and answers in turn. */
import { parentPort } from 'node:worker_threads';
import { describeNumbers } from '../profile/profileNumbers.ts';
import { readNumbers } from '../profile/readColumns.ts';
import { lookAtNumbers, type NumbersLook, type NumbersWork } from './columnLooks.ts';
import { type RowComparison, startComparison } from './equalRows.ts';
import { type BesideQuestion, begin, type ThreadWork } from './factsBeside.ts';
import { type Linker, prepareLinks } from './links.ts';

let comparison: RowComparison | undefined;
let linker: Linker | undefined;
let question: BesideQuestion | undefined;
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
      const compared = await comparison.finish(work.classes);
      comparison = undefined;
      // Made by the comparison, so not shared.
      parentPort?.postMessage(compared, [compared.whole.buffer as ArrayBuffer]);
      return;
    }
    case 'links':
      linker = prepareLinks(work.task, work.seed);
      parentPort?.postMessage(linker);
      return;
    case 'describe':
      parentPort?.postMessage(describeNumbers(readNumbers(work.fetched), work.missing));
      return;
    case 'question':
      question = work.question;
      return;
    case 'numbers':
      parentPort?.postMessage(begin(work.begun) ? look(work.work) : undefined);
  }
}

function look(work: NumbersWork): NumbersLook {
  if (question === undefined) throw new Error('a column was sent before the question about it');
  return lookAtNumbers(work, { ...question, linker, assignment: undefined });
}
