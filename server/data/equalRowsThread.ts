/** Entry of the thread that compares rows: takes their hashes, answers once and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { firstOfEqual } from './splitTwins.ts';

const hashes: BigUint64Array = workerData;
const first = firstOfEqual(hashes);
// Made by firstOfEqual, so not shared.
parentPort?.postMessage(first, [first.buffer as ArrayBuffer]);
