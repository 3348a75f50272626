/** For whom the model is worse: the primary metric on parts of the test rows, and which parts are truly weak. */
import type { Slice } from '../protocol/run.ts';
import { normalTail } from '../statistics/distributions.ts';
import { type BootstrapRequest, bootstrapAll } from './bootstrap.ts';
import { adjust, type Correction } from './comparisons.ts';
import { isLoss } from './importance.ts';
import { computeMetric } from './metrics.ts';
import type { ResampleOptions } from './resampleJobs.ts';
import { type Estimate, type ScoredRows, selectRows } from './scoredRows.ts';
import type { SliceRows } from './sliceRows.ts';

export interface SliceRequest {
  readonly rows: ScoredRows;
  readonly slices: readonly SliceRows[];
  readonly metric: string;
  readonly samples: number;
  readonly level: number;
  readonly seed: number;
  /** Of the test whether a slice is weak, over all slices together. */
  readonly alpha: number;
  readonly correction: Correction;
  /** Cluster of each row, where rows are not independent. */
  readonly clusters?: Int32Array;
}

const minShare = 0.05;
const minRows = 30;
const minOfClass = 5;

/** Whether enough rows are there to judge: 5 % of all and 30, and for two classes 5 of each. */
export function isJudgeable(rows: ScoredRows, members: Int32Array): boolean {
  if (members.length < Math.max(minRows, minShare * rows.target.length)) return false;
  if (rows.task !== 'binary') return true;
  const positives = members.reduce((sum, row) => sum + (rows.target[row] ?? 0), 0);
  return Math.min(positives, members.length - positives) >= minOfClass;
}

/** Weak: less than this share of the model's skill over all rows (lint.md, `weak-slice`). */
const weakShare = 0.8;

/** Intervals of slices come from at most so many rows each, fewer when there are many slices. */
const rowsForAll = 1_000_000;

/**
 * A slice is weak when its skill is below 80 % of that over all rows and of that of its siblings, and the difference from
 * the siblings is significant after correction over all slices. Siblings are the other slices of the same column, each
 * measured within itself: inside a narrow range of a strong column every model ranks worse, which is no weakness of
 * that range. A slice without siblings is compared with all other rows.
 */
export async function judgeSlices(request: SliceRequest, options: ResampleOptions = {}): Promise<Slice[]> {
  const { rows, metric } = request;
  const overall = computeMetric(metric, rows);
  const parts = await measureSlices(request, options);
  const skillOfAll = measureSkill(rows, metric, overall).value;
  const judged = parts.map((part) => {
    const others = parts.filter(
      (other) => other !== part && other.judgeable && isSibling(part.slice, other.slice),
    );
    const siblings = others.length > 0 ? pool(others) : part.rest;
    if (!part.judgeable || !siblings) return { below: false, p: Number.NaN };
    return compareSkill(part, siblings, { metric, skillOfAll });
  });
  const p = adjust(
    judged.map((each) => each.p),
    request.correction,
  );
  return parts.map(({ slice, estimate }, index) => ({
    slice: slice.name,
    rows: slice.members.length,
    share: slice.members.length / rows.target.length,
    metric,
    ...estimate,
    overall,
    weak: judged[index]?.below === true && (p[index] ?? 1) <= request.alpha,
  }));
}

interface Measured {
  readonly size: number;
  readonly skill: number;
  /** Standard error of the skill. */
  readonly error: number;
}

interface MeasuredSlice extends Measured {
  readonly slice: SliceRows;
  readonly estimate: Estimate;
  readonly judgeable: boolean;
  /** All other rows, where the slice has no siblings. */
  readonly rest?: Measured;
}

