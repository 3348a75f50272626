/** `modelwright deployments …`: what is being served, how it does, and its log. */
import { join } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { LoadFigures } from '../../protocol/deployments.ts';
import { toJson } from '../../protocol/json.ts';
import { exampleRequest } from '../../runs/answers/exampleRequest.ts';
import {
  deploymentFolder,
  listDeployments,
  readDeployment,
  stopDeployment,
} from '../../serving/deployments.ts';
import { type DescribedDeployment, describeDeployment } from '../../serving/describe.ts';
import { loadTest } from '../../serving/load.ts';
import { readPredictionLog } from '../../serving/predictionLog.ts';
import { hasStore } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import { number4, printable, table } from '../style.ts';
import {
  type Act,
  type Declare,
  declare,
  type SharedOptions,
  subcommand,
  type Terminal,
} from '../terminal.ts';

export const declareDeployments: Declare = (program, act) => {
  const deployments = declare(program, 'deployments', 'deployments');
  const withStore = reading(act);

  subcommand(deployments, 'list', 'What is and was served, newest first').action(
    act(async (terminal) => {
      const listed = hasStore(terminal.workspace)
        ? using(terminal, (store) => listDeployments(store).map((each) => describeDeployment(store, each)))
        : [];
      terminal.print({ deployments: listed }, renderList(listed));
    }),
  );

  subcommand(deployments, 'show <id>', 'One deployment, with the figures of each model').action(
    withStore(async (terminal, store, id: string) => {
      const shown = describeDeployment(store, readDeployment(store, id));
      terminal.print(shown, renderList([shown]));
    }),
  );

  subcommand(deployments, 'stop <id>', 'End a deployment; what has arrived is answered').action(
    withStore(async (terminal, store, id: string) => {
      const stopped = describeDeployment(store, await stopDeployment(store, id));
      terminal.print(stopped, `Deployment ${stopped.id} is stopped; its log is kept.`);
    }),
  );

  subcommand(deployments, 'logs <id>', 'The last predictions')
    .option('--limit <n>', 'at most this many', '20')
    .action(
      withStore(async (terminal, store, id: string, options: SharedOptions & { limit: string }) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1) {
          const reason = '--limit wants a whole number from 1.';
          throw new ModelwrightError('bad-usage', { reason, command: 'modelwright deployments logs' });
        }
        const deployment = readDeployment(store, id);
        const records = readPredictionLog(join(deploymentFolder(store, deployment.id), 'log'), limit);
        const lines = records.map((record) => printable(toJson(record), 2_000));
        terminal.print(
          { deployment: deployment.id, records },
          lines.join('\n') || 'Nothing has been asked yet.',
        );
      }),
    );

  subcommand(deployments, 'load-test <id>', 'How many requests a second it answers, and how fast')
    .option('--seconds <n>', 'how long', '10')
    .option('--connections <n>', 'how many requests at a time', '8')
    .action(withStore(runLoadTest));
};

interface LoadOptions extends SharedOptions {
  readonly seconds: string;
  readonly connections: string;
}

/** Sends one real row over and over. Ctrl-C ends it early, with nothing printed. */
async function runLoadTest(
  terminal: Terminal,
  store: Store,
  id: string,
  options: LoadOptions,
): Promise<void> {
  const seconds = inRange('--seconds', options.seconds, { min: 1, max: 600 });
  const connections = inRange('--connections', options.connections, { min: 1, max: 256 });
  const deployment = readDeployment(store, id);
  if (deployment.status !== 'running')
    throw new ModelwrightError('deployment-not-running', { id: deployment.id, status: deployment.status });
  const { path, record, origin } = await exampleRequest(store, deployment.id, terminal.signal);
  const url = new URL(path, deployment.url);
  const order = { url, body: JSON.stringify(record), connections, seconds };
  const show = ({ seconds: passed, rate, p95 }: LoadFigures) =>
    terminal.progress.show({
      stage: 'load test',
      fraction: Math.min(1, passed / seconds),
      secondsLeft: Math.max(0, seconds - passed),
      detail: `${number4(rate)} requests/s, p95 ${milliseconds(p95)}`,
      score: null,
    });
  const figures = await loadTest(order, { signal: terminal.signal, onProgress: show });
  terminal.progress.clear();
  if (terminal.signal.aborted) throw new ModelwrightError('cancelled');
  const { requests, errors, rate, p50, p95, p99 } = figures;
  terminal.print(
    { deployment: deployment.id, url: url.href, connections, ...figures },
    [
      `${number4(rate)} requests/s over ${connections} connections in ${number4(figures.seconds)} s (${origin})`,
      `  p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}`,
      `  ${requests} requests, ${errors === 0 ? 'no' : errors} errors`,
    ].join('\n'),
  );
}

function inRange(flag: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const reason = `${flag} wants a whole number from ${min} to ${max}.`;
  throw new ModelwrightError('bad-usage', { reason, command: 'modelwright deployments load-test' });
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${number4(value)} ms`;
}

function renderList(deployments: readonly DescribedDeployment[]): string {
  if (deployments.length === 0) return 'Nothing has been served yet.\nNext: modelwright serve MODEL';
  const rows = deployments.map(({ id, status, models, url, started, requests, errors, rate, p50, p95 }) => [
    id,
    status,
    models.map(({ name, version }) => `${printable(name, 30)}/${version}`).join(' '),
    url,
    started.slice(0, 16).replace('T', ' '),
    String(requests),
    String(errors),
    number4(rate),
    milliseconds(p50),
    milliseconds(p95),
  ]);
  const facts = ['deployment', 'status', 'models', 'url', 'started (UTC)'];
  const head = [...facts, 'requests', 'errors', 'requests/s', 'p50', 'p95'];
  return table([head, ...rows], [5, 6, 7, 8, 9]).join('\n');
}

/** As act, with the workspace's store open; without one there is no deployment to be found. */
function reading(act: Act) {
  return <Rest extends unknown[]>(
    work: (terminal: Terminal, store: Store, id: string, ...rest: Rest) => Promise<void>,
  ) =>
    act(async (terminal, id: string, ...rest: Rest) => {
      if (!hasStore(terminal.workspace)) throw new ModelwrightError('deployment-not-found', { id });
      const store = openStore(terminal.workspace);
      try {
        await work(terminal, store, id, ...rest);
      } finally {
        store.close();
      }
    });
}

function using<Result>({ workspace }: Terminal, work: (store: Store) => Result): Result {
  const store = openStore(workspace);
  try {
    return work(store);
  } finally {
    store.close();
  }
}
