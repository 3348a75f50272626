/** How the fits of a run save themselves and go on from saves, and the clock of its budget, which is saved with them. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import { secondsIn } from '../config/duration.ts';
import type { Experiment } from '../config/experiment.ts';
import { canonicalJson } from '../config/resolve.ts';
import type { CheckpointPort } from '../models/family.ts';
import { type Checkpoints, checkpointFolder, readCheckpoints } from '../tracking/checkpoints.ts';
import type { TimeBudget } from '../training/timeBudget.ts';
import type { RunRows } from './runRows.ts';

export interface Saving {
  /** Under this name; `every` as `train.checkpoint.every` means it. */
  port(name: string, every: CheckpointPort['every']): CheckpointPort;
  /** The same for what holds of this run only, wherever it goes on from. */
  own(name: string, every: CheckpointPort['every']): CheckpointPort;
  /** Undefined where an older version recorded the run. */
  readonly budget: TimeBudget | undefined;
  /** What a search may take with the training after it; undefined where its own timeout is all that bounds it. */
  readonly searchBudget: TimeBudget | undefined;
  /** The search is over. */
  startTraining(): void;
  /** Saves how much of the budget is used. */
  saveClock(): void;
}

interface SavingOptions {
  readonly searchApart?: boolean;
  /** What the saves are of (originOf). */
  readonly origin?: string;
  /** Of the experiment file. */
  readonly directory?: string;
}

const clockName = 'budget';
const originName = 'origin';
/** Milliseconds between saves of the clock, so that short steps are not held up by it. */
const clockInterval = 1_000;

/**
 * The clock starts here; with `searchApart` at the training, which then has all of the budget. What an earlier attempt
 * had used counts up to its last save, as does what it had learnt: work that is lost and done again is paid once.
 */
export function openSaving(
  experiment: Experiment,
  checkpoints: Checkpoints,
  { searchApart = false, origin = '', directory = '' }: SavingOptions = {},
): Saving {
  const { time } = experiment.train.budget ?? {};
  const { resume } = experiment.train.checkpoint;
  const given = isPath(resume) ? readCheckpoints(resolve(directory, resume)) : undefined;
  const seconds = secondsIn(time);
  const before = readClock(resume === 'never' ? undefined : checkpoints.load(clockName));
  let started = searchApart ? undefined : performance.now();
  const spent = () => before + (started === undefined ? 0 : (performance.now() - started) / 1000);
  let saved = Number.NEGATIVE_INFINITY;
  let isMarked = false;
  /** What this attempt has saved itself counts in any case. */
  const own = new Set<string>();

  function load(name: string): Uint8Array | undefined {
    return resume === 'never' && !own.has(name) ? undefined : checkpoints.load(name);
  }
  function save(name: string, state: Uint8Array, isBest?: boolean): void {
    if (!isMarked) checkpoints.save(originName, new TextEncoder().encode(origin));
    isMarked = true;
    own.add(name);
    checkpoints.save(name, state, isBest);
    saveClock();
  }
  function saveClock(): void {
    if (seconds === undefined || started === undefined || performance.now() - saved < clockInterval) return;
    saved = performance.now();
    checkpoints.save(clockName, new Uint8Array(Float64Array.of(spent()).buffer));
  }

  const budget = time === undefined || seconds === undefined ? undefined : { text: time, seconds, spent };
  const ownPort: Saving['own'] = (name, every) => ({
    load: () => load(name),
    save: (state, isBest) => save(name, state, isBest),
    every,
  });
  return {
    port: (name, every) => ({ ...ownPort(name, every), load: () => load(name) ?? given?.load(name) }),
    own: ownPort,
    budget,
    searchBudget: searchApart ? undefined : budget,
    startTraining() {
      started ??= performance.now();
    },
    saveClock,
  };
}

/** A number is that many trees or epochs; `never` is more of them than there are. */
export function saveInterval(every: number | string): CheckpointPort['every'] {
  return typeof every === 'number' ? every : every === 'never' ? Number.POSITIVE_INFINITY : 'epoch';
}

/** What a state that was learnt belongs to: the rows, how they are divided, and what they are made into. */
export function originOf({ experiment, table, split, task }: Omit<RunRows, 'signal'>): string {
  const { data } = experiment;
  const { validate: ______, ...features } = experiment.features;
  const { derive, read, columns } = data;
  const { budget: _, checkpoint: __, device: ___, ...train } = experiment.train;
  const { calibrate: ____, threshold: _____, ...model } = experiment.model;
  const learnt = { ...task, values: '' };
  const parts = [table.hash, split.hash, learnt, features, { derive, read, columns }, train, model];
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** Throws `checkpoint-not-found` and `checkpoint-unfit` for a path of `train.checkpoint.resume`. */
export function checkResumed(rows: Omit<RunRows, 'signal'>, directory: string): void {
  const { resume } = rows.experiment.train.checkpoint;
  if (!isPath(resume)) return;
  const path = resolve(directory, resume);
  if (readCheckpoints(path) === undefined)
    throw new ModelwrightError('checkpoint-not-found', { path: resume });
  const origin = readCheckpoints(checkpointFolder(path))?.load(originName);
  if (origin === undefined) throw new ModelwrightError('checkpoint-not-found', { path: resume });
  if (new TextDecoder().decode(origin) !== originOf(rows))
    throw new ModelwrightError('checkpoint-unfit', { path: resume });
}

function isPath(resume: string): boolean {
  return resume !== 'auto' && resume !== 'never';
}

function readClock(state: Uint8Array | undefined): number {
  const [seconds = 0] = state?.length === 8 ? new Float64Array(state.slice().buffer) : [];
  return seconds;
}