async function measureSlices(request: SliceRequest, options: ResampleOptions): Promise<MeasuredSlice[]> {
  const { rows, slices, metric, level, seed, samples } = request;
  const maxRows = Math.min(10_000, Math.max(2000, Math.floor(rowsForAll / Math.max(1, slices.length))));
  const plan = (members: Int32Array, stream: string): BootstrapRequest => ({
    models: { slice: selectRows(rows, members) },
    metrics: [metric],
    samples,
    level,
    seed,
    stream,
    maxRows,
    ...(request.clusters ? { clusters: members.map((row) => request.clusters?.[row] ?? row) } : {}),
  });
  const alone = slices.filter((slice) => !slices.some((other) => other !== slice && isSibling(slice, other)));
  const plans = [
    ...slices.map(({ name, members }) => plan(members, `slice ${name}`)),
    ...alone.map(({ name, members }) => plan(outside(members, rows.target.length), `rest ${name}`)),
  ];
  const bootstraps = await bootstrapAll(plans, options);
  const measured = plans.map(({ models }, index) => {
    const part = models['slice'];
    const bootstrap = bootstraps[index];
    const estimate = bootstrap?.estimates['slice']?.[metric];
    if (!part || !bootstrap || !estimate) throw new Error('each plan has a bootstrap');
    const { value, scale } = measureSkill(part, metric, estimate.value);
    return {
      size: part.target.length,
      skill: value,
      error: scale * bootstrap.standardError('slice', metric),
      estimate,
    };
  });
  return slices.flatMap((slice, index) => {
    const own = measured[index];
    const rest = alone.includes(slice) ? measured[slices.length + alone.indexOf(slice)] : undefined;
    return own
      ? [{ slice, judgeable: isJudgeable(rows, slice.members), ...own, ...(rest ? { rest } : {}) }]
      : [];
  });
}

function isSibling(slice: SliceRows, other: SliceRows): boolean {
  return slice.column !== undefined && slice.column === other.column;
}

/** Mean skill of disjoint parts, each weighing its rows. */
function pool(parts: readonly Measured[]): Measured {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return {
    size,
    skill: parts.reduce((sum, part) => sum + (part.size / size) * part.skill, 0),
    error: Math.hypot(...parts.map((part) => (part.size / size) * part.error)),
  };
}

function compareSkill(
  part: Measured,
  others: Measured,
  { metric, skillOfAll }: { metric: string; skillOfAll: number },
): { below: boolean; p: number } {
  const error = Math.hypot(part.error, others.error);
  const shortfall = others.skill - part.skill;
  const p = error === 0 ? Number(shortfall === 0) : Math.min(1, 2 * normalTail(Math.abs(shortfall) / error));
  // A loss is compared as its inverse, so that 80 % of the skill is 125 % of the loss.
  const tooLow = (skill: number) =>
    isLoss(metric) ? skill > weakShare * part.skill : part.skill < weakShare * skill;
  return { below: shortfall > 0 && tooLow(skillOfAll) && tooLow(others.skill), p };
}

interface Skill {
  readonly value: number;
  /** Change of the skill for a change of 1 in the metric. */
  readonly scale: number;
}

/**
 * The metric such that 0 is guessing and slices of different make-up can be compared: metrics with a level of chance
 * are measured from it to 1 (for pr_auc it is the slice's own share of positives); losses count negatively.
 */
function measureSkill(rows: ScoredRows, metric: string, value: number): Skill {
  if (isLoss(metric)) return { value: -value, scale: 1 };
  const chance = chanceOf(rows, metric);
  return { value: (value - chance) / (1 - chance), scale: 1 / (1 - chance) };
}

function chanceOf(rows: ScoredRows, metric: string): number {
  if (metric === 'roc_auc') return 0.5;
  if (metric === 'balanced_accuracy') return 1 / rows.classes.length;
  if (metric === 'pr_auc' && rows.task === 'binary') {
    return rows.target.reduce((sum, actual) => sum + actual, 0) / rows.target.length;
  }
  return 0;
}

function outside(members: Int32Array, rows: number): Int32Array {
  const inside = new Uint8Array(rows);
  for (const row of members) inside[row] = 1;
  return Int32Array.from({ length: rows }, (_, row) => row).filter((row) => inside[row] === 0);
}
