/** Engines beside each other, and what happens when one of them fails in the middle. */
import { describe, expect, test } from 'vitest';
import { createMlp } from '../../../server/models/mlp/mlp.ts';
import { initialState } from '../../../server/models/mlp/network.ts';
import type { Loss, NetworkEngine, NetworkProblem } from '../../../server/models/mlp/problem.ts';
import { networkRows } from '../../../server/models/mlp/problem.ts';
import { epochRates } from '../../../server/models/mlp/schedule.ts';
import { tensorEngine } from '../../../server/models/mlp/tensorEngine.ts';
import { wasmEngine } from '../../../server/models/mlp/wasmEngine.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { rounds } from '../../rounds.ts';
import { fitMlp, settings } from './settings.ts';
import { provideGpu } from './softwareGpu.ts';
import { createTable } from './tables.ts';

const rows = 300;
const cases: readonly [Loss, 'relu' | 'gelu' | 'silu' | 'tanh', NetworkProblem['optimizer']['type']][] = [
  ['binary', 'relu', 'adamw'],
  ['multiclass', 'gelu', 'adam'],
  ['squared', 'silu', 'sgd'],
  ['poisson', 'tanh', 'rmsprop'],
  ['pinball', 'relu', 'adamw'],
];

function problemOf(
  loss: Loss,
  activation: NetworkProblem['shape']['activation'],
  type: NetworkProblem['optimizer']['type'],
): NetworkProblem {
  const task = loss === 'binary' ? 'binary' : loss === 'multiclass' ? 'multiclass' : 'count';
  const { matrix, target, outputs } = createTable(task, rows, 4);
  const shape = {
    numeric: 5,
    embeddings: [
      { levels: 5, width: 2 },
      { levels: 41, width: 6 },
    ],
    hidden: [12, 9],
    outputs: task === 'multiclass' ? outputs : 1,
    activation,
    batchNorm: activation !== 'relu',
  };
  return {
    shape,
    rows: networkRows(matrix),
    loss,
    quantile: 0.8,
    target: Float32Array.from(target, (y) => Math.min(y, 9)),
    weight: Float32Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 1.5 : 0.5)),
    batch: 64,
    dropout: 0.2,
    smoothing: 0.1,
    focal: false,
    optimizer: { type, momentum: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    l1: 1e-3,
    l2: 1e-3,
    clip: 1,
    seed: 5,
  };
}

async function lossesOf(engine: NetworkEngine, problem: NetworkProblem, epochs: number): Promise<number[]> {
  const trainer = await engine.start(problem, initialState(problem.shape, 1, []));
  const course = { schedule: { type: 'constant', warmup: 0 }, lr: 0.003, epochs, stepsPerEpoch: 5 } as const;
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = new Uint32Array(rows).map((_, row) => row);
    createRandom(1, epoch).shuffle(order);
    const rates = epochRates(course, { steps: epoch * 5, falls: 0, beta1: 0.9, beta2: 0.999 });
    losses.push((await trainer.runEpoch({ order, ...rates })).loss);
  }
  await trainer.close();
  return losses;
}

const hasGpu = provideGpu();

// A GPU in software takes five seconds a case.
describe.each([
  { id: 'cpu', cases },
  { id: 'webgpu', cases: cases.slice(0, rounds(1, cases.length)) },
] as const)('$id', ({ id, cases }) => {
  test.runIf(id === 'cpu' || hasGpu).each(cases)(
    'losses of %s with %s and %s equal those of our kernels to six digits',
    async (...kind) => {
      const problem = problemOf(...kind);
      const own = await lossesOf(wasmEngine(1), problem, 3);
      const other = await lossesOf(tensorEngine(id), problem, 3);
      own.forEach((loss, epoch) => void expect(Math.abs((other[epoch] ?? 0) / loss - 1)).toBeLessThan(2e-6));
    },
  );
});

describe('an engine that fails', () => {
  const { outputs, ...train } = createTable('binary', rows, 6);
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
