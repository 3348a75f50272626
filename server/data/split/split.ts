/** Divides the rows of a table into training, validation and test rows. Pure: the same input gives the same split. */
import { createHash } from 'node:crypto';
import { ModelwrightError } from '../../catalog/errors.ts';
import { createRandom } from '../../statistics/random.ts';
import { dealRows } from './splitDeal.ts';
import { type CrossValidation, planFolds } from './splitFolds.ts';
import { absent, positionsOf, test, train, valid } from './splitSides.ts';
import { cutInTime } from './splitTime.ts';

export { absent, positionsOf, test, train, valid } from './splitSides.ts';

export interface SplitPlan {
  /** Per table row. `absent`: no target, purged or in a gap; such rows are in no predictions. */
  readonly assignment: Uint8Array;
  /** Cross-validation on the non-test part: positions of table rows. Empty without it. */
  readonly folds: readonly { readonly train: Int32Array; readonly valid: Int32Array }[];
  /** For each fold, folds of its own training rows; only where they are to be nested. */
  readonly inner?: readonly SplitPlan['folds'][];
  readonly method: string;
  /** Rows left out because they have no target. */
  readonly withoutTarget: number;
}

export interface Split extends SplitPlan {
  /** `sha256:…` over row numbers and assignment. */
  readonly hash: string;
}

/** Everything a split depends on, as arrays over the table's rows. */
export interface SplitRequest {
  /** Class index or value; rows where it is NaN are absent. */
  readonly target: Float64Array;
  /** The number of classes to keep in proportion; 0: none. */
  readonly strata: number;
  /** Class index per row; absent: the target's. */
  readonly stratum?: Float64Array;
  /** What the split is called; the fields below decide. */
  readonly method: string;
  /** Share of the rows with a target, or everything from an instant on (needs `time`). */
  readonly test: number | { readonly from: number };
  /** Share of all rows with a target. */
  readonly valid: number;
  /** Rows of equal number stay on one side: groups or twins. */
  readonly atoms?: Int32Array;
  /** Epoch seconds or any number that grows with time; set only when the split follows it. NaN: before everything. */
  readonly time?: Float64Array;
  /** Rows left out just before the test rows, in the units of `time` or counted in rows. */
  readonly gap?: { readonly unit: 'time' | 'rows'; readonly length: number };
  /** Where each row lies between 0 and 1, in place of chance: the lowest share is test, the next validation. */
  readonly places?: Float64Array;
  /** Sides given by files: 1 train, 2 valid, 3 test. */
  readonly files?: Uint8Array;
  readonly cv?: CrossValidation;
  /** Whether the training rows of each fold are divided again. */
  readonly nested?: boolean;
  readonly seed: number;
}

/**
 * Sides given by files stay as they are; those not given are taken from the training rows: the latest where the split
 * follows time, those whose key's hash is lowest, else by chance, classes in proportion and atoms whole. Throws where a side comes out empty.
 */
export function planSplit(request: SplitRequest): SplitPlan {
  const rows = request.target.length;
  const assignment = new Uint8Array(rows);
  if (request.files) assignment.set(request.files);
  else assignment.fill(train);
  const withTarget = rows - leaveOut(assignment, request.target);
  const given = (side: number) => request.files !== undefined && assignment.includes(side);
  carve(request, assignment, {
    rows: withTarget,
    test: given(test) ? 0 : request.test,
    valid: given(valid) ? 0 : request.valid,
  });

  const empty = (side: string) => new ModelwrightError('split-empty', { side, why: timesBeside(request) });
  if (!assignment.includes(train)) throw empty('training');
  if (request.test !== 0 && !assignment.includes(test)) throw empty('test');
  const { cv, nested } = request;
  const folds = cv ? planFolds(request, cv, positionsOf(assignment, train)) : [];
  return {
    assignment,
    folds,
    ...(cv &&
      nested === true && {
        inner: folds.map((fold) => planFolds(request, { ...cv, repeats: 1 }, fold.train)),
      }),
    method: request.method,
    withoutTarget: rows - withTarget,
  };
}

/** Where the first instant of test lies among those of the rows, as a part of a sentence; empty where a share is asked for. */
function timesBeside({ test: asked, time }: SplitRequest): string {
  if (typeof asked === 'number' || time === undefined) return '';
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of time) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  if (first > last) return ': no row has a time';
  const say = (seconds: number) => (Math.abs(seconds) > lastSecond ? String(seconds) : isoOf(seconds));
  return `: test begins at ${say(asked.from)}, and the rows go from ${say(first)} to ${say(last)}`;
}

/** Of what a Date can hold. */
const lastSecond = 8.64e12;

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z').replace('T00:00:00Z', '');
}

interface Carving {
  /** The rows that shares are shares of. */
  readonly rows: number;
  readonly test: number | { readonly from: number };
  readonly valid: number;
}

/** Takes test and validation rows out of the training rows, in place. */
function carve(
  request: SplitRequest,
  assignment: Uint8Array,
  { rows, test: testing, valid: validShare }: Carving,
): void {
  if (testing === 0 && validShare === 0) return;
  const random = createRandom(request.seed, 'split');
  if (request.time) {
    const { atoms, gap, time } = request;
    cutInTime({
      assignment,
      time,
      atoms,
      gap,
      test: testing,
      valid: validShare * rows,
      rows,
      random,
    });
    return;
  }
  if (typeof testing !== 'number') throw new TypeError('a date cut without time');
  const positions = positionsOf(assignment, train);
  if (request.places) {
    for (const row of positions) {
      const place = request.places[row] ?? 1;
      if (place < testing + validShare) assignment[row] = place < testing ? test : valid;
    }
    return;
  }
  // Shares are of all rows, which are more than the training rows when a file gives another side.
  const scale = rows / positions.length;
  const shares = [1 - (testing + validShare) * scale, validShare * scale, testing * scale];
  if ((shares[0] ?? 0) <= 0) throw new ModelwrightError('split-empty', { side: 'training', why: '' });
  const { strata, atoms } = request;
  const stratum = request.stratum ?? request.target;
  const sides = dealRows({ positions, stratum, strata, atoms, shares, random, keepFirst: true });
  for (let i = 0; i < positions.length; i++) assignment[positions[i] ?? 0] = train + (sides[i] ?? 0);
}

/** Rows without a target, of which there are so many, are on no side. Most targets have none, which is soon seen. */
function leaveOut(assignment: Uint8Array, target: Float64Array): number {
  if (!target.includes(Number.NaN)) return 0;
  let without = 0;
  for (let row = 0; row < target.length; row++) {
    if (!Number.isNaN(target[row])) continue;
    assignment[row] = absent;
    without++;
  }
  return without;
}

/** `rowNumbers`: zero-based, in the source, of each row. */
export function hashSplit(rowNumbers: Float64Array, assignment: Uint8Array): string {
  const bytes = new Uint8Array(rowNumbers.buffer, rowNumbers.byteOffset, rowNumbers.byteLength);
  return `sha256:${createHash('sha256').update(bytes).update(assignment).digest('hex')}`;
}
