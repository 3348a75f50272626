/** Looks for equal rows beside the other work: on a thread of its own where the rows are many. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { firstOfEqual } from './splitTwins.ts';

/** With fewer rows the thread's start would take longer than it saves. */
const manyRows = 500_000;

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(
  `./equalRowsThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** As `firstOfEqual`; the hashes are used up. */
export function findFirstOfEqual(hashes: BigUint64Array<ArrayBuffer>): Promise<Int32Array> {
  if (hashes.length < manyRows || availableParallelism() < 2) return Promise.resolve(firstOfEqual(hashes));
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { workerData: hashes, transferList: [hashes.buffer] });
    thread.once('message', resolve);
    thread.once('error', reject);
    // After an answer this rejects what is resolved already, which does nothing.
    thread.once('exit', (code) => reject(new Error(`the thread that compares rows ended with ${code}`)));
  });
}
