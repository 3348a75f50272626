/** The composition root of a load test started by the editor: one process, one test; it ends with the one that asked. */
import { type LoadReport, loadOrderSchema } from './protocol/servingMessages.ts';
import { failureOf } from './runs/failure.ts';
import { loadTest } from './serving/load.ts';

function report(message: LoadReport): void {
  if (process.connected) process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.once('message', async (message) => {
  const { url, ...order } = loadOrderSchema.parse(message);
  try {
    const onProgress = (figures: Extract<LoadReport, { kind: 'progress' }>['figures']) =>
      report({ kind: 'progress', figures });
    report({ kind: 'done', figures: await loadTest({ ...order, url: new URL(url) }, { onProgress }) });
  } catch (error) {
    report({ kind: 'failed', failure: failureOf(error) });
  }
  process.disconnect();
});
