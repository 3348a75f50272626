/** A model file that a run wrote, behind a server. */
import { join } from 'node:path';
import { openServedModel } from '../../server/serving/model.ts';
import { openPredictionLog } from '../../server/serving/predictionLog.ts';
import { createServer } from '../../server/serving/server.ts';

/** The model file at `path` of the folder, asked without a port. */
export async function serve(folder: string, path: string) {
  const served = { name: 'm', version: '1', reference: 'run:x', path: join(folder, path), run: null };
  const model = await openServedModel(served, {});
  const log = openPredictionLog(join(folder, 'log'), { keepMilliseconds: 1e9 });
  const app = createServer({ models: [model], log, bodyLimit: 1_000_000 });
  const post = async (url: string, payload: object) =>
    (await app.inject({ method: 'POST', url, payload })).json();
  return {
    app,
    post,
    close: async () => {
      await app.close();
      log.close();
      await model.batches.close();
    },
  };
}
