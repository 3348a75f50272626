/** Whether the test rows look like the training rows, column by column and all together, on a sample of either side. */

import { holm } from '../statistics/corrections.ts';
import { normalTail } from '../statistics/distributions.ts';
import { aucAbove } from '../statistics/intervals.ts';
import { predictivePower } from '../statistics/predictivePower.ts';
import { createRandom } from '../statistics/random.ts';
import { rankAuc } from '../statistics/rankAuc.ts';
import { type Shift, shiftOfLevels, shiftOfNumbers } from '../statistics/shifts.ts';
import type { SplitInputs } from './factsSplit.ts';
import { type CodedColumn, codeNumbers } from './linkCodes.ts';
import { countLinks, linkTarget } from './linkCounts.ts';
import { aucOf, rSquaredOf } from './linkStrength.ts';
import type { ColumnShift, ShiftFacts } from './lookFacts.ts';
import type { ReadColumn } from './readColumns.ts';
import { positionsOf, test, train } from './split.ts';

/** Rows looked at of either side: enough to tell an effect of 0.2 from chance for certain. */
const mostRows = 5000;
const powerRows = 2000;
/** Fewer rows on a side show nothing. */
const leastRows = 50;

export interface ShiftSearch {
  look(read: ReadColumn): void;
  find(): ShiftFacts;
}

/**
 * Undefined where nothing can have shifted but by chance, and where rows come in groups, so that a few of them decide;
 * and where a side is too small.
 */
export function startShift({ split, task, experiment, request }: SplitInputs): ShiftSearch | undefined {
  const { seed } = experiment.train;
  const byTime = ['time', 'group-time'].includes(split.method) || request.time !== undefined;
  if (split.method.includes('group') || (split.method !== 'predefined' && !byTime)) return undefined;
  const sides = [train, test].map((side) => draw(split.assignment, side, seed));
  const [trained = new Int32Array(), tested = new Int32Array()] = sides;
  if (trained.length < leastRows || tested.length < leastRows) return undefined;
  const rows = Int32Array.from([...trained, ...tested]);
  const apart = startApart(rows, trained.length, seed);
  const found: ColumnShift[] = [];
  return {
    look(read) {
      const { coded } = read.coding();
      if (read.column.kind === 'datetime') return;
      const shift = shiftOf(read, coded, { trained, tested });
      const relation = relationOf(coded, {
        trained,
        tested,
        target: task.values,
        classes: task.classes.length,
      });
      found.push({ column: read.column.name, ...shift, relation });
      if (!byTime) apart.look(read.column.name, coded);
    },
    find() {
      const adjusted = holm(found.map(({ p }) => p));
      return {
        columns: found.map((each, i) => ({ ...each, p: adjusted[i] ?? 1 })),
        apart: byTime ? null : apart.find(),
      };
    },
  };
}

interface Sides {
  readonly trained: Int32Array;
  readonly tested: Int32Array;
}

/** Positions of at most `mostRows` rows of a side, one of each of as many stretches of it, in random order. */
function draw(assignment: Uint8Array, side: number, seed: number): Int32Array {
  const random = createRandom(seed, 'shift', side);
  const all = positionsOf(assignment, side);
  const count = all.length;
  const rows = new Int32Array(Math.min(mostRows, count));
  const stretch = count / rows.length;
  const rankOf = (i: number) =>
    Math.min(count - 1, Math.floor((i + (stretch > 1 ? random.uniform() : 0)) * stretch));
  for (let at = 0; at < rows.length; at++) rows[at] = all[rankOf(at)] ?? 0;
  random.shuffle(rows);
  return rows;
}

