/** How far a run says that it is. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../server/protocol/runMessages.ts';
import { createStages, partOf, type StageProgress } from '../../server/runs/stages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A stage that says all this, a second apart. */
function saying(...all: readonly StageProgress[]) {
  return async (report: (progress: StageProgress) => void) => {
    for (const progress of all) {
      vi.advanceTimersByTime(1000);
      report(progress);
    }
  };
}

it('never tells less than it has told, whatever a stage counts', async () => {
  const events: RunEvent[] = [];
  const stages = createStages((event) => void events.push(event));
  await stages.run('read', saying());
  // Two fits that count from the start, and steps beyond the last.
  await stages.run('train', saying({ done: 5, total: 10 }, { done: 12, total: 10 }, { done: 1, total: 10 }));
  await stages.run('evaluate', saying({ done: 9, total: 10 }, { done: 2, total: 10 }));
  await stages.run('write', saying());
  const told = events.map(({ fraction }) => fraction);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(events.map(({ stage }) => stage)).toEqual([
    ...['read', 'train', 'train', 'train', 'train'],
    ...['evaluate', 'evaluate', 'evaluate', 'write'],
  ]);
  const [, trainStart = 0, half = 0, full = 0, , evaluateStart = 0] = told;
  expect(trainStart).toBeLessThan(half);
  expect(half).toBeLessThan(full);
  // What is counted beyond the end of a stage is not taken from the next.
  expect(evaluateStart).toBe(full);
});

it('a search that is made again in each fold has so many times its share, and its time left falls', async () => {
  const events: RunEvent[] = [];
  const stages = createStages((event) => void events.push(event), { tunes: true });
  const steps = (done: number) => ({ done, total: 4 });
  // Two searches, of which the second takes half as long: six equal seconds of 400 / 4 each, in a whole of 100 + 600.
  const sizes = [4, 2];
  await stages.run(
    'tune',
    async (report) => {
      await saying(steps(1), steps(2), steps(3), steps(4))(partOf(report, sizes, 0));
      await saying(steps(2), steps(4))(partOf(report, sizes, 1));
    },
    1.5,
  );
  expect(events.map(({ fraction }) => 700 * fraction)).toEqual(
    [0, 100, 200, 300, 400, 500, 600].map((share) => expect.closeTo(share, 9)),
  );
  expect(events.map(({ secondsLeft }) => secondsLeft)).toEqual([
    null,
    ...[6, 5, 4, 3, 2, 1].map((seconds) => expect.closeTo(seconds, 9)),
  ]);
});

it('is done at the end of the last stage', async () => {
  const events: RunEvent[] = [];
  const stages = createStages((event) => void events.push(event));
  const names = ['read', 'split', 'lint', 'train', 'baselines', 'score', 'evaluate', 'write'] as const;
  for (const name of names) await stages.run(name, saying({ done: 1, total: 3 }));
  expect(events.at(-1)).toMatchObject({ stage: 'write', fraction: 1, secondsLeft: null });
  expect(events.filter(({ fraction }) => fraction === 1)).toHaveLength(1);
});
