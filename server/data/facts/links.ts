/** How each column alone goes with the target: the facts behind target-leak, target-copy, undeclared-group and others. */
import {
  aucAbove,
  aucLowerBound,
  type ClassCounts,
  correlationAbove,
  correlationLowerBound,
  hanleyError,
  intraClass,
} from '../../statistics/intervals.ts';
import { predictivePower } from '../../statistics/predictivePower.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import { spearman } from '../../statistics/tests.ts';
import { type CodedColumn, type CountedColumn, codeNumbers } from '../profile/linkCodes.ts';
import type { ResolvedTask } from '../task.ts';
import type { ColumnLink, OrderLink, Strength } from './facts.ts';
import { countLinks, type LinkCounts, type LinkTarget, linkTarget, pool } from './linkCounts.ts';
import { missingAuc, missingRSquared } from './linkMissing.ts';
import { aucOf, rSquaredOf } from './linkStrength.ts';
import { isOutOfOrder } from './linkTurns.ts';

/** Numbers of more values are quantities: lint.md, `enum-as-number`. */
const mostCodes = 20;

/** What all columns of a table are linked with. */
export interface Linker {
  readonly target: LinkTarget;
  /** Rows with a target. */
  readonly rows: number;
  /** One entry for two classes, one a class for more, none for numbers. */
  readonly classes: readonly ClassCounts[];
  /** Positions of at most 5,000 rows with a target, in random order: what predictive power is measured on. */
  readonly sample: Int32Array;
}

/** A leak is a link beyond this: lint.md, `target-leak`. */
export const leakBound = 0.95;

export function prepareLinks(task: ResolvedTask, seed: number): Linker {
  const classes = task.classes.length;
  const values = classes > 0 ? task.values : centred(task.values);
  const rows = values.length - task.withoutTarget;
  const ofClass = task.counts.map((positives) => ({ positives, negatives: rows - positives }));
  return {
    target: linkTarget({ values, classes, half: halves(values.length, seed) }),
    rows,
    classes: classes === 2 ? ofClass.slice(1) : ofClass.filter(({ positives }) => positives > 1),
    sample: drawSample(values, rows, seed),
  };
}

export function linkColumn(linker: Linker, coded: CountedColumn): ColumnLink {
  const counts = countLinks(coded, linker.target);
  const pooled = pool(counts);
  let present = 0;
  for (const rows of pooled.rows) if (rows > 0) present++;
  const { measure, strength } = strengthOf(linker, { counts, coded, present });
  const strong = strength !== null && strength.value >= (measure === 'auc' ? 0.9 : 0.8);
  return {
    measure,
    strength,
    pps: strong ? powerOf(linker, coded) : null,
    copy: strong && isCopy(linker, coded, pooled),
    missingness: missingnessOf(linker, counts, pooled),
    grouping: present < 2 ? null : groupingOf(linker, pooled, counts),
    outOfOrder: coded.ordered && present > 4 && present <= mostCodes && jumpsAbout(linker, pooled, counts),
    collision: coded.collision,
  };
}

/** Row numbers as a column: whether the order of the source predicts the target. */
export function linkOrder(linker: Linker, rowNumbers: Float64Array): OrderLink {
  const counts = countLinks(codeNumbers(rowNumbers), linker.target);
  const { rows, classes, target } = linker;
  if (target.classes > 0) {
    const value = aucOf(counts, rows);
    return { measure: 'auc', value, low: aucLowerBound(value, classes, 0.001) };
  }
  const value = rSquaredOf(counts, rows);
  return {
    measure: 'r2',
    value,
    low: Math.max(0, correlationLowerBound(Math.sqrt(value), rows, 0.001)) ** 2,
  };
}

