/** Looks for better settings: trials are judged by held-out training rows, recorded as child runs, and the best one is trained. */
import { ModelwrightError } from '../catalog/errors.ts';
import { metricNamed } from '../catalog/metrics.ts';
import { modelNamed } from '../catalog/models.ts';
import type { Experiment } from '../config/experiment.ts';
import { configHash } from '../config/resolve.ts';
import { valueAt } from '../config/valueAt.ts';
import { featureColumns } from '../data/roles.ts';
import { secondsOf } from '../data/splitMethod.ts';
import type { Tuning } from '../protocol/run.ts';
import { readTrials, recordTrials, type TrialUpdate } from '../tracking/trials.ts';
import { scoreSetting } from '../training/scoreSetting.ts';
import { applyParams } from '../tuning/applyParams.ts';
import { type PlannedSearch, planSearch } from '../tuning/planSearch.ts';
import { watchTrial } from '../tuning/pruning.ts';
import { bestTrial, type Job, lastResult, type Trial, type TrialResult } from '../tuning/trial.ts';
import type { Recording } from './recording.ts';
import { type RunRows, threads } from './runRows.ts';
import type { StageProgress, Stages } from './stages.ts';
import { warmStarts } from './warmStarts.ts';

export interface TunedRun {
  /** With the settings of the best trial. */
  readonly experiment: Experiment;
  readonly tuning?: Tuning;
}

interface Finished extends TrialResult {
  readonly job: Job;
  readonly metric: string;
  readonly started: string;
}

type Report = (progress: StageProgress) => void;

/**
 * Trials of earlier attempts are taken from the store, so a resumed search goes on where it was. Batches of `parallel`
 * trials are settled together: what is tried next hangs on the results, never on which trial was faster.
 */
export async function tuneRun(
  rows: RunRows,
  { stages, recording }: { stages: Stages; recording: Recording },
): Promise<TunedRun> {
  const planned = planSearch(rows.experiment);
  if (planned === undefined) return { experiment: rows.experiment };
  return stages.run('tune', (report) => searchSettings({ rows, recording, planned }, report));
}

interface SearchWork {
  readonly rows: RunRows;
  readonly recording: Recording;
  readonly planned: PlannedSearch;
}

async function searchSettings(work: SearchWork, report: Report): Promise<TunedRun> {
  const { rows, recording, planned } = work;
  const { settings, space } = planned;
  const { experiment, signal } = rows;
  const { store, runId } = recording.lease;
  const parallel = Math.min(settings.parallel ?? Math.max(1, Math.floor(threads / 2)), settings.trials);
  const search = planned.start(warmStarts(recording, { experiment, space, from: settings.warmStart }));
  const deadline =
    settings.timeout === undefined ? undefined : performance.now() + 1000 * secondsOf(settings.timeout);

  const trials: Trial[] = readTrials(store, runId);
  let metric = '';
  for (;;) {
    signal.throwIfAborted();
    const jobs = search.next(trials, parallel);
    if (jobs.length === 0 || (deadline !== undefined && performance.now() > deadline && trials.length > 0))
      break;
    tell(report, { trials, metric, total: search.trials });
    const share = Math.max(1, Math.floor(threads / jobs.length));
    const finished = await Promise.all(jobs.map((job) => runTrial(work, job, { trials, share })));
    metric = finished.find((each) => each.metric !== '')?.metric ?? metric;
    for (const result of finished) put(trials, result);
    recordTrials(
      recording.lease,
      finished.map((result) => updateOf(result, { experiment, trials })),
    );
  }
  const best = bestTrial(trials);
  if (best === undefined) throw new ModelwrightError('tune-all-failed', { trials: trials.length });
  return {
    experiment: applyParams(experiment, best.params),
    tuning: {
      search: settings.search,
      metric,
      trials: trials.map((trial) => describe(trial, metric)),
      best: best.index,
    },
  };
}

async function runTrial(
  { rows, recording, planned: { settings } }: SearchWork,
  job: Job,
  { trials, share }: { trials: readonly Trial[]; share: number },
): Promise<Finished> {
  const { table, task, split, signal } = rows;
  const experiment = withBudget(applyParams(rows.experiment, job.params), job.budget);
  const finished = trials.map(lastResult).filter((result) => result?.budget === job.budget && !result.pruned);
  const watch = watchTrial({ ...settings.prune, finished: finished.map((result) => result?.curve ?? {}) });
  const started = new Date().toISOString();
  const came = { job, budget: job.budget, started };
  try {
    const { metric, score, pruned } = await scoreSetting({
      name: `trial ${job.index} at ${job.budget}`,
      type: experiment.model.type,
      experiment,
      table,
      columns: featureColumns(experiment, table.columns),
      task,
      split,
      threads: share,
      signal,
      hashes: { data: table.hash, split: split.hash, experiment: configHash(experiment) },
      ...(settings.using && { using: settings.using }),
      checkpoint: (part) => ({
        load: () => recording.checkpoints.load(part),
        save: (state) => recording.checkpoints.save(part, state),
        every: 25,
      }),
      look: watch.look,
    });
    return { ...came, metric, score, pruned, curve: watch.curve };
  } catch (error) {
    // Settings that cannot be fitted are a bad trial, not the end of the search; what is wrong with all of them is told.
    const mayGoOn = error instanceof ModelwrightError && trials.length > 0 && !signal.aborted;
    if (!mayGoOn || error.code === 'cancelled') throw error;
    return { ...came, metric: '', score: Number.NaN, pruned: false, curve: watch.curve };
  }
}

/** Only as many steps as the budget allows. */
function withBudget(experiment: Experiment, budget: number): Experiment {
  const path = modelNamed(experiment.model.type)?.steps;
  if (budget === 1 || path === undefined) return experiment;
  const steps = Number(valueAt(experiment, path.split('.')));
  return applyParams(experiment, { [path]: Math.max(1, Math.round(budget * steps)) });
}

function put(trials: Trial[], { job, budget, score, pruned, curve }: Finished): void {
  const { index, params } = job;
  const results = [...(trials[index]?.results ?? []), { budget, score, pruned, curve }];
  trials[index] = { index, params, results };
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

function tell(
  report: Report,
  { trials, metric, total }: { trials: readonly Trial[]; metric: string; total: number },
): void {
  const best = bestTrial(trials);
  const soFar = best === undefined ? '' : `, best so far trial ${best.index + 1}`;
  const score = best && lastResult(best)?.score;
  report({
    done: Math.min(trials.length, total),
    total,
    detail: `trial ${Math.min(trials.length + 1, total)} of ${total}${soFar}`,
    ...(score === undefined || metric === '' ? {} : { score: { metric, value: asRead(score, metric) } }),
  });
}

/** Scores are higher when better; people read losses as they are. */
function asRead(score: number, metric: string): number {
  return metricNamed(metric)?.direction === 'lower' ? -score : score;
}
