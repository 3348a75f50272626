/** How the fits of a run save themselves, and the clock of its budget, which is saved with them. */

import { secondsIn } from '../config/duration.ts';
import type { Experiment } from '../config/experiment.ts';
import type { CheckpointPort } from '../models/family.ts';
import type { Checkpoints } from '../tracking/checkpoints.ts';
import type { TimeBudget } from '../training/timeBudget.ts';

export interface Saving {
  /** Under this name; `every` as `train.checkpoint.every` means it. */
  port(name: string, every: CheckpointPort['every']): CheckpointPort;
  /** Undefined where an older version recorded the run. */
  readonly budget: TimeBudget | undefined;
  /** What a search may take with the training after it; undefined where its own timeout is all that bounds it. */
  readonly searchBudget: TimeBudget | undefined;
  /** The search is over. */
  startTraining(): void;
  /** Saves how much of the budget is used. */
  saveClock(): void;
}

const clockName = 'budget';
/** Milliseconds between saves of the clock, so that short steps are not held up by it. */
const clockInterval = 1_000;

/**
 * The clock starts here; with `searchApart` at the training, which then has all of the budget. What an earlier attempt had used counts up to its last save, as does what it had learnt: work
 * that is lost and done again is paid once.
 */
export function openSaving(
  experiment: Experiment,
  checkpoints: Checkpoints,
  { searchApart = false }: { searchApart?: boolean } = {},
): Saving {
  const { time } = experiment.train.budget ?? {};
  const seconds = secondsIn(time);
  const before = readClock(checkpoints.load(clockName));
  let started = searchApart ? undefined : performance.now();
  const spent = () => before + (started === undefined ? 0 : (performance.now() - started) / 1000);
  let saved = Number.NEGATIVE_INFINITY;

  function saveClock(): void {
    if (seconds === undefined || started === undefined || performance.now() - saved < clockInterval) return;
    saved = performance.now();
    checkpoints.save(clockName, new Uint8Array(Float64Array.of(spent()).buffer));
  }
  const budget = time === undefined || seconds === undefined ? undefined : { text: time, seconds, spent };
  return {
    port: (name, every) => ({
      load: () => checkpoints.load(name),
      save(state) {
        checkpoints.save(name, state);
        saveClock();
      },
      every,
    }),
    budget,
    searchBudget: searchApart ? undefined : budget,
    startTraining() {
      started ??= performance.now();
    },
    saveClock,
  };
}

function readClock(state: Uint8Array | undefined): number {
  const [seconds = 0] = state?.length === 8 ? new Float64Array(state.slice().buffer) : [];
  return seconds;
}

/** A number is that many trees or epochs; `never` is more of them than there are. */
export function saveInterval(every: number | string): CheckpointPort['every'] {
  return typeof every === 'number' ? every : every === 'never' ? Number.POSITIVE_INFINITY : 'epoch';
}
