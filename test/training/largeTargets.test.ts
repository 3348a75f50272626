/** Targets of any size that a model file can hold are learnt as well as small ones, by every family; larger ones are refused. */
import { describe, expect, test } from 'vitest';
import { allRows } from '../features/csvTable.ts';
import { temporaryFolder } from '../temporary.ts';
import { expectParity, prepare, writeTable } from './tables.ts';

const families: Readonly<Record<string, unknown>> = {
  gbdt: { type: 'gbdt', gbdt: { trees: 30 } },
  linear: 'linear',
  forest: { type: 'forest', forest: { trees: 20 } },
  mlp: { type: 'mlp', mlp: { layers: [8] } },
};

/** The share of variance that the model explains, from its own scores. */
async function explained(scale: number, settings: Readonly<Record<string, unknown>>): Promise<number> {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 600, target: (score, u) => String(scale * (score + 0.2 * u)) });
  const request = await prepare(folder, { split: { valid: 0.2 }, train: { epochs: 200 }, ...settings });
  const { values } = request.task;
  const rows = allRows(request.table);
  const scores = await expectParity(request);
  const mean = rows.reduce((sum, row) => sum + (values[row] ?? 0) / rows.length, 0);
  let [left, all] = [0, 0];
  for (const row of rows) {
    left += (((values[row] ?? 0) - (scores[row] ?? 0)) / scale) ** 2;
    all += (((values[row] ?? 0) - mean) / scale) ** 2;
  }
  return 1 - left / all;
}

describe.each(Object.entries(families))('%s', (_, model) => {
  test.each([1e20, 1e29])('learns values around %s as it learns those around 1', async (scale) => {
    const small = await explained(1, { task: 'regression', model });
    expect(small).toBeGreaterThan(0.5);
    expect(await explained(scale, { task: 'regression', model })).toBeCloseTo(small, 2);
  });
});

test.each(['1e31', '-1e38', '1e39', '-1e300'])(
  '%s in one row is refused with row and column',
  async (value) => {
    const folder = temporaryFolder();
    let row = 0;
    writeTable(folder, { rows: 200, target: (score) => (row++ === 17 ? value : score.toFixed(3)) });
    await expect(prepare(folder, { task: 'regression' })).rejects.toMatchObject({
      code: 'target-too-large',
      place: { column: 'y', row: 17 },
      message: expect.stringContaining('3.4e38'),
    });
  },
);

test('an infinite one is missing, as it is in features', async () => {
  const folder = temporaryFolder();
  let row = 0;
  writeTable(folder, { rows: 200, target: (score) => (row++ === 17 ? 'inf' : score.toFixed(3)) });
  const { task, table } = await prepare(folder, { task: 'regression' });
  expect(task.withoutTarget).toBe(1);
  await table.close();
});
