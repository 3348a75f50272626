/** Deployments in the store: what is served, where and by which process; one that died is found and marked. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { isAlive, thisProcess } from '../data/duckdb/processes.ts';
import { type ServedModel, servedModelSchema } from '../protocol/servingMessages.ts';
import type { ModelVersion } from '../registry/versions.ts';
import { noting, type Store, writing } from '../store/store.ts';
import { newId } from '../tracking/runs.ts';

const deploymentRow = z.object({
  id: z.string(),
  status: z.enum(['running', 'stopped', 'died']),
  models: z.string(),
  url: z.string(),
  pid: z.int(),
  process_started: z.string(),
  started: z.string(),
  ended: z.string().nullable(),
});

export interface Deployment {
  readonly id: string;
  readonly status: 'running' | 'stopped' | 'died';
  readonly models: readonly ServedModel[];
  readonly url: string;
  readonly pid: number;
  readonly started: string;
  readonly ended: string | null;
}

/** Where a deployment keeps its prediction log and its figures. */
export function deploymentFolder(store: Store, id: string): string {
  return join(store.directory, 'deployments', id);
}

/** Records that this process serves. */
export function recordDeployment(
  store: Store,
  { id, models, url }: Pick<Deployment, 'id' | 'models' | 'url'>,
): void {
  const { pid, started } = thisProcess();
  writing(store, () =>
    store.database
      .prepare(
        `INSERT INTO deployments (id, status, models, url, pid, process_started, started)
         VALUES (?, 'running', ?, ?, ?, ?, ?)`,
      )
      .run(id, JSON.stringify(models), url, pid, started, new Date().toISOString()),
  );
}

export function newDeploymentId(): string {
  return newId();
}

export function endDeployment(store: Store, id: string, status: 'stopped' | 'died'): void {
  noting(store, () =>
    store.database
      .prepare(`UPDATE deployments SET status = ?, ended = ? WHERE id = ? AND status = 'running'`)
      .run(status, new Date().toISOString(), id),
  );
}

/** Newest first. */
export function listDeployments(store: Store): Deployment[] {
  markDead(store);
  return store.database
    .prepare('SELECT * FROM deployments ORDER BY started DESC, id')
    .all()
    .map((raw) => deploymentOf(deploymentRow.parse(raw)));
}

/** A full id, or the start of one that no other deployment shares. @throws ModelwrightError deployment-not-found */
export function readDeployment(store: Store, id: string): Deployment {
  const matches = listDeployments(store).filter((each) => each.id.startsWith(id));
  const [found] = matches;
  if (found === undefined || matches.length !== 1 || id === '')
    throw new ModelwrightError('deployment-not-found', { id });
  return found;
}

/**
 * Ends a deployment: it finishes what it has begun to answer. One that does not end in time is killed.
 * @throws ModelwrightError deployment-not-found, deployment-not-running
 */
export async function stopDeployment(store: Store, id: string): Promise<Deployment> {
  const deployment = readDeployment(store, id);
  if (deployment.status !== 'running')
    throw new ModelwrightError('deployment-not-running', { id: deployment.id, status: deployment.status });
  const row = readRow(store, deployment.id);
  const owner = { pid: row.pid, started: row.process_started };
  signal(row.pid, 'SIGTERM');
  for (let waited = 0; waited < patience && isAlive(owner); waited += 50) await sleep(50);
  if (isAlive(owner)) {
    signal(row.pid, 'SIGKILL');
    while (isAlive(owner)) await sleep(20);
  }
  endDeployment(store, deployment.id, 'stopped');
  return readDeployment(store, deployment.id);
}

/** Those that serve this version now. */
export function runningDeploymentsOf(store: Store, { name, version }: ModelVersion): Deployment[] {
  return listDeployments(store).filter(
    ({ status, models }) =>
      status === 'running' &&
      models.some((model) => model.name === name && model.version === String(version)),
  );
}

/** Why a version must not be deleted: deployments that run it. */
export function servedBy(store: Store, version: ModelVersion): string | undefined {
  const users = runningDeploymentsOf(store, version);
  return users.length === 0 ? undefined : `deployment ${users.map(({ id }) => id).join(', ')} serves it`;
}

/** Milliseconds that a deployment has for ending by itself. */
const patience = 10_000;

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}

function markDead(store: Store): void {
  for (const raw of store.database.prepare(`SELECT * FROM deployments WHERE status = 'running'`).all()) {
    const { id, pid, process_started: started } = deploymentRow.parse(raw);
    if (!isAlive({ pid, started })) endDeployment(store, id, 'died');
  }
}

function readRow(store: Store, id: string): z.infer<typeof deploymentRow> {
  return deploymentRow.parse(store.database.prepare('SELECT * FROM deployments WHERE id = ?').get(id));
}

function deploymentOf(row: z.infer<typeof deploymentRow>): Deployment {
  const { process_started: _started, models, ...rest } = row;
  return { ...rest, models: z.array(servedModelSchema).parse(JSON.parse(models)) };
}
