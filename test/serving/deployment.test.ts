/** Deployments as processes of their own: started, asked over real HTTP, stopped, killed. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServingOrder } from '../../server/protocol/servingMessages.ts';
import {
  deploymentFolder,
  listDeployments,
  readDeployment,
  stopDeployment,
} from '../../server/serving/deployments.ts';
import { readFigures } from '../../server/serving/figures.ts';
import { type Launched, launchDeployment } from '../../server/serving/launch.ts';
import { logSegments, readPredictionLog } from '../../server/serving/predictionLog.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { exampleModel, exampleTable, hostileNames } from '../engines/exampleModel.ts';
import { temporaryFolder } from '../temporary.ts';

let workspace: string;
let store: Store;
let path: string;
beforeAll(async () => {
  workspace = temporaryFolder();
  store = openStore(workspace);
  path = join(workspace, 'model.onnx');
  const table = await exampleTable();
  writeFileSync(path, await exampleModel(table));
  await table.close();
  return () => store.close();
});

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) kill(pid, 'SIGKILL');
});

type Ready = Extract<Launched, { ready: unknown }>;
async function launch(more: Partial<ServingOrder> = {}): Promise<Launched> {
  const model = { name: 'shop', version: '1', reference: 'model.onnx', path, run: null, experiment: {} };
  const order = { workspace, models: [model], port: null, bodyLimit: 1_000_000, attached: false, ...more };
  const launched = await launchDeployment(order);
  if ('ready' in launched) started.push(launched.ready.pid);
  return launched;
}
async function serve(more: Partial<ServingOrder> = {}): Promise<Ready> {
  const launched = await launch(more);
  if ('refused' in launched) throw new Error(launched.refused.message);
  return launched;
}

const row = JSON.stringify(Object.fromEntries(hostileNames.map((name) => [name, null])));
const ask = (url: string, body = row) =>
  fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

describe('a deployment', () => {
  it('answers, keeps figures and a log, and stops when told to', async () => {
    const { ready } = await serve();
    const id = ready.deployment;
    expect(readDeployment(store, id)).toMatchObject({ status: 'running', url: ready.url, pid: ready.pid });
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await ask(ready.url)).json()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await ask(ready.url, '{')).status).toBe(400);
    await sleep(300);
    const [figures] = readFigures(store, id);
    expect(figures).toMatchObject({ requests: 21, rejected: 1, failed: 0, rows: 20 });
    expect(figures?.p50).toBeGreaterThan(0);
    const stopped = await stopDeployment(store, id);
    expect(stopped).toMatchObject({ status: 'stopped', id });
    await expect(ask(ready.url)).rejects.toThrow();
    const log = join(deploymentFolder(store, id), 'log');
    expect(readPredictionLog(log, 100)).toHaveLength(20);
    await expect(stopDeployment(store, id)).rejects.toMatchObject({ code: 'deployment-not-running' });
  });

  it('that is killed is found, with every answered row in its log but for a line that was cut', async () => {
    const { ready } = await serve();
    for (let asked = 0; asked < 5; asked++) await ask(ready.url);
    kill(ready.pid, 'SIGKILL');
    while (readDeployment(store, ready.deployment).status === 'running') await sleep(10);
    expect(readDeployment(store, ready.deployment).status).toBe('died');
    const log = join(deploymentFolder(store, ready.deployment), 'log');
    appendFileSync(logSegments(log)[0] ?? '', '{"time":"2026-01-01T00:00:00Z","inp');
    expect(readPredictionLog(log, 100)).toHaveLength(5);
    expect(readPredictionLog(log, 2)).toHaveLength(2);
  });

  it('finishes what it has begun when it is told to stop', async () => {
    const { ready } = await serve({ bodyLimit: 10_000_000 });
    const many = JSON.stringify(Array.from({ length: 20_000 }, () => JSON.parse(row)));
    const answer = ask(ready.url, many);
    await sleep(100);
    kill(ready.pid, 'SIGTERM');
    expect(await (await answer).json()).toHaveLength(20_000);
  });

  it('that is attached ends with the process that started it', async () => {
    const { ready, worker } = await serve({ attached: true });
    worker.disconnect();
    while (readDeployment(store, ready.deployment).status === 'running') await sleep(10);
    expect(readDeployment(store, ready.deployment).status).toBe('stopped');
  });
});

describe('a port', () => {
  it('that is named and taken is an error, one that is not named moves on', async () => {
    const other = createTcpServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const before = listDeployments(store).length;
    const refused = await launch({ port });
    expect(refused).toMatchObject({ refused: { code: 'port-busy', exit: 2 } });
    expect(listDeployments(store)).toHaveLength(before);
    const model = { name: 'shop', version: '1', reference: 'model.onnx', path, run: null };
    const { ready } = await serve({ models: [{ ...model, experiment: { serve: { endpoint: { port } } } }] });
    expect(ready.url).not.toBe(`http://127.0.0.1:${port}`);
    expect((await ask(ready.url)).status).toBe(200);
    other.close();
  });
});

describe('what cannot be served', () => {
  const model = () => ({ name: 'shop', version: '1', reference: 'model.onnx', path, run: null });
  it.each([
    [
      'a file that is not there',
      () => ({ ...model(), path: '/nowhere.onnx', experiment: {} }),
      'file-not-found',
    ],
    [
      'a file that is no model',
      () => ({ ...model(), path: join(workspace, '.modelwright/store.db'), experiment: {} }),
      'model-unreadable',
    ],
    [
      'a path with a pattern',
      () => ({ ...model(), experiment: { serve: { endpoint: { path: '/:all*' } } } }),
      'endpoint-unusable',
    ],
    [
      'a path of the server itself',
      () => ({ ...model(), experiment: { serve: { endpoint: { path: '/v2/x' } } } }),
      'endpoint-unusable',
    ],
    [
      'a guard that does not exist yet',
      () => ({ ...model(), experiment: { serve: { endpoint: { auth: 'key' } } } }),
      'setting-not-supported',
    ],
  ])('%s is told before anything is recorded', async (_name, served, code) => {
    const before = listDeployments(store).length;
    expect(await launch({ models: [served()] })).toMatchObject({ refused: { code } });
    expect(listDeployments(store)).toHaveLength(before);
  });
});
