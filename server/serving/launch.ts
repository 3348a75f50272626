/** Starts a deployment in a process of its own, which goes on when this one ends unless it is attached. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelwrightError } from '../catalog/errors.ts';
import { entryUrl } from '../protocol/entry.ts';
import type { Failure } from '../protocol/runMessages.ts';
import { type ServingOrder, type ServingReport, servingReportSchema } from '../protocol/servingMessages.ts';

export type Launched =
  | { readonly ready: Extract<ServingReport, { kind: 'ready' }>; readonly worker: ChildProcess }
  | { readonly refused: Failure };

/**
 * Resolves when the deployment answers requests and is recorded, or says why it cannot.
 * An abort ends a worker that is not ready yet. @throws ModelwrightError serving-crashed, cancelled
 */
export function launchDeployment(order: ServingOrder, signal?: AbortSignal): Promise<Launched> {
  const worker = fork(fileURLToPath(entryUrl('servingWorker')), [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = () => worker.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  return new Promise<Launched>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code, name) => {
      if (signal?.aborted) reject(new ModelwrightError('cancelled'));
      else reject(new ModelwrightError('serving-crashed', { reason: name ?? `exit code ${code}` }));
    });
    worker.on('message', (message) => {
      const report = servingReportSchema.parse(message);
      resolve(report.kind === 'ready' ? { ready: report, worker } : { refused: report.failure });
    });
    worker.send(order);
  }).finally(() => {
    signal?.removeEventListener('abort', stop);
    if (order.attached) return;
    if (worker.connected) worker.disconnect();
    worker.unref();
  });
}