function strengthOf(
  linker: Linker,
  { counts, coded, present }: { counts: LinkCounts; coded: CodedColumn; present: number },
): { measure: 'auc' | 'r2'; strength: Strength | null } {
  const { rows, classes, target } = linker;
  const measure = target.classes > 0 ? 'auc' : 'r2';
  if (present < 2) return { measure, strength: null };
  if (measure === 'auc') {
    const value = aucOf(counts, rows);
    const low = aucLowerBound(value, classes, 0.01);
    const error = classes.reduce(
      (sum, { positives, negatives }) => sum + hanleyError(value, positives, negatives),
      0,
    );
    return {
      measure,
      strength: { value, error: error / classes.length, low, p: aucAbove(value, leakBound, classes) },
    };
  }
  const binned = rSquaredOf(counts, rows);
  const ranked = binned < 0.1 ? 0 : ownOrder(linker, coded);
  const [value, seen] = ranked > binned ? [ranked, linker.sample.length] : [binned, rows];
  const r = Math.sqrt(value);
  const low = Math.max(0, correlationLowerBound(r, seen, 0.01)) ** 2;
  const error = (2 * r * (1 - value)) / Math.sqrt(Math.max(1, seen - 3));
  return { measure, strength: { value, error, low, p: correlationAbove(r, Math.sqrt(leakBound), seen) } };
}

/** R² of the ranks of the sample: the bins of `rSquaredOf` are coarser than a column of few rows or long tails is. */
function ownOrder({ sample, target }: Linker, { codes, ordered }: CodedColumn): number {
  if (!ordered) return 0;
  const of = (values: ArrayLike<number>) => Float64Array.from(sample, (row) => values[row] ?? 0);
  const { statistic } = spearman(of(codes), of(target.values));
  return Number.isNaN(statistic) ? 0 : statistic ** 2;
}

function powerOf({ sample, target }: Linker, { codes, ordered }: CodedColumn): number {
  return predictivePower({
    values: Float64Array.from(sample, (row) => codes[row] ?? 0),
    levels: !ordered,
    target: Float64Array.from(sample, (row) => target.values[row] ?? 0),
    classes: target.classes,
  });
}

interface Pooled {
  readonly rows: Float64Array;
  readonly sums: Float64Array;
}

/** One value for each class and back (missing is a value of its own); of numbers: one rises exactly as the other does. */
function isCopy(linker: Linker, coded: CodedColumn, pooled: Pooled): boolean {
  const { classes, values } = linker.target;
  if (classes === 0) return coded.ordered && risesWith(coded.codes, values);
  const owners = new Set<number>();
  for (let level = 0; level < pooled.rows.length; level++) {
    const rows = pooled.rows[level] ?? 0;
    if (rows === 0) continue;
    const owner = pooled.sums.subarray(level * classes, (level + 1) * classes).indexOf(rows);
    if (owner < 0 || owners.has(owner)) return false;
    owners.add(owner);
  }
  return owners.size === classes;
}

/** Equal codes have equal values and greater codes greater values, or all smaller: checked code by code. */
function risesWith(codes: Int32Array, values: Float64Array): boolean {
  const targetOf = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const code = codes[i] ?? 0;
    if (code === 0) return false;
    const seen = targetOf.get(code);
    if (seen === undefined) targetOf.set(code, value);
    else if (seen !== value) return false;
  }
  const inOrder = [...targetOf].sort(([a], [b]) => a - b).map(([, value]) => value);
  const steps = inOrder.slice(1).map((value, i) => Math.sign(value - (inOrder[i] ?? 0)));
  return steps.length > 1 && (steps.every((step) => step === 1) || steps.every((step) => step === -1));
}

function missingnessOf(linker: Linker, counts: LinkCounts, pooled: Pooled): ColumnLink['missingness'] {
  const missing = pooled.rows[0] ?? 0;
  if (missing === 0 || missing === linker.rows) return null;
  const { classes } = linker.target;
  if (classes === 0) {
    const squares = counts.squares[0] + counts.squares[1];
    return missingRSquared({ rows: missing, sum: pooled.sums[0] ?? 0 }, { rows: linker.rows, squares });
  }
  const rowsOf = new Array<number>(classes).fill(0);
  for (let cell = 0; cell < pooled.sums.length; cell++)
    rowsOf[cell % classes] = (rowsOf[cell % classes] ?? 0) + (pooled.sums[cell] ?? 0);
  return missingAuc([...pooled.sums.subarray(0, classes)], rowsOf);
}

