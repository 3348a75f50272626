/** What a run will do, stage by stage, and what it will take, from sizes alone: for the plan of a dry run and the editor. */
import { bytesIn, secondsIn } from '../../config/duration.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { DataFacts } from '../../data/facts/facts.ts';
import { featureColumns } from '../../data/roles.ts';
import { positionsOf, test as testSide, train as trainSide } from '../../data/split/split.ts';
import { lengthOf } from '../../language/expected.ts';
import type { OverBudget } from '../../lint/rule.ts';
import { companionCount, planCompanions } from '../../training/companions.ts';
import { type PlannedSearch, planSearch } from '../../tuning/planSearch.ts';
import { isHalving } from '../../tuning/search.ts';
import type { RunRows } from '../runRows.ts';
import { evaluateSeconds, fitSeconds, lintSeconds, memoryOf, scoreSeconds, writeSeconds } from './cost.ts';
import type { CostRequest } from './costRequest.ts';

export interface RunPlan {
  readonly stages: readonly { readonly stage: string; readonly detail: string; readonly seconds: number }[];
  readonly seconds: number;
  readonly memoryBytes: number;
  /** The budgets that this would pass, in words. */
  readonly over: readonly OverBudget[];
}

export interface RunSizes extends CostRequest {
  /** Rows that the model of each fold learns from. */
  readonly folds: readonly number[];
  /** Of opening the table and dividing its rows. */
  readonly readSeconds: number;
}

/** Start of the processes, and what lies between the stages. */
const overhead = 0.7;

/** What the first fit takes beyond any later one: code is compiled as it runs. */
const firstFit = 0.3;

export function expectRun(sizes: RunSizes): RunPlan {
  const { experiment, rows, columns, train, folds } = sizes;
  const type = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
  const families = [type, ...experiment.baseline];
  // The main model and those beside it.
  const models = 1 + companionCount(planCompanions(experiment.model.uncertainty));
  const fits = folds.length + 1;
  const heldOut = (family: string) => folds.reduce((sum, fold) => sum + fitSeconds(family, sizes, fold), 0);
  const costOf = (family: string) => fitSeconds(family, sizes, train) + heldOut(family);
  const stages = [
    {
      stage: 'read',
      detail: `${rows} rows, ${columns} features`,
      seconds: overhead + sizes.readSeconds,
    },
    { stage: 'lint', detail: 'every data rule over all rows', seconds: lintSeconds(sizes) },
    ...tuneStage(experiment, {
      trial: folds.length > 0 ? heldOut(type) : costOf(type),
      nested: nestedFits(sizes, (fold) => fitSeconds(type, sizes, fold)),
    }),
    {
      stage: 'train',
      detail: `${type}, ${models * fits} ${models * fits === 1 ? 'fit' : 'fits'}`,
      seconds: firstFit + models * costOf(type),
    },
    {
      stage: 'baselines',
      detail: experiment.baseline.join(', '),
      seconds: experiment.baseline.reduce((sum, name) => sum + costOf(name), 0),
    },
    { stage: 'score', detail: 'every row through the model file', seconds: scoreSeconds(families, sizes) },
    {
      stage: 'evaluate',
      detail: `${experiment.evaluate.ci.samples} bootstrap samples`,
      seconds: evaluateSeconds(families, sizes),
    },
    { stage: 'write', detail: 'model, predictions, card', seconds: writeSeconds(sizes) },
  ];
  const memoryBytes = memoryOf(families, sizes);
  const over = budgetsPassed(experiment, { stages, memoryBytes });
  const bounded = withinBudget(stages, secondsIn(experiment.train.budget?.time));
  return { stages: bounded, seconds: sumOf(bounded, () => true), memoryBytes, over };
}

type Stage = RunPlan['stages'][number];

function sumOf(stages: readonly Stage[], wanted: (stage: Stage) => boolean): number {
  return stages.reduce((sum, stage) => sum + (wanted(stage) ? stage.seconds : 0), 0);
}

/** What `train.budget.time` bounds. */
function isFitting({ stage }: Stage): boolean {
  return stage === 'tune' || stage === 'train';
}

/** The stages that a budget ends take no longer than it. */
function withinBudget(stages: readonly Stage[], time: number | undefined): readonly Stage[] {
  const share = (time ?? Number.POSITIVE_INFINITY) / sumOf(stages, isFitting);
  return share >= 1
    ? stages
    : stages.map((stage) => (isFitting(stage) ? { ...stage, seconds: share * stage.seconds } : stage));
}

/** Estimates are off by up to this factor: only time that is over by more is told. */
const byFar = 2;

