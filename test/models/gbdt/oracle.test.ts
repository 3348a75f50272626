import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { FeatureMatrix } from '../../../server/features/matrix.ts';
import type { LabelledRows, SupervisedTask } from '../../../server/models/family.ts';
import { gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { matrixOf } from '../matrix.ts';
import { fitAndScore, mean, type OracleTable, take, takeRows } from '../scores.ts';
import { settings } from './settings.ts';

const oracle: {
  tables: OracleTable[];
  flights: { rows: number; positives: number; lightgbm: number };
} = JSON.parse(readFileSync(new URL('../oracle/gbdt.json', import.meta.url), 'utf8'));

/** As in the oracle's script. */
const shared = { ...settings, trees: 100, learning_rate: 0.1, subsample: 0.8, colsample: 0.8 };
const seeds = [0, 1, 2, 3, 4];

test.each(oracle.tables)(
  '$name: as good as LightGBM in repeated cross-validation',
  async (table) => {
    const scores: number[] = [];
    for (const [seed, folds] of table.folds.entries()) {
      for (let fold = 0; fold < 5; fold++) {
        const train = take(table, (row) => folds[row] !== fold);
        const tested = take(table, (row) => folds[row] === fold);
        for (let run = 0; run < table.runs; run++) {
          scores.push(await scoreTrees({ task: table.task, train, tested, seed: seed + 100 * run }));
        }
      }
    }
    expect(Math.abs(mean(scores) - table.lightgbm)).toBeLessThan(0.005);
  },
  60_000,
);

test('flights: as good as LightGBM on 100,000 rows with airports as categories', async () => {
  const { matrix, target } = await readFlights();
  expect(target.reduce((sum, y) => sum + y, 0)).toBe(oracle.flights.positives);
  const train = takeRows({ matrix, target }, (row) => row % 5 !== 4);
  const tested = takeRows({ matrix, target }, (row) => row % 5 === 4);
  const scores: number[] = [];
  for (const seed of seeds) scores.push(await scoreTrees({ task: 'binary', train, tested, seed }));
  expect(mean(scores)).toBeGreaterThan(oracle.flights.lightgbm - 0.005);
}, 60_000);

async function scoreTrees(request: {
  task: SupervisedTask;
  train: LabelledRows;
  tested: LabelledRows;
  seed: number;
}): Promise<number> {
  return (await fitAndScore(gbdt, { ...request, parameters: shared })).score;
}

/** Every 30th flight, as the oracle's script reads them. */
async function readFlights(): Promise<{ matrix: FeatureMatrix; target: Float64Array }> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(`
    select month(date) as month, day(date) as day, isodow(date) as weekday,
      hour(date) * 60 + minute(date) as minute, distance::int as distance, origin, destination,
      (delay > 15)::int as late
    from (select *, row_number() over () - 1 as row from 'node_modules/vega-datasets/data/flights-3m.parquet')
    where row % 30 = 0 and row < 3000000 order by row`);
  const columns = reader
    .getColumnsJS()
    .map((column) => column.map((value) => (typeof value === 'string' ? value : Number(value))));
  const airports = columns.slice(5, 7).map((column) => {
    const names = Array.from(new Set(column)).sort();
    const codeOf = new Map(names.map((name, i) => [name, i + 1]));
    return { codes: column.map((name) => codeOf.get(name) ?? 0), levels: names.length + 2 };
  });
  const matrix = matrixOf(
    columns.slice(0, 5).map((column) => column.map(Number)),
    airports.map(({ codes }) => codes),
    airports.map(({ levels }) => levels),
  );
  return { matrix, target: Float64Array.from(columns[7] ?? [], Number) };
}
