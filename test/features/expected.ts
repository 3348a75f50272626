/** What pandas and scikit-learn make of oracle/table.csv (oracle/features.py), all learnt on the first 110 of 160 rows. */
import { readFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';
import type { FeatureRequest } from '../../server/features/fittedFeatures.ts';
import type { FeatureMatrix } from '../../server/features/matrix.ts';
import { allRows, fitOn, type Overrides, tableOf } from './csvTable.ts';

const folder = new URL('./oracle/', import.meta.url);
export const expected: Record<string, (number | null)[]> = JSON.parse(
  readFileSync(new URL('features.json', folder), 'utf8'),
);
export const trainRows = Int32Array.from({ length: 110 }, (_, row) => row);

/** The oracle's table, open while a file's tests run, and all rows of named features of it, learnt on the first 110. */
export async function oracleTable() {
  const csv = readFileSync(new URL('table.csv', folder), 'utf8');
  const table = await tableOf(csv, { size: 'ordinal', zip: 'categorical', city: 'categorical' });
  afterAll(() => table.close());
  const matrixOf = async (
    names: readonly string[],
    settings: Overrides,
    options: Partial<FeatureRequest> = {},
  ): Promise<FeatureMatrix> => {
    const features = await fitOn(table, names, { trainRows, ...options, settings });
    return features.transform(allRows(table));
  };
  return { table, matrixOf };
}

/** Relative to float32; missing agrees with missing. */
export function expectClose(actual: readonly number[], name: string, digits = 2e-6): void {
  const wanted = expected[name];
  expect(actual.length, name).toBe(wanted?.length);
  actual.forEach((value, row) => {
    const other = wanted?.[row] ?? Number.NaN;
    if (Number.isNaN(other)) expect(value, `${name} row ${row}`).toBeNaN();
    else
      expect(Math.abs(value - other), `${name} row ${row}`).toBeLessThanOrEqual(
        digits * Math.max(1, Math.abs(other)),
      );
  });
}
