import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { runEventSchema } from '../../server/protocol/runMessages.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { launchRun } from '../../server/runs/launch.ts';
import { trialTable } from '../../server/runs/search/trialTable.ts';
import { watchRun } from '../../server/runs/watch.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { renderRun } from '../../server/terminal/runReport.ts';
import { styleFor } from '../../server/terminal/style.ts';
import { listRuns, readEvents, readRun, takeOverRun } from '../../server/tracking/runs.ts';
import { readTrials } from '../../server/tracking/trials.ts';
import { temporaryFolder } from '../temporary.ts';
import { order, runHere } from './runHere.ts';

vi.setConfig({ testTimeout: 240_000 });

interface Nested {
  readonly folds: readonly { readonly strength: number; readonly value: number }[];
  readonly best: number;
}

/** A table on which settings matter: a curve with noise. */
function workspaceWith(tune: string): string {
  const workspace = temporaryFolder();
  const random = createRandom(5, 'tune');
  const lines = ['x,z,y'];
  for (let row = 0; row < 800; row++) {
    const [x, z] = [10 * random.uniform(), random.normal()];
    lines.push(
      [x.toFixed(4), z.toFixed(4), (Math.sin(x) + 0.3 * z + 0.3 * random.normal()).toFixed(4)].join(','),
    );
  }
  writeFileSync(join(workspace, 't.csv'), `${lines.join('\n')}\n`);
  const text = `data: t.csv
target: y
split: {valid: 0.2}
model: {gbdt: {trees: 60}}
baseline: [dummy]
evaluate: {ci: {samples: 100}, slices: []}
train: {checkpoint: {every: 5}}
tune: ${tune}
`;
  writeFileSync(join(workspace, 'e.experiment.yaml'), text);
  return workspace;
}

