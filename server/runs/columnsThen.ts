/** What a run kept of its test rows, column by column, for the hover that tells how the data have moved since. */
import type { ColumnThen } from '../lint/history.ts';
import type { ColumnSample } from '../monitoring/sample.ts';
import { quantileOf } from '../statistics/quantiles.ts';
import type { RunRecord } from '../tracking/runs.ts';
import { readReference } from './readReference.ts';

/** Undefined where the run kept no rows, or none that can be read: then there is nothing to compare with. */
export function columnsThen(workspace: string, run: RunRecord): ReadonlyMap<string, ColumnThen> | undefined {
  try {
    const { rows, columns } = readReference(workspace, run);
    return new Map(
      columns
        .filter(({ role }) => role === undefined)
        .flatMap((column) => {
          const then = columnThen(column, rows);
          return then === undefined ? [] : [[column.name, then] as const];
        }),
    );
  } catch {
    return undefined;
  }
}

function columnThen(column: ColumnSample, rows: number): ColumnThen | undefined {
  const missing = rows === 0 ? 0 : column.missing / rows;
  if (column.form === 'levels') {
    const total = Array.from(column.counts).reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    const shares = new Map(column.levels.map((level, i) => [level, (column.counts[i] ?? 0) / total]));
    return { kind: 'levels', missing, shares };
  }
  if (column.form !== 'numbers') return undefined;
  const values = column.values.filter((value) => !Number.isNaN(value)).sort();
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => quantileOf(values, share));
  return { kind: 'numbers', missing, quantiles, deviation: Math.sqrt(squares / values.length) };
}
