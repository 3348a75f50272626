/** Cuts rows in time: the latest are test rows, those before them validation rows, with a gap where one is asked for. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Random } from '../../statistics/random.ts';
import { absent, countSide, positionsOf, test, train, valid } from './splitSides.ts';

export interface TimeCut {
  /** Per table row; changed in place: rows of the training side are dealt. Those without a time stay as they are. */
  readonly assignment: Uint8Array;
  readonly time: Float64Array;
  /** Groups that may not be on two sides. */
  readonly atoms?: Int32Array | undefined;
  readonly gap?: { readonly unit: 'time' | 'rows'; readonly length: number } | undefined;
  /** Share of `rows`, or the first instant that is test. */
  readonly test: number | { readonly from: number };
  /** Rows wanted for validation. */
  readonly valid: number;
  readonly rows: number;
  readonly random: Random;
}

/** Rows of equal time stay on one side, so that shares are met as nearly as the ties allow. */
export function cutInTime(cut: TimeCut): void {
  const { assignment, time } = cut;
  const inOrder = countSide(assignment, train) === time.length && isAscending(time);
  const sorted = inOrder ? time : sortedTimes(positionsOf(assignment, train), time);
  const asked = cut.test;
  let end = sorted.length;
  if (asked !== 0) {
    const from =
      typeof asked === 'number' ? tieSafeCut(sorted, sorted.length - asked * cut.rows) : asked.from;
    end = lowerBound(sorted, from);
    const gapFrom = gapStart(sorted, from, end, cut.gap);
    claim(cut, { from, through: Number.POSITIVE_INFINITY, gapFrom, side: test, inOrder });
    end = Math.min(end, lowerBound(sorted, gapFrom));
  }
  if (cut.valid > 0 && end > 1) {
    const earlier = sorted.subarray(0, end);
    const from = tieSafeCut(earlier, end - cut.valid);
    claim(cut, { from, through: earlier.at(-1) ?? from, gapFrom: from, side: valid, inOrder });
  }
}

/**
 * The value of `sorted` (ascending, at least two distinct) nearest to position `at` from which a later side can begin
 * with an earlier one before it.
 */
export function tieSafeCut(sorted: Float64Array, at: number): number {
  const last = sorted.length - 1;
  const value = sorted[Math.min(last, Math.max(0, Math.round(at)))] ?? Number.NaN;
  const lower = lowerBound(sorted, value);
  const upper = upperBound(sorted, value);
  if (lower === 0 && upper > last) throw new ModelwrightError('split-time-constant');
  const takeLower = upper > last || (lower > 0 && at - lower <= upper - at);
  return sorted[takeLower ? lower : upper] ?? Number.NaN;
}

export function sortedTimes(positions: Int32Array, time: Float64Array): Float64Array {
  const sorted = new Float64Array(positions.length);
  let count = 0;
  let ordered = true;
  for (const position of positions) {
    const value = time[position] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (count > 0 && value < (sorted[count - 1] ?? 0)) ordered = false;
    sorted[count++] = value;
  }
  const present = sorted.subarray(0, count);
  return ordered ? present : present.sort();
}

/** NaN is no instant, and so breaks the order. */
function isAscending(time: Float64Array): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < time.length; row++) {
    const at = time[row] ?? Number.NaN;
    if (!(at >= before)) return false;
    before = at;
  }
  return true;
}

/** The start of the gap before position `end`, where the later side begins at `from`. */
export function gapStart(sorted: Float64Array, from: number, end: number, gap: TimeCut['gap']): number {
  if (!gap || gap.length <= 0) return from;
  if (gap.unit === 'time') return from - gap.length;
  return sorted[Math.max(0, end - gap.length)] ?? from;
}

interface Claim {
  readonly from: number;
  /** Inclusive. */
  readonly through: number;
  readonly gapFrom: number;
  readonly side: number;
  /** Rows stand in the order of their times. */
  readonly inOrder: boolean;
}

/**
 * Gives rows at `from` … `through` to `side` and leaves those from `gapFrom` to `from` out. A group with rows on both
 * sides of the cut goes to the later side with the probability of its share there; its other rows are left out.
 */
function claim(cut: TimeCut, { from, through, gapFrom, side, inOrder }: Claim): void {
  const { assignment, atoms, time } = cut;
  const goesLater = atoms && chooseGroups(cut, from, through);
  // Of rows in order whose groups do not matter, those before the gap have nothing to ask.
  const first = inOrder && !atoms ? lowerBound(time, gapFrom) : 0;
  for (let row = first; row < time.length; row++) {
    const at = time[row] ?? Number.NaN;
    if (assignment[row] !== train || at > through) continue;
    const late = at >= from;
    const later = goesLater ? goesLater[atoms?.[row] ?? 0] === 1 : late;
    if (late) assignment[row] = later ? side : absent;
    else if (later || at >= gapFrom) assignment[row] = absent;
  }
}

/** Per group number: 1 where it goes to the later side. */
function chooseGroups(cut: TimeCut, from: number, through: number): Uint8Array {
  const atoms = cut.atoms ?? new Int32Array(0);
  let highest = -1;
  for (const atom of atoms) if (atom > highest) highest = atom;
  const early = new Int32Array(highest + 1);
  const late = new Int32Array(highest + 1);
  for (let row = 0; row < cut.time.length; row++) {
    const at = cut.time[row] ?? Number.NaN;
    if (cut.assignment[row] !== train || at > through) continue;
    const atom = atoms[row] ?? 0;
    const counts = at >= from ? late : early;
    counts[atom] = (counts[atom] ?? 0) + 1;
  }
  return Uint8Array.from(late, (count, atom) => {
    const both = count + (early[atom] ?? 0);
    if (count === 0 || count === both) return count === 0 ? 0 : 1;
    return cut.random.uniform() * both < count ? 1 : 0;
  });
}

/** First position whose value is at least `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First position whose value is above `value`. */
export function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
