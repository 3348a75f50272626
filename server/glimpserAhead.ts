/** Imported first: an editor starts the server for a file that it opens, and who looks at its data loads beside the server. */
import { startWorkerAhead } from './data/worker/workerProcess.ts';

startWorkerAhead('glimpses');
