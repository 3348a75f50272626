/** Mixup against its definition in numpy, by both kinds of engine, and its shares against SciPy's beta distribution. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { betaShare, drawMix } from '../../../server/models/mlp/mixup.ts';
import type { Loss, NetworkEngine, NetworkProblem } from '../../../server/models/mlp/problem.ts';
import { tensorEngine } from '../../../server/models/mlp/tensorEngine.ts';
import { wasmEngine } from '../../../server/models/mlp/wasmEngine.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { fitMlp, settings } from './settings.ts';
import { createTable } from './tables.ts';

/** Written by oracle/mixup.py. */
const oracle: {
  steps: { loss: Loss; mean: number; parameters: number[] }[];
  beta: { a: number; cdf: [number, number][] }[];
} = JSON.parse(readFileSync(new URL('../oracle/mixup.json', import.meta.url), 'utf8'));

/** As in the oracle's script. */
const rows = Array.from({ length: 12 }, (_, row) => row);
const targets: Readonly<Record<Loss, (row: number) => number>> = {
  binary: (row) => (row % 3 === 0 ? 1 : 0),
  multiclass: (row) => row % 3,
  squared: (row) => Math.cos(row),
  poisson: (row) => row % 4,
  pinball: (row) => Math.cos(row),
};
const order = Uint32Array.from(rows, (row) => (row * 7) % 12);
const partners = Uint32Array.from([
  ...order.slice(0, 8).reverse(),
  ...order.slice(11),
  ...order.slice(8, 11),
]);
const epoch = {
  order,
  rates: new Float32Array(2).fill(0.1),
  firstCorrections: new Float32Array(2).fill(1),
  secondCorrections: new Float32Array(2).fill(1),
  mix: { partners, shares: Float32Array.of(0.75, 0.3125) },
};

function problemOf(loss: Loss): NetworkProblem {
  return {
    shape: {
      numeric: 2,
      embeddings: [{ levels: 3, width: 2 }],
      hidden: [4],
      outputs: loss === 'multiclass' ? 3 : 1,
      activation: 'tanh',
      batchNorm: false,
    },
    rows: {
      rows: 12,
      numeric: [
        Float32Array.from(rows, (row) => Math.sin(row + 1)),
        Float32Array.from(rows, (row) => Math.cos(2 * row)),
      ],
      codes: [Uint16Array.from(rows, (row) => (row * 5) % 3)],
    },
    loss,
    quantile: 0.8,
    target: Float32Array.from(rows, targets[loss]),
    weight: Float32Array.from(rows, (row) => (row % 2 === 0 ? 1.5 : 0.5)),
    batch: 8,
    dropout: 0,
    smoothing: 0,
    focal: false,
    optimizer: { type: 'sgd', momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    l1: 0,
    l2: 0,
    mixes: true,
    clip: 0,
    seed: 1,
  };
}

async function learn(engine: NetworkEngine, problem: NetworkProblem, count: number) {
  const parameters = Float32Array.from({ length: count }, (_, i) => 0.3 * Math.sin(i + 1));
  const moments = () => new Float32Array(count);
  const state = { parameters, first: moments(), second: moments(), statistics: new Float32Array(), steps: 0 };
  const trainer = await engine.start(problem, state);
  const result = await trainer.runEpoch(epoch);
  await trainer.close();
  return result;
}

describe.each([
  ['our kernels, one thread', wasmEngine(1)],
  ['our kernels, three threads', wasmEngine(3)],
  ['TensorFlow.js', tensorEngine('cpu')],
])('two steps of gradient descent on mixed rows, by %s', (_, engine) => {
  test.each(oracle.steps)('$loss', async ({ loss, mean, parameters }) => {
    const { loss: own, state } = await learn(engine, problemOf(loss), parameters.length);
    expect(own).toBeCloseTo(mean, 5);
    const differences = parameters.map((value, i) => Math.abs(value - (state.parameters[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });
});

test.each(oracle.beta)('shares are of Beta($a, $a)', ({ a, cdf }) => {
  const random = createRandom(3, 'beta', a);
  const draws = Array.from({ length: 20_000 }, () => betaShare(random, a));
  // 1.63 / √n is passed by one sample in a hundred (Kolmogorov).
  for (const [at, share] of cdf)
    expect(Math.abs(draws.filter((draw) => draw <= at).length / draws.length - share)).toBeLessThan(0.0115);
});

test('shares of the weakest mixing are shares, not missing numbers', () => {
  const random = createRandom(3, 'weak');
  const draws = Array.from({ length: 2000 }, () => betaShare(random, 1e-4));
  expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
});

test('partners are the rows of the same step, and another seed or epoch mixes others', () => {
  const order = Uint32Array.from({ length: 70 }, (_, row) => row);
  const options = { strength: 0.4, batch: 32, seed: 1, epoch: 0 };
  const { partners, shares } = drawMix(order, options);
  expect(shares).toHaveLength(3);
  for (const from of [0, 32, 64])
    expect(partners.slice(from, from + 32).sort()).toEqual(order.slice(from, from + 32));
  expect(drawMix(order, options)).toEqual({ partners, shares });
  for (const other of [{ seed: 2 }, { epoch: 1 }])
    expect(drawMix(order, { ...options, ...other }).shares).not.toEqual(shares);
});

describe('a network that is trained with mixup', () => {
  const { outputs, ...train } = createTable('binary', 600, 5);
  const parameters = { ...settings, regularize: { grad_clip: 1, mixup: 0.4 }, dropout: 0.1, batch: 256 };
  const request = { task: 'binary' as const, outputs, train, parameters };

  test('is the same on one thread and on three, and after a kill', async () => {
    const whole = await fitMlp(request);
    const saved: Uint8Array[] = [];
    const save = (state: Uint8Array) => void saved.push(state);
    await fitMlp({ ...request, checkpoint: { load: () => undefined, save, every: 'epoch' } });
    const checkpoint = { load: () => saved[1], save: () => {}, every: 'epoch' as const };
    for (const other of [await fitMlp({ ...request, threads: 3 }), await fitMlp({ ...request, checkpoint })])
      expect(other.predict(train.matrix)).toEqual(whole.predict(train.matrix));
  });

  test('differs from one without, and goes on from none of its checkpoints', async () => {
    const plain = { ...parameters, regularize: { grad_clip: 1 } };
    const without = await fitMlp({ ...request, parameters: plain });
    expect(without.predict(train.matrix)).not.toEqual((await fitMlp(request)).predict(train.matrix));
    const saved: Uint8Array[] = [];
    const save = (state: Uint8Array) => void saved.push(state);
    await fitMlp({ ...request, checkpoint: { load: () => undefined, save, every: 'epoch' } });
    const checkpoint = { load: () => saved.at(-1), save: () => {}, every: 'epoch' as const };
    const own = await fitMlp({ ...request, parameters: plain, checkpoint });
    expect(own.predict(train.matrix)).toEqual(without.predict(train.matrix));
  });
});
