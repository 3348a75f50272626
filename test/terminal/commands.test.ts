/** Every command of the terminal on one small shop: words for people, documents for scripts, files where they were asked for. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { openStore } from '../../server/store/store.ts';
import { createRun, readRun } from '../../server/tracking/runs.ts';
import { call, callJson, folderWith, othersMayRun, shopCsv, shopExperiment } from './command.ts';
import * as contract from './contract.ts';

let shop = '';
let first: z.infer<typeof contract.run>;
/** A second run: worse, and with a gate that it cannot pass. */
let failed: typeof first;
let failedCode: number | null;

beforeAll(async () => {
  shop = folderWith({ 'shop.csv': shopCsv(), 'shop.experiment.yaml': shopExperiment });
  const { code, document } = await callJson(shop, ['run', 'shop.experiment.yaml']);
  expect(code).toBe(0);
  first = contract.run.parse(document);
  const worse = ['--set', 'model.gbdt.trees=1', '--set', 'gates=[roc_auc >= 0.999]'];
  const second = await callJson(shop, ['run', 'shop.experiment.yaml', ...worse]);
  failed = contract.run.parse(second.document);
  failedCode = second.code;
});

/** Calls and checks the exit code and the form of the document. */
async function check<Schema extends z.ZodType>(
  args: readonly string[],
  schema: Schema,
  code = 0,
): Promise<z.infer<Schema>> {
  const answer = await callJson(shop, args);
  expect(answer.code, answer.stdout.slice(0, 300)).toBe(code);
  return schema.parse(answer.document);
}

