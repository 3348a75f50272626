import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { WorkerOrder } from '../../server/protocol/runMessages.ts';
import { executeOrder } from '../../server/runs/execute.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore } from '../../server/store/store.ts';
import { listRuns, readRun, requestCancel } from '../../server/tracking/runs.ts';
import { temporaryFolder } from '../temporary.ts';

vi.setConfig({ testTimeout: 240_000 });

function workspaceWith(checkpoint: string): string {
  const workspace = temporaryFolder();
  const random = createRandom(5, 'resume');
  const lines = ['x,z,y'];
  for (let row = 0; row < 600; row++) {
    const [x, z] = [10 * random.uniform(), random.normal()];
    lines.push(
      [x.toFixed(4), z.toFixed(4), (Math.sin(x) + 0.3 * z + 0.3 * random.normal()).toFixed(4)].join(),
    );
  }
  writeFileSync(join(workspace, 't.csv'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(workspace, 'e.experiment.yaml'),
    `data: t.csv
target: y
split: {valid: 0.2}
model: {gbdt: {trees: 2000, learning_rate: 0.01}}
train: {early_stop: 2000, checkpoint: ${checkpoint}}
baseline: [dummy]
evaluate: {ci: {samples: 100}, slices: []}
`,
  );
  return workspace;
}

const orderOf = (workspace: string, overrides: string[] = []): WorkerOrder => ({
  kind: 'run',
  workspace,
  file: join(workspace, 'e.experiment.yaml'),
  overrides,
  variant: null,
});

/** Cancels the run when it has written its first checkpoints, where that is asked for. */
async function execute(order: WorkerOrder, { cancel = false } = {}) {
  const refused: { code: string }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const store = openStore(order.workspace);
  await executeOrder(order, (message) => {
    if (message.kind === 'refused') refused.push(message.failure);
    if (message.kind !== 'recorded' || !cancel) return;
    const { id } = message;
    const folder = join(store.directory, 'checkpoints', id);
    timer = setInterval(() => existsSync(folder) && requestCancel(store, id), 5);
  });
  clearInterval(timer);
  const [newest] = listRuns(store, 1);
  const record = newest && readRun(store, newest.id);
  store.close();
  return { refused, record };
}

/** A budget that lets no fit take a step but its first: what is kept is what it went on from. */
const noTime = 'train.budget.time=1ms';

describe('train.checkpoint', () => {
  it.each([
    ['auto', false],
    ['never', true],
  ])('with resume: %s a run that was cancelled starts anew: %s', async (resume, anew) => {
    const workspace = workspaceWith(`{every: 25, resume: ${resume}}`);
    const cancelled = await execute(orderOf(workspace), { cancel: true });
    expect(cancelled.record?.head.status).toBe('cancelled');
    const id = cancelled.record?.head.id ?? '';
    const resumed = await execute({ kind: 'resume', workspace, id, overrides: [noTime] });
    expect(resumed.record?.head.status).toBe('finished');
    const iterations = resumed.record?.document?.model.iterations ?? 0;
    if (anew) expect(iterations).toBe(1);
    else expect(iterations).toBeGreaterThan(1);
  });

  it('keeps so many saves and the best, and a later run goes on from the folder of one that did not finish', async () => {
    const workspace = workspaceWith('{every: 25, keep: 3}');
    const cancelled = await execute(orderOf(workspace), { cancel: true });
    const id = cancelled.record?.head.id ?? '';
    const from = join(workspace, '.modelwright', 'checkpoints', id);
    const files = readdirSync(from);
    // The fit has up to three and its best; the clock and what the saves are of have theirs.
    expect(files.filter((file) => file.endsWith('.best'))).toHaveLength(1);
    expect(files.length).toBeLessThanOrEqual(3 + 1 + 3 + 1);
    cpSync(from, join(workspace, 'saves'), { recursive: true });
    const path = 'train.checkpoint.resume=./saves';
    const short = await execute(orderOf(workspace, [path, noTime]));
    expect(short.refused).toEqual([]);
    expect(short.record?.document?.model.iterations).toBeGreaterThan(1);
    const whole = await execute(orderOf(workspace));
    const going = await execute(orderOf(workspace, [path]));
    expect(going.record?.document?.metrics).toEqual(whole.record?.document?.metrics);
    const other = await execute(orderOf(workspace, [path, 'model.gbdt.max_leaves=7']));
    expect(other.refused).toEqual([expect.objectContaining({ code: 'checkpoint-unfit' })]);
    const nothing = await execute(orderOf(workspace, ['train.checkpoint.resume=./nothing']));
    expect(nothing.refused).toEqual([expect.objectContaining({ code: 'checkpoint-not-found' })]);
  });
});

describe('a run goes on with the rows that it started with', () => {
  it.each(['t.csv', 'more.csv'])('or not at all: a row is added to %s', async (changed) => {
    const workspace = workspaceWith('{every: 25}');
    const more = Array.from({ length: 600 }, (_, row) => `${row},${row % 7}`);
    writeFileSync(join(workspace, 'more.csv'), `id,m\n${more.join('\n')}\n`);
    const rows = readFileSync(join(workspace, 't.csv'), 'utf8').trimEnd().split('\n');
    const named = rows.map((line, row) => (row === 0 ? `id,${line}` : `${row - 1},${line}`));
    writeFileSync(join(workspace, 't.csv'), `${named.join('\n')}\n`);
    const file = join(workspace, 'e.experiment.yaml');
    const data = 'data: {source: t.csv, id: id, join: [{source: more.csv, keys: id}]}';
    writeFileSync(file, readFileSync(file, 'utf8').replace('data: t.csv', data));
    const cancelled = await execute(orderOf(workspace), { cancel: true });
    const id = cancelled.record?.head.id ?? '';
    expect([cancelled.refused, cancelled.record?.head.status]).toEqual([[], 'cancelled']);
    const before = readFileSync(join(workspace, changed), 'utf8');
    const columns = before.split('\n', 1)[0]?.split(',').length ?? 0;
    appendFileSync(join(workspace, changed), `${['600', '1', '1', '1'].slice(0, columns).join()}\n`);
    const resume: WorkerOrder = { kind: 'resume', workspace, id, overrides: [noTime] };
    const refused = await execute(resume);
    expect(refused.refused).toEqual([expect.objectContaining({ code: 'run-data-changed' })]);
    expect(refused.record?.head.status).toBe('cancelled');
    writeFileSync(join(workspace, changed), before);
    expect((await execute(resume)).record?.head.status).toBe('finished');
  });
});
