/** Runs a load test in a process of its own: it would keep the language server from answering. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { LoadFigures } from '../../protocol/deployments.ts';
import { entryUrl } from '../../protocol/entry.ts';
import { type LoadOrder, loadReportSchema } from '../../protocol/servingMessages.ts';
import { ReportedFailure } from '../failure.ts';

interface LoadOptions {
  readonly signal: AbortSignal;
  /** Once a second. */
  readonly onProgress: (figures: LoadFigures) => void;
}

/** An abort ends the process. Throws `deployment-unreachable`, `cancelled`, `serving-crashed`. */
export function launchLoadTest(order: LoadOrder, { signal, onProgress }: LoadOptions): Promise<LoadFigures> {
  const worker = fork(fileURLToPath(entryUrl('loadWorker')), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = () => worker.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return new Promise<LoadFigures>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code, name) => {
      if (signal.aborted) reject(new ModelwrightError('cancelled'));
      else reject(new ModelwrightError('serving-crashed', { reason: name ?? `exit code ${code}` }));
    });
    worker.on('message', (message) => {
      const report = loadReportSchema.parse(message);
      if (report.kind === 'progress') onProgress(report.figures);
      else if (report.kind === 'done') resolve(report.figures);
      else reject(new ReportedFailure(report.failure));
    });
    worker.send(order);
  }).finally(() => signal.removeEventListener('abort', stop));
}
