/** Rules that know past runs, on real runs in a real store: what `run` leaves behind is what `lint` then tells. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { startClient } from '../language/client.ts';
import { call, callJson, folderWith } from './command.ts';
import * as contract from './contract.ts';

vi.setConfig({ testTimeout: 300_000 });

const base = 'data: {source: t.csv, id: id}\ntarget: y\nsplit: {test: 0.25, valid: 0.2, seed: 1}\n';
const quick = 'evaluate: {ci: {samples: 100}}\n';

/** Two signals, and noise; a slice in which nothing can be learnt; with `leak` a column that nearly is the target. */
function table(rows: number, { leak }: { leak: boolean }): string {
  const random = createRandom(11, 'past runs');
  const lines = [`id,a,b,region,n${leak ? ',score' : ''},y`];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [random.normal(), random.normal()];
    const region = ['north', 'south', 'west'][random.int(3)] ?? '';
    const logit = region === 'west' ? 0 : 3 * a + 2 * b;
    const y = random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    const score = leak ? [y + 0.1 * random.normal()] : [];
    lines.push(
      [
        row,
        a.toFixed(3),
        b.toFixed(3),
        region,
        random.normal().toFixed(3),
        ...score.map((v) => v.toFixed(3)),
        y,
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

let folder = '';
let leaking = '';

beforeAll(async () => {
  folder = folderWith({ 't.csv': table(1600, { leak: false }) });
  leaking = folderWith({ 't.csv': table(600, { leak: true }) });
}, 120_000);

const write = (text: string, place = folder): void => writeFileSync(join(place, 'e.experiment.yaml'), text);

async function findings(
  place = folder,
  ...args: string[]
): Promise<ReturnType<typeof contract.lint.parse>['findings']> {
  const { document } = await callJson(place, ['lint', 'e.experiment.yaml', ...args]);
  return contract.lint.parse(document).findings;
}

async function rulesOf(place = folder, ...args: string[]): Promise<string[]> {
  return (await findings(place, ...args)).map(({ rule }) => rule);
}

test('a boosted model without restraint: learnt by heart, weak where nothing can be learnt; then the file moves on', async () => {
  const text = `${base}${quick}model: {type: gbdt, gbdt: {trees: 150, learning_rate: 0.3, min_leaf: 1}}\ntrain: {early_stop: false}\ngates: [roc_auc >= 0.4, roc_auc >= 0.99]\nbaseline: [dummy]\n`;
  write(text);
  const before = await rulesOf();
  expect(before).not.toContain('overfit');
  await call(folder, ['run', 'e.experiment.yaml']);
  const after = await findings();
  const told = (rule: string) => after.filter((each) => each.rule === rule).map(({ message }) => message);
  expect(told('overfit')).toEqual([expect.stringMatching(/^roc_auc 1 train, 0\.\d+ test/)]);
  expect(told('weak-slice')).toEqual([
    expect.stringMatching(/^region=west: roc_auc 0\.\d+ vs\. 0\.\d+ over all/),
  ]);
  expect(told('gate-failed')).toEqual([
    expect.stringMatching(/^Run \w{8} failed `roc_auc >= 0\.99`: roc_auc is 0\.\d+/),
  ]);
  expect(told('gate-below-baseline')).toEqual([
    expect.stringMatching(/^Dummy scores roc_auc 0\.5; the gate asks for 0\.4/),
  ]);
  expect(told('run-stale')).toEqual([]);

  // The card of the run lists what was found of its result.
  const { document } = await callJson(folder, ['runs', 'list']);
  const [newest] = contract.documents['runs list'].parse(document).runs;
  expect((await call(folder, ['card', `run:${newest?.id}`])).stdout).toMatch(/overfit/);

  write(text.replace('early_stop: false', 'early_stop: 5'));
  const changed = await rulesOf();
  expect(changed).toContain('run-stale');
  expect(changed).not.toContain('overfit');
  // Without the store there is nothing to say of it.
  expect(await rulesOf(folder, '--no-data')).not.toContain('run-stale');
});

test('noise: the model does not beat its baseline, and even training rows are not fitted', async () => {
  write(`${base}${quick}model: linear\nfeatures: [n]\nbaseline: [dummy]\n`);
  await call(folder, ['run', 'e.experiment.yaml']);
  expect(await rulesOf()).toEqual(expect.arrayContaining(['barely-beats-baseline', 'underfit']));
});

test('a leak: too good to be true, and carried by one feature', async () => {
  write(`${base}${quick}model: linear\nfeatures: [a, b, n, score]\n`, leaking);
  await call(leaking, ['run', 'e.experiment.yaml']);
  expect(await rulesOf(leaking)).toEqual(
    expect.arrayContaining(['too-good', 'dominant-feature', 'target-leak']),
  );
});

test('three seeds, the best one promoted, on a test set that may be looked at twice', async () => {
  const text = (seed: number) =>
    `${base.replace('seed: 1', 'seed: 1, test_budget: 2')}${quick}name: picked\nmodel: {type: gbdt, gbdt: {trees: 20}}\nfeatures: [a, b, n]\ngates: [roc_auc >= 0.6]\ntrain: {seed: ${seed}}\n`;
  for (const seed of [1, 2, 3]) {
    write(text(seed));
    await call(folder, ['run', 'e.experiment.yaml']);
  }
  const before = await findings();
  expect(before.find(({ rule }) => rule === 'test-peeking')?.message).toMatch(/^Test set used \d+ times/);
  expect(before.map(({ rule }) => rule)).not.toContain('seed-picking');
  const { document } = await callJson(folder, ['runs', 'list']);
  const own = contract.documents['runs list']
    .parse(document)
    .runs.filter(({ experiment }) => experiment === 'picked');
  const [best] = own.toSorted((a, b) => Number(b.value) - Number(a.value));
  expect((await call(folder, ['models', 'register', `run:${best?.id}`, '--alias', 'live'])).code).toBe(0);
  expect((await findings()).find(({ rule }) => rule === 'seed-picking')?.message).toMatch(
    /^Seeds 1, 2, 3: roc_auc spreads by 0\.\d+; you promoted the best \(picked\/1\)/,
  );
});

test('in the editor a run that ends changes the findings, without a key pressed', async () => {
  const place = folderWith({ 't.csv': readFileSync(join(folder, 't.csv')) });
  const text = `${base}${quick}model: linear\nfeatures: [n]\nbaseline: [dummy]\n`;
  write(text, place);
  const client = await startClient({ workspace: place });
  try {
    const uri = await client.open(join(place, 'e.experiment.yaml'), text);
    await client.diagnostics(uri, (found) => found.every(({ code }) => code !== 'underfit'));
    await call(place, ['run', 'e.experiment.yaml']);
    const told = await client.diagnostics(uri, (found) => found.some(({ code }) => code === 'underfit'));
    expect(told.map(({ code }) => code)).toContain('barely-beats-baseline');
    // What is typed then is no longer what was run.
    await client.change(uri, text.replace('[n]', '[a]'));
    await client.diagnostics(uri, (found) => found.some(({ code }) => code === 'run-stale'));
  } finally {
    await client.stop();
  }
});
