import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { FeatureMatrix } from '../../../server/features/matrix.ts';
import type { LabelledRows, SupervisedTask } from '../../../server/models/family.ts';
import { gbdt } from '../../../server/models/gbdt/gbdt.ts';
import { matrixOf } from '../matrix.ts';
import { settings } from './settings.ts';

interface OracleTable {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly columns: number[][];
  readonly target: number[];
  /** Fits of each fold, with seeds of their own. */
  readonly runs: number;
  /** Of each repetition the fold in which a row is tested. */
  readonly folds: number[][];
  readonly lightgbm: number;
}

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
          scores.push(await fitAndScore({ task: table.task, train, tested, seed: seed + 100 * run }));
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
  for (const seed of seeds) scores.push(await fitAndScore({ task: 'binary', train, tested, seed }));
  expect(mean(scores)).toBeGreaterThan(oracle.flights.lightgbm - 0.005);
}, 60_000);

async function fitAndScore(request: {
  task: SupervisedTask;
  train: LabelledRows;
  tested: LabelledRows;
  seed: number;
}): Promise<number> {
  const { task, train, tested, seed } = request;
  const outputs = task === 'regression' ? 1 : 1 + train.target.reduce((a, b) => Math.max(a, b), 0);
  const model = await gbdt.fit({ task, outputs, train, parameters: shared, seed, threads: 1 });
  const raw = model.predict(tested.matrix);
  if (task === 'regression') return r2(tested.target, raw);
  if (task === 'binary') return auc(tested.target, raw);
  // One class against the rest, by probability.
  const shares = Array.from({ length: outputs }, (_, k) =>
    auc(
      tested.target.map((y) => (y === k ? 1 : 0)),
      tested.target.map((_y, i) => softmaxShare(raw.subarray(i * outputs, (i + 1) * outputs), k)),
    ),
  );
  return mean(shares);
}

function take(table: OracleTable, keep: (row: number) => boolean): LabelledRows {
  return takeRows({ matrix: matrixOf(table.columns), target: Float64Array.from(table.target) }, keep);
}

function takeRows({ matrix, target }: LabelledRows, keep: (row: number) => boolean): LabelledRows {
  const rows = Array.from(target.keys()).filter(keep);
  const pick = (values: ArrayLike<number>) => rows.map((row) => values[row] ?? 0);
  return {
    matrix: {
      rows: rows.length,
      columns: matrix.columns,
      values: matrix.values.map((column) =>
        column.kind === 'numeric'
          ? { kind: 'numeric', values: Float32Array.from(pick(column.values)) }
          : { kind: 'category', codes: Uint16Array.from(pick(column.codes)) },
      ),
    },
    target: Float64Array.from(pick(target)),
  };
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function r2(target: Float64Array, predicted: Float64Array): number {
  const center = mean(Array.from(target));
  let residual = 0;
  let total = 0;
  target.forEach((y, i) => {
    residual += (y - (predicted[i] ?? 0)) ** 2;
    total += (y - center) ** 2;
  });
  return 1 - residual / total;
}

function softmaxShare(raw: Float64Array, k: number): number {
  const top = Math.max(...raw);
  const powers = Array.from(raw, (value) => Math.exp(value - top));
  return (powers[k] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
}

/** Share of pairs in the right order, ties half (Mann and Whitney 1947). */
function auc(target: Float64Array, score: Float64Array): number {
  const order = Array.from(score.keys()).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0));
  let ranks = 0;
  let positives = 0;
  for (let begin = 0; begin < order.length; ) {
    let end = begin;
    while (end < order.length && score[order[end] ?? 0] === score[order[begin] ?? 0]) end++;
    for (const row of order.slice(begin, end)) {
      if (target[row] !== 1) continue;
      positives++;
      ranks += (begin + end + 1) / 2;
    }
    begin = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
