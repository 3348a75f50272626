import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { launchRun } from '../../server/runs/launch.ts';
import { watchRun } from '../../server/runs/watch.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { readEvents, readRun } from '../../server/tracking/runs.ts';
import { readTrials } from '../../server/tracking/trials.ts';
import { pieceOfSoak, rounds } from '../rounds.ts';
import { temporaryFolder } from '../temporary.ts';

/** What each kind of run adds to the experiment, and at how many points it is killed. */
const kinds = {
  boosting: {
    text: `split: {valid: 0.2}
model: {type: gbdt, gbdt: {trees: 120, learning_rate: 0.03, max_leaves: 15}}
train: {early_stop: 40, checkpoint: {every: 5}}
gates: [beats baseline]
`,
    points: rounds(6, 90),
  },
  'a network': {
    text: `split: {valid: 0.2}
model: {type: mlp, mlp: {layers: [24, 12], batch_norm: true}}
train: {epochs: 60, batch: 64, early_stop: 25}
`,
    points: rounds(5, 60),
  },
  'a forest in folds': {
    text: 'split: {cv: 3}\nmodel: {type: forest, forest: {trees: 60, min_leaf: 3}}\n',
    points: rounds(3, 20),
  },
  'a linear model of selected features': {
    text: 'split: {cv: 4}\nmodel: linear\nfeatures: {select: {method: permutation, keep: 3}}\n',
    points: rounds(2, 10),
  },
  'a search': {
    text: `split: {valid: 0.2}
model: {type: gbdt, gbdt: {trees: 60}}
tune: {trials: 8, search: bayesian, warm_start: none, parallel: 1}
`,
    points: rounds(4, 20),
  },
  'a search in nested folds': {
    text: `split: {cv: {folds: 3, nested: true}}
model: {type: gbdt, gbdt: {trees: 30}}
tune: {trials: 4, search: bayesian, warm_start: none, parallel: 1}
`,
    points: rounds(2, 20),
  },
} as const;

const experiment = (kind: keyof typeof kinds) => `
data: {source: rows.csv, id: id}
target: bought
evaluate: {ci: {samples: 100}}
baseline: [dummy]
card: {owner: tests}
${kinds[kind].text}`;

/** A folder with an experiment whose training takes long enough to be hit. */
function workspaceWith(kind: keyof typeof kinds): string {
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
  writeFileSync(join(workspace, 'shop.experiment.yaml'), experiment(kind));
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

/** Everything that the run has reported, and the results of its trials. */
function acknowledged(store: Store, id: string): string[] {
  const events = readEvents(store, id, 0).map(({ sequence, body }) => JSON.stringify([sequence, body]));
  // A trial that goes on adds to its results.
  const trials = readTrials(store, id).flatMap(({ id: trial, params, results }) =>
    results.map((result) => JSON.stringify([trial, params, result])),
  );
  return [...events, ...trials];
}

function killWorker(store: Store, id: string): void {
  const { pid } = readRun(store, id);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself: the point of the kill lies after the end.
  }
}

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', (kind) => {
  const { piece, of } = pieceOfSoak();
  const points = Math.ceil(kinds[kind].points / of);

  it(`killed at any moment is found, resumed, and ends with the same bytes: ${points} points in time`, {
    timeout: rounds(1_200_000, 36_000_000),
  }, async () => {
    const workspace = workspaceWith(kind);
    const store = openStore(workspace);
    const whole = await start(workspace);
    const begun = performance.now();
    const expected = await finish(store, whole);
    let remaining = performance.now() - begun;
    const random = createRandom(10 + piece, 'points', kinds[kind].points);

    let interrupted = 0;
    for (let point = 0; point < points; point++) {
      const id = await start(workspace);
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
        const said = acknowledged(store, id);
        await launchRun({ kind: 'resume', workspace, id });
        expect(acknowledged(store, id)).toEqual(expect.arrayContaining(said));
      }
      expect(await finish(store, id), `point ${point}`).toEqual(expected);
    }
    // The next run clears away what a kill between the end of a run and its own clearing up has left.
    const last = await start(workspace);
    const folder = join(store.directory, 'checkpoints');
    expect(existsSync(folder) ? readdirSync(folder).filter((id) => id !== last) : []).toEqual([]);
    await finish(store, last);
    // Most points must really have hit a running process, or the test shows nothing.
    expect(interrupted).toBeGreaterThanOrEqual(points / 2);
    store.close();
  });
});
