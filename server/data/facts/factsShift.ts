/** Whether the test rows look like the training rows, column by column and all together, on a sample of either side. */

import { holm } from '../../statistics/corrections.ts';
import { normalTail } from '../../statistics/distributions.ts';
import { aucAbove } from '../../statistics/intervals.ts';
import { predictivePower } from '../../statistics/predictivePower.ts';
import { createRandom } from '../../statistics/random.ts';
import { rankAuc } from '../../statistics/rankAuc.ts';
import { type Shift, shiftOfLevels, shiftOfNumbers } from '../../statistics/shifts.ts';
import { type CodedColumn, codeNumbers } from '../profile/linkCodes.ts';
import type { ReadColumn } from '../profile/readColumns.ts';
import { test, train } from '../split/split.ts';
import { countSide } from '../split/splitSides.ts';
import type { SplitInputs } from './factsSplit.ts';
import { countLinks, linkTarget } from './linkCounts.ts';
import { aucOf, rSquaredOf } from './linkStrength.ts';
import type { ColumnShift, ShiftFacts } from './lookFacts.ts';

/** Rows looked at of either side: enough to tell an effect of 0.2 from chance for certain. */
const mostRows = 5000;
const powerRows = 2000;
/** Fewer rows on a side show nothing. */
const leastRows = 50;

interface Side {
  /** Positions, in random order. */
  readonly rows: Int32Array;
  /** Of each of them. */
  readonly target: Float64Array;
}

/** Rows of either side, as plain values: threads look at columns, too. */
export interface ShiftSample {
  readonly trained: Side;
  readonly tested: Side;
  /** The split sees to a difference between the sides. */
  readonly byTime: boolean;
  /** 0: regression. */
  readonly classes: number;
  /** Of `trained` and then `tested`: 1 for one of two random halves. */
  readonly half: Uint8Array;
}

/** What one column says. */
export interface ShiftOfColumn {
  /** Its p not corrected. */
  readonly shift: ColumnShift;
  /** Absent by time. */
  readonly odds?: Float64Array;
}

/**
 * Undefined where nothing can have shifted but by chance, and where rows come in groups, so that a few of them decide;
 * and where a side is too small.
 */
export function sampleShift({ split, task, experiment, request }: SplitInputs): ShiftSample | undefined {
  const { seed } = experiment.train;
  const byTime = ['time', 'group-time'].includes(split.method) || request.time !== undefined;
  if (split.method.includes('group') || (split.method !== 'predefined' && !byTime)) return undefined;
  const draw = (side: number): Side => {
    const rows = drawRows(split.assignment, side, seed);
    return { rows, target: Float64Array.from(rows, (row) => task.values[row] ?? 0) };
  };
  const [trained, tested] = [draw(train), draw(test)];
  if (trained.rows.length < leastRows || tested.rows.length < leastRows) return undefined;
  const random = createRandom(seed, 'apart');
  const half = Uint8Array.from({ length: trained.rows.length + tested.rows.length }, () => random.int(2));
  return { trained, tested, byTime, classes: task.classes.length, half };
}

/** Undefined for dates, which shift by nature. */
export function shiftOfColumn(sample: ShiftSample, read: ReadColumn): ShiftOfColumn | undefined {
  const coded = read.coding();
  if (read.column.kind === 'datetime') return undefined;
  const shift = {
    column: read.column.name,
    ...shiftOf(read, coded, sample),
    relation: relationOf(coded, sample),
  };
  return sample.byTime ? { shift } : { shift, odds: logOdds(binsOf(coded, rowsOf(sample)), sample) };
}

export function gatherShifts(sample: ShiftSample, found: readonly ShiftOfColumn[]): ShiftFacts {
  const adjusted = holm(found.map(({ shift }) => shift.p));
  return {
    columns: found.map(({ shift }, i) => ({ ...shift, p: adjusted[i] ?? 1 })),
    apart: sample.byTime ? null : tellApart(sample, found),
  };
}

