/** Which trials to run next: all to the end, or many briefly and the best of them longer (successive halving). Pure. */
import { ModelwrightError } from '../catalog/errors.ts';
import { gridSampler, randomSampler, type Sampler, tpeSampler } from './samplers.ts';
import type { Space } from './space.ts';
import { type Job, lastResult, type Trial } from './trial.ts';

export const searches = ['bayesian', 'random', 'grid', 'asha', 'hyperband', 'bohb'] as const;
export type SearchName = (typeof searches)[number];

export interface SearchRequest {
  readonly search: SearchName;
  readonly space: Space;
  /** Most trials. */
  readonly trials: number;
  readonly seed: number;
  /** The family trains step by step, so that part of a training says something. */
  readonly iterative: boolean;
  /** Tried first, such as the best of earlier runs. */
  readonly first?: readonly Trial['params'][];
}

export interface Search {
  /** Trials that it will run at most. */
  readonly trials: number;
  /** Up to `count` jobs that need no result of each other; none when the search is over. Every trial has come back. */
  next(history: readonly Trial[], count: number): Job[];
}

/** As language.md names the default: random below 15 trials, else bayesian. */
export function defaultSearch(trials: number): SearchName {
  return trials < 15 ? 'random' : 'bayesian';
}

/** Many trials are started briefly, and the best of them go on. */
export function isHalving(search: SearchName): boolean {
  return search === 'asha' || search === 'hyperband' || search === 'bohb';
}

/** @throws ModelwrightError model-setting where halving is asked of a family that does not train step by step */
export function createSearch(request: SearchRequest): Search {
  const { search, space, seed, iterative } = request;
  if (isHalving(search) && !iterative) {
    throw new ModelwrightError('model-setting', {
      path: 'tune.search',
      value: search,
      reason: 'it judges trainings by their first steps, and this model does not train step by step',
      instead: 'bayesian',
    });
  }
  switch (search) {
    case 'grid': {
      const { size, sampler } = gridSampler(space, seed);
      // Settings of earlier runs would take the place of points of the grid.
      return allToTheEnd({ ...request, trials: Math.min(request.trials, size), first: [] }, sampler);
    }
    case 'random':
      return allToTheEnd(request, randomSampler(space, seed));
    case 'bayesian':
      return allToTheEnd(request, tpeSampler(space, seed));
    case 'asha':
      return promoting(request, randomSampler(space, seed));
    case 'hyperband':
      return brackets(request, randomSampler(space, seed));
    case 'bohb':
      return brackets(request, tpeSampler(space, seed));
  }
}

function allToTheEnd(request: SearchRequest, sampler: Sampler): Search {
  return {
    trials: request.trials,
    next: (history, count) =>
      newJobs(request, sampler, {
        history,
        count: Math.min(count, request.trials - history.length),
        budget: 1,
      }),
  };
}

function newJobs(
  { first = [] }: SearchRequest,
  sampler: Sampler,
  { history, count, budget }: { history: readonly Trial[]; count: number; budget: number },
): Job[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const index = history.length + i;
    return { index, params: first[index] ?? sampler(index, history), budget };
  });
}

/** One in so many goes on, with so many times the steps (Jamieson and Talwalkar 2016). */
const reduction = 3;
/** Rungs of a ladder: 1/9, 1/3 and all of the steps. */
const rungs = 3;
const budgetAt = (rung: number) => reduction ** (rung - (rungs - 1));
const rungOf = (trial: Trial) => {
  const budget = lastResult(trial)?.budget;
  return budget === undefined ? -1 : Math.round(Math.log(budget) / Math.log(reduction)) + rungs - 1;
};
const scoreAt = (trial: Trial, rung: number) =>
  trial.results[trial.results.length - 1 - (rungOf(trial) - rung)]?.score;

/**
 * ASHA (Li et al. 2020): as soon as a trial is among the best third of a rung it goes on to the next; else a new one
 * starts at the bottom. Who goes on is settled by the results so far, never by which process was faster.
 */
