/** Whether the target or a feature moves with time: what makes a split that ignores time a leak. */
import { holm } from '../statistics/corrections.ts';
import { cramersV, spearman } from '../statistics/tests.ts';
import type { SplitInputs } from './factsSplit.ts';
import type { CodedColumn } from './linkCodes.ts';
import type { Linker } from './links.ts';
import { timeColumn } from './roles.ts';

export interface Trend {
  readonly column: string;
  /** Corrected over target and features (Holm). */
  readonly p: number;
}

export interface TrendSearch {
  look(name: string, column: CodedColumn): void;
  strongest(): Trend | null;
}

/**
 * Undefined where the split follows time, which given files may not, or there is none. On the rows that predictive power is sampled from: numbers
 * and classes by rank correlation with time, levels by a chi-square test against the quarters of time.
 */
export async function findTrends(inputs: SplitInputs, linker: Linker): Promise<TrendSearch | undefined> {
  const { experiment, table, request, task } = inputs;
  const name = timeColumn(experiment, table.columns);
  if (name === undefined || (request.time && !request.files)) return undefined;
  const all = await table.numbers(name);
  const rows = linker.sample.filter((row) => !Number.isNaN(all[row]));
  if (rows.length < 20) return undefined;
  const time = Float64Array.from(rows, (row) => all[row] ?? 0);
  const quarters = quartersOf(time);
  const target = Float64Array.from(rows, (row) => task.values[row] ?? 0);
  const multiclass = task.classes.length > 2;
  const found: Trend[] = [
    { column: task.target, p: multiclass ? shiftOf(target, quarters) : spearman(target, time).p },
  ];
  return {
    look(column, { codes, ordered }) {
      if (column === name) return;
      const values = Float64Array.from(rows, (row) => codes[row] ?? 0);
      found.push({ column, p: ordered ? spearman(values, time).p : shiftOf(values, quarters) });
    },
    strongest() {
      const adjusted = holm(found.map(({ p }) => p));
      const trends = found.map(({ column }, i) => ({ column, p: adjusted[i] ?? 1 }));
      return trends.filter(({ p }) => !Number.isNaN(p)).sort((a, b) => a.p - b.p)[0] ?? null;
    },
  };
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
