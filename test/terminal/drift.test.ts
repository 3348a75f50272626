/** `drift` and `monitor` as a script meets them: documents, exit codes, and one clear error for what cannot be compared. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../server/monitoring/settings.ts';
import { toJson } from '../../server/protocol/json.ts';
import { compareTables } from '../../server/runs/drift.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { histories } from '../../server/runs/history.ts';
import { monitor } from '../../server/runs/monitor.ts';
import { deploymentFolder, recordDeployment } from '../../server/serving/deployments.ts';
import { openStore } from '../../server/store/store.ts';
import { listRuns, readRun } from '../../server/tracking/runs.ts';
import { call, callJson, folderWith, shopCsv } from './command.ts';
import * as contract from './contract.ts';

const rows = shopCsv().trimEnd().split('\n');
/** Everybody twenty years older. */
const moved = rows.map((line) =>
  line.replace(/^(\d+),(\d+),/, (_, id: string, age: string) => `${id},${Number(age) + 20},`),
);
const hostile = ['<img src=x>', '../../x', '__proto__', 'a\nb', '\u001b[31m', 'x'.repeat(10_000)];

let shop = '';
let run = '';

beforeAll(async () => {
  const names = hostile.map((name) => `"${name}"`).join(',');
  const cells = (row: number, shift: number) =>
    hostile.map((_, at) => ((row * 7 + at) % 50) + shift).join(',');
  const table = (shift: number) =>
    [names, ...Array.from({ length: 150 }, (_, row) => cells(row, shift))].join('\n');
  shop = folderWith({
    'shop.csv': rows.join('\n'),
    'moved.csv': moved.join('\n'),
    'few.csv': rows.slice(0, 11).join('\n'),
    'empty.csv': 'id,age,plan,since,bought\n',
    'other.csv': 'x,y\n1,2\n3,4\n',
    'cut.csv': `${rows.slice(0, 30).join('\n')}\n1,2`,
    'names.csv': table(0),
    'moved names.csv': table(30),
    'shop.experiment.yaml': `data: {source: shop.csv, id: id}
target: bought
split: 0.5
baseline: []
model: {gbdt: {trees: 5}}
evaluate: {ci: {samples: 100}}
monitor: {window: 50, drift: {persist: 2}}
`,
  });
  const file = join(shop, 'shop.experiment.yaml');
  await executeOrder({ kind: 'run', file, workspace: shop, overrides: [], variant: null }, (message) => {
    if (message.kind === 'refused') throw new Error(message.failure.message);
  });
  const store = openStore(shop);
  run = listRuns(store)[0]?.id ?? '';
  store.close();
});

/** A deployment whose log holds these lines; returns its id. */
function deploy(id: string, lines: readonly string[]): string {
  const store = openStore(shop);
  const model = { name: 'shop', version: '1', reference: 'shop/1', path: '', run };
  recordDeployment(store, { id, models: [model], url: 'http://127.0.0.1:1' });
  const log = join(deploymentFolder(store, id), 'log');
  mkdirSync(log, { recursive: true });
  writeFileSync(join(log, '000001.jsonl'), lines.join('\n'));
  store.close();
  return id;
}

const logged = (line: string, row: number) => {
  const [, age = '', plan = '', since = ''] = line.split(',');
  const time = new Date(1.7e12 + 1000 * row).toISOString();
  const inputs = { age: age === '' ? null : Number(age), plan, since: `${since}T00:00:00` };
  return JSON.stringify({ time, model: 'shop', version: '1', row: 0, inputs, prediction: 'no' });
};

const signal = new AbortController().signal;

/** The document, without a process around it. */
async function compared(current: string, reference = 'shop.csv') {
  const [first, second] = [join(shop, reference), join(shop, current)];
  const report = await compareTables({
    reference: first,
    current: second,
    settings: defaultSettings,
    signal,
  });
  return contract.drift.parse(JSON.parse(toJson(report)));
}

const watched = (subject: string, model: string | null) =>
  monitor({ workspace: shop, subject, model, replay: false, signal });

