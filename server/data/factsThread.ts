/** Entry of the thread that shares the work of facts: compares rows, looks at columns of numbers, and answers in turn. */
import { parentPort } from 'node:worker_threads';
import { lookAtColumn, type TableQuestion } from './columnLooks.ts';
import type { EqualRows } from './equalRows.ts';
import type { NumbersLook, NumbersWork, RowsWork, ThreadWork } from './factsBeside.ts';
import { describeNumbers } from './profileNumbers.ts';
import { readNumbers } from './readColumns.ts';

let question: TableQuestion | undefined;
let turn = Promise.resolve();

// The only sender is factsBeside.ts, with this very type.
parentPort?.on('message', (work: ThreadWork) => {
  turn = turn.then(() => act(work));
});

async function act(work: ThreadWork): Promise<void> {
  switch (work.kind) {
    case 'question':
      question = work.question;
      return;
    case 'rows': {
      const { whole, featured } = await compare(work);
      // Made by compareRows, so not shared; the two may be one.
      const buffers = new Set(
        [whole, ...(featured ? [featured] : [])].map(({ buffer }) => buffer as ArrayBuffer),
      );
      parentPort?.postMessage({ whole, ...(featured ? { featured } : {}) }, [...buffers]);
      return;
    }
    case 'numbers':
      parentPort?.postMessage(look(work));
  }
}

async function compare({ question: asked, relation, view, directory }: RowsWork): Promise<EqualRows> {
  // Only this work wants a DuckDB.
  const [{ Database }, { DuckTable }, { compareRows }] = await Promise.all([
    import('./database.ts'),
    import('./duckTable.ts'),
    import('./equalRows.ts'),
  ]);
  const database = await Database.open({ threads: 1, tempDirectory: directory });
  await database.run(view);
  const equal = await compareRows(new DuckTable({ ...relation, database }), asked);
  database.close();
  return equal;
}

function look({ fetched, role, gaps, profiled }: NumbersWork): NumbersLook {
  if (question === undefined) throw new Error('a column was sent before the question about it');
  const read = readNumbers(fetched);
  const described = profiled ? undefined : describeNumbers(read, gaps);
  return { described, answer: lookAtColumn(read, role, question) };
}
