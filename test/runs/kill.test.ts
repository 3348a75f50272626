import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { launchRun } from '../../server/runs/launch.ts';
import { watchRun } from '../../server/runs/watch.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { readRun } from '../../server/tracking/runs.ts';
import { pieceOfSoak, rounds } from '../rounds.ts';
import { temporaryFolder } from '../temporary.ts';

const experiment = `
data: {source: rows.csv, id: id}
target: bought
split: {valid: 0.2}
model: {type: gbdt, gbdt: {trees: 120, learning_rate: 0.03, max_leaves: 15}}
train: {early_stop: 40, checkpoint: {every: 5}}
evaluate: {ci: {samples: 100}}
baseline: [dummy]
gates: [beats baseline]
card: {owner: tests}
`;

/** A folder with an experiment whose training takes long enough to be hit. */
function workspaceWithExperiment(): string {
  const workspace = temporaryFolder();
  const random = createRandom(7, 'kill');
  const lines = ['id,age,plan,since,visits,bought'];
  for (let row = 0; row < 1000; row++) {
    const age = random.uniform() < 0.05 ? '' : Math.round(20 + 50 * random.uniform());
    const plan = ['basic', 'plus', 'pro', ''][random.int(4)];
    const since = `2024-${String(1 + random.int(12)).padStart(2, '0')}-${String(1 + random.int(28)).padStart(2, '0')}`;
    const visits = random.int(12);
    const chance = 1 / (1 + Math.exp(2 - 0.25 * visits - (plan === 'pro' ? 1 : 0)));
    lines.push([row, age, plan, since, visits, random.uniform() < chance ? 'yes' : 'no'].join(','));
  }
  writeFileSync(join(workspace, 'rows.csv'), `${lines.join('\n')}\n`);
  writeFileSync(join(workspace, 'shop.experiment.yaml'), experiment);
  return workspace;
}

const start = (workspace: string) =>
  launchRun({
    kind: 'run',
    workspace,
    file: join(workspace, 'shop.experiment.yaml'),
    overrides: [],
    variant: null,
  });

async function finish(store: Store, id: string) {
  const record = await watchRun(store, id, { onEvent: () => {} });
  expect(record.error).toBeUndefined();
  expect(record.head.status).toBe('finished');
  return record.document?.artifacts;
}

async function firstCheckpoint(store: Store, id: string): Promise<void> {
  const folder = join(store.directory, 'checkpoints', id);
  while (!existsSync(folder) || readdirSync(folder).length === 0) await sleep(2);
}

function killWorker(store: Store, id: string): void {
  const { pid } = readRun(store, id);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself: the point of the kill lies after the end.
  }
}

describe('a run killed after its first checkpoint', () => {
  const { piece, of } = pieceOfSoak();
  const points = Math.ceil(rounds(20, 200) / of);

  it(`is found, resumed, and ends with the same bytes: ${points} points in time`, {
    timeout: rounds(1_200_000, 36_000_000),
  }, async () => {
    const workspace = workspaceWithExperiment();
    const store = openStore(workspace);
    const whole = await start(workspace);
    await firstCheckpoint(store, whole);
    const begun = performance.now();
    const expected = await finish(store, whole);
    let remaining = performance.now() - begun;
    const random = createRandom(10 + piece, 'points');

    let interrupted = 0;
    for (let point = 0; point < points; point++) {
      const id = await start(workspace);
      await firstCheckpoint(store, id);
      // Sometimes the resumed process is killed as well.
      const kills = point % 4 === 0 ? 2 : 1;
      for (let kill = 0; kill < kills; kill++) {
        const waited = random.uniform() * remaining;
        await sleep(waited);
        killWorker(store, id);
        while (readRun(store, id).head.status === 'running') await sleep(5);
        if (readRun(store, id).head.status === 'finished') {
          // The machine has more time for it than it had: later points would lie after the end as well.
          remaining = waited;
          break;
        }
        expect(readRun(store, id).head.status).toBe('interrupted');
        interrupted++;
        await launchRun({ kind: 'resume', workspace, id });
      }
      expect(await finish(store, id), `point ${point}`).toEqual(expected);
    }
    // The next run clears away what a kill between the end of a run and its own clearing up has left.
    const last = await start(workspace);
    await firstCheckpoint(store, last);
    expect(readdirSync(join(store.directory, 'checkpoints'))).toEqual([last]);
    await finish(store, last);
    // Most points must really have hit a running process, or the test shows nothing.
    expect(interrupted).toBeGreaterThan(points / 2);
    store.close();
  });
});
