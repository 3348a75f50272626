import { expect, test } from 'vitest';
import type { ScoredRows } from '../../server/evaluation/scoredRows.ts';
import type { SliceRows } from '../../server/evaluation/sliceRows.ts';
import { judgeSlices } from '../../server/evaluation/slices.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { binaryRows, scoredRows } from './rows.ts';

const count = 1500;

/** Six random slices; in the first the model's strength is multiplied by `first`. */
function draw(
  seed: number,
  task: 'binary' | 'regression',
  first: number,
): { rows: ScoredRows; slices: SliceRows[] } {
  const random = createRandom(seed, 'slices');
  const group = Int32Array.from({ length: count }, () => random.int(6));
  const slices = [0, 1, 2, 3, 4, 5].map((index) => ({
    name: `group=${index}`,
    column: 'group',
    members: Int32Array.from(group.keys()).filter((row) => group[row] === index),
  }));
  const strength = (row: number) => (group[row] === 0 ? first : 1);
  if (task === 'regression') {
    const target = Float64Array.from({ length: count }, () => 10 * random.normal());
    const prediction = target.map((value, row) => value + random.normal() / strength(row));
    return { rows: scoredRows({ task, target, prediction }), slices };
  }
  const target = Float64Array.from({ length: count }, () => (random.uniform() < 0.3 ? 1 : 0));
  const score = target.map(
    (actual, row) => 1 / (1 + Math.exp(-(random.normal() + 1.5 * actual * strength(row) - 1))),
  );
  return { rows: binaryRows(target, score), slices };
}

async function weakOf(
  seed: number,
  task: 'binary' | 'regression',
  first: number,
  metric: string,
): Promise<string[]> {
  const settings = { samples: 100, level: 0.95, seed, alpha: 0.05, correction: 'holm' as const, metric };
  const slices = await judgeSlices({ ...settings, ...draw(seed, task, first) });
  return slices.filter(({ weak }) => weak).map(({ slice }) => slice);
}

for (const [task, metric] of [
  ['binary', 'roc_auc'],
  ['binary', 'pr_auc'],
  ['binary', 'log_loss'],
  ['regression', 'rmse'],
  ['regression', 'r2'],
] as const) {
  test(`${metric}: at most 5 % of clean tables have a weak slice`, { timeout: 30_000 }, async () => {
    let alarms = 0;
    for (let seed = 0; seed < 60; seed++) if ((await weakOf(seed, task, 1, metric)).length > 0) alarms++;
    expect(alarms).toBeLessThanOrEqual(3);
  });
}

for (const [task, metric, first] of [
  ['binary', 'roc_auc', 0],
  ['binary', 'log_loss', -1],
  ['regression', 'rmse', 0.3],
  ['regression', 'r2', 0.1],
] as const) {
  test(`${metric}: a slice that the model does not understand is weak, and it alone`, async () => {
    for (let seed = 0; seed < 5; seed++) expect(await weakOf(seed, task, first, metric)).toEqual(['group=0']);
  });
}

test('a slice of few rows is reported and never called weak', async () => {
  const { rows } = draw(1, 'binary', 1);
  const members = Int32Array.from({ length: 20 }, (_, row) => row);
  const [slice] = await judgeSlices({
    rows,
    slices: [{ name: 'few', members }],
    metric: 'roc_auc',
    samples: 200,
    level: 0.95,
    seed: 1,
    alpha: 0.05,
    correction: 'holm',
  });
  expect(slice).toMatchObject({ slice: 'few', rows: 20, share: 20 / count, weak: false });
});