function groupingOf(linker: Linker, pooled: Pooled, counts: LinkCounts): ColumnLink['grouping'] {
  const { rows, sums, squares } = levelSums(linker, pooled, counts);
  const { value, low, groups } = intraClass({ rows, sums, squares }, 0.05);
  if (Number.isNaN(value)) return null;
  let repeated = 0;
  for (const count of rows) if (count > 1) repeated++;
  return { value, low, groups, repeated: repeated / groups };
}

function jumpsAbout(linker: Linker, pooled: Pooled, counts: LinkCounts): boolean {
  const { rows, sums, squares } = levelSums(linker, pooled, counts);
  const levels = [...rows.keys()].filter((level) => (rows[level] ?? 0) > 0);
  const total = levels.reduce((sum, level) => sum + (rows[level] ?? 0), 0);
  const between = levels.reduce((sum, level) => sum + (sums[level] ?? 0) ** 2 / (rows[level] ?? 1), 0);
  const variance = (squares - between) / Math.max(1, total - levels.length);
  return isOutOfOrder({
    rows: levels.map((level) => rows[level] ?? 0),
    sums: levels.map((level) => sums[level] ?? 0),
    variance,
  });
}

/** Rows, sums and squares per level of the value, or of belonging to the commonest class; rows without a level are left out. */
function levelSums(
  { target, classes }: Linker,
  pooled: Pooled,
  counts: LinkCounts,
): { rows: Float64Array; sums: Float64Array; squares: number } {
  const rows = pooled.rows.slice(1);
  let sums = pooled.sums.slice(1);
  let squares = counts.squares[0] + counts.squares[1];
  if (target.classes > 0) {
    const width = target.classes;
    const most =
      width === 2
        ? 1
        : classes.reduce(
            (best, { positives }, c) => (positives > (classes[best]?.positives ?? 0) ? c : best),
            0,
          );
    sums = new Float64Array(rows.length);
    squares = 0;
    for (let level = 0; level < sums.length; level++) {
      sums[level] = pooled.sums[(level + 1) * width + most] ?? 0;
      squares += sums[level] ?? 0;
    }
  }
  return { rows, sums, squares };
}

function centred(values: Float64Array): Float64Array {
  let sum = 0;
  let rows = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    rows++;
  }
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  for (let row = 0; row < shared.length; row++) shared[row] = (values[row] ?? Number.NaN) - sum / rows;
  return shared;
}

function halves(rows: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(rows / 32));
  createRandom(seed, 'halves').fillUint32(words);
  const half = new Uint8Array(new SharedArrayBuffer(rows));
  for (let i = 0; i < rows; i++) half[i] = ((words[i >>> 5] ?? 0) >>> (i & 31)) & 1;
  return half;
}

function drawSample(values: Float64Array, rows: number, seed: number): Int32Array {
  const random = createRandom(seed, 'sample');
  const chosen = drawRanks(random, Math.min(5000, rows), rows);
  if (rows < values.length) {
    // Ranks among the rows with a target become positions among all.
    for (let row = 0, rank = 0, at = 0; at < chosen.length; row++) {
      if (Number.isNaN(values[row])) continue;
      if (chosen[at] === rank++) chosen[at++] = row;
    }
  }
  random.shuffle(chosen);
  return chosen;
}

/** `count` of the numbers 0 .. below - 1, ascending, each set of them as likely as any other (Floyd; Bentley, 1987). */
function drawRanks(random: Random, count: number, below: number): Int32Array {
  const drawn = new Set<number>();
  for (let top = below - count; top < below; top++) {
    const rank = random.int(top + 1);
    drawn.add(drawn.has(rank) ? top : rank);
  }
  return Int32Array.from(drawn).sort();
}