/** Time runs out at a step and leaves a model: that is told. Memory that runs out leaves none: that is refused (refuse.ts). */
function budgetsPassed(
  { train: { budget } }: Experiment,
  { stages, memoryBytes }: Pick<RunPlan, 'stages' | 'memoryBytes'>,
): OverBudget[] {
  const over: OverBudget[] = [];
  const time = secondsIn(budget?.time);
  const fitting = sumOf(stages, isFitting);
  if (time !== undefined && fitting > byFar * time) {
    over.push({
      path: 'train.budget.time',
      message: `Search and training would take about ${lengthOf(fitting)}, as far as sizes tell, and \`train.budget.time\` is ${budget?.time}: they will end by then, with the model that they have.`,
      data: { seconds: fitting, budget: time },
    });
  }
  const memory = bytesIn(budget?.memory);
  if (memory !== undefined && memoryBytes > memory) {
    over.push({
      path: 'train.budget.memory',
      message: `A run would take about ${Number((memoryBytes / 1e9).toPrecision(2))} GB of memory, and \`train.budget.memory\` is ${budget?.memory}: it is likely to be stopped.`,
      data: { memoryBytes, budget: memory },
    });
  }
  return over;
}

/** The same from a table that is open and divided. */
export function expectFromRows(
  { experiment, table, task, split }: Omit<RunRows, 'signal'>,
  readSeconds: number,
): RunPlan {
  return expectRun({
    ...{ experiment, rows: table.rowCount, readSeconds, classes: task.classes.length },
    columns: featureColumns(experiment, table.columns).length,
    train: positionsOf(split.assignment, trainSide).length,
    test: positionsOf(split.assignment, testSide).length,
    folds: split.folds.map((fold) => fold.train.length),
  });
}

/** The same from what lint knows of the data; undefined where no run is possible or its search cannot be planned. */
export function expectFromFacts(experiment: Experiment, facts: DataFacts): RunPlan | undefined {
  const { rows, features, target, split } = facts;
  if (target === undefined || split === undefined) return undefined;
  const { folds, train, test } = split;
  const learnt = Math.round((train.rows * (folds - 1)) / folds);
  try {
    return expectRun({
      ...{ experiment, rows, columns: features.length },
      ...{ train: train.rows, test: test.rows, classes: target.classes.length },
      folds: Array.from({ length: folds < 2 ? 0 : folds }, () => learnt),
      readSeconds: (0.05 * rows * facts.profile.columns.length) / 1e6,
    });
  } catch {
    // What is wrong with the search is a finding already.
    return undefined;
  }
}

/** Seconds of the folds and of the last fit of one setting, for each outer fold; none where folds are not nested. */
function nestedFits(
  { experiment, folds }: RunSizes,
  secondsOf: (rows: number) => number,
): readonly { readonly held: number; readonly last: number }[] {
  const { cv } = experiment.split;
  if (cv?.nested !== true) return [];
  const inner = Math.max(2, Math.round(folds.length / (cv.repeats ?? 1)));
  return folds.map((rows) => ({
    held: inner * secondsOf((rows * (inner - 1)) / inner),
    last: secondsOf(rows),
  }));
}

interface TuneSeconds {
  /** Of one trial to its end. */
  readonly trial: number;
  readonly nested: ReturnType<typeof nestedFits>;
}

function tuneStage(experiment: Experiment, { trial, nested }: TuneSeconds): RunPlan['stages'] {
  const search = planSearch(experiment);
  if (search === undefined) return [];
  const { trials } = search.start([]);
  const { settings, space } = search;
  const whole = wholeTrials(search, trials);
  // In each outer fold the search once more, and its winner as a run would fit it.
  const outer = nested.reduce((sum, { held, last }) => sum + (whole + 1) * held + last, 0);
  const within = nested.length === 0 ? '' : `, again in each of ${nested.length} folds`;
  const detail = `${settings.search}, ${trials} trials over ${space.map(({ path }) => path).join(', ')}${within}`;
  const timeout = secondsIn(settings.timeout) ?? Number.POSITIVE_INFINITY;
  return [{ stage: 'tune', detail, seconds: Math.min(timeout, whole * trial + outer) }];
}

/** Trials that are compared while they train are stopped halfway, as a rule; those of the last kinds of search start short. */
function wholeTrials({ settings: { search, prune }, iterative }: PlannedSearch, trials: number): number {
  if (!iterative) return trials;
  const compared = isHalving(search) ? trials : Math.max(0, trials - Math.max(1, prune.after));
  return trials - 0.5 * compared;
}
