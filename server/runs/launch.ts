/** Starts a run in a process of its own, which goes on when this one ends. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelwrightError } from '../catalog/errors.ts';
import { entryUrl } from '../protocol/entry.ts';
import { type RunEvent, type WorkerOrder, workerReportSchema } from '../protocol/runMessages.ts';
import { ReportedFailure } from './failure.ts';
import { likelyCause, memoryKills } from './memoryKills.ts';

/**
 * Resolves with the run's id as soon as it is recorded. Throws ReportedFailure when the experiment cannot run, and
 * `run-crashed` when the worker died before it could say anything; an abort ends the worker, with nothing written.
 */
export function launchRun(
  order: WorkerOrder,
  options: {
    signal?: AbortSignal;
    onProgress?: (event: RunEvent) => void;
    /** How many processes the system has ended for want of memory. */
    kills?: () => number;
  } = {},
): Promise<string> {
  const worker = fork(fileURLToPath(entryUrl('worker')), [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const kills = options.kills ?? memoryKills;
  const killsBefore = kills();
  const stop = () => worker.kill('SIGKILL');
  options.signal?.addEventListener('abort', stop, { once: true });
  return new Promise<string>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code, signal) => {
      if (options.signal?.aborted) reject(new ModelwrightError('cancelled'));
      else {
        const cause = signal === 'SIGKILL' ? likelyCause(killsBefore, kills()) : '';
        const reason = `${signal ?? `exit code ${code}`}${cause === '' ? '' : `: ${cause}`}`;
        reject(new ModelwrightError('run-crashed', { reason, id: '' }));
      }
    });
    worker.on('message', (message) => {
      const report = workerReportSchema.parse(message);
      if (report.kind === 'progress') options.onProgress?.(report.event);
      else if (report.kind === 'refused') reject(new ReportedFailure(report.failure));
      else resolve(report.id);
    });
    worker.send(order);
  }).finally(() => {
    options.signal?.removeEventListener('abort', stop);
    if (worker.connected) worker.disconnect();
    worker.unref();
  });
}
