/** Selection by models against scikit-learn (selectByModel.py), and in the file. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FittedFeatures } from '../../server/features/fittedFeatures.ts';
import { upperTail } from '../../server/training/boruta.ts';
import { effects, lassoStrength, selectByModel, standardise } from '../../server/training/selectByModel.ts';
import { matrixOf } from '../models/matrix.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, expectParity, prepare, writeTable } from './tables.ts';

const oracle: {
  columns: number[][];
  value: number[];
  label: number[];
  strength: Record<'regression' | 'binary', number>;
  l1: Record<'regression' | 'binary', number[]>;
  rfe: number[];
} = JSON.parse(readFileSync(new URL('selectByModel.json', import.meta.url), 'utf8'));
const matrix = matrixOf(oracle.columns);
const judges = {
  regression: { task: 'regression', outputs: 1, metric: 'rmse', seed: 1, threads: 1 },
  binary: { task: 'binary', outputs: 2, metric: 'roc_auc', seed: 1, threads: 1 },
} as const;
const targets = { regression: Float64Array.from(oracle.value), binary: Float64Array.from(oracle.label) };

const features: FittedFeatures = {
  columns: matrix.columns,
  inputs: [],
  derived: [],
  transform: async () => matrix,
  trainingMatrix: async () => matrix,
  appendTo: () => ({}),
};
async function select(task: 'regression' | 'binary', settings: { method: string; keep?: number }) {
  const asked = { target: targets[task], judge: judges[task] };
  const { columns } = await selectByModel(features, settings, asked);
  return columns.map(({ name }) => Number(name.slice(1)));
}

test.each(['regression', 'binary'] as const)('l1 of a %s task: coefficients and penalty', async (task) => {
  const rows = { matrix, target: targets[task] };
  const strength = lassoStrength(rows, judges[task]);
  expect(strength).toBeCloseTo(oracle.strength[task], 9);
  const found = await effects(standardise(rows), judges[task], { penalty: 'l1', strength });
  found.forEach((effect, index) => void expect(effect).toBeCloseTo(oracle.l1[task][index] ?? Number.NaN, 3));
  const kept = oracle.l1[task].flatMap((size, index) => (size > 0 ? [index] : []));
  expect(await select(task, { method: 'l1' })).toEqual(kept);
});

test('rfe keeps what scikit-learn keeps, half of all where nothing is said', async () => {
  expect(await select('binary', { method: 'rfe', keep: 2 })).toEqual(oracle.rfe);
  expect(await select('binary', { method: 'rfe' })).toHaveLength(5);
});

test.each(['regression', 'binary'] as const)(
  'permutation of a %s task: the signal without noise',
  async (task) => {
    expect(await select(task, { method: 'permutation', keep: 2 })).toEqual([0, 3]);
    const kept = await select(task, { method: 'permutation' });
    expect(kept).toEqual(expect.arrayContaining([0, 3]));
    expect(kept.length).toBeLessThan(6);
  },
);

test('boruta keeps what BorutaPy keeps, by a test whose tail is that of a fair coin', async () => {
  const kept: Record<'regression' | 'binary', number[]> = JSON.parse(
    readFileSync(new URL('borutaKept.json', import.meta.url), 'utf8'),
  );
  expect(await select('binary', { method: 'boruta' })).toEqual(kept.binary);
  expect(await select('binary', { method: 'boruta', keep: 2 })).toHaveLength(2);
  // 9, 10 or 11 heads of 11: 1, 11 and 55 of 2,048.
  expect(upperTail(9, 11)).toBeCloseTo(67 / 2048, 12);
});

const folder = temporaryFolder();
writeTable(folder, { ...churn, rows: 600 });

test.each(['l1', 'boruta'])('%s: the file selects as the trainer does, from raw columns', async (method) => {
  const request = await prepare(folder, {
    features: { select: { method, keep: 3 } },
    model: { type: 'linear' },
    split: { valid: 0.2 },
  });
  await expectParity(request);
});
