import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WorkerOrder } from '../../server/protocol/runMessages.ts';
import { planRun } from '../../server/runs/estimate/plan.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore } from '../../server/store/store.ts';
import { renderFindingSummary, renderPlan, renderRun } from '../../server/terminal/runReport.ts';
import { styleFor } from '../../server/terminal/style.ts';
import { listRuns, readRun } from '../../server/tracking/runs.ts';
import { readTrials } from '../../server/tracking/trials.ts';
import { temporaryFolder } from '../temporary.ts';

vi.setConfig({ testTimeout: 240_000 });
afterEach(() => {
  vi.restoreAllMocks();
});

const style = styleFor(process.stdout);

function workspaceWith(text: string, rows = 600): string {
  const workspace = temporaryFolder();
  const random = createRandom(5, 'budget');
  const lines = ['x,z,y'];
  for (let row = 0; row < rows; row++) {
    const [x, z] = [10 * random.uniform(), random.normal()];
    lines.push(
      [x.toFixed(4), z.toFixed(4), (Math.sin(x) + 0.3 * z + 0.3 * random.normal()).toFixed(4)].join(),
    );
  }
  writeFileSync(join(workspace, 't.csv'), `${lines.join('\n')}\n`);
  const rest = 'baseline: [dummy]\nevaluate: {ci: {samples: 100}, slices: []}\n';
  writeFileSync(join(workspace, 'e.experiment.yaml'), `data: t.csv\ntarget: y\n${rest}${text}`);
  return workspace;
}

const orderOf = (workspace: string, overrides: string[] = []): Extract<WorkerOrder, { kind: 'run' }> => ({
  kind: 'run',
  workspace,
  file: join(workspace, 'e.experiment.yaml'),
  overrides,
  variant: null,
});

async function execute(order: WorkerOrder) {
  const refused: { code: string; message: string }[] = [];
  await executeOrder(order, (message) => {
    if (message.kind === 'refused') refused.push(message.failure);
  });
  if (!existsSync(join(order.workspace, '.modelwright'))) return { refused, record: undefined };
  const store = openStore(order.workspace);
  const [newest] = listRuns(store, 1);
  const record = newest && readRun(store, newest.id);
  store.close();
  return { refused, record };
}

/** A clock that is a tenth of a second later whenever it is looked at. */
function tickingClock(): void {
  let ticks = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => 100 * ticks++);
}

const slow = 'split: {valid: 0.2}\nmodel: {gbdt: {trees: 900, learning_rate: 0.01}}\n';

