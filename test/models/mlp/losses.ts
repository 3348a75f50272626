/** Losses of a tensor engine beside those of our own kernels, over the kinds of networks that there are. */
import { initialState } from '../../../server/models/mlp/network.ts';
import type { Loss, NetworkEngine, NetworkProblem } from '../../../server/models/mlp/problem.ts';
import { networkRows } from '../../../server/models/mlp/problem.ts';
import { epochRates } from '../../../server/models/mlp/schedule.ts';
import { wasmEngine } from '../../../server/models/mlp/wasmEngine.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { createTable } from './tables.ts';

type Activation = NetworkProblem['shape']['activation'];
type Kind = readonly [Loss, Activation, NetworkProblem['optimizer']['type']];

const rows = 300;
export const kinds: Kind[] = [
  ['binary', 'relu', 'adamw'],
  ['multiclass', 'gelu', 'adam'],
  ['squared', 'silu', 'sgd'],
  ['poisson', 'tanh', 'rmsprop'],
  ['pinball', 'relu', 'adamw'],
];

function problemOf([loss, activation, type]: Kind): NetworkProblem {
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

/**
 * The largest difference of three epochs' losses. Of the terms, which are about 1: their sum passes through zero under
 * Poisson.
 */
export async function distanceFromOurs(engine: NetworkEngine, kind: Kind): Promise<number> {
  const problem = problemOf(kind);
  const own = await lossesOf(wasmEngine(1), problem, 3);
  const other = await lossesOf(engine, problem, 3);
  const distances = own.map(
    (loss, epoch) => Math.abs((other[epoch] ?? 0) - loss) / Math.max(1, Math.abs(loss)),
  );
  return Math.max(...distances);
}
