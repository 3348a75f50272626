/** How far a run says that it is. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../server/protocol/runMessages.ts';
import { createStages, type StageProgress } from '../../server/runs/stages.ts';

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
