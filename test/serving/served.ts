/** The example model with hostile column names behind a server, asked without a port. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Model, openServedModel } from '../../server/serving/model.ts';
import { openPredictionLog, readPredictionLog } from '../../server/serving/predictionLog.ts';
import { createServer, type ServerOptions } from '../../server/serving/server.ts';
import { exampleModel, exampleTable, hostileNames } from '../engines/exampleModel.ts';
import { temporaryFolder } from '../temporary.ts';

export interface Served {
  readonly app: FastifyInstance;
  readonly model: Model;
  /** The table's rows as JSON records. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** What Python's ONNX Runtime gives for them: float32 bits [rows, 2] and labels (test/engines/oracle/score.py). */
  readonly expected: { readonly probabilities: readonly number[]; readonly labels: readonly string[] };
  logged(): Record<string, unknown>[];
  close(): Promise<void>;
}

export async function serveExample(
  experiment: Readonly<Record<string, unknown>>,
  options: Partial<ServerOptions> = {},
): Promise<Served> {
  const table = await exampleTable();
  const folder = temporaryFolder();
  const path = join(folder, 'model.onnx');
  writeFileSync(path, await exampleModel(table));
  const served = { name: 'shop', version: '3', reference: 'shop@production', path, run: null };
  const model = await openServedModel(served, experiment);
  const records = Array.from({ length: table.rowCount }, () => Object.create(null));
  const rows = Int32Array.from(records.keys());
  for (const name of hostileNames) {
    const numeric = model.columns.find((column) => column.name === name)?.input === 'float';
    const values = numeric ? await table.numbers(name) : await table.rawStrings(name, rows);
    for (const row of rows) {
      const value = values[row];
      records[row][name] = value === '' || Number.isNaN(value) ? null : value;
    }
  }
  await table.close();
  const logFolder = join(folder, 'log');
  const log = openPredictionLog(logFolder, { keepMilliseconds: 1e9 });
  const app = createServer({ models: [model], log, bodyLimit: 1_000_000, ...options });
  await app.ready();
  return {
    app,
    model,
    records,
    expected: JSON.parse(readFileSync(new URL('../engines/oracle/scores.json', import.meta.url), 'utf8')),
    logged() {
      log.close();
      return readPredictionLog(logFolder, 10_000);
    },
    async close() {
      await app.close();
      log.close();
      await model.batches.close();
    },
  };
}