const space = 'space: {model.gbdt.max_leaves: 2..40 log, model.gbdt.learning_rate: 0.01..0.5 log}';
describe('a run that tunes', () => {
  it('trains the best trial, and trials are child runs that lists leave out', async () => {
    // By a clock that is a second later whenever it is looked at, so that nothing is left untold for being soon.
    let seconds = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++);
    const { store, record } = await runHere(workspaceWith(`{trials: 8, search: random, ${space}}`));
    clock.mockRestore();
    const tuning = record?.document?.tuning;
    expect(tuning?.trials).toHaveLength(8);
    const errors = tuning?.trials.filter(({ pruned }) => !pruned).map(({ value }) => Number(value)) ?? [];
    expect(tuning?.metric).toBe('rmse');
    expect(tuning?.trials[tuning.best]?.value).toBe(Math.min(...errors));
    expect(record?.document?.model.params).toMatchObject({
      max_leaves: tuning?.trials[tuning.best]?.params['model.gbdt.max_leaves'],
    });
    // The best so far is told while it searches, and never gets worse.
    const told = readEvents(store, record?.head.id ?? '', 0)
      .map(({ body }) => runEventSchema.parse(body))
      .filter(({ stage, score }) => stage === 'tune' && score !== null);
    const scores = told.map(({ score }) => score?.value ?? Number.NaN);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(told.at(-1)).toMatchObject({
      detail: `trial 8 of 8, best so far trial ${(tuning?.best ?? 0) + 1}`,
      score: { metric: 'rmse', value: Math.min(...errors) },
    });
    expect(listRuns(store)).toHaveLength(1);
    const children = readTrials(store, record?.head.id ?? '');
    expect(children.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const shown = trialTable(store, record?.head.id ?? '');
    expect([shown?.metric, shown?.total, shown?.paths]).toEqual([
      'rmse',
      8,
      ['model.gbdt.max_leaves', 'model.gbdt.learning_rate'],
    ]);
    const [first, ...others] = shown?.rows ?? [];
    expect([first?.number, first?.state]).toEqual([(tuning?.best ?? 0) + 1, 'best']);
    expect(first?.value).toBe(Math.min(...errors));
    expect(first?.settings[0]).toBe(String(tuning?.trials[tuning.best]?.params['model.gbdt.max_leaves']));
    const ended = others.filter(({ state }) => state === 'finished').map(({ value }) => value ?? 0);
    expect(ended).toEqual(ended.toSorted((a, b) => a - b));
    expect(others.at(-1)?.state).toBe(errors.length < 8 ? 'pruned' : 'finished');
    const child = readRun(store, children[3]?.id ?? '');
    expect(child.head.experiment).toBe('e');
    expect(child.parent).toBe(record?.head.id);
    expect(() => takeOverRun(store, child.head.id)).toThrow(/is a trial of/);
    expect(child.request.experiment).toMatchObject({
      model: { gbdt: { max_leaves: children[3]?.params['model.gbdt.max_leaves'] } },
    });
    store.close();
  });

  it('tells the share of its time, where that ends it long before its trials do', async () => {
    // Each look at the clock is a second later.
    let seconds = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++);
    const { store, record } = await runHere(
      workspaceWith(`{trials: 10000, search: random, timeout: 1000s, ${space}}`),
    );
    clock.mockRestore();
    const told = readEvents(store, record?.head.id ?? '', 0).map(({ body }) => runEventSchema.parse(body));
    store.close();
    expect(record?.document?.tuning?.trials.length).toBeLessThan(100);
    const fractions = told.filter(({ stage }) => stage === 'tune').map(({ fraction }) => fraction);
    // 10 of 500 before it and 90 after it.
    expect(fractions[0]).toBeCloseTo(10 / 500, 6);
    expect(fractions.some((fraction) => fraction > 0.3 && fraction < 0.6)).toBe(true);
    expect(fractions.at(-1)).toBeGreaterThan(0.7);
    expect(fractions.at(-1)).toBeLessThanOrEqual(410 / 500);
  });

  it('that is killed and resumed tries the same, and ends with the same bytes', async () => {
    const workspace = workspaceWith(`{trials: 30, search: bohb, parallel: 2, warm_start: none, ${space}}`);
    const whole = await finished(workspace, await launchRun(order(workspace)));
    const id = await launchRun(order(workspace));
    const store = openStore(workspace);
    while (readTrials(store, id).length < 5) await sleep(2);
    process.kill(readRun(store, id).pid, 'SIGKILL');
    while (readRun(store, id).head.status === 'running') await sleep(5);
    expect(readRun(store, id).head.status).toBe('interrupted');
    const known = readTrials(store, id).length;
    expect(known).toBeLessThan(30);
    await launchRun({ kind: 'resume', workspace, id });
    const resumed = await finished(workspace, id);
    expect(resumed?.tuning).toEqual(whole?.tuning);
    expect(resumed?.artifacts).toEqual(whole?.artifacts);
    store.close();
  });

  it('in nested folds goes on at the trial that it was killed in', async () => {
    const workspace = workspaceWith(
      `{trials: 6, search: random, parallel: 1, warm_start: none, timeout: 1000h, ${space}}`,
    );
    const file = join(workspace, 'e.experiment.yaml');
    const text = readFileSync(file, 'utf8')
      .replace('{valid: 0.2}', '{cv: {folds: 3, nested: true}}')
      .replace('trees: 60', 'trees: 100');
    writeFileSync(file, text);
    const whole = await finished(workspace, await launchRun(order(workspace)));
    const id = await launchRun(order(workspace));
    const store = openStore(workspace);
    const told = () =>
      readEvents(store, id, 0)
        .map(({ body }) => /^outer fold (\d) of 3, trial (\d)/.exec(runEventSchema.parse(body).detail ?? ''))
        .filter((match) => match !== null)
        .map(([, fold, trial]) => 10 * Number(fold) + Number(trial));
    while ((told().at(-1) ?? 0) < 22) await sleep(2);
    process.kill(readRun(store, id).pid, 'SIGKILL');
    while (readRun(store, id).head.status === 'running') await sleep(5);
    const before = told();
    // Each look at the clock is a second later, so that every trial is told.
    let seconds = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds++);
    await executeOrder({ kind: 'resume', workspace, id }, () => {});
    clock.mockRestore();
    const after = told().slice(before.length);
    expect(after[0]).toBeGreaterThanOrEqual(before.at(-1) ?? 0);
    expect(after.at(-1)).toBe(36);
    const { document } = readRun(store, id);
    expect(document?.tuning).toEqual(whole?.tuning);
    expect(document?.artifacts).toEqual(whole?.artifacts);
    store.close();
  });

  it('tries first what the best earlier run had', async () => {
    const workspace = workspaceWith(`{trials: 2, search: random, ${space}}`);
    (await runHere(workspace)).store.close();
    const { store, record } = await runHere(workspace);
    const before = listRuns(store)[1];
    const found = before && readRun(store, before.id).document?.tuning;
    expect(record?.document?.tuning?.trials[0]?.params).toEqual(found?.trials[found.best]?.params);
    store.close();
  });

  it('tries first what an earlier run had, where its space is written short', async () => {
    const workspace = workspaceWith('{trials: 0}');
    const file = join(workspace, 'e.experiment.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('train: {', 'train: {early_stop: 7, '));
    const { store: earlier, record: one } = await runHere(workspace);
    earlier.close();
    expect(one?.head.status).toBe('finished');
    const space = 'space: {train.early_stop: [5, 6, 7, 8, 9]}';
    for (const from of ['history', `run:${one?.head.id}`]) {
      writeFileSync(
        file,
        text.replace(/tune: .*/, `tune: {trials: 1, search: random, warm_start: "${from}", ${space}}`),
      );
      const { store, record } = await runHere(workspace);
      store.close();
      expect(record?.document?.tuning?.trials.map(({ params }) => params)).toEqual([
        { 'train.early_stop': 7 },
      ]);
    }
  });

  it('tries nothing outside its space, where the best earlier run lies outside', async () => {
    const wide = '{trials: 2, search: random, space: {model.gbdt.max_leaves: 2..40}}';
    const workspace = workspaceWith(wide);
    const { store: earlier, record: one } = await runHere(workspace);
    earlier.close();
    const found = one?.document?.tuning;
    const [low, high] =
      Number(found?.trials[found.best]?.params['model.gbdt.max_leaves']) > 20 ? [2, 20] : [21, 40];
    const file = join(workspace, 'e.experiment.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('2..40', `${low}..${high}`));
    const { store, record } = await runHere(workspace);
    for (const { params } of record?.document?.tuning?.trials ?? []) {
      expect(params['model.gbdt.max_leaves']).toBeGreaterThanOrEqual(low ?? 0);
      expect(params['model.gbdt.max_leaves']).toBeLessThanOrEqual(high ?? 0);
    }
    store.close();
  });

  it('with nested folds tells how good the search is, as a loop by hand in scikit-learn does (oracle/nested.py)', async () => {
    const workspace = temporaryFolder();
    const oracle = new URL('./oracle/', import.meta.url);
    copyFileSync(new URL('nested.csv', oracle), join(workspace, 't.csv'));
    const text = `data: {source: t.csv, time: at}
target: y
split: {test: "2025-07-20", cv: {folds: 4, nested: true}}
model: linear
baseline: [dummy]
evaluate: {ci: {samples: 100}, slices: []}
tune: {trials: 4, search: grid, warm_start: none, space: {model.linear.strength: [1, 10, 30, 100]}}
`;
    writeFileSync(join(workspace, 'e.experiment.yaml'), text);
    const { store, record, refused } = await runHere(workspace);
    expect(refused).toEqual([]);
    const expected: Nested = JSON.parse(readFileSync(new URL('nested.json', oracle), 'utf8'));
    const { nested, trials = [], best = 0 } = record?.document?.tuning ?? {};
    expect(nested?.folds.map(({ params }) => params['model.linear.strength'])).toEqual(
      expected.folds.map(({ strength }) => strength),
    );
    for (const [index, { value }] of expected.folds.entries())
      expect(Number(nested?.folds[index]?.value)).toBeCloseTo(value, 5);
    expect(trials[best]?.params['model.linear.strength']).toBe(expected.best);
    // The searches within are no trials of the run.
    expect(readTrials(store, record?.head.id ?? '')).toHaveLength(4);
    if (record?.document !== undefined)
      expect(renderRun(record.document, styleFor(process.stdout))).toContain('nested cross-validation: rmse');
    store.close();
  });

  it.each([
    ['{trials: 3, using: cv}', /there are no folds/],
    ['{trials: 3, space: {model.gbdt.max_leaves: []}}', /cannot vary/],
    ['{trials: 3, search: asha, space: {model.linear.strength: 0.1..9.5}}', /step by step/],
  ])('%s is refused in one sentence', async (tune, message) => {
    const workspace = workspaceWith(tune);
    const overrides = tune.includes('linear') ? ['model.type=linear', 'model.gbdt=null'] : [];
    const refused: string[] = [];
    await executeOrder({ ...order(workspace), overrides }, (report) => {
      if (report.kind === 'refused') refused.push(report.failure.message);
    });
    expect(refused).toEqual([expect.stringMatching(message)]);
    expect(existsSync(join(workspace, '.modelwright'))).toBe(false);
  });
});

async function finished(workspace: string, id: string) {
  const store: Store = openStore(workspace);
  const record = await watchRun(store, id, { onEvent: () => {} });
  store.close();
  expect(record.error).toBeUndefined();
  return record.document;
}
