/** A request that a served model answers, made of a real row: of the data of its run, or else of its log. */
import { join } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import { tableSpec } from '../../data/spec.ts';
import type { ColumnKind } from '../../data/table.ts';
import { startDataClient } from '../../data/worker/client.ts';
import type { ExampleRecord } from '../../data/worker/exampleRecord.ts';
import type { ServedModel } from '../../protocol/servingMessages.ts';
import { deploymentFolder, readDeployment } from '../../serving/deployments.ts';
import { readPredictionLog } from '../../serving/predictionLog.ts';
import { readServeSettings } from '../../serving/settings.ts';
import type { Store } from '../../store/store.ts';
import { type RunRecord, readRun } from '../../tracking/runs.ts';

export interface ExampleRequest {
  /** Of the experiment's own endpoint. */
  readonly path: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** Where the row comes from, in words. */
  readonly origin: string;
}

/** For the first model of a deployment. Throws `deployment-not-found`, `cancelled`. */
export async function exampleRequest(store: Store, id: string, signal: AbortSignal): Promise<ExampleRequest> {
  const deployment = readDeployment(store, id);
  const [model] = deployment.models;
  if (model === undefined) throw new ModelwrightError('deployment-not-found', { id });
  const run = model.run === null ? undefined : readRun(store, model.run);
  const path = readServeSettings(run?.request.experiment ?? {}).path;
  const found =
    (run && (await fromData(run, signal))) ?? fromLog(store, deployment.id, model) ?? withoutValues(run);
  return { path, ...found };
}

/** Undefined where the data is no longer what it was: moved, deleted, other columns. */
async function fromData(
  { request, document, head }: RunRecord,
  signal: AbortSignal,
): Promise<Omit<ExampleRequest, 'path'> | undefined> {
  if (document === undefined) return undefined;
  const experiment = request.experiment as unknown as Experiment; // Stored by createRun from an Experiment.
  const spec = tableSpec(experiment, request.directory);
  // A column is what it was in training.
  const kinds: Record<string, ColumnKind> = { ...spec.kinds };
  for (const { name, kind } of document.features) kinds[name] = kind as ColumnKind; // Written by a run from a Table.
  const client = startDataClient();
  try {
    const names = document.features.map(({ name }) => name);
    const { row, record }: ExampleRecord = await client.record({ ...spec, kinds }, names, signal);
    return { record, origin: `row ${row} of the data of run ${head.id}` };
  } catch (error) {
    if (error instanceof ModelwrightError && error.code === 'cancelled') throw error;
    return undefined;
  } finally {
    client.stop();
  }
}

function fromLog(store: Store, id: string, { name }: ServedModel): Omit<ExampleRequest, 'path'> | undefined {
  const records = readPredictionLog(join(deploymentFolder(store, id), 'log'), 100);
  const last = records.findLast(({ model, inputs }) => model === name && typeof inputs === 'object');
  const inputs = last?.['inputs'];
  if (typeof inputs !== 'object' || inputs === null) return undefined;
  return { record: { ...inputs }, origin: 'the last request in its log' };
}

function withoutValues(run: RunRecord | undefined): Omit<ExampleRequest, 'path'> {
  const names = run?.document?.features.map(({ name }) => name) ?? [];
  const record = Object.fromEntries(names.map((name) => [name, null]));
  return { record, origin: 'no row is at hand: the values are missing ones' };
}
