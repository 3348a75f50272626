import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { computeMetric, computeMetrics, prepareMetrics } from '../../server/evaluation/metrics.ts';
import type { EvaluationTask } from '../../server/evaluation/scoredRows.ts';
import { binaryRows, scoredRows } from './rows.ts';

interface Case {
  name: string;
  task: EvaluationTask;
  classes: string[];
  target: number[];
  prediction: number[];
  scores: number[][];
  expected: Record<string, number>;
}

/** Written by oracle/metrics.py with scikit-learn. */
const cases: Case[] = JSON.parse(readFileSync(new URL('oracle/metrics.json', import.meta.url), 'utf8'));

describe('metrics equal scikit-learn', () => {
  for (const { name, expected, ...rows } of cases) {
    test(`${rows.task}: ${name}`, () => {
      const actual = computeMetrics(Object.keys(expected), scoredRows(rows));
      for (const [metric, value] of Object.entries(expected)) {
        expect(Math.abs((actual[metric] ?? Number.NaN) - value), metric).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(value)),
        );
      }
    });
  }
});

test('a weight of n is the row standing n times', () => {
  const names = ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'ece', 'f1', 'mcc', 'recall@3'];
  const rows = binaryRows([0, 1, 0, 1, 1, 0, 0], [0.1, 0.4, 0.4, 0.8, 0.3, 0.6, 0.2]);
  const weights = [2, 0, 3, 1, 2, 1, 4];
  const repeated = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
  const copies = binaryRows(
    repeated.map((row) => rows.target[row] ?? 0),
    repeated.map((row) => rows.scores[0]?.[row] ?? 0),
  );
  const weighted = prepareMetrics(names, rows)(Uint8Array.from(weights), repeated.length);
  const expected = computeMetrics(names, copies);
  names.forEach((name, index) => {
    expect(weighted[index], name).toBeCloseTo(expected[name] ?? Number.NaN, 12);
  });
});

test('ranking metrics of one class are undefined', () => {
  const rows = binaryRows([0, 0, 0], [0.1, 0.2, 0.3]);
  expect(computeMetric('roc_auc', rows)).toBeNaN();
  expect(computeMetric('pr_auc', rows)).toBeNaN();
  expect(computeMetric('accuracy', rows)).toBe(1);
});

test('no rows have no metric', () => {
  for (const name of ['roc_auc', 'log_loss', 'accuracy', 'ece'])
    expect(computeMetric(name, binaryRows([], []))).toBeNaN();
});

test('tied rows at the edge of the top k count by their share', () => {
  const rows = binaryRows([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1]);
  expect(computeMetric('recall@2', rows)).toBeCloseTo(0.75, 12);
  expect(computeMetric('precision@2', rows)).toBeCloseTo(0.75, 12);
});

test('a metric of another task is refused by name', () => {
  expect(() => computeMetric('rmse', binaryRows([0, 1], [0, 1]))).toThrow(
    '`rmse` is not a metric of binary tasks.',
  );
});
