/** The composition root of a comparison asked for by the editor: one process, one comparison; it ends with the one that asked. */

import './longLoops.ts';
import { toJson } from './protocol/json.ts';
import { type MonitorReply, monitorOrderSchema } from './protocol/monitor.ts';
import { failureOf } from './runs/failure.ts';
import { monitor } from './runs/monitor.ts';

/** Resolves when the message is on its way, however long it is, so that the process may end. */
function report(message: MonitorReply): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

process.once('disconnect', () => process.exit());
process.once('message', async (message) => {
  try {
    const document = await monitor({
      ...monitorOrderSchema.parse(message),
      signal: new AbortController().signal,
    });
    // As JSON would carry it: NaN as a word.
    await report({ kind: 'done', document: JSON.parse(toJson(document)) });
  } catch (error) {
    await report({ kind: 'failed', failure: failureOf(error) });
  }
  if (process.connected) process.disconnect();
});