/** Naive Bayes on the bins of each column, learnt on one half of the sampled rows and judged on the other. */
function tellApart(sample: ShiftSample, found: readonly ShiftOfColumn[]): ShiftFacts['apart'] {
  const { trained, tested } = sample;
  const isTest = Uint8Array.from(sample.half, (_, i) => (i < trained.rows.length ? 0 : 1));
  const scores = new Float64Array(isTest.length);
  const alone: { column: string; auc: number }[] = [];
  for (const { shift, odds = new Float64Array(isTest.length) } of found) {
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) + (odds[i] ?? 0);
    alone.push({ column: shift.column, auc: rankAuc(odds, isTest) });
  }
  const auc = rankAuc(scores, isTest);
  const top = alone.filter((each) => each.auc > 0.55).sort((a, b) => b.auc - a.auc);
  return {
    auc,
    p: aucAbove(auc, 0.5, [{ positives: tested.rows.length, negatives: trained.rows.length }]),
    top: top.slice(0, 3).map((each) => each.column),
  };
}

function rowsOf({ trained, tested }: ShiftSample): Int32Array {
  return Int32Array.from([...trained.rows, ...tested.rows]);
}

/** Positions of at most `mostRows` rows of a side, one of each of as many stretches of it, in random order. */
function drawRows(assignment: Uint8Array, side: number, seed: number): Int32Array {
  const random = createRandom(seed, 'shift', side);
  const count = countSide(assignment, side);
  const rows = new Int32Array(Math.min(mostRows, count));
  const stretch = count / rows.length;
  // Ranks among the rows of the side, which never fall, become positions.
  for (let at = 0; at < rows.length; at++)
    rows[at] = Math.min(count - 1, Math.floor((at + (stretch > 1 ? random.uniform() : 0)) * stretch));
  for (let row = assignment.indexOf(side), rank = 0, at = 0; at < rows.length; row++) {
    if (assignment[row] !== side) continue;
    while (rows[at] === rank) rows[at++] = row;
    rank++;
  }
  random.shuffle(rows);
  return rows;
}

function shiftOf(read: ReadColumn, { codes, levels }: CodedColumn, { trained, tested }: ShiftSample): Shift {
  const missing = shiftOfLevels(missingOf(codes, trained.rows), missingOf(codes, tested.rows));
  const { valueAt } = read;
  if (valueAt === undefined) {
    const counts = ({ rows }: Side) => {
      const found = new Float64Array(levels);
      for (const row of rows) {
        const code = codes[row] ?? 0;
        if (code > 0) found[code] = (found[code] ?? 0) + 1;
      }
      return found;
    };
    return worse(missing, shiftOfLevels(counts(trained), counts(tested)));
  }
  const sorted = ({ rows }: Side) =>
    Float64Array.from(rows, valueAt)
      .filter((value) => !Number.isNaN(value))
      .sort();
  const [a, b] = [sorted(trained), sorted(tested)];
  return a.length < leastRows || b.length < leastRows ? missing : worse(missing, shiftOfNumbers(a, b));
}

function missingOf(codes: Int32Array, rows: Int32Array): [number, number] {
  const missing = rows.filter((row) => codes[row] === 0).length;
  return [missing, rows.length - missing];
}

/** The one with the larger effect, its p for two looks. */
function worse(a: Shift, b: Shift): Shift {
  const { effect, p } = a.effect > b.effect ? a : b;
  return { effect, p: Math.min(1, 2 * p) };
}

/** Both sides with as many rows, so that neither has the better chance. */
function relationOf(coded: CodedColumn, sample: ShiftSample): ColumnShift['relation'] {
  const { trained, tested, classes } = sample;
  const count = Math.min(powerRows, trained.rows.length, tested.rows.length);
  if (count < 200) return null;
  const power = ({ rows, target }: Side) =>
    predictivePower({
      values: Float64Array.from(rows.subarray(0, count), (row) => coded.codes[row] ?? 0),
      levels: !coded.ordered,
      target: target.slice(0, count),
      classes,
    });
  const [inTrain, inTest] = [power(trained), power(tested)];
  if (Math.abs(inTrain - inTest) <= 0.1) return null;
  return { train: inTrain, test: inTest, p: differs(coded, sample) };
}

