/** What a split came out as: sizes, classes, overlap, groups and time on its sides. */
import type { Experiment } from '../../config/experiment.ts';
import { timeColumn } from '../roles.ts';
import {
  absent,
  positionsOf,
  type SplitPlan,
  type SplitRequest,
  test,
  train,
  valid,
} from '../split/split.ts';
import { firstOfEqual } from '../split/splitTwins.ts';
import type { Table } from '../table.ts';
import type { ResolvedTask } from '../task.ts';
import type { SideFacts, SplitFacts, TimeFacts } from './facts.ts';
import { halfWidth } from './factsNoise.ts';
import { describeOverlap, type Overlap } from './factsOverlap.ts';

export interface SplitInputs {
  readonly experiment: Experiment;
  readonly table: Table;
  readonly task: ResolvedTask;
  readonly features: readonly string[];
  readonly request: SplitRequest;
  readonly split: SplitPlan;
}

/** What only a look at the columns can add. */
type ByColumn = 'unseen' | 'time';

export async function describeSplit(inputs: SplitInputs): Promise<Omit<SplitFacts, ByColumn>> {
  const { task, split, experiment } = inputs;
  const [training, validating, testing] = describeSides(split, task);
  const target = () => {
    const tested = positionsOf(split.assignment, test);
    return Float64Array.from(tested, (row) => task.values[row] ?? 0);
  };
  return {
    method: split.method,
    folds: split.folds.length,
    train: training,
    valid: validating,
    test: testing,
    absent: task.values.length - split.withoutTarget - training.rows - validating.rows - testing.rows,
    overlap: await countOverlap(inputs),
    sharedGroups: await countSharedGroups(inputs),
    infeasible: experiment.split.cv ? await infeasibleFolds(inputs, experiment.split.cv.folds) : null,
    halfWidth: halfWidth(task.metric, {
      rows: testing.rows,
      target,
      classes: testing.classes,
      trainMean: training.mean,
    }),
  };
}

/** Training, validation and test rows. */
function describeSides({ assignment }: SplitPlan, task: ResolvedTask): [SideFacts, SideFacts, SideFacts] {
  const { values, classes } = task;
  const width = Math.max(1, classes.length);
  const counts = new Int32Array(4 * width);
  const sums = new Float64Array(4);
  if (classes.length > 0) countClasses(counts, { assignment, values, width });
  else
    for (let row = 0; row < assignment.length; row++) {
      const side = assignment[row] ?? 0;
      if (side === absent) continue;
      counts[side] = (counts[side] ?? 0) + 1;
      sums[side] = (sums[side] ?? 0) + (values[row] ?? 0);
    }
  const factsOf = (side: number): SideFacts => {
    const own = [...counts.subarray(side * width, (side + 1) * width)];
    const rows = own.reduce((sum, count) => sum + count, 0);
    const sum = classes.length > 0 ? own.reduce((sum, count, c) => sum + count * c, 0) : (sums[side] ?? 0);
    return { rows, classes: classes.length > 0 ? own : [], mean: rows > 0 ? sum / rows : 0 };
  };
  return [factsOf(train), factsOf(valid), factsOf(test)];
}

/** Rows [side, class]; those on no side have no class. */
function countClasses(
  counts: Int32Array,
  { assignment, values, width }: { assignment: Uint8Array; values: Float64Array; width: number },
): void {
  for (let row = 0; row < assignment.length; row++) {
    const side = assignment[row] ?? 0;
    if (side === absent) continue;
    const cell = side * width + (values[row] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

/** Test rows equal to a training row; only given files and `dedupe: none` let that happen. */
async function countOverlap({
  experiment,
  table,
  features,
  request,
  split,
}: SplitInputs): Promise<Overlap | null> {
  const prevented = request.files === undefined && experiment.split.dedupe !== 'none';
  if (prevented || features.length === 0) return null;
  const names = experiment.target === undefined ? features : [...features, experiment.target];
  const first = firstOfEqual(await table.rowHashes(names));
  const [training, testing] = [train, test].map((side) => positionsOf(split.assignment, side));
  return training && testing && testing.length > 0 ? describeOverlap(first, training, testing) : null;
}

async function countSharedGroups({ experiment, table, split }: SplitInputs): Promise<number | null> {
  const { group } = experiment.data;
  if (group === undefined) return null;
  const { codes, levels } = await table.dictionary(group);
  const sides = new Uint8Array(levels.length + 1);
  codes.forEach((code, row) => {
    const side = split.assignment[row];
    if (side === train) sides[code] = (sides[code] ?? 0) | 1;
    if (side === test) sides[code] = (sides[code] ?? 0) | 2;
  });
  return sides.subarray(1).filter((seen) => seen === 3).length;
}

/** What folds along time are too few of where a gap takes the rows before them. */
export const afterRows = 'stretches of time with rows to train on before them';

/** Folds that were asked for and cannot be had: of classes in proportion, whole groups, or stretches of time. */
async function infeasibleFolds(
  { task, request, split }: SplitInputs,
  folds: number,
): Promise<SplitFacts['infeasible']> {
  if (folds < 2) return null;
  const rows = positionsOf(split.assignment, train);
  const distinct = (values: Int32Array | Float64Array) => new Set(rows.map((row) => values[row] ?? 0)).size;
  const limits: { available: number; of: string }[] = [];
  if (request.time) limits.push({ available: distinct(request.time) - 1, of: 'instants' });
  else if (task.classes.length > 0) {
    const counts = describeSides(split, task)[0].classes;
    const least = counts.reduce((best, count, c) => (count < (counts[best] ?? 0) ? c : best), 0);
    limits.push({ available: counts[least] ?? 0, of: `rows of class "${task.classes[least]}"` });
  }
  if (request.atoms) limits.push({ available: distinct(request.atoms), of: 'groups' });
  if (request.time && request.cv?.kind !== 'kfold')
    limits.push({ available: split.folds.length, of: afterRows });
  const short = limits.find(({ available }) => available < folds);
  return short ? { folds, ...short } : null;
}

/** How the sides lie in time, where the split does not see to it; the trend is found column by column. */
export async function describeTime({
  experiment,
  table,
  request,
  split,
}: SplitInputs): Promise<TimeFacts | null> {
  const column = timeColumn(experiment, table.columns);
  if (column === undefined) return null;
  if (request.time && !request.files) return { column, testBeforeTrain: 0, ties: 0, trend: null };
  const time = await table.numbers(column);
  let latest = Number.NEGATIVE_INFINITY;
  const trained = new Set<number>();
  for (const row of positionsOf(split.assignment, train)) {
    const at = time[row] ?? Number.NaN;
    if (Number.isNaN(at)) continue;
    trained.add(at);
    if (at > latest) latest = at;
  }
  const tested = positionsOf(split.assignment, test);
  return {
    column,
    testBeforeTrain: tested.filter((row) => (time[row] ?? Number.NaN) < latest).length,
    ties: tested.filter((row) => trained.has(time[row] ?? Number.NaN)).length,
    trend: null,
  };
}
