/** Generated tables for training: numbers, categories, dates and booleans, with every kind of missing and odd value. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Experiment } from '../../server/config/experiment.ts';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { featureColumns } from '../../server/data/roles.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { splitTable } from '../../server/data/split/splitTable.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { resolveTask } from '../../server/data/task.ts';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { type TrainRequest, trainModel } from '../../server/training/train.ts';
import { allRows } from '../features/csvTable.ts';

export interface TableOptions {
  readonly rows: number;
  readonly seed?: number;
  /** Turns the underlying score (standard deviation about 1.5) into the target's text. */
  target(score: number, uniform: number): string;
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Two classes of text, about a third positive. */
export const churn: TableOptions = {
  rows: 1200,
  target: (score, u) => (u < sigmoid(score - 1) ? 'left' : 'stayed'),
};

/** Columns age, income, plan, city, joined, member, label and y (the target). */
export function writeTable(folder: string, { rows, seed = 1, target }: TableOptions): void {
  const random = createRandom(seed, 'table');
  const plans = ['basic', 'Plus', 'pro', 'naïve', 'team "x"', 'a/b#c'];
  const lines = ['age,income,plan,city,joined,member,label,y'];
  for (let i = 0; i < rows; i++) {
    const age = 20 + 50 * random.uniform();
    const income = Math.exp(10 + random.normal());
    const plan = random.int(plans.length);
    const member = random.uniform() < 0.4;
    const day = new Date(Date.UTC(2019, 0, 1) + 86_400_000 * random.int(1800)).toISOString().slice(0, 10);
    const score =
      (age - 45) / 20 +
      0.5 * Math.log(income / 22_000) +
      (plan - 2.5) / 3 +
      (member ? 0.5 : -0.3) +
      0.3 * random.normal();
    const city = random.uniform() < 0.01 ? `rare ${i}` : `city ${random.int(12)}`;
    // The last tenth brings levels and dates that come nowhere else, so that test rows hold unseen ones.
    const odd = random.uniform();
    const cells = [
      odd < 0.05 ? '' : age.toFixed(3),
      odd > 0.97 ? 'NA' : income.toFixed(2),
      odd > 0.9 && odd < 0.93 ? '' : `"${(plans[plan] ?? '').replaceAll('"', '""')}"`,
      city,
      odd > 0.5 && odd < 0.54 ? '' : day,
      odd > 0.2 && odd < 0.23 ? '' : member ? 'TRUE' : 'false',
      ['low', 'mid', 'high'][random.int(3)] ?? '',
      target(score, random.uniform()),
    ];
    lines.push(cells.join(','));
  }
  writeFileSync(join(folder, 'table.csv'), `${lines.join('\n')}\n`);
}

export const hashes = { data: 'sha256:d', split: 'sha256:s', experiment: 'sha256:e' };

/** Everything that training needs, from the settings of an experiment on `table.csv` with the target `y`. Close the table. */
export async function prepare(
  folder: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TrainRequest> {
  const experiment: Experiment = resolveExperiment(
    { data: 'table.csv', target: 'y', ...settings },
    join(folder, 'x.experiment.yaml'),
  );
  const table = await openTable(tableSpec(experiment, folder));
  const task = await resolveTask(experiment, table);
  const split = await splitTable(experiment, table, task);
  const columns = featureColumns(experiment, table.columns);
  return {
    name: 'main',
    type: experiment.model.type,
    experiment,
    table,
    columns,
    task,
    split,
    hashes,
    threads: 1,
  };
}

/** The file scores all rows as the trainer does, from the raw columns. Returns the trainer's scores; closes the table. */
export async function expectParity(request: TrainRequest) {
  const { table } = request;
  const rows = allRows(table);
  const { onnx, trainerScores } = await trainModel(request);
  const scorer = await openScorer(onnx);
  const parity = await checkParity({ scorer, table, trainerScores, rows });
  expect(parity.maxAbsDifference).toBeLessThan(1e-5);
  const scores = await trainerScores(rows);
  await scorer.close();
  await table.close();
  return scores;
}
