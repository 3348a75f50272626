import { describe, expect, test } from 'vitest';
import { divideTime } from '../../server/training/timeBudget.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, writeTable } from './tables.ts';

/** A clock that is moved by hand. */
function clockOf(seconds: number, text = `${seconds}s`) {
  const clock = { now: 0 };
  return { clock, budget: { text, seconds, spent: () => clock.now } };
}

/** Checkpoints in memory. */
function memory() {
  const store = new Map<string, Uint8Array>();
  return (name: string) => ({
    every: 5,
    load: () => store.get(name),
    save: (state: Uint8Array) => void store.set(name, state.slice()),
  });
}

describe('the budget among fits', () => {
  test('is divided by rows, and what one does not use the later ones have', () => {
    const { clock, budget } = clockOf(100);
    const limits = divideTime({ budget, rows: [300, 300, 400] });
    const first = limits.next('fold 1');
    clock.now = 29.9;
    expect(first.isOver(5, 50)).toBe(false);
    clock.now = 30;
    expect(first.isOver(6, 50)).toBe(true);
    // 70 seconds for 700 rows.
    const second = limits.next('fold 2');
    clock.now = 40;
    expect(second.isOver(50, 50)).toBe(false);
    // It needed ten of its thirty: sixty are left for the last.
    const last = limits.next('final');
    clock.now = 99;
    expect(last.isOver(20, 50)).toBe(false);
    clock.now = 100;
    expect(last.isOver(21, 50)).toBe(true);
    expect(limits.told?.()).toBe(
      '`train.budget.time` (100s) ended 2 of 3 fits, one of them after 21 of at most 50 steps: the model is what early stopping would have kept by then. With a larger budget it may be better.',
    );
  });

  test('that is used up leaves each fit its first step', () => {
    const { clock, budget } = clockOf(10);
    clock.now = 12;
    const limits = divideTime({ budget, rows: [10, 10] });
    expect(limits.next('a').isOver(1, 9)).toBe(true);
    expect(limits.next('b').isOver(1, 9)).toBe(true);
  });

  test('nothing is told where every fit came to its own end', () => {
    const { budget } = clockOf(10);
    const limits = divideTime({ budget, rows: [10] });
    expect(limits.next('a').isOver(5, 9)).toBe(false);
    expect(limits.told?.()).toBeUndefined();
  });
});

describe('a model whose training is ended by the budget', () => {
  const folder = temporaryFolder();
  writeTable(folder, churn);
  const model = { type: 'gbdt', gbdt: { trees: 60, learning_rate: 0.05 } };
  const settings = { model, train: { early_stop: 50 }, split: { cv: 2 } };

  test('is told, and an attempt that goes on later ends where the first one did', async () => {
    const request = await prepare(folder, settings);
    const checkpoint = memory();
    /** The clock moves with the trees, so that every second of it is one. */
    const attempt = async (seconds: number, text: string) => {
      const { clock, budget } = clockOf(seconds, text);
      return trainModel({
        ...request,
        checkpoint,
        limits: (rows) => divideTime({ budget, rows, checkpoint: (part) => checkpoint(`main: ${part}`) }),
        onProgress: () => void clock.now++,
      });
    };
    const first = await attempt(60, '60s');
    expect(first.warnings).toEqual([expect.stringMatching(/^`train.budget.time` \(60s\) ended 2 of 3 fits/)]);
    // Half of the rows twice, then all: a quarter of the time each. The last has as many trees as they had, and time to spare.
    expect(first.iterations).toBeLessThanOrEqual(15);
    const second = await attempt(1e6, '60s');
    expect(Buffer.from(second.onnx).equals(first.onnx)).toBe(true);
    expect(second.warnings).toEqual(first.warnings);
    // With another budget it goes on: to what a model without any budget is.
    const third = await attempt(1e6, '12d');
    expect(third.warnings).toEqual([]);
    expect(Buffer.from(third.onnx).equals((await trainModel(request)).onnx)).toBe(true);
    await request.table.close();
  });

  test('folds that ended early decide how long the model is trained, also where nothing else stops', async () => {
    const request = await prepare(folder, { ...settings, train: { early_stop: false } });
    const { clock, budget } = clockOf(60);
    const trained = await trainModel({
      ...request,
      limits: (rows) => divideTime({ budget, rows }),
      onProgress({ part }) {
        if (part < 3) clock.now++;
      },
    });
    expect(trained.iterations).toBe(15);
    await request.table.close();
  });
});
