/** Whether the target or a feature moves with time: what makes a split that ignores time a leak. */
import { holm } from '../../statistics/corrections.ts';
import { cramersV, spearman } from '../../statistics/tests.ts';
import type { CodedColumn } from '../profile/linkCodes.ts';
import { timeColumn } from '../roles.ts';
import type { SplitInputs } from './factsSplit.ts';
import type { Linker } from './links.ts';

export interface Trend {
  readonly column: string;
  /** That there is none; once the strongest is sought corrected over target and features (Holm). */
  readonly p: number;
}

/** Rows in time, as plain values: threads look at columns, too. */
export interface TrendSample {
  /** The column of time. */
  readonly column: string;
  /** Positions of the rows that predictive power is sampled from, where they have a time. */
  readonly rows: Int32Array;
  readonly time: Float64Array;
  /** Of each row the quarter of time, 0 to 3. */
  readonly quarters: Int32Array;
  /** Of the target. */
  readonly target: Trend;
}

/**
 * Undefined where the split follows time, which given files may not, or there is none. Numbers and classes are judged
 * by rank correlation with time, levels by a chi-square test against the quarters of time.
 */
export async function sampleTrend(inputs: SplitInputs, linker: Linker): Promise<TrendSample | undefined> {
  const { experiment, table, request, task } = inputs;
  const column = timeColumn(experiment, table.columns);
  if (column === undefined || (request.time && !request.files)) return undefined;
  const all = await table.numbers(column);
  const rows = linker.sample.filter((row) => !Number.isNaN(all[row]));
  if (rows.length < 20) return undefined;
  const time = Float64Array.from(rows, (row) => all[row] ?? 0);
  const quarters = quartersOf(time);
  const values = Float64Array.from(rows, (row) => task.values[row] ?? 0);
  const multiclass = task.classes.length > 2;
  const p = multiclass ? shiftOf(values, quarters) : spearman(values, time).p;
  return { column, rows, time, quarters, target: { column: task.target, p } };
}

/** Of a feature, not corrected. */
export function trendOf(sample: TrendSample, column: string, { codes, ordered }: CodedColumn): Trend {
  const values = Float64Array.from(sample.rows, (row) => codes[row] ?? 0);
  return { column, p: ordered ? spearman(values, sample.time).p : shiftOf(values, sample.quarters) };
}

/** Of the target and the features. */
export function strongestTrend({ target }: TrendSample, features: readonly Trend[]): Trend | null {
  const found = [target, ...features];
  const adjusted = holm(found.map(({ p }) => p));
  const trends = found.map(({ column }, i) => ({ column, p: adjusted[i] ?? 1 }));
  return trends.filter(({ p }) => !Number.isNaN(p)).sort((a, b) => a.p - b.p)[0] ?? null;
}

function quartersOf(time: Float64Array): Int32Array {
  const sorted = time.slice().sort();
  const cuts = [1, 2, 3].map((quarter) => sorted[Math.floor((sorted.length * quarter) / 4)] ?? 0);
  return Int32Array.from(time, (at) => cuts.filter((cut) => at >= cut).length);
}

/** Levels of fewer than 20 rows are taken together, so that the chi-square approximation holds. */
function shiftOf(levels: Float64Array, quarters: Int32Array): number {
  const counts = new Map<number, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  const kept = new Map(
    [...counts].filter(([, count]) => count >= 20).map(([level], index) => [level, index + 1]),
  );
  const cells = Array.from({ length: kept.size + 1 }, () => [0, 0, 0, 0]);
  levels.forEach((level, i) => {
    const row = cells[kept.get(level) ?? 0];
    const quarter = quarters[i] ?? 0;
    if (row) row[quarter] = (row[quarter] ?? 0) + 1;
  });
  return cramersV(cells).p;
}
