/** Equal rows: repeats of whole rows, and equal features with different targets. */

import { firstOfEqual, firstWithin, rowsInSets } from '../split/splitTwins.ts';
import type { TableColumn } from '../table.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import { countTwins, type EqualRows, type Twins } from './factsTwins.ts';
import { emptyKeys, finishKeys, takeCodes, takeNumbers } from './rowKeys.ts';

export interface ComparedRows extends Pick<EqualRows, 'whole'> {
  readonly twins: Twins;
}

export interface EqualRowsQuestion {
  /** Name of the column that only numbers the rows. */
  readonly id: string | undefined;
  readonly features: readonly string[];
}

/** Which columns tell rows apart. */
export interface RowParts {
  readonly features: readonly string[];
  /** Where `within`, what equal rows share beside the features; else all that they share. */
  readonly rest: readonly string[];
  /** Rows that are equal as a whole have equal features, so that mostly few have to be compared as a whole. */
  readonly within: boolean;
}

export function partsOf(
  { columns }: Pick<DuckTable, 'columns'>,
  { id, features }: EqualRowsQuestion,
): RowParts {
  const named = columns.filter(({ name }) => name !== id);
  const featured = new Set(features);
  const within = features.length > 0 && (id === undefined || !featured.has(id));
  // What is derived from a row follows from the rest; but not where it may be derived from the id.
  const follows = (derived: TableColumn['derived']) => derived === 'data' || derived === 'row';
  const others = named.filter(
    ({ name, derived }) => !featured.has(name) && !(follows(derived) && id === undefined),
  );
  return { features, rest: (within ? others : named).map(({ name }) => name), within };
}

interface Hashes {
  of(part: 'features' | 'rest'): Promise<BigUint64Array>;
  /** Of the rest, in some rows. */
  some(rows: Int32Array): Promise<BigUint64Array>;
}

/** `classes`: see `countTwins`. */
async function compare(
  parts: RowParts,
  hashes: Hashes,
  classes: Float64Array | undefined,
): Promise<ComparedRows> {
  const equal = await findEqual(parts, hashes);
  return { whole: equal.whole, twins: countTwins(equal, classes) };
}

async function findEqual({ features, rest, within }: RowParts, hashes: Hashes): Promise<EqualRows> {
  const featured = features.length > 0 ? firstOfEqual(await hashes.of('features')) : undefined;
  if (featured === undefined || !within) {
    const whole = rest.length > 0 ? firstOfEqual(await hashes.of('rest')) : new Int32Array(0);
    return featured === undefined ? { whole } : { whole, featured };
  }
  if (rest.length === 0) return { whole: featured, featured };
  const rows = rowsInSets(featured);
  return { whole: firstWithin(featured, rows, await hashes.some(rows)), featured };
}

/** Of a table that is too large to be held: DuckDB reads it once more. */
export function compareInTable(
  table: DuckTable,
  question: EqualRowsQuestion,
  classes: Float64Array | undefined,
): Promise<ComparedRows> {
  const parts = partsOf(table, question);
  const hashes: Hashes = {
    of: (part) => table.rowHashes(parts[part]),
    some: (rows) => table.someHashes(parts.rest, rows),
  };
  return compare(parts, hashes, classes);
}

/** Values of a column: codes of its levels or whole numbers, or numbers. */
export type RowValues = { readonly codes: Int32Array } | { readonly values: Float64Array };

/** Compares rows by columns that are handed over one after the other. */
export interface RowComparison {
  take(name: string, column: RowValues): void;
  /** When all columns were taken; once. `classes`: see `countTwins`. */
  finish(classes: Float64Array | undefined): Promise<ComparedRows>;
}

export function startComparison(rows: number, parts: RowParts): RowComparison {
  const { features, rest, within } = parts;
  const names = { features: new Set(features), rest: new Set(rest) };
  const keysFor = (some: readonly string[]) => emptyKeys(some.length > 0 ? rows : 0);
  const keys = { features: keysFor(features), rest: keysFor(within ? [] : rest) };
  // Where few rows have to be compared by the rest, its columns wait until it is known which.
  const waiting: RowValues[] = [];
  return {
    take(name, column) {
      if (names.features.has(name)) takeColumn(keys.features, column);
      if (!names.rest.has(name)) return;
      if (within) waiting.push(column);
      else takeColumn(keys.rest, column);
    },
    finish(classes) {
      const hashes: Hashes = {
        of: async (part) => finishKeys(keys[part]),
        some: async (chosen) => {
          const some = emptyKeys(chosen.length);
          for (const column of waiting) takeColumn(some, pickValues(column, chosen));
          return finishKeys(some);
        },
      };
      return compare(parts, hashes, classes);
    },
  };
}

function takeColumn(keys: Int32Array, column: RowValues): void {
  if ('codes' in column) takeCodes(keys, column.codes);
  else takeNumbers(keys, column.values);
}

/** Those of some rows. */
function pickValues(column: RowValues, rows: Int32Array): RowValues {
  if ('codes' in column) {
    const codes = new Int32Array(rows.length);
    for (let at = 0; at < rows.length; at++) codes[at] = column.codes[rows[at] ?? 0] ?? 0;
    return { codes };
  }
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = column.values[rows[at] ?? 0] ?? 0;
  return { values };
}
