/** The profile of a column of numbers, truth values or dates, from its distinct values and how often each occurs. Without DuckDB, but for one count: threads describe columns, too. */

import { isInteger } from '../duckdb/sqlTypes.ts';
import type { SqlColumn } from '../sources/columnSql.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import type { Described, Histogram, NumberFacts } from './columnProfile.ts';
import { type Shape, shapeOf } from './columnShape.ts';
import type { ReadNumbers } from './readColumns.ts';
import { momentsOf, placeOf, quantilesOf, topOf, type ValueCounts } from './valueCounts.ts';

const probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const topValues = 10;

/** `knownMissing`: undefined where a cell without a finite number can only be missing. */
export function describeNumbers(
  { column, fetched, coding, scan, valueCounts }: ReadNumbers,
  knownMissing?: number,
): Described {
  const { falls, rises, present, whole } = scan();
  const rows = coding().codes.length;
  const infinite = 'values' in fetched ? fetched.infinite : 0;
  const missing = knownMissing ?? rows - infinite - present;
  const seen = valueCounts();
  const { mean, std } = momentsOf(seen);
  const quantiles = quantilesOf(seen, probabilities);
  const quartiles = [quantiles[2] ?? 0, quantiles[4] ?? 0] as const;
  const say = speaker(column);
  const constant = seen.values.length < 2;
  const ordered = column.kind !== 'boolean' && seen.values.length > 0;
  return {
    missing,
    unread: rows - missing - infinite - present,
    distinct: seen.values.length,
    min: ordered ? say(seen.values[0]) : null,
    max: ordered ? say(seen.values.at(-1)) : null,
    mean: column.kind === 'datetime' ? null : mean,
    std: column.kind === 'datetime' ? null : std,
    quantiles: ordered
      ? Object.fromEntries(quantiles.map((value, index) => [probabilities[index], say(value)]))
      : null,
    top: topOf(seen, topValues).map(({ value, count }) => ({
      value: column.kind === 'boolean' && value <= 1 ? value === 1 : say(value),
      count,
    })),
    ...(ordered && !constant
      ? { histogram: histogramOf(seen, [quantiles[0] ?? 0, quantiles.at(-1) ?? 0]) }
      : {}),
    monotone: constant || (falls && rises) ? null : falls ? 'down' : 'up',
    numbers: { ...factsOf(seen, { whole, infinite }), ...shapeOf(seen, { mean, std }, quartiles) },
    texts: null,
  };
}

/** Whole numbers beyond 2^53 fall together in double precision: DuckDB itself counts them. */
export async function countDistinct(
  { relation }: DuckTable,
  column: SqlColumn,
  described: Described,
): Promise<Described> {
  const largest = Math.max(...[described.min, described.max].map((end) => Math.abs(Number(end))));
  if (!isInteger(column.type) || largest <= Number.MAX_SAFE_INTEGER) return described;
  const [distinct] = await relation.database.row(
    `SELECT count(DISTINCT ${column.sql}) FROM ${column.block ?? relation.name}`,
  );
  return { ...described, distinct: Number(distinct) };
}

const bins = 16;

/** `ends`: the 1 % and the 99 % quantile. */
function histogramOf({ values, counts }: ValueCounts, [low, high]: readonly [number, number]): Histogram {
  const sums = new Float64Array(bins);
  const width = high - low || 1;
  for (let index = 0; index < values.length; index++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((((values[index] ?? 0) - low) / width) * bins)));
    sums[bin] = (sums[bin] ?? 0) + (counts[index] ?? 0);
  }
  return { counts: [...sums] };
}

/** Dates as ISO text in UTC, fractions cut; numbers as they are. */
function speaker({ kind }: SqlColumn): (value: number | undefined) => number | string {
  return (value = Number.NaN) =>
    kind === 'datetime' ? new Date(Math.floor(value) * 1000).toISOString().slice(0, 19) : value;
}

function factsOf(
  { values, counts }: ValueCounts,
  { whole, infinite }: { whole: boolean; infinite: number },
): Omit<NumberFacts, keyof Shape> {
  const rowsOf = (value: number) => {
    const place = placeOf(values, value);
    return values[place] === value ? (counts[place] ?? 0) : 0;
  };
  let negatives = 0;
  for (let index = 0; (values[index] ?? 0) < 0; index++) negatives += counts[index] ?? 0;
  const end = (at: number, inwards: number) =>
    values.length < 2
      ? null
      : { value: values.at(at) ?? 0, count: counts.at(at) ?? 0, next: values.at(inwards) ?? 0 };
  return {
    zeros: rowsOf(0),
    negatives,
    infinite,
    whole,
    lowest: end(0, 1),
    highest: end(-1, -2),
    codes: missingCodes.map((value) => ({ value, count: rowsOf(value) })).filter(({ count }) => count > 0),
  };
}

const nines = [99, 999, 9999, 99_999, 999_999, 9_999_999, 99_999_999, 999_999_999];

/** What people write for "unknown", smallest first: -1, -9, and repeated nines of either sign. */
const missingCodes: readonly number[] = [...nines.map((code) => -code).reverse(), -9, -1, ...nines];
