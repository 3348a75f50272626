/** Looks for better settings: trials are judged by held-out training rows, recorded as child runs, and the best one is trained. */
import type { Experiment } from '../../config/experiment.ts';
import { secondsOf } from '../../data/split/splitMethod.ts';
import type { Tuning } from '../../protocol/run.ts';
import { readTrials, recordTrials, type TrialUpdate } from '../../tracking/trials.ts';
import { applyParams } from '../../tuning/applyParams.ts';
import { planSearch } from '../../tuning/planSearch.ts';
import { lastResult, type Trial } from '../../tuning/trial.ts';
import { searchTime } from '../estimate/searchTime.ts';
import type { Recording } from '../recording.ts';
import type { RunRows } from '../runRows.ts';
import type { Saving } from '../saving.ts';
import { partOf, type Stages } from '../stages.ts';
import { estimateTuned, searchSizes } from './nestedTuning.ts';
import { asRead, type Finished, type SearchWork, searchTrials } from './searchTrials.ts';
import { warmStarts } from './warmStarts.ts';

export interface TunedRun {
  /** With the settings of the best trial. */
  readonly experiment: Experiment;
  readonly tuning?: Tuning;
  /** What ended the search before its time, in words. */
  readonly warnings: readonly string[];
}

/** Trials of earlier attempts are taken from the store, so a resumed search goes on where it was. */
export async function tuneRun(
  rows: RunRows,
  { stages, recording, saving }: { stages: Stages; recording: Recording; saving: Saving },
): Promise<TunedRun> {
  const planned = planSearch(rows.experiment);
  if (planned === undefined) return { experiment: rows.experiment, warnings: [] };
  const { settings } = planned;
  const { timeout } = settings;
  const outer = rows.split.inner?.filter((folds) => folds.length > 0).length ?? 0;
  const time = searchTime({
    budget: saving.searchBudget,
    timeout: timeout === undefined ? undefined : { text: timeout, seconds: secondsOf(timeout) },
    searches: 1 + outer,
  });
  const sizes = searchSizes(rows.split, planned.start([]).trials, settings.using);
  const times = sizes.reduce((sum, size) => sum + size, 0) / (sizes[0] ?? 1);
  return stages.run(
    'tune',
    (report) => {
      const reportOf = (part: number) => partOf(report, sizes, part);
      return searchSettings({ ...{ rows, recording, saving, planned, settings, time, reportOf }, name: '' });
    },
    times,
  );
}

async function searchSettings(work: SearchWork): Promise<TunedRun> {
  const { rows, recording, planned, settings } = work;
  const { experiment } = rows;
  const { store, runId } = recording.lease;
  const recorded = readTrials(store, runId);
  const judgedBy = recorded.find((trial) => trial.metric !== null)?.metric;
  const trials: Trial[] = recorded;
  const from = { experiment, space: planned.space, from: settings.warmStart };
  const { metric, best } = await searchTrials(work, {
    search: planned.start(warmStarts(recording, from)),
    trials,
    ...(judgedBy && { judgedBy }),
    report: work.reportOf(0),
    keep: (finished) =>
      recordTrials(
        recording.lease,
        finished.map((result) => updateOf(result, { experiment, trials })),
      ),
  });
  const nested = await estimateTuned(work);
  return {
    experiment: applyParams(experiment, best.params),
    tuning: {
      search: settings.search,
      metric,
      trials: trials.map((trial) => describe(trial, metric)),
      best: best.index,
      ...(nested && { nested }),
    },
    warnings: endedBy(work, trials.length),
  };
}

function endedBy({ time, settings }: SearchWork, trials: number): string[] {
  const cause = time.ended();
  if (cause === undefined) return [];
  const rest = cause.startsWith('`train') ? ', so that time was left to train its winner' : '';
  return [
    `The search ended by ${cause} after ${trials} of ${settings.trials} trials${rest}: more time may find better settings.`,
  ];
}

function updateOf(
  { job, score, pruned, metric, started }: Finished,
  { experiment, trials }: { experiment: Experiment; trials: readonly Trial[] },
): TrialUpdate {
  return {
    index: job.index,
    params: job.params,
    results: trials[job.index]?.results ?? [],
    status: Number.isNaN(score) && !pruned ? 'failed' : pruned ? 'cancelled' : 'finished',
    experiment: { ...applyParams(experiment, job.params) },
    metric,
    value: asRead(score, metric),
    started,
  };
}

function describe(trial: Trial, metric: string): Tuning['trials'][number] {
  const result = lastResult(trial);
  const value = asRead(result?.score ?? Number.NaN, metric);
  return {
    params: { ...trial.params },
    value: Number.isNaN(value) ? 'NaN' : value,
    budget: result?.budget ?? 0,
    pruned: result?.pruned ?? false,
  };
}
