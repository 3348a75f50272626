/** Measures an engine: seconds a step of a small and of a large network, on rows without meaning. */
import { type EngineSpeed, probeOperations } from '../../engines/choose.ts';
import { createRandom } from '../../statistics/random.ts';
import { initialState, layOut, type NetworkShape, operationsOfRow } from './network.ts';
import type { NetworkEngine, NetworkProblem } from './problem.ts';

const networks = {
  small: { numeric: 30, hidden: [128, 128], batch: 256, steps: 40 },
  large: { numeric: 128, hidden: [768, 768], batch: 480, steps: 4 },
};

/** @throws ModelwrightError engine-failed */
export async function measureEngine(engine: NetworkEngine): Promise<EngineSpeed> {
  return { small: await measure(engine, 'small'), large: await measure(engine, 'large') };
}

async function measure(engine: NetworkEngine, size: keyof typeof networks): Promise<number> {
  const { problem, steps } = createProblem(size);
  const state = initialState(problem.shape, 1, [0]);
  const trainer = await engine.start(problem, state);
  try {
    const order = new Uint32Array(problem.rows.rows).map((_, row) => row);
    const ones = new Float32Array(steps).fill(1);
    const rates = ones.map(() => 1e-3);
    const epoch = { order, rates, firstCorrections: ones, secondCorrections: ones };
    // The first compiles and warms up.
    await trainer.runEpoch(epoch);
    const start = performance.now();
    await trainer.runEpoch(epoch);
    const seconds = (performance.now() - start) / 1000 / steps;
    const operations = operationsOfRow(layOut(problem.shape)) * problem.batch;
    return seconds * (probeOperations[size] / operations);
  } finally {
    await trainer.close();
  }
}

function createProblem(size: keyof typeof networks): { problem: NetworkProblem; steps: number } {
  const { numeric, hidden, batch, steps } = networks[size];
  const random = createRandom(1, 'probe');
  const rows = batch * steps;
  const shape: NetworkShape = {
    numeric,
    embeddings: [],
    hidden,
    outputs: 1,
    activation: 'relu',
    batchNorm: false,
  };
  const problem: NetworkProblem = {
    shape,
    rows: {
      rows,
      numeric: Array.from({ length: numeric }, () =>
        Float32Array.from({ length: rows }, () => random.normal()),
      ),
      codes: [],
    },
    loss: 'binary',
    quantile: 0.5,
    target: Float32Array.from({ length: rows }, () => random.int(2)),
    batch,
    dropout: 0,
    smoothing: 0,
    focal: false,
    optimizer: { type: 'adam', momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    l1: 0,
    l2: 0,
    clip: 1,
    seed: 1,
  };
  return { problem, steps };
}
