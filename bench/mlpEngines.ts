/**
 * Engines beside each other on the same network and seed: the seconds of the epochs after the first on all rows, and the
 * losses of three epochs on few, which agree to five digits: over hundreds of steps the rounding of float32 parts them. `node bench/mlpEngines.ts [ENGINE…]`; by default all that this machine
 * has. `--large` adds a network of 2,048 and 2,048 units on 100 columns.
 */
import { networkEngines } from '../server/catalog/engines.ts';
import { initialState, type NetworkShape } from '../server/models/mlp/network.ts';
import type { NetworkEngine, NetworkProblem } from '../server/models/mlp/problem.ts';
import { epochRates } from '../server/models/mlp/schedule.ts';
import { describeEngine, tensorEngine } from '../server/models/mlp/tensorEngine.ts';
import { wasmEngine } from '../server/models/mlp/wasmEngine.ts';
import { createRandom } from '../server/statistics/random.ts';

const epochs = 3;
const rate = 0.001;
const comparedRows = 2_560;
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const wanted = networkEngines.filter((id) => asked.length === 0 || asked.includes(id));
const sizes = [{ rows: 50_000, columns: 30, hidden: [128, 128], batch: 256 }];
if (process.argv.includes('--large'))
  sizes.push({ rows: 50_000, columns: 100, hidden: [2048, 2048], batch: 1024 });

let worst = 0;
for (const { rows, columns, hidden, batch } of sizes) {
  console.log(`${rows} x ${columns}, ${hidden.join('-')}, batch ${batch}`);
  const problem = createProblem(rows, columns, hidden, batch);
  const small = createProblem(comparedRows, columns, hidden, batch);
  let reference: readonly number[] | undefined;
  for (const id of wanted) {
    try {
      const device = id === 'wasm' ? `${navigator.hardwareConcurrency} processors` : await describeEngine(id);
      const engine = () => (id === 'wasm' ? wasmEngine(2) : tensorEngine(id));
      const { seconds } = await train(engine(), problem);
      const { losses } = await train(engine(), small);
      reference ??= losses;
      const difference = Math.max(...losses.map((loss, i) => Math.abs(loss / (reference?.[i] ?? loss) - 1)));
      worst = Math.max(worst, difference);
      console.log(
        `  ${id} (${device}): ${Math.min(...seconds).toFixed(3)} s an epoch, losses ${losses.map((loss) => loss.toFixed(7)).join(', ')}`,
      );
    } catch (error) {
      console.log(`  ${id}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
const goal = 2e-5;
console.log(
  `${worst <= goal ? 'met' : 'MISSED'}: losses differ by ${worst.toExponential(1)} at most, relative (goal ${goal})`,
);
process.exitCode = worst <= goal ? 0 : 1;

/** Labels that hang on a product and a sum of columns, with noise. */
function createProblem(
  rows: number,
  columns: number,
  hidden: readonly number[],
  batch: number,
): NetworkProblem {
  const random = createRandom(1, 'bench', 'mlp');
  const numeric = Array.from({ length: columns }, () =>
    Float32Array.from({ length: rows }, () => random.normal()),
  );
  const x = (column: number, row: number) => numeric[column]?.[row] ?? 0;
  const target = Float32Array.from({ length: rows }, (_, row) =>
    x(0, row) * x(1, row) + x(2, row) + 0.5 * random.normal() > 0 ? 1 : 0,
  );
  const shape: NetworkShape = {
    numeric: columns,
    embeddings: [],
    hidden,
    outputs: 1,
    activation: 'relu',
    batchNorm: false,
  };
  return {
    shape,
    rows: { rows, numeric, codes: [] },
    loss: 'binary',
    quantile: 0.5,
    target,
    batch,
    dropout: 0,
    smoothing: 0,
    focal: false,
    optimizer: {
      type: 'adamw',
      momentum: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    },
    l1: 0,
    l2: 0,
    clip: 1,
    seed: 1,
  };
}

async function train(engine: NetworkEngine, problem: NetworkProblem) {
  const state = initialState(problem.shape, 1, [0]);
  const trainer = await engine.start(problem, state);
  const stepsPerEpoch = Math.ceil(problem.rows.rows / problem.batch);
  const schedule = { type: 'constant', warmup: 0 } as const;
  const losses: number[] = [];
  const seconds: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = new Uint32Array(problem.rows.rows).map((_, row) => row);
    createRandom(1, 'order', epoch).shuffle(order);
    const course = { schedule, lr: rate, epochs, stepsPerEpoch };
    const rates = epochRates(course, { steps: epoch * stepsPerEpoch, falls: 0, beta1: 0.9, beta2: 0.999 });
    const start = performance.now();
    losses.push((await trainer.runEpoch({ order, ...rates })).loss);
    seconds.push((performance.now() - start) / 1000);
  }
  await trainer.close();
  return { losses, seconds: seconds.slice(1) };
}
