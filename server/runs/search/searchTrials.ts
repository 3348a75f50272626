/** One search to its end: jobs in batches, each judged by held-out training rows. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { metricNamed } from '../../catalog/metrics.ts';
import { modelNamed } from '../../catalog/models.ts';
import type { Experiment } from '../../config/experiment.ts';
import { configHash } from '../../config/resolve.ts';
import { valueAt } from '../../config/valueAt.ts';
import { featureColumns } from '../../data/roles.ts';
import { scoreSetting } from '../../training/scoreSetting.ts';
import type { TrainRequest } from '../../training/train.ts';
import { applyParams } from '../../tuning/applyParams.ts';
import type { PlannedSearch } from '../../tuning/planSearch.ts';
import { watchTrial } from '../../tuning/pruning.ts';
import type { Search } from '../../tuning/search.ts';
import { bestTrial, type Job, lastResult, type Trial, type TrialResult } from '../../tuning/trial.ts';
import type { SearchTime } from '../estimate/searchTime.ts';
import type { Recording } from '../recording.ts';
import { type RunRows, threads } from '../runRows.ts';
import type { Saving } from '../saving.ts';
import type { Report } from '../stages.ts';

export interface SearchWork {
  readonly rows: RunRows;
  readonly recording: Recording;
  readonly planned: PlannedSearch;
  readonly settings: PlannedSearch['settings'];
  /** Before the names of its checkpoints. */
  readonly name: string;
  readonly saving: Saving;
  /** When no batch starts any more, but the first. */
  readonly time: SearchTime;
  /** Of a part of all searches, in the order of searchSizes (nestedTuning.ts). */
  reportOf(part: number): Report;
}

export interface Finished extends TrialResult {
  readonly job: Job;
  readonly metric: string;
  readonly started: string;
}

interface OneSearch {
  readonly search: Search;
  /** Trials of earlier attempts, to which those of this one are added. */
  readonly trials?: Trial[];
  /** What those were judged by. */
  readonly judgedBy?: string;
  readonly report: Report;
  /** Called after each batch, which stands in the trials by then. */
  readonly keep?: (finished: readonly Finished[]) => void;
}

export interface Searched {
  readonly trials: readonly Trial[];
  readonly metric: string;
  readonly best: Trial;
}

/**
 * Batches of `parallel` trials are settled together: what is tried next hangs on the results, never on which trial was
 * faster. Throws `tune-all-failed`, and what is wrong with the first trial.
 */
export async function searchTrials(
  work: SearchWork,
  { search, trials = [], judgedBy = '', report, keep }: OneSearch,
): Promise<Searched> {
  const { settings, time } = work;
  time.begin();
  const end = work.saving.own(`${work.name}search, end`, 'epoch');
  const ended = end.load();
  if (ended !== undefined) time.endedBefore(new TextDecoder().decode(ended));
  const parallel = Math.min(settings.parallel ?? Math.max(1, Math.floor(threads / 2)), settings.trials);
  let metric = judgedBy;
  for (;;) {
    work.rows.signal.throwIfAborted();
    const jobs = search.next(trials, parallel);
    if (jobs.length === 0) break;
    if (trials.length > 0 && !time.mayStart()) {
      // One that is resumed has no more trials, whatever the clock says then.
      end.save(new TextEncoder().encode(time.ended() ?? ''));
      break;
    }
    tell(report, { trials, metric, total: search.trials, used: time.used() });
    const share = Math.max(1, Math.floor(threads / jobs.length));
    const finished = await Promise.all(jobs.map((job) => runTrial(work, job, { trials, share })));
    metric = finished.find((each) => each.metric !== '')?.metric ?? metric;
    for (const result of finished) put(trials, result);
    keep?.(finished);
    work.saving.saveClock();
  }
  const best = bestTrial(trials);
  if (best === undefined) throw new ModelwrightError('tune-all-failed', { trials: trials.length });
  return { trials, metric, best };
}

/** What is trained for the experiment of `work.rows`; `name` stands before its checkpoints. */
export function trainRequest(
  { rows, saving, time }: Pick<SearchWork, 'rows' | 'saving' | 'time'>,
  { name, share = threads }: { name: string; share?: number },
): Omit<TrainRequest, 'onProgress'> {
  const { experiment, table, task, split, signal } = rows;
  return {
    name,
    type: experiment.model.type,
    experiment,
    table,
    columns: featureColumns(experiment, table.columns),
    task,
    split,
    threads: share,
    signal,
    hashes: { data: table.hash, split: split.hash, experiment: configHash(experiment) },
    checkpoint: (part) => saving.port(part, 25),
    limits: time.limits,
  };
}

async function runTrial(
  work: SearchWork,
  job: Job,
  { trials, share }: { trials: readonly Trial[]; share: number },
): Promise<Finished> {
  const { rows, settings, name } = work;
  const experiment = withBudget(applyParams(rows.experiment, job.params), job.budget);
  const finished = trials.map(lastResult).filter((result) => result?.budget === job.budget && !result.pruned);
  const watch = watchTrial({ ...settings.prune, finished: finished.map((result) => result?.curve ?? {}) });
  const started = new Date().toISOString();
  const clock = performance.now();
  const came = { job, budget: job.budget, started };
  const trial = { name: `${name}trial ${job.index} at ${job.budget}`, share };
  try {
    const { metric, score, pruned } = await scoreSetting({
      ...trainRequest({ ...work, rows: { ...rows, experiment } }, trial),
      ...(settings.using && { using: settings.using }),
      look: watch.look,
    });
    if (!pruned) work.time.ran((performance.now() - clock) / 1000, job.budget);
    return { ...came, metric, score, pruned, curve: watch.curve };
  } catch (error) {
    // Settings that cannot be fitted are a bad trial, not the end of the search; what is wrong with all of them is told.
    const mayGoOn = error instanceof ModelwrightError && trials.length > 0 && !rows.signal.aborted;
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

interface Told {
  readonly trials: readonly Trial[];
  readonly metric: string;
  readonly total: number;
  /** Share of the search's time, which may end it before its trials do. */
  readonly used: number;
}

function tell(report: Report, { trials, metric, total, used }: Told): void {
  const best = bestTrial(trials);
  const soFar = best === undefined ? '' : `, best so far trial ${best.index + 1}`;
  const score = best && lastResult(best)?.score;
  report({
    done: Math.min(Math.max(trials.length, used * total), total),
    total,
    detail: `trial ${Math.min(trials.length + 1, total)} of ${total}${soFar}`,
    ...(score === undefined || metric === '' ? {} : { score: { metric, value: asRead(score, metric) } }),
  });
}

/** Scores are higher when better; people read losses as they are. */
export function asRead(score: number, metric: string): number {
  return metricNamed(metric)?.direction === 'lower' ? -score : score;
}
