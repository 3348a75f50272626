/** A network loaded into our own WebAssembly kernels: steps of training, and raw outputs. */
import { JOB_QUIT, THREADS } from '../gbdt/kernels/layout.ts';
import { startWorkers } from '../gbdt/pool.ts';
import { compiledKernels, type KernelMemory, layOutMemory } from './kernelMemory.ts';
import * as layout from './kernels/layout.ts';
import { layOut, type NetworkShape, type NetworkState } from './network.ts';
import type { Epoch, NetworkProblem, NetworkRows } from './problem.ts';

export interface KernelMachine {
  write(state: Pick<NetworkState, 'parameters' | 'statistics'> & Partial<NetworkState>): void;
  read(steps: number): NetworkState;
  /** Lays out the order and rates of an epoch that starts after `stepsBefore` steps, and sets its loss to 0. */
  begin(epoch: Epoch, stepsBefore: number): void;
  /** Steps `from` .. `to` - 1 of the epoch; blocks. */
  step(from: number, to: number): void;
  /** Sum over the rows so far of weight times loss. */
  readonly loss: number;
  /** Raw outputs of all rows, row-major; blocks. */
  predict(): Float32Array;
  close(): void;
}

/** For training, in `threads` threads (at most one for each 64 rows of a batch). */
export async function openTrainingMachine(problem: NetworkProblem, threads: number): Promise<KernelMachine> {
  const { shape, rows, weight } = problem;
  const memory = layOutMemory({
    shape,
    rows: rows.rows,
    batch: problem.batch,
    steps: Math.ceil(rows.rows / problem.batch),
    weighted: weight !== undefined,
    mixes: problem.mixes === true,
  });
  writeSettings(memory, problem);
  memory.floats(layout.TARGET, rows.rows).set(problem.target);
  if (weight) memory.floats(layout.WEIGHT, rows.rows).set(weight);
  return open(memory, {
    shape,
    rows,
    threads: Math.max(1, Math.min(threads, Math.floor(problem.batch / 64))),
  });
}

const predictedTogether = 256;

/** For raw outputs only. */
export function openScoringMachine(
  shape: NetworkShape,
  rows: NetworkRows,
  threads: number,
): Promise<KernelMachine> {
  const memory = layOutMemory({
    shape,
    rows: rows.rows,
    batch: predictedTogether,
    steps: 0,
    weighted: false,
  });
  return open(memory, { shape, rows, threads: rows.rows < predictedTogether ? 1 : threads });
}

async function open(
  memory: KernelMemory,
  { shape, rows, threads }: { shape: NetworkShape; rows: NetworkRows; threads: number },
): Promise<KernelMachine> {
  const { slots, reals } = memory;
  writeRows(memory, rows, shape);
  slots[layout.ROWS] = rows.rows;
  slots[THREADS] = 1;
  const module = compiledKernels();
  await startWorkers({ module, memory: memory.memory, threads });
  slots[THREADS] = threads;
  const instance = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
  // By its declaration in kernels/index.ts.
  const run = instance.exports['run'] as (job: number) => void;
  const places = createPlaces(memory, shape);
  /** A machine that only scores has no moments. */
  const trains = slots[layout.FIRST_MOMENT] !== 0;

  const list = (slot: number) => memory.floats(slot, slots[layout.PARAMETER_COUNT] ?? 0);
  const all = () => new Float32Array(memory.memory.buffer);
  return {
    write({ parameters, first, second, statistics }) {
      scatter(parameters, places.parameters, list(layout.PARAMETERS));
      if (trains && first) scatter(first, places.parameters, list(layout.FIRST_MOMENT));
      if (trains && second) scatter(second, places.parameters, list(layout.SECOND_MOMENT));
      scatter(statistics, places.statistics, all());
    },
    read(steps) {
      return {
        parameters: gather(list(layout.PARAMETERS), places.parameters),
        first: gather(list(layout.FIRST_MOMENT), places.parameters),
        second: gather(list(layout.SECOND_MOMENT), places.parameters),
        statistics: gather(all(), places.statistics),
        steps,
      };
    },
    begin({ order, rates, firstCorrections, secondCorrections, mix }, stepsBefore) {
      slots[layout.ROWS] = order.length;
      slots[layout.STEPS_BEFORE] = stepsBefore;
      memory.words(layout.ORDER, order.length).set(order);
      if (mix) {
        memory.words(layout.PARTNERS, order.length).set(mix.partners);
        memory.floats(layout.SHARES, rates.length).set(mix.shares);
      }
      memory.floats(layout.RATES, rates.length).set(rates);
      memory.floats(layout.FIRST_CORRECTION, rates.length).set(firstCorrections);
      memory.floats(layout.SECOND_CORRECTION, rates.length).set(secondCorrections);
      reals[layout.LOSS] = 0;
    },
    step(from, to) {
      slots[layout.FIRST_STEP] = from;
      slots[layout.LAST_STEP] = to;
      run(layout.JOB_TRAIN);
    },
    get loss() {
      return reals[layout.LOSS] ?? Number.NaN;
    },
    predict() {
      run(layout.JOB_PREDICT);
      return memory.floats(layout.RAW, rows.rows * shape.outputs).slice();
    },
    close() {
      run(JOB_QUIT);
    },
  };
}

