/** All fits of one model: the folds, if there are any, then the final one. */
import type { Split } from '../data/split/split.ts';
import type { CheckpointPort } from '../models/family.ts';
import { type CompanionPlan, companionCount, type JoinedRaw } from './companions.ts';
import { type FitPlan, type FittedPart, fitPart } from './fitPart.ts';
import { watchedMetric } from './heldOutMetrics.ts';
import type { Imbalance } from './rowWeights.ts';
import type { StopMetric } from './stopMetric.ts';
import type { FitLimits } from './timeBudget.ts';

/** `part` of `parts` fits (folds, then the final one); in it `done` of `total` steps. */
export interface TrainProgress {
  readonly part: number;
  readonly parts: number;
  readonly done: number;
  readonly total: number;
  /** What early stopping watches on the validation rows; its value, losses negated. */
  readonly metric?: string;
  readonly score?: number;
}

export interface FitAllRequest {
  readonly plan: FitPlan;
  readonly folds: Split['folds'];
  readonly trainRows: Int32Array;
  readonly validRows: Int32Array;
  /** Models to fit beside the main one of every part. */
  readonly companions?: CompanionPlan | undefined;
  /** Of part `fold 1`, …, `final`; of its companions `final, companion 1`, …. */
  checkpoint(part: string): CheckpointPort | undefined;
  /** How long each fit may go on; `rows`: of the fits in their order. */
  limits?(rows: readonly number[]): FitLimits;
  onProgress?(progress: TrainProgress): void;
}

export interface AllFits {
  readonly final: FittedPart;
  /** Raw outputs, row-major, for rows that their model was not trained on; each row once. */
  readonly held: { readonly rows: Int32Array; readonly raw: Float64Array } | undefined;
  /** The same of the main model and its companions, of rows that none of them was trained on. */
  readonly joined: ({ readonly rows: Int32Array } & JoinedRaw) | undefined;
  /** What early stopping watched; undefined where nothing was stopped. */
  readonly stopMetric: string | undefined;
  /** That metric for each fit with validation rows, step by step. */
  readonly curves: readonly (readonly number[])[];
  /** Which fits were ended before their time, in words. */
  readonly ended: string | undefined;
}

/**
 * With folds: a model for each, then the final one on all training rows with their mean number of iterations. Without:
 * one model, stopped on the validation rows. Companions likewise.
 */
export async function fitAll(request: FitAllRequest): Promise<AllFits> {
  const { plan, folds, trainRows, validRows } = request;
  const beside = companionCount(request.companions);
  const parts = (folds.length + 1) * (1 + beside);
  const curves: number[][] = [];
  const stops = plan.trainer.iterative && plan.experiment.train.early_stop !== false;
  let stopMetric: StopMetric | undefined;
  const sizes = [...folds.map(({ train }) => train.length), trainRows.length];
  const limits = request.limits?.(sizes.flatMap((rows) => new Array<number>(1 + beside).fill(rows)));

  async function fitNext(
    part: number,
    rows: Int32Array,
    extra: { validRows?: Int32Array; iterations?: number; besides?: readonly number[] },
  ): Promise<FittedPart> {
    const curve: number[] = [];
    if (stops && extra.validRows) stopMetric = watchedMetric(plan, extra.validRows);
    const name = part < folds.length ? `fold ${part + 1}` : 'final';
    const checkpoint = request.checkpoint(name);
    const limit = limits?.next(name);
    const first = part * (1 + beside) + 1;
    const fitted = await fitPart(plan, {
      rows,
      ...extra,
      companions: request.companions && {
        plan: request.companions,
        iterations: extra.besides,
        checkpoint: (index) => request.checkpoint(`${name}, companion ${index + 1}`),
        limit: (index) => limits?.next(`${name}, companion ${index + 1}`),
        onProgress: (index, { done, total }) =>
          request.onProgress?.({ part: first + 1 + index, parts, done, total }),
      },
      ...(stops && extra.validRows && stopMetric && { stop: stopMetric }),
      ...(checkpoint && { checkpoint }),
      ...(limit && { limit }),
      onProgress(progress) {
        if (progress.score !== undefined) curve.push(progress.score);
        request.onProgress?.({
          part: first,
          parts,
          ...progress,
          ...(stopMetric && { metric: stopMetric.name }),
        });
      },
    });
    if (curve.length > 0) curves.push(curve);
    return fitted;
  }

  if (folds.length === 0) {
    const hasValid = validRows.length > 0;
    const final = await fitNext(0, trainRows, hasValid ? { validRows } : {});
    const joined = hasValid ? { rows: validRows, ...(await final.predictJoined(validRows)) } : undefined;
    const held = joinHeld(outOfBag(final, plan.imbalance), joined);
    return { final, held, joined, stopMetric: stopMetric?.name, curves, ended: limits?.told?.() };
  }
  const collected = createHeldScores(plan.task.values.length);
  const collectedBeside = Array.from({ length: beside }, () => createHeldScores(plan.task.values.length));
  let iterations = 0;
  const besides = new Float64Array(beside);
  for (const [index, fold] of folds.entries()) {
    const fitted = await fitNext(index, fold.train, { validRows: fold.valid });
    const { raw, companions } = await fitted.predictJoined(fold.valid);
    collected.add(fold.valid, raw);
    iterations += fitted.model.iterations / folds.length;
    companions.forEach((scores, index) => {
      collectedBeside[index]?.add(fold.valid, scores);
      besides[index] = (besides[index] ?? 0) + (fitted.companions[index]?.iterations ?? 0) / folds.length;
    });
  }
  const round = (mean: number) => Math.max(1, Math.round(mean));
  const stoppedAt =
    stopMetric === undefined && limits?.told?.() === undefined
      ? {}
      : { iterations: round(iterations), besides: Array.from(besides, round) };
  const final = await fitNext(folds.length, trainRows, stoppedAt);
  const held = collected.mean();
  const joined = { ...held, companions: collectedBeside.map((scores) => scores.mean().raw) };
  return { final, held, joined, stopMetric: stopMetric?.name, curves, ended: limits?.told?.() };
}

