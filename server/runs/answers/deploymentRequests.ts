/** Answers the extension about deployments: lists, starts and stops them, shows their log, asks them, loads them. */
import { join } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import {
  type DeploymentEntry,
  deploymentCalls,
  type LoadFigures,
  loadProgress,
} from '../../protocol/deployments.ts';
import { askDeployment } from '../../serving/ask.ts';
import {
  type Deployment,
  deploymentFolder,
  listDeployments,
  readDeployment,
  stopDeployment,
} from '../../serving/deployments.ts';
import { describeDeployment } from '../../serving/describe.ts';
import { launchDeployment } from '../../serving/launch.ts';
import { readPredictionLog } from '../../serving/predictionLog.ts';
import { defaultBodyLimit } from '../../serving/settings.ts';
import type { Store } from '../../store/store.ts';
import { ReportedFailure } from '../failure.ts';
import { servingOrder } from '../servingOrder.ts';
import { exampleRequest } from './exampleRequest.ts';
import { launchLoadTest } from './launchLoadTest.ts';
import { inStores, type RequestWorld, withStore } from './requests.ts';

export function answerDeployments({ register, watch, notify }: RequestWorld): void {
  register(deploymentCalls.list, ({ workspaces }) => {
    for (const workspace of workspaces) watch.add(workspace);
    return { deployments: inStores(workspaces, listEntries).sort(byUse) };
  });
  register(deploymentCalls.serve, async ({ workspace, model, port }, signal) => {
    const request = { references: [model], workspace, port, bodyLimit: defaultBodyLimit, attached: false };
    const launched = await launchDeployment(servingOrder(request), signal);
    if ('refused' in launched) throw new ReportedFailure(launched.refused);
    return { id: launched.ready.deployment, url: launched.ready.url };
  });
  register(deploymentCalls.stop, (place) =>
    ofDeployment(place, async (store) => {
      await stopDeployment(store, place.id);
      return {};
    }),
  );
  register(deploymentCalls.logs, ({ limit, ...place }) =>
    ofDeployment(place, (store) => {
      const { id } = readDeployment(store, place.id);
      return { records: readPredictionLog(join(deploymentFolder(store, id), 'log'), limit) };
    }),
  );
  register(deploymentCalls.example, (place, signal) =>
    ofDeployment(place, (store) => exampleRequest(store, place.id, signal)),
  );
  register(deploymentCalls.ask, ({ path, body, ...place }, signal) =>
    ofDeployment(place, (store) =>
      askDeployment({ url: runningOne(store, place.id).url, path }, body, signal),
    ),
  );
  register(deploymentCalls.loadTest, ({ seconds, connections, ...place }, signal) =>
    ofDeployment(place, async (store) => {
      const { url } = runningOne(store, place.id);
      const { path, record } = await exampleRequest(store, place.id, signal);
      const order = { url: new URL(path, url).href, body: JSON.stringify(record), connections, seconds };
      const onProgress = (figures: LoadFigures) => notify(loadProgress.method, { ...place, figures });
      return launchLoadTest(order, { signal, onProgress });
    }),
  );
}

function ofDeployment<Result>(
  { workspace, id }: { readonly workspace: string; readonly id: string },
  work: (store: Store) => Result | Promise<Result>,
): Promise<Result> {
  return withStore(workspace, () => new ModelwrightError('deployment-not-found', { id }), work);
}

function runningOne(store: Store, id: string): Deployment {
  const deployment = readDeployment(store, id);
  if (deployment.status === 'running') return deployment;
  throw new ModelwrightError('deployment-not-running', { id, status: deployment.status });
}

function listEntries(store: Store, workspace: string): DeploymentEntry[] {
  return listDeployments(store).map((deployment) => {
    const { models, ...rest } = describeDeployment(store, deployment);
    return {
      workspace,
      ...rest,
      models: models.map(({ name, version, run, requests, errors, rate, p50, p95 }) => ({
        ...{ name, version, run },
        ...{ requests, errors, rate, p50, p95 },
      })),
    };
  });
}

function byUse(a: DeploymentEntry, b: DeploymentEntry): number {
  const runs = Number(b.status === 'running') - Number(a.status === 'running');
  return runs !== 0 ? runs : b.started.localeCompare(a.started);
}