describe('drift', () => {
  test('0 and steady columns for a table against itself', async () => {
    const { code, document } = await callJson(shop, ['drift', 'shop.csv', 'shop.csv']);
    const { columns, rows: counted, drifted } = contract.drift.parse(document);
    expect([code, drifted]).toEqual([0, false]);
    expect(columns.map(({ column }) => column)).toEqual(['id', 'age', 'plan', 'since', 'bought']);
    expect(counted).toEqual({ reference: 300, current: 300 });
  });

  test('1 and the column for one that moved, as the flags ask; in words the same', async () => {
    const { code, document } = await callJson(shop, ['drift', 'shop.csv', 'moved.csv', '--seed', '7']);
    const { columns, seed, alpha } = contract.drift.parse(document);
    expect([code, seed, alpha]).toEqual([1, 7, 0.05]);
    expect(columns.filter(({ drifted }) => drifted)).toMatchObject([{ column: 'age', size: 'large' }]);
    const words = await call(shop, ['drift', 'shop.csv', 'moved.csv', '--alpha', '0.001']);
    expect(words.code).toBe(0);
    // What takes long tells what it does; at most a line a second where nobody is at a terminal.
    expect(words.stderr).toMatch(/^ {2}0 % · reading the reference\n/);
    expect(words.stdout).toMatch(/^None of \d columns has drifted\.\n/);
    expect(words.stdout).toMatch(/^age .* steady /m);
  });

  test('no verdict where there are too few rows', async () => {
    const { columns, drifted } = await compared('few.csv');
    expect(columns.map((column) => column.test)).toEqual(['none', 'none', 'none', 'none', 'none']);
    expect(drifted).toBe(false);
  });

  test('hostile names are names: whole in the document, harmless on the terminal', async () => {
    const { columns } = await compared('moved names.csv', 'names.csv');
    expect(columns.map(({ column }) => column)).toEqual(hostile);
    const { code, stdout } = await call(shop, ['drift', 'names.csv', 'moved names.csv']);
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u001b');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(400);
  });

  test.concurrent.for([
    [['shop.csv', 'cut.csv'], 'data-ragged', { file: 'cut.csv', row: 29 }],
    [['shop.csv', 'shop.csv', '--alpha', '0'], 'drift-setting', {}],
    [['shop.csv', 'shop.csv', '--effect', 'huge'], 'drift-setting', {}],
    [['shop.csv'], 'bad-usage', {}],
  ] as const)('2 and one document for %s', async ([args, code, place]) => {
    const answer = await callJson(shop, ['drift', ...args]);
    expect(answer.code).toBe(2);
    expect(contract.failure.parse(answer.document).error).toMatchObject({ code, ...place });
  });

  test('each table that cannot be compared has its error', async () => {
    for (const [name, code, names] of [
      ['nope.csv', 'data-not-found', 'nope.csv'],
      ['.', 'data-not-a-file', 'folder'],
      ['empty.csv', 'data-empty', 'empty.csv'],
      ['other.csv', 'drift-no-columns', 'x, y'],
    ] as const)
      await expect(compared(name)).rejects.toMatchObject({ code, message: expect.stringContaining(names) });
  });
});

describe('monitor', () => {
  test('the log of a deployment, cut off at its end: 1 when as many windows as asked for have drifted', async () => {
    const lines = [...rows.slice(1, 151), ...moved.slice(151, 251)].map(logged);
    const id = deploy('d0', [...lines, '{"time": "2023']);
    const { code, document } = await callJson(shop, ['monitor', id]);
    const { windows, alarm, report, ...found } = contract.monitor.parse(document);
    expect(found).toMatchObject({ subject: id, deployment: id, model: 'shop/1', run });
    expect(windows.map((window) => [window.rows, window.alarm])).toEqual([
      [50, false],
      [50, false],
      [50, false],
      [50, false],
      [50, true],
    ]);
    expect(report?.columns.find(({ column }) => column === 'age')?.drifted).toBe(true);
    expect([code, alarm]).toEqual([1, true]);
    // What hover compares the columns of other data with.
    const known = histories();
    const age = known.of(shop, 'shop', shop)?.columnsOf?.(run)?.get('age');
    known.forget();
    expect(age).toMatchObject({ kind: 'numbers', missing: 0.08, deviation: expect.any(Number) });
    // Whoever edits the experiment is told.
    const told = await callJson(shop, ['lint', 'shop.experiment.yaml']);
    expect(told.document).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          rule: 'drift-detected',
          message: expect.stringMatching(/^\d of \d columns: .*age.* of deployment d0\.$/),
        }),
      ]),
    });
  });

  test('a file against the rows of a model: 0 when nothing moved, in words by name of the model', async () => {
    const { code, stdout } = await call(shop, ['monitor', 'shop.csv', '--model', `run:${run}`]);
    expect(code).toBe(0);
    expect(stdout).toContain(`run:${run}, run ${run}: the whole file is one window`);
  });

  test('2 and one document where nothing of the name is served, and where the model is not said', async () => {
    for (const [subject, code] of [
      ['nope', 'monitor-not-found'],
      ['shop.csv', 'monitor-without-model'],
    ] as const) {
      const answer = await callJson(shop, ['monitor', subject]);
      expect([answer.code, contract.failure.parse(answer.document).error.code]).toEqual([2, code]);
    }
  });

  test('what cannot be watched has its error', async () => {
    const bare = JSON.stringify({ time: '2026-01-01T00:00:00Z', model: 'shop', version: '1' });
    for (const [subject, model, code] of [
      ['', null, 'monitor-not-found'],
      ['shop.csv', 'nope', 'model-not-found'],
      ['other.csv', `run:${run}`, 'drift-no-columns'],
      ['empty.csv', `run:${run}`, 'data-empty'],
      [deploy('unasked', []), null, 'monitor-log-empty'],
      [deploy('bare', [bare]), null, 'monitor-log-bare'],
    ] as const)
      await expect(watched(subject, model)).rejects.toMatchObject({ code });
  });

  test('a run whose reference is broken or gone cannot be compared with', async () => {
    const store = openStore(shop);
    const reference = join(shop, readRun(store, run).document?.artifacts.reference ?? '');
    store.close();
    writeFileSync(reference, '{"version": 1, "rows');
    await expect(watched('shop.csv', `run:${run}`)).rejects.toMatchObject({ code: 'reference-unreadable' });
    rmSync(reference);
    await expect(watched('shop.csv', `run:${run}`)).rejects.toMatchObject({ code: 'reference-unreadable' });
  });
});