function writeSettings({ slots, reals }: KernelMemory, problem: NetworkProblem): void {
  const { optimizer } = problem;
  slots[layout.OBJECTIVE] = {
    binary: layout.BINARY,
    multiclass: layout.MULTICLASS,
    squared: layout.SQUARED,
    poisson: layout.POISSON,
    pinball: layout.PINBALL,
  }[problem.loss];
  slots[layout.OPTIMIZER] = {
    adamw: layout.ADAMW,
    adam: layout.ADAM,
    sgd: layout.SGD,
    rmsprop: layout.RMSPROP,
  }[optimizer.type];
  slots[layout.DROPOUT_SEED] = problem.seed;
  slots[layout.FOCAL] = problem.focal ? 1 : 0;
  reals[layout.DROPOUT] = problem.dropout;
  reals[layout.SMOOTHING] = problem.smoothing;
  reals[layout.MOMENTUM] = optimizer.momentum;
  reals[layout.BETA1] = optimizer.beta1;
  reals[layout.BETA2] = optimizer.beta2;
  reals[layout.EPSILON] = optimizer.epsilon;
  reals[layout.WEIGHT_DECAY] = optimizer.weightDecay;
  reals[layout.L1] = problem.l1;
  reals[layout.L2] = problem.l2;
  reals[layout.CLIP] = problem.clip;
  reals[layout.QUANTILE] = problem.quantile;
}

function writeRows(
  { floats, words, numeric: width }: KernelMemory,
  { rows, numeric, codes }: NetworkRows,
  { embeddings }: NetworkShape,
): void {
  const x = floats(layout.X, rows * width);
  numeric.forEach((values, column) => {
    for (let row = 0, to = column; row < rows; row++, to += width) x[to] = values[row] ?? 0;
  });
  const all = words(layout.CODES, rows * codes.length);
  codes.forEach((values, column) => {
    const last = (embeddings[column]?.levels ?? 1) - 1;
    for (let row = 0, to = column; row < rows; row++, to += codes.length)
      all[to] = Math.min(values[row] ?? 0, last);
  });
}

/** Where each entry of the lists of network.ts lies: parameters from PARAMETERS on, statistics in all of the memory. */
function createPlaces(memory: KernelMemory, shape: NetworkShape) {
  const { embeddings, layers, count, statistics, statisticsCount } = layOut(shape);
  const parameters = new Int32Array(count);
  embeddings.forEach(({ at, rows, columns }, index) => {
    const { table = 0 } = memory.embeddings[index] ?? {};
    for (let i = 0; i < rows * columns; i++) parameters[at + i] = table + i;
  });
  layers.forEach(({ weights, bias, scale, shift }, index) => {
    const kernel = memory.layers[index];
    if (!kernel) return;
    for (let i = 0; i < weights.rows; i++) {
      // The numeric inputs are rounded up to eight before the embeddings begin.
      const input = index === 0 && i >= shape.numeric ? i + memory.numeric - shape.numeric : i;
      for (let j = 0; j < weights.columns; j++) {
        const panel = ((j >> 3) * kernel.inputs + input) * 8;
        parameters[weights.at + i * weights.columns + j] = kernel.weights + panel + (j & 7);
      }
    }
    for (let j = 0; j < bias.columns; j++) parameters[bias.at + j] = kernel.bias + j;
    for (let j = 0; scale && j < scale.columns; j++) parameters[scale.at + j] = kernel.scale + j;
    for (let j = 0; shift && j < shift.columns; j++) parameters[shift.at + j] = kernel.shift + j;
  });
  const places = new Int32Array(statisticsCount);
  statistics.forEach(({ at, columns }, index) => {
    const { runningMean = 0, runningVariance = 0 } = memory.layers[index] ?? {};
    for (let j = 0; j < columns; j++) {
      places[at + j] = runningMean + j;
      places[at + columns + j] = runningVariance + j;
    }
  });
  return { parameters, statistics: places };
}

function scatter(values: Float32Array, places: Int32Array, to: Float32Array): void {
  for (let i = 0; i < places.length; i++) to[places[i] ?? 0] = values[i] ?? 0;
}

function gather(values: Float32Array, places: Int32Array): Float32Array {
  return Float32Array.from(places, (place) => values[place] ?? 0);
}
