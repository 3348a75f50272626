/** The composition root of a run: one process, one run. It goes on when the process that started it ends. */
import './longLoops.ts';
import { type WorkerReport, workerOrderSchema } from './protocol/runMessages.ts';
import { executeOrder } from './runs/execute.ts';

/** The starter listens until the run is recorded, then leaves; what it does not hear stands in the store. */
function report(message: WorkerReport): void {
  // One that was killed a moment ago still counts as connected: a failure that nobody is told of would end the run.
  if (process.connected) process.send?.(message, () => undefined);
}

// A closed terminal must not end the run; `runs cancel` does.
process.on('SIGHUP', () => {});

process.once('message', async (message) => {
  await executeOrder(workerOrderSchema.parse(message), report);
  if (process.connected) process.disconnect();
});
