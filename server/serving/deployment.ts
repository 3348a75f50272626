/** The life of a deployment within its process: models opened, port taken, recorded, figures kept, ended gracefully. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { ServingOrder, ServingReport } from '../protocol/servingMessages.ts';
import { openToWrite } from '../store/store.ts';
import { deploymentFolder, endDeployment, newDeploymentId, recordDeployment } from './deployments.ts';
import { keepFigures } from './figures.ts';
import { type Model, openServedModel } from './model.ts';
import { openPredictionLog } from './predictionLog.ts';
import { createServer } from './server.ts';

export interface RunningDeployment {
  readonly ready: Extract<ServingReport, { kind: 'ready' }>;
  /** Answers what has arrived, then ends; the store says so. */
  stop(): Promise<void>;
}

/** @throws ModelwrightError port-busy, port-unusable, what opening the models and the store throws */
export async function startDeployment(order: ServingOrder): Promise<RunningDeployment> {
  const models: Model[] = [];
  for (const { experiment, ...served } of order.models)
    models.push(await openServedModel(served, experiment));
  const store = openToWrite(order.workspace);
  const id = newDeploymentId();
  const folder = deploymentFolder(store, id);
  const keepMilliseconds = Math.max(...models.map(({ settings }) => settings.log.retentionMilliseconds));
  const log = openPredictionLog(join(folder, 'log'), { keepMilliseconds });
  const listen = (port: number) => {
    const app = createServer({ models, log, bodyLimit: order.bodyLimit });
    return app.listen({ host: '127.0.0.1', port }).then((url) => ({ app, url }));
  };
  const { app, url } = await listenSomewhere(listen, order.port, models[0]?.settings.port ?? 8080);
  mkdirSync(folder, { recursive: true });
  const figures = keepFigures(models, join(folder, 'figures.json'));
  const served = order.models.map(({ experiment: _experiment, ...model }) => model);
  recordDeployment(store, { id, models: served, url });
  return {
    ready: { kind: 'ready', deployment: id, url, pid: process.pid },
    async stop() {
      await app.close();
      log.close();
      await figures.stop();
      for (const { batches } of models) await batches.close();
      endDeployment(store, id, 'stopped');
      store.close();
    },
  };
}

/** An explicit port is taken or refused; otherwise the first free one from the model's own on, then any. */
async function listenSomewhere<Server>(
  listen: (port: number) => Promise<Server>,
  explicit: number | null,
  own: number,
): Promise<Server> {
  const tried = explicit === null ? [...Array.from({ length: 20 }, (_, step) => own + step), 0] : [explicit];
  for (const port of tried.filter((each) => each <= 65_535)) {
    try {
      return await listen(port);
    } catch (fault) {
      const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw fault;
      if (explicit === null) continue;
      if (code === 'EADDRINUSE') throw new ModelwrightError('port-busy', { port });
      throw new ModelwrightError('port-unusable', { port, reason: 'this user may not' });
    }
  }
  throw new ModelwrightError('port-busy', { port: own });
}