describe('train.budget.time', () => {
  it('ends the training at a step, goes on to the evaluation, and says so wherever the run is told', async () => {
    const workspace = workspaceWith(`${slow}train: {early_stop: false, budget: {time: 20s}}\n`);
    tickingClock();
    const { record } = await execute(orderOf(workspace));
    const document = record?.document;
    expect(record?.head.status).toBe('finished');
    expect(document?.model.iterations).toBeLessThan(200);
    expect(document?.model.iterations).toBeGreaterThan(10);
    expect(document?.metrics.test['rmse']).toBeDefined();
    const said = /`train\.budget\.time` \(20s\) ended the training after \d+ of at most 900 steps/;
    expect(document?.warnings).toEqual([expect.stringMatching(said)]);
    expect(document && renderRun(document, style)).toMatch(said);
    const card = readFileSync(join(workspace, document?.artifacts.card ?? ''), 'utf8');
    expect(card).toMatch(/train\.budget\.time.*ended the training after/);
  });

  it('is an hour where nothing is written', async () => {
    const workspace = workspaceWith(`${slow}train: {early_stop: false}\n`);
    let ticks = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => 60_000 * ticks++);
    const { record } = await execute(orderOf(workspace));
    expect(record?.document?.warnings).toEqual([expect.stringMatching(/\(1h\) ended the training/)]);
  });

  it('ends a search while there is time left to train its winner, and says so', async () => {
    const space = 'space: {model.gbdt.max_leaves: 2..40 log}, search: random, warm_start: none';
    const small = 'split: {valid: 0.2}\nmodel: {gbdt: {trees: 30}}\n';
    const text = `${small}tune: {trials: 40, parallel: 1, ${space}}\ntrain: {budget: {time: 60s}}\n`;
    const workspace = workspaceWith(text);
    tickingClock();
    const { record } = await execute(orderOf(workspace));
    const trials = record?.document?.tuning?.trials.length ?? 0;
    expect(trials).toBeGreaterThan(1);
    expect(trials).toBeLessThan(40);
    expect(record?.document?.warnings).toEqual([
      `The search ended by \`train.budget.time\` (60s) after ${trials} of 40 trials, so that time was left to train its winner: more time may find better settings.`,
    ]);
  });

  it('a search that was ended has no more trials when its run goes on, however much time is left then', async () => {
    const space = 'space: {model.gbdt.max_leaves: 2..40 log}, search: random, warm_start: none';
    const small = 'split: {valid: 0.2}\nmodel: {gbdt: {trees: 30}}\n';
    // Its card cannot be written: the run fails at its end.
    const text = `${small}tune: {trials: 40, parallel: 1, ${space}}\ntrain: {budget: {time: 60s}}\ncard: {output: t.csv/card.md}\n`;
    const workspace = workspaceWith(text);
    const trialsOf = (id: string) => {
      const store = openStore(workspace);
      const trials = readTrials(store, id).length;
      store.close();
      return trials;
    };
    tickingClock();
    const { record } = await execute(orderOf(workspace));
    expect(record?.head.status).toBe('failed');
    const id = record?.head.id ?? '';
    const trials = trialsOf(id);
    expect(trials).toBeGreaterThan(1);
    expect(trials).toBeLessThan(40);
    vi.restoreAllMocks();
    await execute({ kind: 'resume', workspace, id });
    expect(trialsOf(id)).toBe(trials);
    await execute({ kind: 'resume', workspace, id, overrides: ['train.budget.time=2h'] });
    expect(trialsOf(id)).toBe(40);
  });

  it('a timeout of the search is told as well', async () => {
    const space = 'space: {model.gbdt.max_leaves: 2..40 log}, search: random, warm_start: none';
    const text = `split: {valid: 0.2}\nmodel: {gbdt: {trees: 30}}\ntune: {trials: 40, timeout: 10s, parallel: 1, ${space}}\n`;
    const workspace = workspaceWith(text);
    tickingClock();
    const { record } = await execute(orderOf(workspace));
    expect(record?.document?.warnings).toEqual([
      expect.stringMatching(/^The search ended by `tune.timeout` \(10s\) after \d+ of 40 trials: more/),
    ]);
  });

  it('that the estimate passes by far is told before anything is trained', async () => {
    const long =
      'split: {valid: 0.2}\nmodel: {gbdt: {trees: 50000}}\ntrain: {early_stop: false, budget: {time: 1s}}\n';
    const workspace = workspaceWith(long);
    const plan = await planRun(orderOf(workspace), new AbortController().signal);
    const said =
      /Search and training would take about .*, and `train.budget.time` is 1s: they will end by then/;
    expect(plan.over.map(({ path }) => path)).toEqual(['train.budget.time']);
    expect(renderPlan(plan)).toMatch(said);
    // What ends by then does not take longer.
    expect(plan.stages.find(({ stage }) => stage === 'train')?.seconds).toBeCloseTo(1, 9);
    expect(plan.seconds).toBeLessThan(10);
    tickingClock();
    const { record } = await execute(orderOf(workspace));
    expect(record?.head.status).toBe('finished');
    expect(renderFindingSummary(record?.findings ?? [], style)).toMatch(said);
  });
});

describe('train.budget.memory', () => {
  it('stops a run that passes it; with more it goes on and ends with the same bytes', async () => {
    const text =
      'split: {valid: 0.2}\nmodel: {gbdt: {trees: 4000, learning_rate: 0.01}}\ntrain: {early_stop: false, checkpoint: {every: 100000}}\n';
    const workspace = workspaceWith(`${text}`);
    const more = 'train.budget.memory=100GB';
    const whole = await execute(orderOf(workspace, [more]));
    expect(whole.record?.head.status).toBe('finished');
    vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => 2.5e9);
    const { record } = await execute(orderOf(workspace, ['train.budget.memory=2GB']));
    expect(record?.head.status).toBe('failed');
    expect(record?.error).toMatchObject({
      code: 'memory-over-budget',
      message: 'The run held 2.5 GB of memory, and `train.budget.memory` is 2 GB: it was stopped.',
      help: expect.stringContaining(`runs resume ${record?.head.id} --set train.budget.memory=4GB`),
    });
    const resume = { kind: 'resume' as const, workspace, id: record?.head.id ?? '' };
    const other = await execute({ ...resume, overrides: ['model.gbdt.trees=10'] });
    expect(other.refused).toEqual([expect.objectContaining({ code: 'bad-override' })]);
    const again = await execute({ ...resume, overrides: [more] });
    expect(again.refused).toEqual([]);
    expect(again.record?.head).toMatchObject({ id: record?.head.id, status: 'finished' });
    expect(again.record?.document?.artifacts).toEqual(whole.record?.document?.artifacts);
    expect(again.record?.request.overrides).toEqual(['train.budget.memory=2GB', more]);
  });

  it('that a run certainly passes is refused, and nothing is written', async () => {
    const workspace = workspaceWith('train: {budget: {memory: 20MB}}\n');
    const { refused, record } = await execute(orderOf(workspace));
    expect(record).toBeUndefined();
    expect(refused).toEqual([expect.objectContaining({ code: 'memory-budget-too-small' })]);
  });

  it('that it may pass is told', async () => {
    const workspace = workspaceWith('train: {budget: {memory: 150MB}}\n');
    const plan = await planRun(orderOf(workspace), new AbortController().signal);
    expect(plan.over.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^A run would take about 0\.\d+ GB of memory, and `train.budget.memory` is 150MB/,
      ),
    ]);
  });
});