type Held = AllFits['held'];

/** Training rows as scored by the trees that did not see them; of rows whose neighbours were made from them, none. */
function outOfBag({ model, rows }: FittedPart, { resample }: Imbalance): Held {
  const raw = model.outOfBag;
  if (raw === undefined || resample === 'smote' || rows.length === 0) return undefined;
  const outputs = raw.length / rows.length;
  const known = Int32Array.from(rows.keys()).filter((i) => !Number.isNaN(raw[i * outputs]));
  if (known.length === 0) return undefined;
  const kept = new Float64Array(known.length * outputs);
  known.forEach((i, at) => void kept.set(raw.subarray(i * outputs, (i + 1) * outputs), at * outputs));
  return { rows: known.map((i) => rows[i] ?? 0), raw: kept };
}

function joinHeld(first: Held, second: Held): Held {
  if (!first || !second) return first ?? second;
  const rows = new Int32Array(first.rows.length + second.rows.length);
  const raw = new Float64Array(first.raw.length + second.raw.length);
  rows.set(first.rows);
  rows.set(second.rows, first.rows.length);
  raw.set(first.raw);
  raw.set(second.raw, first.raw.length);
  return { rows, raw };
}

/** With repeats a row is held out more than once: its raw scores are averaged. */
function createHeldScores(tableRows: number) {
  const times = new Uint16Array(tableRows);
  let sums: Float64Array | undefined;
  let outputs = 1;
  return {
    add(rows: Int32Array, raw: Float64Array): void {
      if (rows.length === 0) return;
      outputs = raw.length / rows.length;
      sums ??= new Float64Array(tableRows * outputs);
      for (const [i, row] of rows.entries()) {
        times[row] = (times[row] ?? 0) + 1;
        for (let k = 0; k < outputs; k++) {
          sums[row * outputs + k] = (sums[row * outputs + k] ?? 0) + (raw[i * outputs + k] ?? 0);
        }
      }
    },
    mean(): { rows: Int32Array; raw: Float64Array } {
      const rows = Int32Array.from(times.keys()).filter((row) => (times[row] ?? 0) > 0);
      const raw = new Float64Array(rows.length * outputs);
      rows.forEach((row, i) => {
        for (let k = 0; k < outputs; k++)
          raw[i * outputs + k] = (sums?.[row * outputs + k] ?? 0) / (times[row] ?? 1);
      });
      return { rows, raw };
    },
  };
}
