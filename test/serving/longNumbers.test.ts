/** Ids of 64 bits in JSON: a level is the number as it was written, not the float64 nearest to it, which is another's. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Model, openServedModel } from '../../server/serving/model.ts';
import { openPredictionLog, readPredictionLog } from '../../server/serving/predictionLog.ts';
import { createServer } from '../../server/serving/server.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { prepare } from '../training/tables.ts';

/** Neighbours that float64 takes for one another. */
const accounts = ['1500000000000000000', '1500000000000000001', '1500000000000000002'];
/** The share of ones among the rows of each, as pandas counts them: `df.groupby('acct').y.mean()` is 0.9, 0.1, 0.5. */
const shares = [0.9, 0.1, 0.5];
const folder = temporaryFolder();
const logged = join(folder, 'log');
const log = openPredictionLog(logged, { keepMilliseconds: 1e9 });
let model: Model;
let app: ReturnType<typeof createServer>;

beforeAll(async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => {
    const account = row % 3;
    return `${accounts[account]},1,${Math.floor(row / 3) % 10 < 10 * (shares[account] ?? 0) ? 1 : 0}`;
  });
  writeFileSync(join(folder, 'table.csv'), `acct,n,y\n${rows.join('\n')}\n`);
  const request = await prepare(folder, {
    positive: 1,
    model: { type: 'linear', linear: { penalty: 'none' } },
    features: { include: ['acct', 'n'], types: { acct: 'categorical' } },
    split: { test: 0.1, dedupe: 'none' },
  });
  const path = join(folder, 'model.onnx');
  writeFileSync(path, (await trainModel(request)).onnx);
  await request.table.close();
  model = await openServedModel({ name: 'm', version: '1', reference: 'm@1', path, run: null }, {});
  app = createServer({ models: [model], log, bodyLimit: 1_000_000 });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await model.batches.close();
});

/** The scores that the own endpoint gives for this text of JSON. */
async function scores(payload: string): Promise<number[]> {
  const response = await app.inject({
    method: 'POST',
    url: '/predict',
    payload,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.statusCode, response.body).toBe(200);
  return response.json().map(({ score }: { score: number }) => score);
}
const written = (quote: string) =>
  `[${accounts.map((account) => `{"acct": ${quote}${account}${quote}, "n": 1}`).join(', ')}]`;

test('numbers are the levels that texts of the same digits are', async () => {
  const texts = await scores(written('"'));
  for (const [index, share] of shares.entries()) expect(texts[index]).toBeCloseTo(share, 1);
  expect(await scores(written(''))).toEqual(texts);
});

test('a long number where a number is wanted is one', async () => {
  const [long, short] = await scores(
    `[{"acct": "${accounts[0]}", "n": 10000000000000000000}, {"acct": "${accounts[0]}", "n": 1e19}]`,
  );
  expect(long).toBe(short);
});

test('one in the wrong place is shown as it was written', async () => {
  const response = await app.inject({
    method: 'POST',
    url: '/invocations',
    payload: `{"dataframe_records": [{"acct": [${accounts[1]}], "n": 1}]}`,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.json().error).toMatchObject({ code: 'request-value', row: 0, column: 'acct' });
});

test('the log holds the digits', () => {
  log.close();
  expect(JSON.stringify(readPredictionLog(logged, 100))).toContain('1500000000000000001');
});