describe('run', () => {
  test('leaves the files that its document names', () => {
    for (const path of [first.artifacts.model, first.artifacts.predictions, first.artifacts.card])
      expect(existsSync(join(shop, path)), path).toBe(true);
    expect(readFileSync(join(shop, '.modelwright', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('names its experiment after the file and scores every row', () => {
    expect(first.run).toMatchObject({ experiment: 'shop', status: 'finished' });
    expect(first.rows.train + first.rows.test).toBe(300);
    expect(Object.keys(first.baselines)).toEqual(['dummy', 'linear']);
    expect(first.comparisons.map(({ to }) => to)).toEqual(['dummy', 'linear']);
  });

  test('piped: progress on stderr as plain lines, at most one a second; the result on stdout; the bytes of the first run', async () => {
    const { code, stdout, stderr, seconds } = await call(shop, ['run', 'shop.experiment.yaml']);
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/%/);
    expect(lines.length).toBeLessThanOrEqual(seconds + 1);
    expect(stdout + stderr).not.toContain('\u001b');
    for (const word of [
      'Lint:',
      'roc_auc',
      'dummy',
      'linear',
      'Gates',
      'model.onnx',
      'MODEL_CARD.md',
      'Next:',
    ])
      expect(stdout).toContain(word);
    // The same experiment gives the same bytes.
    const { runs } = await check(['runs', 'list', '--limit', '1'], contract.documents['runs list']);
    const again = await check(['runs', 'show', runs[0]?.id ?? ''], contract.run);
    expect(again.run.id).not.toBe(first.run.id);
    expect(again.artifacts.model).toBe(first.artifacts.model);
    expect(again.artifacts.predictions).toBe(first.artifacts.predictions);
  });

  test('--set and --variant change what is trained', async () => {
    const set = await check(['run', 'shop.experiment.yaml', '--set', 'model=linear'], contract.run);
    expect(set.model.type).toBe('linear');
    const file = join(shop, 'variants.yaml');
    writeFileSync(file, `${shopExperiment}variants: {small: {model: {gbdt: {trees: 2}}}}\n`);
    const small = await check(['run', 'variants.yaml', '--variant', 'small'], contract.run);
    expect(small.model.params).toMatchObject({ trees: 2 });
  });

  test('a failed gate is exit code 1, and all is recorded', () => {
    expect(failedCode).toBe(1);
    expect(failed.gates).toMatchObject([{ gate: 'roc_auc >= 0.999', passed: false }]);
    expect(failed.run.status).toBe('finished');
  });

  test('--dry-run plans and leaves nothing', async () => {
    const folder = folderWith({ 'shop.csv': shopCsv(), 'shop.experiment.yaml': shopExperiment });
    const { code, document } = await callJson(folder, ['run', 'shop.experiment.yaml', '--dry-run']);
    expect(code).toBe(0);
    contract.documents['run --dry-run'].parse(document);
    expect(existsSync(join(folder, '.modelwright'))).toBe(false);
  });

  test('--detach returns a running run, which watch follows to its end', async () => {
    const { run } = await check(
      ['run', 'shop.experiment.yaml', '--detach'],
      contract.documents['run --detach'],
    );
    const { code, stdout } = await call(shop, ['runs', 'watch', run.id, '--json']);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ run: { id: run.id, status: 'finished' } });
    expect(lines[0]).toHaveProperty('stage');
  });
});

describe('runs', () => {
  test('list is newest first, show repeats the document of the run', async () => {
    const { runs } = await check(['runs', 'list'], contract.documents['runs list']);
    const started = runs.map((each) => each.started);
    expect(started).toEqual(started.toSorted().toReversed());
    expect(runs.at(-1)).toMatchObject({
      id: first.run.id,
      metric: 'roc_auc',
      ...first.metrics.test['roc_auc'],
    });
    expect(await check(['runs', 'show', first.run.id], contract.run)).toEqual(first);
  });

  test('compare tells settings and results apart', async () => {
    const ids = [first.run.id, failed.run.id];
    const compared = await check(['runs', 'compare', ...ids], contract.documents['runs compare']);
    expect(compared.runs).toEqual(ids);
    expect(compared.parameters).toContainEqual({ path: 'model.gbdt.trees', values: [30, 1] });
    const auc = compared.metrics.find(({ name }) => name === 'roc_auc');
    const values = [first, failed].map(({ metrics }) => Number(metrics.test['roc_auc']?.value));
    expect(auc?.values).toEqual(values);
    expect(Number(auc?.difference)).toBeCloseTo((values[1] ?? 0) - (values[0] ?? 0), 9);
  });

  test('delete hides a run from the list, restore brings it back', async () => {
    const { id } = first.run;
    const listed = async () =>
      (await check(['runs', 'list'], contract.documents['runs list'])).runs.some((each) => each.id === id);
    expect((await call(shop, ['runs', 'delete', id])).code).toBe(0);
    expect(await listed()).toBe(false);
    expect((await call(shop, ['runs', 'restore', id])).code).toBe(0);
    expect(await listed()).toBe(true);
  });

  test('without a store a list is empty and makes none', async () => {
    const folder = folderWith({});
    const { code, document } = await callJson(folder, ['runs', 'list']);
    expect([code, document]).toEqual([0, { runs: [] }]);
    expect(existsSync(join(folder, '.modelwright'))).toBe(false);
  });
});

describe('a model on other rows', () => {
  const model = () => `run:${first.run.id}`;

  test('predict writes every form, with the same scores', async () => {
    const scores = await Promise.all(
      ['csv', 'tsv', 'jsonl', 'parquet', 'arrow'].map(async (ending) => {
        const output = `scores.${ending}`;
        const args = ['predict', model(), 'shop.csv', '-o', output];
        const document = await check(args, contract.documents.predict);
        expect(document).toEqual({ output, rows: 300, outside: [], warnings: [] });
        const { columns } = await check(['profile', output], contract.documents.profile);
        expect(columns.map(({ name }) => name)).toEqual(['row', 'prediction', 'score']);
        const score = columns.find(({ name }) => name === 'score');
        return JSON.stringify([score?.['min'], score?.['max'], score?.['mean']]);
      }),
    );
    expect(new Set(scores).size).toBe(1);
  });

  test('a model file works without its run, and rows without a target are scored', async () => {
    const [header = '', ...rows] = shopCsv(40).trimEnd().split('\n');
    const cut = (line: string) => line.slice(0, line.lastIndexOf(','));
    writeFileSync(join(shop, 'new.csv'), `${[header, ...rows].map(cut).join('\n')}\n`);
    const args = ['predict', first.artifacts.model, 'new.csv', '-o', 'bare.csv'];
    expect(await check(args, contract.documents.predict)).toMatchObject({ output: 'bare.csv', rows: 40 });
  });

  test('evaluate says how good it is', async () => {
    const evaluated = await check(['evaluate', model(), 'shop.csv'], contract.documents.evaluate);
    expect(evaluated.rows).toBe(300);
    expect(Number(evaluated.metrics['roc_auc']?.value)).toBeGreaterThan(0.6);
  });

  test('card is written as Markdown, HTML and JSON, or printed', async () => {
    for (const ending of ['md', 'html', 'json']) {
      expect((await call(shop, ['card', model(), '-o', `card.${ending}`])).code).toBe(0);
      expect(readFileSync(join(shop, `card.${ending}`), 'utf8')).toContain('bought');
    }
    expect((await call(shop, ['card', model()])).stdout).toMatch(/^# Model card: shop/);
    expect((await callJson(shop, ['card', model()])).document).toBeTypeOf('object');
  });
});

describe('before a run', () => {
  test('init writes an experiment that runs, and overwrites nothing', async () => {
    const folder = folderWith({ 'orders.csv': shopCsv() });
    const { code, document } = await callJson(folder, ['init', '--yes']);
    expect([code, document]).toEqual([
      0,
      { file: 'orders.experiment.yaml', data: 'orders.csv', target: 'bought' },
    ]);
    expect((await callJson(folder, ['run', 'orders.experiment.yaml', '--dry-run'])).code).toBe(0);
    expect((await callJson(folder, ['init', '--yes'])).code).toBe(2);
  });

  test('lint names files under the workspace, exits 1 on errors and 0 on less', async () => {
    const clean = await check(['lint', 'shop.experiment.yaml'], contract.lint);
    expect(clean).toMatchObject({ files: ['shop.experiment.yaml'], summary: { error: 0 } });
    mkdirSync(join(shop, 'broken'));
    writeFileSync(join(shop, 'broken', 'x.experiment.yaml'), 'data: ../shop.csv\ntarget: nope\n');
    const { findings } = await check(['lint', 'broken'], contract.lint, 1);
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors).toMatchObject([
      { rule: 'column-not-found', file: 'broken/x.experiment.yaml', path: 'target' },
    ]);
    const sarif = await call(shop, ['lint', 'broken', '--format', 'sarif']);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
    expect((await call(shop, ['lint', 'broken', '--format', 'github'])).stdout).toMatch(/^::error /m);
    expect((await call(shop, ['lint', 'broken', '--no-data'])).code).toBe(0);
  });

  test('lint --fix mends what is plain and keeps the rest of the text', async () => {
    const folder = folderWith({ 'x.experiment.yaml': '# kept\ndata: t.csv\ntarget: y\ntrain:\n\tseed: 3\n' });
    await call(folder, ['lint', '--fix', '--no-data']);
    const text = readFileSync(join(folder, 'x.experiment.yaml'), 'utf8');
    expect(text).toBe('# kept\ndata: t.csv\ntarget: y\ntrain:\n  seed: 3\n');
  });

  test('resolve gives every value and where it came from', async () => {
    const file = 'shop.experiment.yaml';
    const { experiment, origins } = await check(['resolve', file], contract.documents.resolve);
    expect(experiment).toMatchObject({ target: 'bought', train: { seed: 42 } });
    expect(origins['target']).toMatchObject({ how: 'file', file, range: { start: { line: 1 } } });
    expect(origins['train.seed']).toMatchObject({ how: 'default' });
    const set = await check(['resolve', file, '--set', 'train.seed=7'], contract.documents.resolve);
    expect(set.origins['train.seed']).toMatchObject({ how: 'set' });
    const explained = await call(shop, ['resolve', file, '--explain', 'train.seed']);
    expect(explained.stdout).toBe('train.seed: 42, the default\n');
  });

  test('profile counts what the file holds', async () => {
    const { rows, columns } = await check(
      ['profile', 'shop.csv', '--target', 'bought'],
      contract.documents.profile,
    );
    const cells = shopCsv()
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(rows).toBe(300);
    const age = columns.find(({ name }) => name === 'age');
    expect(age).toMatchObject({ kind: 'numeric', missing: cells.filter((row) => row[1] === '').length });
    const plan = columns.find(({ name }) => name === 'plan');
    expect(plan?.top.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    expect(plan?.link).toBeGreaterThan(0);
    const plain = await check(['profile', 'shop.csv'], contract.documents.profile);
    expect(plain.columns[0]).not.toHaveProperty('link');
  });

  test('schema, rules and completion are documents', async () => {
    const schema = (await callJson(shop, ['schema'])).document;
    expect(schema).toMatchObject({ type: 'object', properties: { target: {} } });
    expect((await check(['rules'], contract.documents.rules)).rules.length).toBeGreaterThan(200);
    const [rule] = (await check(['rules', 'target-leak'], contract.documents.rules)).rules;
    expect(rule).toMatchObject({ id: 'target-leak', severity: 'error', state: 'active' });
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await call(shop, ['completion', shell])).stdout).toContain('modelwright');
  });
});

test('nothing is left in the temporary folder, where ONNX Runtime would also note what it reports', async () => {
  const env = { TMPDIR: folderWith({}) };
  const model = join(shop, first.artifacts.model);
  for (const args of [['lint'], ['profile', 'shop.csv'], ['predict', model, 'shop.csv', '-o', 'left.csv']])
    expect((await call(shop, args, { env })).code, args[0]).toBeLessThan(2);
  expect(existsSync(join(shop, 'left.csv'))).toBe(true);
  expect(readdirSync(env.TMPDIR).filter((name) => name !== 'node-compile-cache')).toEqual([]);
});

test('--workspace works from another folder, and files are named from there', async () => {
  const elsewhere = folderWith({});
  const workspace = ['--workspace', shop];
  const { document } = await callJson(elsewhere, ['lint', 'shop.experiment.yaml', ...workspace]);
  expect(contract.lint.parse(document).files).toEqual(['shop.experiment.yaml']);
  const shown = await callJson(elsewhere, ['runs', 'show', first.run.id, ...workspace]);
  expect(contract.run.parse(shown.document).artifacts).toEqual(first.artifacts);
  expect(existsSync(join(elsewhere, '.modelwright'))).toBe(false);
});

test.runIf(othersMayRun())(
  'a folder that may only be read is read: lists, a run, its card, lint; nothing is changed',
  async () => {
    // Kept open: what was written last still stands in the log beside the database.
    const store = openStore(shop);
    const { runId: gone } = createRun(store, 'gone', readRun(store, first.run.id).request);
    store.database.prepare('UPDATE runs SET process_started = ? WHERE id = ?').run('another boot', gone);
    for (const folder of [shop, store.directory]) chmodSync(folder, 0o555);
    const as = (...args: string[]) => callJson(shop, args, { unprivileged: true });
    try {
      const [listed, shown, card, linted, ...refused] = await Promise.all([
        as('runs', 'list'),
        as('runs', 'show', first.run.id),
        as('card', `run:${first.run.id}`),
        as('lint', 'shop.experiment.yaml'),
        as('runs', 'delete', first.run.id),
        as('serve', `run:${first.run.id}`),
      ]);
      const { runs } = contract.documents['runs list'].parse(listed.document);
      expect(runs.map(({ id }) => id)).toContain(first.run.id);
      expect(runs[0]).toMatchObject({ id: gone, status: 'interrupted' });
      expect(shown.document).toEqual(first);
      expect(JSON.stringify(card.document)).toContain('bought');
      expect(contract.lint.parse(linted.document).summary.error).toBe(0);
      expect([listed, shown, card, linted].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
      const codes = refused.map(({ document }) => contract.failure.parse(document).error.code);
      expect(codes).toEqual(['store-unwritable', 'store-unwritable']);
      const running = store.database.prepare(`SELECT id FROM runs WHERE status = 'running'`).all();
      expect(running).toEqual([{ id: gone }]);
    } finally {
      for (const folder of [shop, store.directory]) chmodSync(folder, 0o755);
      store.close();
    }
  },
);
