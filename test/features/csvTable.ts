/** Tables for tests: CSV text through the real reader, and the default feature settings. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '../../server/config/experiment.ts';
import type { ColumnKind, Table } from '../../server/data/table.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { fitFeatures } from '../../server/features/fitFeatures.ts';
import type { FeatureRequest, FittedFeatures } from '../../server/features/fittedFeatures.ts';
import type { FeatureMatrix, FeatureNeeds } from '../../server/features/matrix.ts';

export async function tableOf(csv: string, kinds: Readonly<Record<string, ColumnKind>> = {}): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'features-'));
  const path = join(folder, 'table.csv');
  writeFileSync(path, csv);
  try {
    return await openTable({ source: [path], format: 'csv', read: {}, derive: [], kinds });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One column a key, as CSV text with every cell quoted. */
export function csvOf(columns: Readonly<Record<string, readonly string[]>>): string {
  const names = Object.keys(columns);
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const count = Math.max(...names.map((name) => columns[name]?.length ?? 0));
  const lines = Array.from({ length: count }, (_, row) =>
    names.map((name) => quote(columns[name]?.[row] ?? '')),
  );
  return [names.map(quote), ...lines].map((cells) => cells.join(',')).join('\n');
}

type Settings = Experiment['features'];
export type Overrides = {
  readonly [Section in 'numeric' | 'categorical' | 'datetime']?: Partial<Settings[Section]>;
} & { readonly columns?: Readonly<Record<string, object>>; readonly cross?: readonly (readonly string[])[] };

/** The language's defaults, then `overrides`. */
export function settingsOf(overrides: Overrides = {}): Settings {
  return {
    exclude: [],
    derive: [],
    types: {},
    numeric: { impute: 'auto', scale: 'auto', outliers: 'none', transform: 'none', ...overrides.numeric },
    categorical: {
      encode: 'auto',
      max_levels: 50,
      rare: 0.01,
      unknown: 'bucket',
      impute: 'level',
      ...overrides.categorical,
    },
    datetime: { parts: 'auto', cyclic: true, ...overrides.datetime },
    ...(overrides.cross && { cross: overrides.cross }),
    // The type of an override joins those of all kinds, so that no single `impute` fits it.
    columns: (overrides.columns ?? {}) as Settings['columns'],
  };
}

export const treeNeeds: FeatureNeeds = { impute: 'none', scale: 'none', categories: 'codes' };
export const linearNeeds: FeatureNeeds = {
  impute: 'median+indicator',
  scale: 'standard',
  categories: 'codes',
};

export function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rowCount }, (_, row) => row);
}

/** Features of the named columns; all rows train and the target is 0 unless said otherwise. */
export function fitOn(
  table: Table,
  names: readonly string[],
  options: Partial<Omit<FeatureRequest, 'settings' | 'columns'>> & { readonly settings?: Overrides } = {},
): Promise<FittedFeatures> {
  return fitFeatures({
    table,
    trainRows: allRows(table),
    target: new Float64Array(table.rowCount),
    task: 'regression',
    needs: treeNeeds,
    seed: 42,
    ...options,
    columns: names.map((name) => ({ name, kind: table.column(name).kind })),
    settings: settingsOf(options.settings),
  });
}

/** Values of a feature as plain numbers. */
export function valuesOf(matrix: FeatureMatrix, name: string): number[] {
  const index = matrix.columns.findIndex((column) => column.name === name);
  const feature = matrix.values[index];
  if (feature === undefined)
    throw new Error(`no feature ${name} among ${matrix.columns.map((c) => c.name).join(', ')}`);
  return [...(feature.kind === 'numeric' ? feature.values : feature.codes)];
}
