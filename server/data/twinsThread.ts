/** Entry of the thread that looks for equal rows while columns are profiled: takes the hashes, answers once and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { countTwins, type TwinTask } from './countTwins.ts';

const task: TwinTask = workerData;
parentPort?.postMessage(countTwins(task));
