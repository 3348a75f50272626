/** Whether a column of numbers changes its unit on the way: its median from one period to the next, on a sample of the rows. */

import type { Experiment } from '../../config/experiment.ts';
import { createRandom } from '../../statistics/random.ts';
import type { ReadColumn } from '../profile/readColumns.ts';
import { timeColumn } from '../roles.ts';
import type { Table } from '../table.ts';
import type { Jump } from './lookFacts.ts';

/** A change of unit is at least this large: lint.md, `unit-jump`. */
const leastRatio = 8;
const mostRows = 20_000;
/** A period counts with so many values, and either side of the jump with so many periods. */
const leastValues = 10;
const leastPeriods = 2;

/** Rows in their periods, as plain values: threads look at columns, too. */
export interface JumpSample {
  readonly rows: Int32Array;
  readonly periods: Periods;
}

/** Undefined without `data.time` or a single column of dates, and where the periods are too few. */
export async function sampleJumps(experiment: Experiment, table: Table): Promise<JumpSample | undefined> {
  const dates = table.columns.filter(({ kind }) => kind === 'datetime');
  const name = timeColumn(experiment, table.columns) ?? (dates.length === 1 ? dates[0]?.name : undefined);
  if (name === undefined || table.columns.find((each) => each.name === name)?.kind !== 'datetime')
    return undefined;
  const time = await table.numbers(name);
  const rows = drawRows(time);
  const periods = periodsOf(rows.map((row) => time[row] ?? 0));
  return periods.starts.length < 2 * leastPeriods ? undefined : { rows, periods };
}

export function jumpOf({ rows, periods }: JumpSample, { column, valueAt }: ReadColumn): Jump | undefined {
  if (valueAt === undefined || column.kind !== 'numeric') return undefined;
  const jump = findJump(rows, valueAt, periods);
  return jump && { column: column.name, ...jump };
}

function drawRows(time: Float64Array): Int32Array {
  const random = createRandom(0, 'jumps');
  const step = Math.max(1, time.length / mostRows);
  const rows = Int32Array.from({ length: Math.min(time.length, mostRows) }, (_, i) =>
    Math.min(time.length - 1, Math.floor((i + (step > 1 ? random.uniform() : 0)) * step)),
  );
  return rows.filter((row) => !Number.isNaN(time[row]));
}

interface Periods {
  /** Of each row drawn. */
  readonly of: Int32Array;
  /** ISO day on which each begins. */
  readonly starts: readonly string[];
}

/** Months; weeks where there are fewer than six of them, days where the weeks are. */
function periodsOf(times: ArrayLike<number>): Periods {
  const labels = (length: number) => {
    // Many rows of the same day: each day is written once.
    const known = new Map<number, string>();
    return Array.from(times, (seconds) => {
      const day = Math.floor(seconds / 86_400);
      const start = known.get(day) ?? startOf(day, length);
      known.set(day, start);
      return start;
    });
  };
  const sizes = [0, 7, 1];
  for (const [i, length] of sizes.entries()) {
    const of = labels(length);
    const starts = [...new Set(of)].sort();
    if (starts.length < 6 && i < sizes.length - 1) continue;
    const order = new Map(starts.map((start, index) => [start, index]));
    return { of: Int32Array.from(of, (start) => order.get(start) ?? 0), starts };
  }
  return { of: new Int32Array(times.length), starts: [] };
}

/** ISO day on which the period of a day (since 1970) starts: of so many days, or its month for 0. */
function startOf(day: number, days: number): string {
  if (days === 0) return `${new Date(day * 86_400_000).toISOString().slice(0, 7)}-01`;
  return new Date(Math.floor(day / days) * days * 86_400_000).toISOString().slice(0, 10);
}

/** All periods on one side of the cut lie clearly apart from all on the other: growth and seasons have no such cut. */
function findJump(
  rows: Int32Array,
  valueAt: (row: number) => number,
  { of, starts }: Periods,
): Omit<Jump, 'column'> | undefined {
  const members = starts.map((): number[] => []);
  rows.forEach((row, i) => {
    const value = Math.abs(valueAt(row));
    if (value > 0) members[of[i] ?? 0]?.push(value);
  });
  const medians = members.flatMap((list, period) =>
    list.length >= leastValues ? [{ period, value: medianOf(list) }] : [],
  );
  for (let cut = leastPeriods; cut <= medians.length - leastPeriods; cut++) {
    const [before, after] = [medians.slice(0, cut), medians.slice(cut)].map((side) =>
      side.map(({ value }) => value),
    );
    if (!before || !after) continue;
    const [from, to] = [medianOf(before), medianOf(after)];
    const [low, high] = to > from ? [before, after] : [after, before];
    const ratio = Math.max(from, to) / Math.min(from, to);
    if (ratio < leastRatio || Math.min(...high) < 3 * Math.max(...low)) continue;
    // Values that grow all the time part as well, but not at one place.
    if (steps(low) > 3 || steps(high) > 3) continue;
    return { ratio, up: to > from, date: starts[medians[cut]?.period ?? 0] ?? '' };
  }
  return undefined;
}

function steps(medians: readonly number[]): number {
  return Math.max(...medians) / Math.min(...medians);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
