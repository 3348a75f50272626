/** What can be seen of a model once it is served, and of its run once it is registered. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../../../server/config/experiment.ts';
import { registerRun } from '../../../server/registry/register.ts';
import { openServedModel } from '../../../server/serving/model.ts';
import { logSegments, openPredictionLog, readPredictionLog } from '../../../server/serving/predictionLog.ts';
import { createServer } from '../../../server/serving/server.ts';
import { openStore } from '../../../server/store/store.ts';
import { listRuns } from '../../../server/tracking/runs.ts';

const good = { age: 30, fee: 5, plan: 'blue', day: '2024-01-05' };
const asText = { ...good, age: '30' };

/** Its answers on the paths that the cases name, and what its log then holds. */
export async function observeServed(
  onnx: Uint8Array,
  experiment: Experiment,
  folder: string,
): Promise<unknown> {
  const path = join(folder, 'served.onnx');
  writeFileSync(path, onnx);
  const log = join(folder, 'served-log');
  rmSync(log, { recursive: true, force: true });
  mkdirSync(log);
  const old = join(log, '000001.jsonl');
  writeFileSync(old, '');
  const longAgo = Date.now() / 1000 - 200 * 86_400;
  utimesSync(old, longAgo, longAgo);

  const model = await openServedModel(
    { name: 'm', version: '1', reference: 'm', path, run: null },
    experiment,
  );
  const { port, log: settings } = model.settings;
  const writer = openPredictionLog(log, { keepMilliseconds: settings.retentionMilliseconds });
  const app = createServer({ models: [model], log: writer, bodyLimit: 10_000 });
  const answers: unknown[] = [];
  for (const url of ['/predict', '/late']) {
    for (const payload of [good, good, asText]) {
      const { statusCode, body } = await app.inject({ method: 'POST', url, payload });
      answers.push([url, statusCode, body]);
    }
  }
  await app.close();
  writer.close();
  await model.batches.close();
  const records = readPredictionLog(log, 100).map(({ time: _time, request: _request, ...record }) => record);
  return { port, answers, records, segments: logSegments(log).length };
}

/** The name and stage that the newest run of the folder is registered with. */
export function observeRegistered(folder: string): unknown {
  const store = openStore(folder);
  const { name, stage } = registerRun(store, listRuns(store)[0]?.id ?? '', { force: true }).version;
  store.close();
  return { name, stage };
}
