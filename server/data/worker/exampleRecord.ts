/** One row of a table as JSON: what a person can send to the model that was made from it. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Table } from '../table.ts';

export interface ExampleRecord {
  /** Zero-based, in the source. */
  readonly row: number;
  /** Numbers for float inputs, text for the others, null where missing. */
  readonly record: Readonly<Record<string, number | string | null>>;
}

/** Among so many first rows the one with the fewest missing values is taken. */
const looked = 50;

/** Throws `data-empty` where there are no rows, `column-not-found` for a column that the table lacks. */
export async function exampleRecord(table: Table, columns: readonly string[]): Promise<ExampleRecord> {
  const positions = Int32Array.from({ length: Math.min(looked, table.rowCount) }, (_, row) => row);
  if (positions.length === 0)
    throw new ModelwrightError('data-empty', { path: 'the table', what: 'nothing is left to take' });
  const read = new Map<string, readonly (number | string | null)[]>();
  for (const name of columns) read.set(name, await valuesOf(table, name, positions));
  const missing = (row: number) => columns.filter((name) => read.get(name)?.[row] === null).length;
  const best = positions.reduce((least, row) => (missing(row) < missing(least) ? row : least), 0);
  // Without a prototype, so that a column may be called `__proto__`.
  const record: Record<string, number | string | null> = Object.create(null);
  for (const name of columns) record[name] = read.get(name)?.[best] ?? null;
  const numbers = await table.rowNumbers();
  return { row: numbers[best] ?? best, record };
}

async function valuesOf(
  table: Table,
  name: string,
  positions: Int32Array,
): Promise<(number | string | null)[]> {
  if (table.column(name).input === 'float') {
    const numbers = await table.numbers(name);
    return Array.from(positions, (row) => {
      const value = numbers[row] ?? Number.NaN;
      return Number.isFinite(value) ? value : null;
    });
  }
  return (await table.rawStrings(name, positions)).map((text) => (text === '' ? null : text));
}
