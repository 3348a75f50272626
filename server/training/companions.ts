/** Models that the main one takes along, so that its intervals are wide where it is uncertain and narrow where it is not. */
import type { Experiment } from '../config/experiment.ts';
import { usualCoverage } from '../config/impossible/judging.ts';
import type { FeatureMatrix } from '../features/matrix.ts';
import type { Trainer } from '../models/families.ts';
import type { CheckpointPort, FitRequest, FittedModel, LabelledRows } from '../models/family.ts';
import { createRandom } from '../statistics/random.ts';
import { pinball } from './stopMetric.ts';
import type { FitLimit } from './timeBudget.ts';

/** `quantile`: one model for each end of an interval. `ensemble`: the same model on rows drawn anew. */
export type CompanionPlan =
  | { readonly kind: 'quantile'; readonly levels: readonly [number, number] }
  | { readonly kind: 'ensemble' };

/** As many as in Lakshminarayanan, Pritzel and Blundell 2017; more narrow the intervals little. */
const members = 5;

/** Undefined where the main model stands alone. */
export function planCompanions(setting: Experiment['model']['uncertainty']): CompanionPlan | undefined {
  const { method, coverage = usualCoverage } = setting ?? {};
  if (method === 'ensemble') return { kind: 'ensemble' };
  return method === 'quantile'
    ? { kind: 'quantile', levels: [(1 - coverage) / 2, (1 + coverage) / 2] }
    : undefined;
}

export function companionCount(plan: CompanionPlan | undefined): number {
  if (plan === undefined) return 0;
  return plan.kind === 'quantile' ? plan.levels.length : members;
}

export interface CompanionWork {
  readonly plan: CompanionPlan;
  readonly trainer: Trainer;
  /** The main model's own. */
  readonly request: Omit<FitRequest<unknown>, 'parameters'>;
  /** Of each; replaces the ceiling of an iterative family. */
  readonly iterations?: readonly number[] | undefined;
  checkpoint?(index: number): CheckpointPort | undefined;
  limit?(index: number): FitLimit | undefined;
  onProgress?(index: number, progress: { done: number; total: number }): void;
}

/** On the same features as the main model. The same request gives the same bits. */
export async function fitCompanions(work: CompanionWork): Promise<FittedModel[]> {
  const fitted: FittedModel[] = [];
  for (let index = 0; index < companionCount(work.plan); index++) {
    const { checkpoint: _, ...request } = work.request;
    const port = work.checkpoint?.(index);
    const limit = work.limit?.(index);
    const own = {
      ...request,
      ...(port && { checkpoint: port }),
      ...(limit && { isOver: limit.isOver }),
      onProgress: (progress: { done: number; total: number }) => work.onProgress?.(index, progress),
    };
    fitted.push(await work.trainer.fit(changed(work.plan, own, index), work.iterations?.[index]));
    limit?.end?.();
  }
  return fitted;
}

function changed(
  plan: CompanionPlan,
  request: CompanionWork['request'],
  index: number,
): CompanionWork['request'] {
  if (plan.kind === 'ensemble') {
    const seed = createRandom(request.seed, 'companion', index).uint32();
    return { ...request, seed, train: drawnAnew(request.train, seed) };
  }
  const { classes: _, metric: __, ...values } = request;
  const quantile = plan.levels[index] ?? 0.5;
  const { earlyStop, valid } = request;
  const score = pinball(quantile);
  const target = valid?.target ?? new Float64Array();
  return {
    ...values,
    ...{ task: 'quantile', outputs: 1, quantile },
    ...(earlyStop && {
      earlyStop: { ...earlyStop, score: (raw) => score(raw, { task: 'quantile', outputs: 1, target }) },
    }),
  };
}

/** As many rows, drawn with replacement: how often each came is its weight (Efron 1979). */
function drawnAnew({ matrix, target, weight }: LabelledRows, seed: number): LabelledRows {
  const random = createRandom(seed, 'rows');
  const times = new Float64Array(matrix.rows);
  for (let i = 0; i < matrix.rows; i++) {
    const row = random.int(matrix.rows);
    times[row] = (times[row] ?? 0) + 1;
  }
  return { matrix, target, weight: weight ? times.map((count, row) => count * (weight[row] ?? 0)) : times };
}

/** What the main model and its companions say about the same rows, raw, row-major. */
export interface JoinedRaw {
  readonly raw: Float64Array;
  readonly companions: readonly Float64Array[];
}

export function predictJoined(
  { model, companions }: { model: FittedModel; companions: readonly FittedModel[] },
  matrix: FeatureMatrix,
): JoinedRaw {
  return {
    raw: model.predict(matrix),
    companions: companions.map((companion) => companion.predict(matrix)),
  };
}
