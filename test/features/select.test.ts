import { expect, test } from 'vitest';
import { models } from '../../server/catalog/models.ts';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { fitFeatures } from '../../server/features/fitFeatures.ts';
import type { FeatureValues } from '../../server/features/matrix.ts';
import { correlationOf, informationOf, varianceOf } from '../../server/features/worth.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, writeTable } from '../training/tables.ts';

const numbers = (...values: number[]): FeatureValues => ({
  kind: 'numeric',
  values: Float32Array.from(values),
});
const codes = (...values: number[]): FeatureValues => ({ kind: 'category', codes: Uint16Array.from(values) });
const binary = (...values: number[]) => ({ target: Float64Array.from(values), task: 'binary' as const });

test('variance: of known numbers, of categories the chance that two rows differ', () => {
  expect(varianceOf(numbers(1, 2, Number.NaN, 3, 4))).toBeCloseTo(1.25, 12);
  expect(varianceOf(numbers(5, 5, 5))).toBe(0);
  expect(varianceOf(numbers(Number.NaN))).toBe(0);
  expect(varianceOf(codes(1, 1, 2, 2))).toBeCloseTo(0.5, 12);
});

test('correlation: as numpy.corrcoef, of categories the correlation ratio', () => {
  // numpy.corrcoef([1, 2, 3, 4, 6], [0, 0, 1, 0, 1])[0, 1]
  expect(correlationOf(numbers(1, 2, 3, 4, 6), binary(0, 0, 1, 0, 1))).toBeCloseTo(0.6169526972391244, 12);
  // Level means 1/3 and 1: between-sum 2/15 · … over total 6/5.
  expect(correlationOf(codes(1, 1, 1, 2, 2), binary(0, 1, 0, 1, 1)) ** 2).toBeCloseTo(
    (3 * (4 / 15) ** 2 + 2 * 0.4 ** 2) / 1.2,
    12,
  );
  expect(correlationOf(numbers(2, 2, 2), binary(0, 1, 0))).toBe(0);
});

test('mutual information: scikit-learn mutual_info_score less what chance gives', () => {
  // mutual_info_score([1, 1, 1, 2, 2, 2], [0, 0, 1, 1, 1, 1])
  const expected = 0.3182570841474;
  expect(informationOf(codes(1, 1, 1, 2, 2, 2), binary(0, 0, 1, 1, 1, 1))).toBeCloseTo(expected - 1 / 12, 9);
});

const folder = temporaryFolder();
writeTable(folder, churn);

async function select(settings: object, flipped: (side: number) => boolean = () => false) {
  const { table, columns, task, split, experiment } = await prepare(folder, {
    features: { select: settings },
  });
  const trainRows = Int32Array.from(split.assignment.keys()).filter((row) => split.assignment[row] === 1);
  const target = task.values.map((y, row) =>
    flipped(split.assignment[row] ?? 0) && row % 2 === 0 ? 1 - y : y,
  );
  const request = { table, columns, trainRows, target, task: task.task, needs: models.linear.needs, seed: 1 };
  const features = await fitFeatures({ ...request, settings: experiment.features });
  await table.close();
  return features.columns.map(({ name }) => name);
}

test.each(['correlation', 'mutual-info'])(
  '%s: what goes with the target stays, noise does not',
  async (method) => {
    const all = await select({ method: 'none' });
    expect(all).toContain('label');
    expect(await select({ method, keep: all.length })).toEqual(all);
    const kept = await select({ method, keep: 3 });
    expect(kept.length).toBe(3);
    expect(kept).toContain('age');
    expect(kept).not.toContain('label');
    expect((await select({ method, keep: '50%' })).length).toBe(Math.round(all.length / 2));
    expect(await select({ method, threshold: 1e9 })).toHaveLength(1);
  },
);

test('only training rows are asked: truths of all others change nothing, those of training do', async () => {
  const settings = { method: 'correlation', threshold: 0.1 };
  const usual = await select(settings);
  expect(await select(settings, (side) => side !== 1)).toEqual(usual);
  expect(await select(settings, (side) => side === 1)).not.toEqual(usual);
});

test.each(['variance', 'correlation', 'mutual-info'])(
  '%s: the file selects as the trainer does',
  async (method) => {
    for (const type of ['linear', 'gbdt']) {
      const request = await prepare(folder, {
        features: { select: { method, keep: 3 } },
        model: { type, gbdt: { trees: 20 } },
        split: { valid: 0.2 },
      });
      const { onnx, trainerScores } = await trainModel(request);
      const scorer = await openScorer(onnx);
      const rows = Int32Array.from({ length: request.table.rowCount }, (_, row) => row);
      const parity = await checkParity({ scorer, table: request.table, trainerScores, rows });
      expect(parity.maxAbsDifference).toBeLessThan(1e-5);
      await scorer.close();
      await request.table.close();
    }
  },
);
