import { describe, expect, test } from 'vitest';
import { positionsOf, valid } from '../../server/data/split/split.ts';
import { rankAuc } from '../../server/statistics/rankAuc.ts';
import { scoreSetting } from '../../server/training/scoreSetting.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, writeTable } from './tables.ts';

describe('a trial of a search', () => {
  const folder = temporaryFolder();
  writeTable(folder, { ...churn, rows: 600, seed: 9 });

  test.each([
    ['log loss, as nothing is written', { patience: 6 }],
    ['what is written', { patience: 6, metric: 'brier' }],
  ])('stops where the run would, by %s, and is judged by the primary metric', async (_, earlyStop) => {
    const request = await prepare(folder, {
      metric: 'roc_auc',
      model: { type: 'gbdt', gbdt: { trees: 100, learning_rate: 0.4 }, calibrate: 'none' },
      train: { early_stop: earlyStop },
      split: { valid: 0.2 },
    });
    const looks: number[] = [];
    const scored = await scoreSetting({ ...request, look: (_point, score) => looks.push(score) < 0 });
    const run = await trainModel(request);
    const held = positionsOf(request.split.assignment, valid);
    const scores = await run.trainerScores(held);
    const positive = Uint8Array.from(held, (row) => request.task.values[row] ?? 0);
    expect(scored.metric).toBe('roc_auc');
    expect(scored.score).toBeCloseTo(rankAuc(scores, positive), 12);
    expect(looks[run.iterations - 1]).toBeCloseTo(scored.score, 12);
    // Stopped on the areas themselves it would have ended elsewhere.
    expect(looks.indexOf(Math.max(...looks)) + 1).not.toBe(run.iterations);
    await request.table.close();
  });
});
