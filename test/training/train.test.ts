import { describe, expect, test } from 'vitest';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { readModel } from '../../server/onnx/model.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { prepare, type TableOptions, writeTable } from './tables.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Targets by task and type, with the labels that the file must give, in class order. */
const targets: Record<string, { target: TableOptions['target']; labels: string[] }> = {
  'binary, text': {
    target: (score, u) => (u < sigmoid(score - 1) ? "yes 'sure'" : 'no'),
    labels: ['no', "yes 'sure'"],
  },
  'binary, integers': { target: (score, u) => (u < sigmoid(score - 1) ? '1' : '0'), labels: ['0', '1'] },
  'binary, booleans': {
    target: (score, u) => (u < sigmoid(score - 1) ? 'true' : 'false'),
    labels: ['false', 'true'],
  },
  'multiclass, text': {
    target: (score, u) => (score + u > 1 ? 'c' : score + u > 0 ? 'b' : 'a'),
    labels: ['a', 'b', 'c'],
  },
  'multiclass, integers': {
    target: (score, u) => (score + u > 1 ? '10' : score + u > 0 ? '2' : '-1'),
    labels: ['-1', '2', '10'],
  },
  regression: { target: (score, u) => (100 * score + u).toFixed(3), labels: [] },
};
const small = { gbdt: { trees: 40, learning_rate: 0.2 } };

describe.each(Object.entries(targets))('%s', (_, { target, labels }) => {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 900, target });
  test.each(['dummy', 'linear', 'gbdt'])(
    '%s: the file agrees with the trainer from the raw columns',
    async (type) => {
      const request = await prepare(folder, { model: { type, ...small }, split: { valid: 0.2 } });
      const model = await trainModel(request);
      const scorer = await openScorer(model.onnx);
      const rows = Int32Array.from({ length: request.table.rowCount }, (_, row) => row);
      const parity = await checkParity({
        scorer,
        table: request.table,
        trainerScores: model.trainerScores,
        rows,
      });
      expect(parity.maxAbsDifference).toBeLessThan(1e-5);
      const { scores, labels: found } = await scorer.scoreRaw(request.table, rows);
      if (labels.length > 0) {
        const classes: unknown[] = JSON.parse(readModel(model.onnx).metadata['classes'] ?? '[]');
        expect(classes.map(String)).toEqual(labels);
        expect(found).toEqual(expectedLabels(scores, labels.length, model.threshold));
      }
      await scorer.close();
      await request.table.close();
    },
  );
});

/** As a reader of the predictions file would decide. */
function expectedLabels(scores: Float32Array, classes: number, threshold = Number.NaN): Int32Array {
  if (classes === 2) return Int32Array.from(scores, (score) => (score >= threshold ? 1 : 0));
  return Int32Array.from({ length: scores.length / classes }, (_, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
