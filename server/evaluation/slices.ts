/** For whom the model is worse: the primary metric on parts of the test rows, and which parts are truly weak. */
import type { Slice } from '../protocol/run.ts';
import { normalTail } from '../statistics/distributions.ts';
import { type Bootstrap, type BootstrapRequest, bootstrapAll } from './bootstrap.ts';
import { adjust, type Correction } from './comparisons.ts';
import { isLoss } from './importance.ts';
import { computeMetric } from './metrics.ts';
import type { ResampleOptions } from './resampleJobs.ts';
import { type ScoredRows, selectRows } from './scoredRows.ts';
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

export async function judgeSlices(request: SliceRequest, options: ResampleOptions = {}): Promise<Slice[]> {
  const { rows, slices, metric, level, seed } = request;
  const overall = computeMetric(metric, rows);
  const maxRows = Math.min(10_000, Math.max(2000, Math.floor(rowsForAll / Math.max(1, slices.length))));
  const plan = (members: Int32Array, stream: string, samples: number): BootstrapRequest => ({
    models: { main: selectRows(rows, members) },
    metrics: [metric],
    samples,
    level,
    seed,
    stream,
    maxRows,
    ...(request.clusters ? { clusters: members.map((row) => request.clusters?.[row] ?? row) } : {}),
  });
  const inside = slices.map(({ name, members }) => plan(members, `slice ${name}`, request.samples));
  const rest = slices.map(({ name, members }) =>
    plan(outside(members, rows.target.length), `rest ${name}`, 200),
  );
  const bootstraps = await bootstrapAll([...inside, ...rest], options);

  const skillOfAll = measureSkill(rows, metric, overall);
  const judged = slices.map((slice, index) => {
    const [own, other] = [bootstraps[index], bootstraps[slices.length + index]];
    const [part, others] = [inside[index]?.models['main'], rest[index]?.models['main']];
    if (!own || !other || !part || !others) throw new Error('each slice has two bootstraps');
    return { slice, own, ...separate({ own, other, part, others, metric, skillOfAll }) };
  });
  const p = adjust(
    judged.map(({ p }) => p),
    request.correction,
  );
  return judged.map(({ slice, own, below }, index) => {
    const { value = Number.NaN, low = Number.NaN, high = Number.NaN } = own.estimates['main']?.[metric] ?? {};
    return {
      slice: slice.name,
      rows: slice.members.length,
      share: slice.members.length / rows.target.length,
      metric,
      value,
      low,
      high,
      overall,
      weak: below && isJudgeable(rows, slice.members) && (p[index] ?? 1) <= request.alpha,
    };
  });
}

/** Whether the slice has too little skill, and the p-value of its skill being that of the rest. */
function separate(compared: {
  own: Bootstrap;
  other: Bootstrap;
  part: ScoredRows;
  others: ScoredRows;
  metric: string;
  skillOfAll: Skill;
}): { below: boolean; p: number } {
  const { own, other, metric, skillOfAll } = compared;
  const estimate = (bootstrap: Bootstrap) => bootstrap.estimates['main']?.[metric]?.value ?? Number.NaN;
  const part = measureSkill(compared.part, metric, estimate(own));
  const others = measureSkill(compared.others, metric, estimate(other));
  const error = Math.hypot(
    own.standardError('main', metric) * part.scale,
    other.standardError('main', metric) * others.scale,
  );
  const shortfall = others.value - part.value;
  const p = error === 0 ? Number(shortfall === 0) : Math.min(1, 2 * normalTail(Math.abs(shortfall) / error));
  // A loss is compared as its inverse, so that 80 % of the skill is 125 % of the loss.
  const tooLow = isLoss(metric)
    ? skillOfAll.value > weakShare * part.value
    : part.value < weakShare * skillOfAll.value;
  return { below: shortfall > 0 && tooLow, p };
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
