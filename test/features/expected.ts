/** What pandas and scikit-learn make of oracle/table.csv (oracle/features.py), all learnt on the first 110 of 160 rows. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Table } from '../../server/data/table.ts';
import type { FeatureRequest } from '../../server/features/fittedFeatures.ts';
import type { FeatureMatrix } from '../../server/features/matrix.ts';
import { allRows, fitOn, type Overrides, tableOf } from './csvTable.ts';

const folder = new URL('./oracle/', import.meta.url);
export const expected: Record<string, (number | null)[]> = JSON.parse(
  readFileSync(new URL('features.json', folder), 'utf8'),
);
export const trainRows = Int32Array.from({ length: 110 }, (_, row) => row);

export function oracleTable(): Promise<Table> {
  const csv = readFileSync(new URL('table.csv', folder), 'utf8');
  return tableOf(csv, { size: 'ordinal', zip: 'categorical', city: 'categorical' });
}

/** All rows of the named features, learnt on the first 110. */
export async function matrixOn(
  table: Table,
  names: readonly string[],
  settings: Overrides,
  options: Partial<FeatureRequest> = {},
): Promise<FeatureMatrix> {
  const features = await fitOn(table, names, { trainRows, ...options, settings });
  return features.transform(allRows(table));
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
