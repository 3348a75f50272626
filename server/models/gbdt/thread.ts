/** Entry of one more thread of a gradient boosting fit: serves the kernels until the fit ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadSeat } from './pool.ts';

// Started by pool.ts alone, with exactly this.
const { module, memory, thread } = workerData as ThreadSeat;
const instance = new WebAssembly.Instance(module, { env: { memory } });
// By its declaration in kernels/index.ts.
const serve = instance.exports['serve'] as (thread: number) => void;
parentPort?.postMessage('ready');
serve(thread);
