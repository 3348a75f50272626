/** The serving contract of `features.validate`, learnt, carried and kept to; the numbers are pandas' (oracle/contract.py). */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readLineage } from '../../server/onnx/lineage.ts';
import { readModel } from '../../server/onnx/model.ts';
import { evaluateTable, predictTable } from '../../server/runs/applyModel.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { monitor } from '../../server/runs/monitor.ts';
import { deploymentFolder, recordDeployment } from '../../server/serving/deployments.ts';
import { openServedModel } from '../../server/serving/model.ts';
import { openPredictionLog, readPredictionLog } from '../../server/serving/predictionLog.ts';
import { createServer } from '../../server/serving/server.ts';
import { openStore } from '../../server/store/store.ts';
import { renderMonitor } from '../../server/terminal/driftReport.ts';
import { styleFor } from '../../server/terminal/style.ts';
import { listRuns, readRun } from '../../server/tracking/runs.ts';
import { temporaryFolder } from '../temporary.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

type Check = 'missing' | 'range' | 'unseen';
const oracle: {
  contract: Record<string, { missing: boolean; low?: number; high?: number; levels?: number }>;
  outside: { column: string; check: Check; rows: number }[];
  first: Record<Check, { row: number; column: string }>;
} = JSON.parse(readFileSync(new URL('oracle/contract.json', import.meta.url), 'utf8'));

const workspace = temporaryFolder();
const signal = new AbortController().signal;
/** Runs by their `features.validate`. */
const ids = new Map<string, string>();
const all = '{missing: warn, range: warn, unseen: warn}';
const settings = {
  default: undefined,
  all,
  missing: '{missing: reject}',
  range: '{range: reject}',
  unseen: '{unseen: reject, range: none}',
  none: '{range: none, unseen: none, skew: false}',
};

async function train(name: string, validate: string | undefined): Promise<void> {
  const file = join(workspace, `${name}.experiment.yaml`);
  const rule = validate === undefined ? '' : `, validate: ${validate}`;
  const text = `data: {source: {train: contractTrain.csv, valid: contractValid.csv, test: contractTest.csv}}
target: late
features: {include: [age, fee, visits, city, code, day], types: {city: categorical, code: categorical}${rule}}
model: {gbdt: {trees: 12}}
baseline: [dummy]
evaluate: {ci: {samples: 100}, slices: []}
`;
  writeFileSync(file, text);
  const refused: string[] = [];
  await executeOrder({ kind: 'run', file, workspace, overrides: [], variant: null }, (message) => {
    if (message.kind === 'refused') refused.push(message.failure.message);
  });
  expect(refused).toEqual([]);
  const store = openStore(workspace);
  ids.set(name, listRuns(store, 1)[0]?.id ?? '');
  store.close();
}

beforeAll(async () => {
  for (const part of ['Train', 'Valid', 'Test', 'New'])
    copyFileSync(
      new URL(`oracle/contract${part}.csv`, import.meta.url),
      join(workspace, `contract${part}.csv`),
    );
  for (const [name, validate] of Object.entries(settings)) await train(name, validate);
});

function recordOf(name: string) {
  const store = openStore(workspace);
  const record = readRun(store, ids.get(name) ?? '');
  store.close();
  return record;
}

const modelPath = (name: string) => join(workspace, recordOf(name).document?.artifacts.model ?? '');
const contractOf = (name: string) => readLineage(readModel(readFileSync(modelPath(name))).metadata).contract;
const applied = (name: string) => ({
  workspace,
  model: `run:${ids.get(name)}`,
  data: join(workspace, 'contractNew.csv'),
  signal,
});
const warned = (...checks: Check[]) => oracle.outside.filter(({ check }) => checks.includes(check));