function shiftOf(read: ReadColumn, { codes, levels }: CodedColumn, sides: Sides): Shift {
  const missing = shiftOfLevels(missingOf(codes, sides.trained), missingOf(codes, sides.tested));
  const { valueAt } = read;
  if (valueAt === undefined) {
    const counts = (rows: Int32Array) => {
      const found = new Float64Array(levels);
      for (const row of rows) {
        const code = codes[row] ?? 0;
        if (code > 0) found[code] = (found[code] ?? 0) + 1;
      }
      return found;
    };
    return worse(missing, shiftOfLevels(counts(sides.trained), counts(sides.tested)));
  }
  const sorted = (rows: Int32Array) =>
    Float64Array.from(rows, valueAt)
      .filter((value) => !Number.isNaN(value))
      .sort();
  const [a, b] = [sorted(sides.trained), sorted(sides.tested)];
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

interface RelationInputs extends Sides {
  readonly target: Float64Array;
  readonly classes: number;
}

/** Both sides with as many rows, so that neither has the better chance. */
function relationOf(
  coded: CodedColumn,
  { trained, tested, target, classes }: RelationInputs,
): ColumnShift['relation'] {
  const count = Math.min(powerRows, trained.length, tested.length);
  if (count < 200) return null;
  const power = (rows: Int32Array) => {
    const some = rows.subarray(0, count);
    return predictivePower({
      values: Float64Array.from(some, (row) => coded.codes[row] ?? 0),
      levels: !coded.ordered,
      target: Float64Array.from(some, (row) => target[row] ?? 0),
      classes,
    });
  };
  const [inTrain, inTest] = [power(trained), power(tested)];
  if (Math.abs(inTrain - inTest) <= 0.1) return null;
  return { train: inTrain, test: inTest, p: differs(coded, { trained, tested, target, classes }) };
}

/** p that AUC (or R²) is the same on both sides: one side's against the other's as bound, each with its own error. */
function differs(coded: CodedColumn, { trained, tested, target, classes }: RelationInputs): number {
  const strengths = [trained, tested].map((rows) => {
    const values = Float64Array.from(rows, (row) => target[row] ?? 0);
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

/** Naive Bayes on the bins of each column, learnt on one half of the sampled rows and judged on the other. */
function startApart(rows: Int32Array, trained: number, seed: number) {
  const random = createRandom(seed, 'apart');
  const isTest = Uint8Array.from(rows, (_, i) => (i < trained ? 0 : 1));
  const half = Uint8Array.from(rows, () => random.int(2));
  const scores = new Float64Array(rows.length);
  const alone: { column: string; auc: number }[] = [];
  return {
    look(column: string, coded: CodedColumn) {
      const bins = binsOf(coded, rows);
      const own = logOdds(bins, isTest, half);
      for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) + (own[i] ?? 0);
      alone.push({ column, auc: rankAuc(own, isTest) });
    },
    find(): NonNullable<ShiftFacts['apart']> {
      const auc = rankAuc(scores, isTest);
      const tested = rows.length - trained;
      const top = alone.filter((each) => each.auc > 0.55).sort((a, b) => b.auc - a.auc);
      return {
        auc,
        p: aucAbove(auc, 0.5, [{ positives: tested, negatives: trained }]),
        top: top.slice(0, 3).map((each) => each.column),
      };
    },
  };
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

function logOdds(
  { of, count }: { of: Int32Array; count: number },
  isTest: Uint8Array,
  half: Uint8Array,
): Float64Array {
  const seen = [0, 1].map(() => [new Float64Array(count), new Float64Array(count)] as const);
  const totals = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < of.length; i++) {
    const [h, side] = [half[i] ?? 0, isTest[i] ?? 0];
    const counts = seen[h]?.[side === 1 ? 1 : 0];
    const total = totals[h];
    if (counts) counts[of[i] ?? 0] = (counts[of[i] ?? 0] ?? 0) + 1;
    if (total) total[side] = (total[side] ?? 0) + 1;
  }
  return Float64Array.from(of, (bin, i) => {
    const other = half[i] === 1 ? 0 : 1;
    const [inTrain, inTest] = [seen[other]?.[0][bin] ?? 0, seen[other]?.[1][bin] ?? 0];
    const [trained = 0, tested = 0] = totals[other] ?? [];
    return Math.log((inTest + 0.5) / (tested + 1)) - Math.log((inTrain + 0.5) / (trained + 1));
  });
}
