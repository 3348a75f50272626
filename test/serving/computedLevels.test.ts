/** `unknown: error` on a text that the model computes: refused as clearly as a plain column's, by row, column and value. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Model, openServedModel } from '../../server/serving/model.ts';
import { openPredictionLog } from '../../server/serving/predictionLog.ts';
import { createServer } from '../../server/serving/server.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, writeTable } from '../training/tables.ts';

const folder = temporaryFolder();
/** Of missing values it is `none`, which no training row gives: 'label' is never missing. */
const expr = "coalesce(label, 'none')";
let model: Model;
let app: ReturnType<typeof createServer>;

beforeAll(async () => {
  writeTable(folder, { ...churn, rows: 400 });
  const request = await prepare(folder, {
    model: 'linear',
    features: {
      derive: [{ name: 'level', expr }],
      exclude: ['label', 'plan', 'city', 'joined'],
      categorical: { unknown: 'error' },
    },
  });
  const path = join(folder, 'model.onnx');
  writeFileSync(path, (await trainModel(request)).onnx);
  await request.table.close();
  model = await openServedModel({ name: 'm', version: '1', reference: 'm@1', path, run: null }, {});
  const log = openPredictionLog(join(folder, 'log'), { keepMilliseconds: 1e9 });
  app = createServer({ models: [model], log, bodyLimit: 10_000_000 });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await model.batches.close();
});

const row = (label: string | null) => ({ age: 40, income: 20_000, member: true, label });
const ask = async (labels: readonly (string | null)[]) => {
  const payload = { dataframe_records: labels.map(row) };
  const response = await app.inject({ method: 'POST', url: '/invocations', payload });
  return { status: response.statusCode, body: response.json() };
};

test('a model is served whose computed text of missing values no training row gives', async () => {
  expect((await ask(['low', 'mid', 'high'])).status).toBe(200);
});

test.each([
  ['a value that is computed of an unseen one', ['low', 'odd'], 1, 'odd'],
  ['one of a missing value', ['low', 'mid', null], 2, 'none'],
  ['one behind the rows that are scored at once', [...new Array(1_500).fill('mid'), 'odd'], 1_500, 'odd'],
])('%s', async (_, labels, place, level) => {
  const { status, body } = await ask(labels);
  expect(status).toBe(400);
  expect(body.error).toEqual({
    code: 'level-unseen-computed',
    message:
      `Column \`level\`, computed as \`${expr}\`, is \`${level}\` here, which no training row gives, ` +
      'and `unknown: error` refuses it.',
    help: 'Mend the values that it is computed from, or set `features.categorical.unknown` to bucket or missing and train anew.',
    row: place,
    column: 'level',
  });
});

test('a request is not refused for the row of another that comes at the same time', async () => {
  const [good, bad] = await Promise.all([ask(['low']), ask(['odd'])]);
  expect([good.status, bad.status]).toEqual([200, 400]);
});
