/** `modelwright deployments …`: what is being served, how it does, and its log. */
import { join } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { toJson } from '../../protocol/json.ts';
import { type Figures, readFigures } from '../../serving/deployment.ts';
import {
  type Deployment,
  deploymentFolder,
  listDeployments,
  readDeployment,
  stopDeployment,
} from '../../serving/deployments.ts';
import { readPredictionLog } from '../../serving/predictionLog.ts';
import { hasStore, openStore, type Store } from '../../store/store.ts';
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
        ? using(terminal, (store) => listDeployments(store).map((each) => described(store, each)))
        : [];
      terminal.print({ deployments: listed }, renderList(listed));
    }),
  );

  subcommand(deployments, 'show <id>', 'One deployment, with the figures of each model').action(
    withStore(async (terminal, store, id: string) => {
      const shown = described(store, readDeployment(store, id));
      terminal.print(shown, renderList([shown]));
    }),
  );

  subcommand(deployments, 'stop <id>', 'End a deployment; what has arrived is answered').action(
    withStore(async (terminal, store, id: string) => {
      const stopped = described(store, await stopDeployment(store, id));
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
};

/** A deployment with its figures: of all its models together, and of each. Latencies in milliseconds. */
interface Described extends Omit<Deployment, 'models'> {
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly models: readonly (Deployment['models'][number] & Partial<Figures>)[];
}

function described(store: Store, deployment: Deployment): Described {
  const figures = readFigures(store, deployment.id);
  const sum = (pick: (of: Figures) => number) => figures.reduce((total, each) => total + pick(each), 0);
  // Of several models the slowest stands for all.
  const largest = (pick: (of: Figures) => number | null) =>
    figures.reduce<number | null>((most, each) => {
      const value = pick(each);
      return value === null || (most !== null && most > value) ? most : value;
    }, null);
  return {
    ...deployment,
    requests: sum(({ requests }) => requests),
    errors: sum(({ rejected, failed }) => rejected + failed),
    p50: largest(({ p50 }) => p50),
    p95: largest(({ p95 }) => p95),
    models: deployment.models.map((model, index) => ({ ...model, ...figures[index] })),
  };
}

function renderList(deployments: readonly Described[]): string {
  if (deployments.length === 0) return 'Nothing has been served yet.\nNext: modelwright serve MODEL';
  const milliseconds = (value: number | null) => (value === null ? '–' : `${number4(value)} ms`);
  const rows = deployments.map(({ id, status, models, url, started, requests, errors, p50, p95 }) => [
    id,
    status,
    models.map(({ name, version }) => `${printable(name, 30)}/${version}`).join(' '),
    url,
    started.slice(0, 16).replace('T', ' '),
    String(requests),
    String(errors),
    milliseconds(p50),
    milliseconds(p95),
  ]);
  const head = ['deployment', 'status', 'models', 'url', 'started (UTC)', 'requests', 'errors', 'p50', 'p95'];
  return table([head, ...rows], [5, 6, 7, 8]).join('\n');
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