describe('a contract', () => {
  it('is learnt on the training rows alone and stands in the model file', () => {
    const contract = contractOf('all');
    expect(contract?.columns.map(({ name }) => name).sort()).toEqual(Object.keys(oracle.contract).sort());
    for (const { name, missing, low, high, levels } of contract?.columns ?? []) {
      const expected = oracle.contract[name];
      const [least, most] = [low, high].map((end) => (end === undefined ? undefined : Math.fround(end)));
      expect({ missing, low: least, high: most }, name).toEqual({
        missing: expected?.missing,
        low: expected?.low,
        high: expected?.high,
      });
      // More levels than a thousand are not carried.
      expect(levels?.length, name).toBe((expected?.levels ?? 0) > 1000 ? undefined : expected?.levels);
    }
    expect(contract?.columns.find(({ name }) => name === 'city')?.levels).toContain('007');
  });

  it('warns of ranges and levels where nothing is written, and is absent where nothing is to be checked', () => {
    expect(contractOf('default')).toMatchObject({ missing: 'none', range: 'warn', unseen: 'warn' });
    expect(contractOf('none')).toBeUndefined();
  });

  it('is told in the card', () => {
    const card = readFileSync(join(workspace, recordOf('range').document?.artifacts.card ?? ''), 'utf8');
    expect(card).toContain('a number outside the range of training is refused, with row and column');
    expect(card).toMatch(/`age` \| 18\.03 to 69\.94 \| none/);
  });
});

describe('predict and evaluate', () => {
  it('count what lies outside, by column, as pandas does', async () => {
    const output = join(workspace, 'all.csv');
    const { rows, outside } = await predictTable(applied('all'), output);
    expect(rows).toBe(400);
    const key = ({ column, check }: { column: string; check: string }) => `${column} ${check}`;
    const sorted = <T extends { column: string; check: string }>(list: readonly T[]) =>
      list.toSorted((a, b) => key(a).localeCompare(key(b)));
    expect(sorted(outside)).toEqual(sorted(oracle.outside));
    const byDefault = await predictTable(applied('default'), output);
    expect(sorted(byDefault.outside)).toEqual(sorted(warned('range', 'unseen')));
    expect((await predictTable(applied('none'), output)).outside).toEqual([]);
    const evaluation = await evaluateTable(applied('default'));
    expect(evaluation.warnings).toContain('Column `age`: 92 of 400 rows are outside the range of training.');
  });

  it('name each column that is not there, and what may be meant', async () => {
    const data = join(workspace, 'renamed.csv');
    const [header = '', ...lines] = readFileSync(join(workspace, 'contractNew.csv'), 'utf8')
      .trim()
      .split('\n');
    writeFileSync(data, `${header.replace('visits', 'Visit').replace('fee', 'f')}\n${lines.join('\n')}\n`);
    await expect(predictTable({ ...applied('none'), data }, join(workspace, 'x.csv'))).rejects.toMatchObject({
      code: 'model-column-missing',
      message: 'The model takes the column `fee`, which the data does not have. Missing too: `visits`.',
    });
    writeFileSync(data, `${header.replace('visits', 'Visit')}\n${lines.join('\n')}\n`);
    await expect(predictTable({ ...applied('none'), data }, join(workspace, 'x.csv'))).rejects.toMatchObject({
      message: 'The model takes the column `visits`, which the data does not have. Did you mean `Visit`?',
    });
  });

  it.each(['missing', 'range', 'unseen'] as const)('refuse the first row that is %s', async (check) => {
    const output = join(workspace, `${check}.csv`);
    const error = { code: `contract-${check}`, place: oracle.first[check] };
    await expect(predictTable(applied(check), output)).rejects.toMatchObject(error);
    expect(existsSync(output)).toBe(false);
    await expect(evaluateTable(applied(check))).rejects.toMatchObject(error);
  });
});

