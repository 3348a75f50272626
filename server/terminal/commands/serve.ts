/** `modelwright serve`: models answer HTTP on this machine, in a process of their own. */
import type { ChildProcess } from 'node:child_process';
import { ModelwrightError } from '../../catalog/errors.ts';
import { ReportedFailure } from '../../runs/failure.ts';
import { servingOrder } from '../../runs/servingOrder.ts';
import { launchDeployment } from '../../serving/launch.ts';
import { defaultBodyLimit } from '../../serving/settings.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

interface ServeOptions extends SharedOptions {
  readonly port?: string;
  readonly bodyLimit: string;
  readonly detach?: boolean;
}

export const declareServe: Declare = (program, act) => {
  declare(program, 'serve', 'serve <models...>')
    .option(
      '--port <n>',
      'this port and no other; 0 takes a free one; default: the first free one from 8080 on',
    )
    .option('--body-limit <bytes>', 'largest request', String(defaultBodyLimit))
    .option('--detach', 'return at once; the models are served in the background')
    .action(
      act(async (terminal, references: string[], options: ServeOptions) => {
        const { workspace, signal } = terminal;
        const attached = options.detach !== true;
        const port =
          options.port === undefined ? null : wholeNumber('--port', options.port, { min: 0, max: 65_535 });
        const bodyLimit = wholeNumber('--body-limit', options.bodyLimit, { min: 1, max: 2 ** 30 });
        const order = servingOrder({ references, workspace, port, bodyLimit, attached });
        const launched = await launchDeployment(order, signal);
        if ('refused' in launched) throw new ReportedFailure(launched.refused);
        const { deployment, url, pid } = launched.ready;
        const models = order.models.map(({ name, version }) => ({ name, version }));
        const names = models.map(({ name, version }) => `${name}, version ${version}`).join('; ');
        const next = attached ? 'Ctrl-C stops it.' : `Stop it: modelwright deployments stop ${deployment}`;
        terminal.print(
          { deployment, url, pid, models },
          `Serving ${names}\n  ${url}  (deployment ${deployment})\n${next}`,
        );
        if (attached) await untilStopped(launched.worker, signal);
      }),
    );
};

/** Ctrl-C lets the worker answer what has arrived; a worker that ends by itself ends this, too. */
async function untilStopped(worker: ChildProcess, signal: AbortSignal): Promise<void> {
  const stop = () => worker.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const [code, name] = await new Promise<[number | null, string | null]>((resolve) =>
    worker.once('exit', (...how) => resolve(how)),
  );
  if (code !== 0) throw new ModelwrightError('serving-crashed', { reason: name ?? `exit code ${code}` });
}

function wholeNumber(flag: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const reason = `${flag} wants a whole number from ${min} to ${max}.`;
  throw new ModelwrightError('bad-usage', { reason, command: 'modelwright serve' });
}
