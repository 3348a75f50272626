/** Shapes, bins and left-out outliers from end to end: the file does what the trainer did, from raw columns. */
import { expect, test } from 'vitest';
import { models } from '../../server/catalog/models.ts';
import { withoutOutliers } from '../../server/features/outlierRows.ts';
import { yeoJohnsonPower } from '../../server/features/shapes.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, expectParity, prepare, writeTable } from '../training/tables.ts';
import { allRows, settingsOf, tableOf } from './csvTable.ts';

const folder = temporaryFolder();
writeTable(folder, { ...churn, rows: 600 });

test.each([
  [
    'linear',
    { age: { transform: 'rank' }, income: { transform: 'yeo-johnson', scale: 'quantile' } },
    ['age', 'income'],
  ],
  ['linear', { age: { bins: { k: 4 } }, income: { bins: { k: 6, by: 'tree' }, outliers: 'drop' } }],
  [
    'gbdt',
    { age: { bins: { k: 5, by: 'width' } }, income: { scale: 'quantile', outliers: 'clip' } },
    ['age', 'plan'],
  ],
  ['linear', { plan: { encode: 'hash', max_levels: 3 }, joined: { timezone: 'Asia/Kathmandu' } }],
  ['forest', { age: { outliers: 'drop' }, income: { outliers: 'drop', transform: 'rank' } }],
] as const)('%s with %o', async (type, columns, ...numbers) => {
  const request = await prepare(folder, {
    features: {
      columns,
      cross: [['plan', 'city'], ...numbers],
    },
    model: { type, gbdt: { trees: 10 }, forest: { trees: 10 } },
    split: { valid: 0.2 },
  });
  await expectParity(request);
});

test('drop leaves out training rows beyond the fences of the training rows, no others', async () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, -50, '', 1000];
  const table = await tableOf(`x,y\n${values.map((value, i) => `${value},${i}`).join('\n')}`);
  const columns = [
    { name: 'x', kind: 'numeric' as const },
    { name: 'y', kind: 'numeric' as const },
  ];
  const settings = settingsOf({ columns: { x: { outliers: 'drop' } } });
  const kept = (rows: Int32Array) =>
    withoutOutliers({ table, columns, settings, needs: models.linear.needs }, rows);
  // Quartiles of rows 0 to 11: 2.5 and 7.5, so that the fences are -5 and 15.
  expect([...(await kept(allRows(table).subarray(0, 12)))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 11]);
  expect(await kept(Int32Array.of(9, 12))).toEqual(Int32Array.of(9, 12));
  await table.close();
});

test('yeo-johnson: a constant and no values keep their shape; normal values do too', () => {
  expect(yeoJohnsonPower(new Float32Array())).toBe(1);
  expect(yeoJohnsonPower(Float32Array.of(3, 3, 3))).toBe(1);
  expect(yeoJohnsonPower(Float32Array.of(-1, 0, 1))).toBeCloseTo(1, 6);
});