describe('serving', () => {
  const good = { age: 30, fee: 2.5, visits: 3, city: 'Bonn', code: 'c1', day: '2024-05-01' };

  async function serve(name: string, log: string) {
    const served = { name: 'late', version: '1', reference: 'late', path: modelPath(name), run: null };
    const model = await openServedModel(served, recordOf(name).request.experiment);
    const writer = openPredictionLog(log, { keepMilliseconds: 1e12 });
    const app = createServer({ models: [model], log: writer, bodyLimit: 1e6 });
    return {
      post: (payload: object) => app.inject({ method: 'POST', url: '/predict', payload }),
      get: (url: string) => app.inject({ method: 'GET', url }),
      model,
      async close() {
        await app.close();
        writer.close();
        await model.batches.close();
      },
    };
  }

  it.each([
    ['range', { age: 71 }, 'age', 'holds 71 in column `age`, where training had 18.03 to 69.938.'],
    [
      'unseen',
      { city: 'Essen' },
      'city',
      'holds `Essen` in column `city`, a level that training did not see',
    ],
    ['missing', { day: null }, 'day', 'has no value in column `day`'],
  ] as const)('refuses a request that is %s, with row and column', async (check, change, column, words) => {
    const server = await serve(check, temporaryFolder());
    const refused = await server.post([good, { ...good, ...change }]);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().error).toMatchObject({
      code: `contract-${check}`,
      row: 1,
      column,
      message: expect.stringContaining(words),
      help: expect.any(String),
    });
    expect((await server.post([good])).statusCode).toBe(200);
    await server.close();
  });

  it('states bounds that it keeps to in its OpenAPI', async () => {
    const server = await serve('range', temporaryFolder());
    const schema = JSON.stringify((await server.get('/openapi.json')).json());
    // The shortest decimal that is the float32 of the model's input.
    expect(schema).toContain('"minimum":18.03,"maximum":69.938');
    await server.close();
  });

  it('answers where it is only to warn, counts in the figures and the log, and monitor tells it', async () => {
    const record = recordOf('all');
    const store = openStore(workspace);
    const model = { name: 'late', version: '1', reference: 'late/1', path: '', run: record.head.id };
    recordDeployment(store, { id: 'dep-contract', models: [model], url: 'http://127.0.0.1:1' });
    const log = join(deploymentFolder(store, 'dep-contract'), 'log');
    store.close();
    mkdirSync(log, { recursive: true });
    const server = await serve('all', log);
    const odd = [
      { ...good, age: 71, city: 'Essen' },
      { ...good, age: 5 },
      { ...good, fee: null },
      { ...good, day: null },
    ];
    for (let copy = 0; copy < 30; copy++)
      expect((await server.post([...odd, good, good])).statusCode).toBe(200);
    const metrics = (await server.get('/metrics')).body;
    for (const [column, check, count] of [
      ['age', 'range', 60],
      ['city', 'unseen', 30],
      ['day', 'missing', 30],
    ])
      expect(metrics).toContain(
        `modelwright_contract_cells_total{model="late",version="1",column="${column}",check="${check}"} ${count}`,
      );
    // The fee was missing in training too.
    expect(metrics).not.toContain('column="fee"');
    expect(server.model.statistics.snapshot()).toMatchObject({ rows: 180, outside: 90 });
    await server.close();
    const records = readPredictionLog(log, 6);
    expect(records.map(({ outside }) => outside)).toEqual([
      { age: 'range', city: 'unseen' },
      { age: 'range' },
      undefined,
      { day: 'missing' },
      undefined,
      undefined,
    ]);
    const watched = await monitor({ workspace, subject: 'dep-contract', model: null, replay: false, signal });
    expect(watched.outside).toEqual([
      { column: 'age', check: 'range', rows: 60 },
      { column: 'city', check: 'unseen', rows: 30 },
      { column: 'day', check: 'missing', rows: 30 },
    ]);
    expect(renderMonitor(watched, styleFor(process.stdout))).toContain(
      'Column `city`: 30 of 180 rows are of levels that training did not see.',
    );
  });
});

afterAll(() => {
  ids.clear();
});
