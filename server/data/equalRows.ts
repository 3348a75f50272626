/** Equal rows: repeats of whole rows, and equal features with different targets. */
import type { DuckTable } from './duckTable.ts';
import { emptyKeys, finishKeys, takeCodes, takeNumbers } from './rowKeys.ts';
import { firstOfEqual, firstWithin, pickHashes, rowsInSets } from './splitTwins.ts';

export interface EqualRows {
  /** Per row the first row that is equal in every column but the id. */
  readonly whole: Int32Array;
  /** Per row the first row of equal features; undefined where there are none. */
  readonly featured?: Int32Array;
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
  // What is derived follows from the rest; but not where it may be derived from the id.
  const others = named.filter(({ name, derived }) => !featured.has(name) && !(derived && id === undefined));
  return { features, rest: (within ? others : named).map(({ name }) => name), within };
}

interface Hashes {
  of(part: 'features' | 'rest'): Promise<BigUint64Array>;
  /** Of the rest, in some rows. */
  some(rows: Int32Array): Promise<BigUint64Array>;
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
export function compareInTable(table: DuckTable, question: EqualRowsQuestion): Promise<EqualRows> {
  const parts = partsOf(table, question);
  return findEqual(parts, {
    of: (part) => table.rowHashes(parts[part]),
    some: (rows) => table.someHashes(parts.rest, rows),
  });
}

/** Values of a column: codes of its levels or whole numbers, or numbers. */
export type RowValues = { readonly codes: Int32Array } | { readonly values: Float64Array };

/** Compares rows by columns that are handed over one after the other. */
export interface RowComparison {
  take(name: string, column: RowValues): void;
  /** When all columns were taken; once. */
  finish(): Promise<EqualRows>;
}

export function startComparison(rows: number, parts: RowParts): RowComparison {
  const start = (names: readonly string[]) => ({
    names: new Set(names),
    keys: emptyKeys(names.length > 0 ? rows : 0),
  });
  const taken = { features: start(parts.features), rest: start(parts.rest) };
  return {
    take(name, column) {
      for (const { names, keys } of [taken.features, taken.rest]) {
        if (!names.has(name)) continue;
        if ('codes' in column) takeCodes(keys, column.codes);
        else takeNumbers(keys, column.values);
      }
    },
    finish() {
      return findEqual(parts, {
        of: async (part) => finishKeys(taken[part].keys),
        some: async (rows) => pickHashes(finishKeys(taken.rest.keys), rows),
      });
    },
  };
}