function promoting(request: SearchRequest, sampler: Sampler): Search {
  function promotions(history: readonly Trial[]): Job[] {
    const jobs: Job[] = [];
    for (let rung = rungs - 2; rung >= 0; rung--) {
      const reached = history.filter((trial) => rungOf(trial) >= rung);
      const best = byScore(reached, rung).slice(0, Math.floor(reached.length / reduction));
      for (const { index, params } of best.filter((trial) => rungOf(trial) === rung))
        jobs.push({ index, params, budget: budgetAt(rung + 1) });
    }
    return jobs;
  }
  return {
    trials: request.trials,
    next(history, count) {
      const jobs = promotions(history).slice(0, count);
      const room = Math.min(count - jobs.length, request.trials - history.length);
      const fresh = newJobs(request, sampler, { history, count: room, budget: budgetAt(0) });
      if (jobs.length > 0 || fresh.length > 0) return [...jobs, ...fresh];
      return toTheTop(history);
    },
  };
}

/** Too few trials to promote any: the best so far is trained to the end, so that there is a winner. */
function toTheTop(history: readonly Trial[]): Job[] {
  if (history.some((trial) => rungOf(trial) === rungs - 1)) return [];
  const highest = Math.max(...history.map(rungOf));
  const [best] = byScore(
    history.filter((trial) => rungOf(trial) === highest),
    highest,
  );
  return best && highest >= 0 ? [{ index: best.index, params: best.params, budget: 1 }] : [];
}

function byScore(trials: readonly Trial[], rung: number): Trial[] {
  const scoreOf = (trial: Trial) => scoreAt(trial, rung) ?? Number.NaN;
  return trials
    .filter((trial) => !Number.isNaN(scoreOf(trial)))
    .sort((a, b) => scoreOf(b) - scoreOf(a) || a.index - b.index);
}

/**
 * Hyperband (Li et al. 2018): brackets of trials that start at different rungs, each halved in step; again from the
 * first bracket until the trials are used up. With TPE in place of chance it is BOHB (Falkner et al. 2018).
 */
function brackets(request: SearchRequest, sampler: Sampler): Search {
  const plan = planBrackets(request.trials);
  return {
    trials: request.trials,
    next(history, count) {
      for (const { first, size, rung } of plan) {
        const members = history.slice(first, first + size);
        if (members.length < size) {
          const room = Math.min(count, size - members.length);
          return newJobs(request, sampler, { history, count: room, budget: budgetAt(rung) });
        }
        const job = halve(members, rung).slice(0, count);
        if (job.length > 0) return job;
      }
      return toTheTop(history);
    },
  };
}

/** The next rung of a bracket whose trials have all come back; none when it is through. */
function halve(members: readonly Trial[], start: number): Job[] {
  for (let rung = start; rung < rungs - 1; rung++) {
    const places = Math.floor(members.length / reduction ** (rung + 1 - start));
    const chosen = byScore(
      members.filter((trial) => rungOf(trial) >= rung),
      rung,
    ).slice(0, places);
    const waiting = chosen.filter((trial) => rungOf(trial) === rung);
    if (waiting.length > 0)
      return waiting.map(({ index, params }) => ({ index, params, budget: budgetAt(rung + 1) }));
  }
  return [];
}

interface Bracket {
  /** Index of its first trial. */
  readonly first: number;
  readonly size: number;
  /** Where its trials start. */
  readonly rung: number;
}

function planBrackets(trials: number): Bracket[] {
  const plan: Bracket[] = [];
  for (let first = 0, round = 0; first < trials; round++) {
    const rung = round % rungs;
    const size = Math.min(
      trials - first,
      Math.ceil((rungs / (rungs - rung)) * reduction ** (rungs - 1 - rung)),
    );
    plan.push({ first, size, rung });
    first += size;
  }
  return plan;
}