/** p that AUC (or R²) is the same on both sides: one side's against the other's as bound, each with its own error. */
function differs(coded: CodedColumn, { trained, tested, classes }: ShiftSample): number {
  const strengths = [trained, tested].map(({ rows, target: values }) => {
    const link = linkTarget({ values, classes, half: Uint8Array.from(rows, (_, i) => i % 2) });
    const picked = Int32Array.from(rows, (row) => coded.codes[row] ?? 0);
    const some = coded.ordered
      ? codeNumbers(Float64Array.from(picked, (code) => (code > 0 ? code : Number.NaN)))
      : { ...coded, codes: picked };
    const counts = countLinks(some, link);
    const sizes = new Array<number>(classes).fill(0);
    for (const value of values) if (classes > 0) sizes[value] = (sizes[value] ?? 0) + 1;
    const counted = sizes
      .map((positives) => ({ positives, negatives: rows.length - positives }))
      .filter(({ positives, negatives }) => positives > 1 && negatives > 1);
    return {
      rows: rows.length,
      counted: classes === 2 ? counted.slice(1) : counted,
      value: classes > 0 ? aucOf(counts, rows.length) : rSquaredOf(counts, rows.length),
    };
  });
  const [a, b] = strengths;
  if (!a || !b) return 1;
  if (classes === 0) {
    const [z, y] = [a, b].map(({ value }) => Math.atanh(Math.min(0.999999, Math.sqrt(value))));
    const error = Math.sqrt(1 / (a.rows - 3) + 1 / (b.rows - 3));
    return Math.min(1, 2 * normalTail(Math.abs((z ?? 0) - (y ?? 0)) / error));
  }
  const [more, less] = a.value > b.value ? [a, b] : [b, a];
  if (less.counted.length === 0 || more.counted.length === 0) return 1;
  return Math.max(
    aucAbove(more.value, less.value, less.counted),
    aucAbove(more.value, less.value, more.counted),
  );
}

/** Ten bins of about equal count, or the levels; the missing apart, levels of fewer than ten rows together. */
function binsOf(
  { codes, levels, ordered }: CodedColumn,
  rows: Int32Array,
): { of: Int32Array; count: number } {
  const picked = Int32Array.from(rows, (row) => codes[row] ?? 0);
  if (ordered) {
    const sorted = picked.filter((code) => code > 0).sort();
    const cuts = [
      ...new Set(
        Array.from({ length: 9 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / 10)] ?? 0),
      ),
    ];
    const of = picked.map((code) => (code === 0 ? 0 : 1 + cuts.filter((cut) => code >= cut).length));
    return { of, count: cuts.length + 2 };
  }
  const sizes = new Int32Array(levels);
  for (const code of picked) sizes[code] = (sizes[code] ?? 0) + 1;
  return { of: picked.map((code) => ((sizes[code] ?? 0) < 10 ? levels : code)), count: levels + 1 };
}

/** Of each row that it is one of the test rows, by its bin in the other half. */
function logOdds(
  { of, count }: { of: Int32Array; count: number },
  { trained, half }: ShiftSample,
): Float64Array {
  const seen = [0, 1].map(() => [new Float64Array(count), new Float64Array(count)] as const);
  const totals = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < of.length; i++) {
    const side = i < trained.rows.length ? 0 : 1;
    const h = half[i] ?? 0;
    const counts = seen[h]?.[side];
    const total = totals[h];
    if (counts) counts[of[i] ?? 0] = (counts[of[i] ?? 0] ?? 0) + 1;
    if (total) total[side] = (total[side] ?? 0) + 1;
  }
  return Float64Array.from(of, (bin, i) => {
    const other = half[i] === 1 ? 0 : 1;
    const [inTrain, inTest] = [seen[other]?.[0][bin] ?? 0, seen[other]?.[1][bin] ?? 0];
    const [learnt = 0, tested = 0] = totals[other] ?? [];
    return Math.log((inTest + 0.5) / (tested + 1)) - Math.log((inTrain + 0.5) / (learnt + 1));
  });
}
