/** One fit: features and model learnt on some rows, perhaps stopped early on others. A fold and the final model alike. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Split } from '../data/split/split.ts';
import type { Table } from '../data/table.ts';
import type { ResolvedTask } from '../data/task.ts';
import { fitFeatures } from '../features/fitFeatures.ts';
import { fitRules } from '../features/fitRules.ts';
import type { FeatureRequest, FittedFeatures } from '../features/fittedFeatures.ts';
import { withoutOutliers } from '../features/outlierRows.ts';
import { withoutUnused } from '../features/withoutUnused.ts';
import type { Trainer } from '../models/families.ts';
import type { CheckpointPort, FittedModel, LabelledRows } from '../models/family.ts';
import { type CompanionWork, fitCompanions, type JoinedRaw, predictJoined } from './companions.ts';
import { classFactors, type Imbalance, resampleCounts } from './rowWeights.ts';
import { selectByModel } from './selectByModel.ts';
import { addSynthetic, type SmoteOptions, smoteFactors } from './smote.ts';
import type { StopMetric } from './stopMetric.ts';
import type { FitLimit } from './timeBudget.ts';

/** What all fits of a model share. */
export interface FitPlan {
  readonly experiment: Experiment;
  readonly table: Table;
  readonly columns: FeatureRequest['columns'];
  readonly task: ResolvedTask;
  readonly trainer: Trainer;
  /** `data.weight` per table row. */
  readonly weight: Float64Array | undefined;
  readonly imbalance: Imbalance;
  readonly split: Pick<Split, 'method'>;
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

export interface PartRequest {
  readonly rows: Int32Array;
  /** Rows to stop early on; read only if `stop` is there. */
  readonly validRows?: Int32Array;
  readonly stop?: StopMetric;
  /** Replaces the ceiling of an iterative family. */
  readonly iterations?: number;
  readonly checkpoint?: CheckpointPort;
  readonly limit?: FitLimit;
  /** Models to fit beside the main one. */
  readonly companions?: Omit<CompanionWork, 'trainer' | 'request'> | undefined;
  onProgress(progress: { done: number; total: number; score?: number }): void;
}

export interface FittedPart {
  /** What was learnt from: the rows asked for, less those left out for an outlier. */
  readonly rows: Int32Array;
  readonly features: FittedFeatures;
  readonly model: FittedModel;
  readonly companions: readonly FittedModel[];
  /** The trainer's raw outputs for rows of the table, row-major. */
  predict(rows: Int32Array): Promise<Float64Array>;
  predictJoined(rows: Int32Array): Promise<JoinedRaw>;
}

/** @throws ModelwrightError no-features */
export async function fitPart(plan: FitPlan, part: PartRequest): Promise<FittedPart> {
  const { experiment, table, columns, task, trainer, signal } = plan;
  const { seed, early_stop: earlyStop } = experiment.train;
  const source = { table, columns, settings: experiment.features, needs: trainer.needs };
  const rows = trainer.plain ? part.rows : await withoutOutliers(source, part.rows);
  const request = {
    ...source,
    trainRows: rows,
    target: task.values,
    task: task.task,
    seed,
    later: plan.split.method === 'time' || plan.split.method === 'group-time',
    ...(signal && { signal }),
  };
  refuseNone(columns, task.target);
  // What looks at no feature is spared filling, encoding and choosing them.
  const features = trainer.conditions
    ? fitRules(request, trainer.conditions)
    : await fitSelected(plan, request);
  refuseNone(features.columns, task.target);
  const train = await trainingRows(plan, features, rows);
  const stopped = part.stop !== undefined && part.validRows !== undefined && earlyStop !== false;
  const asked = {
    task: task.task,
    outputs: Math.max(task.classes.length, 1),
    metric: task.metric,
    classes: task.classes,
    ...(task.quantile !== undefined && { quantile: task.quantile }),
    ...(plan.imbalance.focal && { focal: true }),
    train,
    ...(stopped && {
      valid: {
        matrix: await features.transform(part.validRows),
        target: take(task.values, part.validRows),
      },
      earlyStop: {
        patience: earlyStop.patience,
        minDelta: earlyStop.min_delta,
        restoreBest: earlyStop.restore_best,
        score: part.stop.score,
      },
    }),
    seed,
    threads: plan.threads,
    ...(signal && { signal }),
  };
  const model = await trainer.fit(
    {
      ...asked,
      ...(part.checkpoint && { checkpoint: part.checkpoint }),
      ...(part.limit && { isOver: part.limit.isOver }),
      onProgress: part.onProgress,
    },
    part.iterations,
  );
  part.limit?.end?.();
  const companions = part.companions
    ? await fitCompanions({ ...part.companions, trainer, request: asked })
    : [];
  const fitted = { rows, features, model, companions };
  return {
    ...fitted,
    predict: async (positions) => model.predict(await features.transform(positions)),
    predictJoined: async (positions) => predictJoined(fitted, await features.transform(positions)),
  };
}

function refuseNone(columns: readonly unknown[], target: string): void {
  if (columns.length === 0) throw new ModelwrightError('no-features', { target });
}

async function fitSelected({ experiment, task, threads }: FitPlan, request: FeatureRequest) {
  const judge = {
    ...{ task: task.task, outputs: Math.max(task.classes.length, 1), metric: task.metric },
    ...(task.quantile !== undefined && { quantile: task.quantile }),
    ...{ seed: request.seed, threads },
    ...(request.signal && { signal: request.signal }),
  };
  const target = take(task.values, request.trainRows);
  const features = await fitFeatures(request);
  const selected = await selectByModel(features, experiment.features.select, { target, judge });
  return selected.selection ? withoutUnused(selected, request) : selected;
}

async function trainingRows(
  plan: FitPlan,
  features: FittedFeatures,
  rows: Int32Array,
): Promise<LabelledRows> {
  const weight = weightsOf(plan, rows);
  const known = {
    matrix: await features.trainingMatrix(),
    target: take(plan.task.values, rows),
    ...(weight && { weight }),
  };
  return plan.imbalance.resample === 'smote' ? addSynthetic(known, smoteOptions(plan)) : known;
}

function smoteOptions({ task, imbalance, experiment }: FitPlan): SmoteOptions {
  return { classes: task.classes.length, ratio: imbalance.ratio, seed: experiment.train.seed };
}

export function take(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}

/** What the treatment of imbalance makes a row of each class weigh on average; undefined where it changes nothing. */
export function trainFactors(plan: FitPlan, rows: Int32Array): Float64Array | undefined {
  const { weight, imbalance, task, experiment } = plan;
  const target = take(task.values, rows);
  const classes = task.classes.length;
  if (imbalance.weights) return classFactors(target, weight && take(weight, rows), classes, imbalance.ratio);
  const { resample, ratio } = imbalance;
  if (resample === undefined) return undefined;
  if (resample === 'smote') return smoteFactors(target, smoteOptions(plan));
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  resampleCounts(target, classes, { resample, ratio }, experiment.train.seed).forEach((times, i) => {
    const y = target[i] ?? 0;
    sums[y] = (sums[y] ?? 0) + times;
    counts[y] = (counts[y] ?? 0) + 1;
  });
  return sums.map((sum, y) => (counts[y] ? sum / (counts[y] ?? 1) : 0));
}

/** Row weights times class factors or the number of times that a row was drawn; undefined where all are 1. */
function weightsOf(plan: FitPlan, rows: Int32Array): Float64Array | undefined {
  const { imbalance, task, experiment } = plan;
  const own = plan.weight && take(plan.weight, rows);
  const target = take(task.values, rows);
  const { resample, ratio } = imbalance;
  if (resample === 'smote') return own;
  if (resample !== undefined) {
    const counts = resampleCounts(target, task.classes.length, { resample, ratio }, experiment.train.seed);
    return counts.map((times, i) => times * (own?.[i] ?? 1));
  }
  const factors = trainFactors(plan, rows);
  return factors ? target.map((y, i) => (own?.[i] ?? 1) * (factors[y] ?? 1)) : own;
}
