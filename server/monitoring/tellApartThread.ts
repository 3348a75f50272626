/** Entry of the thread that compares all columns together: answers once and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type TogetherTask, tellApart } from './tellApart.ts';

// The only sender is multivariate.ts, with this very type.
parentPort?.postMessage(tellApart(workerData as TogetherTask));
