import { describe, expect, test } from 'vitest';
import { forest } from '../../server/models/forest/forest.ts';
import { gbdt } from '../../server/models/gbdt/gbdt.ts';
import { settings as gbdtSettings } from './gbdt/settings.ts';
import { createTable } from './gbdt/tables.ts';
import { fitMlp, settings as mlpSettings } from './mlp/settings.ts';
import { createTable as createFilledTable } from './mlp/tables.ts';

/** A fit that is told after so many steps that its time is over. */
const endedAfter = (steps: number) => ({ isOver: (done: number) => done >= steps });

describe('a fit that is ended after some steps is the one that was asked for no more', () => {
  const { outputs, ...train } = createTable('binary', 1500, 4);
  const request = { task: 'binary' as const, outputs, train, seed: 1, threads: 1 };

  test('boosted trees', async () => {
    const grown = (trees: number) => gbdt.fit({ ...request, parameters: { ...gbdtSettings, trees } });
    const parameters = { ...gbdtSettings, trees: 60 };
    const ended = await gbdt.fit({ ...request, parameters, ...endedAfter(17) });
    expect(ended.iterations).toBe(17);
    expect(ended.predict(train.matrix)).toEqual((await grown(17)).predict(train.matrix));
    expect(ended.predict(train.matrix)).not.toEqual((await grown(60)).predict(train.matrix));
  });

  test('a forest, whose mean and rows out of the bag are those of the trees that were grown', async () => {
    const parameters = { trees: 30, min_leaf: 1, max_features: 'sqrt', oob: true } as const;
    const small = await forest.fit({ ...request, parameters: { ...parameters, trees: 12 } });
    const ended = await forest.fit({ ...request, parameters, ...endedAfter(12) });
    expect(ended.iterations).toBe(12);
    expect(ended.predict(train.matrix)).toEqual(small.predict(train.matrix));
    expect(ended.outOfBag).toEqual(small.outOfBag);
    expect(ended.parameters['oob_score']).toBe(small.parameters['oob_score']);
  });

  test('a network, on the course of the epochs that it was to have', async () => {
    const { outputs: width, ...rows } = createFilledTable('binary', 400, 3);
    const own = { task: 'binary' as const, outputs: width, train: rows };
    const short = await fitMlp({ ...own, parameters: { ...mlpSettings, epochs: 2, courseEpochs: 5 } });
    const ended = await fitMlp({ ...own, parameters: mlpSettings, ...endedAfter(2) });
    expect(ended.iterations).toBe(2);
    expect(ended.predict(rows.matrix)).toEqual(short.predict(rows.matrix));
  });
});

test('of an ended fit the best step is kept, as early stopping would', async () => {
  const { outputs, ...train } = createTable('binary', 1500, 4);
  const parameters = { ...gbdtSettings, trees: 60 };
  let looks = 0;
  // Best at the third look.
  const score = () => [1, 2, 9, 4][looks++] ?? 3;
  const earlyStop = { patience: 50, minDelta: 0, restoreBest: true, score };
  const request = { task: 'binary' as const, outputs, train, valid: train, seed: 1, threads: 1 };
  const ended = await gbdt.fit({ ...request, parameters, earlyStop, ...endedAfter(8) });
  expect(ended.iterations).toBe(3);
  expect(looks).toBe(8);
});

test('a first step is taken whatever the clock says', async () => {
  const { outputs, ...train } = createTable('regression', 300, 4);
  const request = { task: 'regression' as const, outputs, train, seed: 1, threads: 1 };
  const ended = await gbdt.fit({ ...request, parameters: gbdtSettings, isOver: () => true });
  expect(ended.iterations).toBe(1);
});

test('a fit that is broken off saves what it has, and nothing where nothing is to be saved', async () => {
  const { outputs, ...train } = createTable('binary', 1500, 4);
  const request = { task: 'binary' as const, outputs, train, seed: 1, threads: 1 };
  const parameters = { ...gbdtSettings, trees: 60 };
  const whole = await gbdt.fit({ ...request, parameters });
  for (const every of [1000, Number.POSITIVE_INFINITY]) {
    const saved: Uint8Array[] = [];
    const stop = new AbortController();
    const steps: number[] = [];
    const port = { every, load: () => saved.at(-1), save: (state: Uint8Array) => void saved.push(state) };
    const killed = gbdt.fit({
      ...request,
      parameters,
      checkpoint: port,
      signal: stop.signal,
      onProgress: ({ done }) => void (done === 23 && stop.abort()),
    });
    await expect(killed).rejects.toMatchObject({ code: 'cancelled' });
    const onProgress = ({ done }: { done: number }) => void steps.push(done);
    const resumed = await gbdt.fit({ ...request, parameters, checkpoint: port, onProgress });
    expect(steps[0]).toBe(every === 1000 ? 24 : 1);
    expect(resumed.predict(train.matrix)).toEqual(whole.predict(train.matrix));
  }
});
