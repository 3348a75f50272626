/** Answers the extension about drift, from a process of its own: the language server keeps answering meanwhile. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelwrightError } from '../../catalog/errors.ts';
import { entryUrl } from '../../protocol/entry.ts';
import {
  driftCalls,
  type MonitorDocument,
  type MonitorOrder,
  monitorReplySchema,
} from '../../protocol/monitor.ts';
import { ReportedFailure } from '../failure.ts';
import type { RequestWorld } from './requests.ts';

export function answerDrift({ register }: Pick<RequestWorld, 'register'>): void {
  register(driftCalls.monitor, launchMonitor);
}

/** An abort ends the process. Throws what monitor throws, `cancelled`, `worker-crashed`. */
function launchMonitor(order: MonitorOrder, signal: AbortSignal): Promise<MonitorDocument> {
  const worker = fork(fileURLToPath(entryUrl('monitorWorker')), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = () => worker.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return new Promise<MonitorDocument>((resolve, reject) => {
    worker.once('error', reject);
    // Not at its exit: what it has sent may still be on its way then.
    worker.once('close', (code, name) => {
      if (signal.aborted) reject(new ModelwrightError('cancelled'));
      else reject(new ModelwrightError('worker-crashed', { reason: name ?? `exit code ${code}` }));
    });
    worker.on('message', (message) => {
      const reply = monitorReplySchema.parse(message);
      if (reply.kind === 'done') resolve(reply.document);
      else reject(new ReportedFailure(reply.failure));
    });
    worker.send(order);
  }).finally(() => signal.removeEventListener('abort', stop));
}
