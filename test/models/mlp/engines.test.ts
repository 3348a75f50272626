/** Engines beside each other, and what happens when one of them fails in the middle. */
import { describe, expect, test } from 'vitest';
import { tfjsNodeWithAddon } from '../../../server/engines/installed.ts';
import { createMlp } from '../../../server/models/mlp/mlp.ts';
import type { NetworkEngine } from '../../../server/models/mlp/problem.ts';
import { tensorEngine } from '../../../server/models/mlp/tensorEngine.ts';
import { wasmEngine } from '../../../server/models/mlp/wasmEngine.ts';
import { rounds } from '../../rounds.ts';
import { distanceFromOurs, kinds } from './losses.ts';
import { fitMlp, settings } from './settings.ts';
import { provideGpu } from './softwareGpu.ts';
import { createTable } from './tables.ts';

const hasGpu = provideGpu();

// A GPU in software takes five seconds a case.
describe.each([
  { id: 'cpu', isHere: true, cases: kinds },
  { id: 'webgpu', isHere: hasGpu, cases: kinds.slice(0, rounds(1, kinds.length)) },
  { id: 'tensorflow', isHere: tfjsNodeWithAddon() !== undefined, cases: kinds },
] as const)('$id', ({ id, isHere, cases }) => {
  test.runIf(isHere).each(cases)(
    'losses of %s with %s and %s equal those of our kernels to six digits',
    async (...kind) => void expect(await distanceFromOurs(tensorEngine(id), kind)).toBeLessThan(1e-6),
  );
});

describe('an engine that fails', () => {
  const { outputs, ...train } = createTable('binary', 300, 6);
  const request = { task: 'binary' as const, outputs, train, parameters: settings, seed: 1, threads: 1 };

  /** Two epochs of our kernels under another name, then the steps of `last`. */
  const failing = (last: NetworkEngine): NetworkEngine => ({
    id: 'webgpu',
    async start(problem, state) {
      const own = await wasmEngine(1).start(problem, state);
      const other = await last.start(problem, state);
      let done = 0;
      return {
        runEpoch: (epoch, signal) => (done++ < 2 ? own : other).runEpoch(epoch, signal),
        async close() {
          await own.close();
          await other.close();
        },
      };
    },
  });
  const learn = (...engines: NetworkEngine[]) =>
    createMlp(async () => ({ engines, deviceOf: () => 'test', reason: 'test' })).fit(request);
  const hangs = tensorEngine('webgpu', {
    silence: 0.4,
    entry: new URL('./hangingWorker.mjs', import.meta.url),
  });

  test('a hang is seen, and the next engine goes on from the last epoch to the same bits', async () => {
    const model = await learn(failing(hangs), wasmEngine(1));
    expect(model.warnings).toEqual([
      'The engine WebGPU failed: it took no step for 0.4 seconds. wasm took over after epoch 2.',
    ]);
    expect(model.device?.engine).toBe('wasm');
    expect(model.predict(train.matrix)).toEqual((await fitMlp(request)).predict(train.matrix));
  });

  test('a process that dies in the middle of an epoch is seen, and the next engine goes on', async () => {
    const dies = tensorEngine('webgpu', { entry: new URL('./dyingWorker.mjs', import.meta.url) });
    const model = await learn(failing(dies), wasmEngine(1));
    expect(model.warnings).toEqual([
      'The engine WebGPU failed: its process ended with SIGKILL. wasm took over after epoch 2.',
    ]);
    expect(model.predict(train.matrix)).toEqual((await fitMlp(request)).predict(train.matrix));
  });

  test('one that fails without a word in the middle of an epoch, as a lost GPU does, is told and replaced', async () => {
    const muted = tensorEngine('webgpu', { entry: new URL('./mutedWorker.mjs', import.meta.url) });
    const model = await learn(failing(muted), wasmEngine(1));
    expect(model.warnings).toEqual([
      'The engine WebGPU failed: it gave no reason. wasm took over after epoch 2.',
    ]);
    expect(model.predict(train.matrix)).toEqual((await fitMlp(request)).predict(train.matrix));
  });

  test.runIf(hasGpu)(
    'a GPU that is lost in the second epoch is told, and our own kernels go on from the first',
    async () => {
      const lost = tensorEngine('webgpu', { entry: new URL('./lostWorker.mjs', import.meta.url) });
      const model = await learn(lost, wasmEngine(1));
      expect(model.warnings).toEqual([
        expect.stringMatching(
          /^The engine WebGPU failed: its device was lost \(.+\)\. wasm took over after epoch 1\.$/,
        ),
      ]);
    },
  );

  test('one that cannot start is passed over, and the last one is told', async () => {
    const broken = tensorEngine('webgpu', { entry: new URL('./absent.mjs', import.meta.url) });
    const model = await learn(broken, wasmEngine(1));
    expect(model.warnings?.[0]).toMatch(/its process ended with 1\. wasm took over after epoch 0/);
    await expect(learn(broken)).rejects.toMatchObject({ code: 'engine-failed' });
  });
});
