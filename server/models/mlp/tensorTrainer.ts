/** Training steps on TensorFlow.js: the same batches, dropout and updates as our own kernels take. */
import type * as Tf from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engines/tensorFlow.ts';
import { dropoutKey, fillDropout } from './dropout.ts';
import { layOut, type NetworkState } from './network.ts';
import type { Epoch, EpochResult, NetworkProblem } from './problem.ts';
import { type Batch, cutParameters, forwardBatch, lossOf, type Rows } from './tensorNetwork.ts';

export interface TensorTrainer {
  /** `alive` is called as steps are done. */
  runEpoch(epoch: Epoch, alive: () => void): Promise<EpochResult>;
}

/** Steps whose losses are read together: reading waits for the device. */
const stepsTogether = 32;

/** Share of the running statistics that stays at each step; kernels/normalise.ts has the same. */
const kept = 0.9;

interface Learnt {
  parameters: Tf.Tensor1D;
  first: Tf.Tensor1D;
  second: Tf.Tensor1D;
  statistics: Tf.Tensor1D;
}

export function createTensorTrainer(
  tf: TensorFlow,
  problem: NetworkProblem,
  start: NetworkState,
): TensorTrainer {
  const { shape } = problem;
  const data = load(tf, problem);
  const { decayed, count } = layOut(shape);
  const decays = tf.tensor1d(new Float32Array(count).fill(1, 0, decayed));
  const learnt: Learnt = {
    parameters: tf.tensor1d(start.parameters),
    first: tf.tensor1d(start.first),
    second: tf.tensor1d(start.second),
    statistics: tf.tensor1d(start.statistics),
  };
  let { steps } = start;

  function takeRows(order: Uint32Array, step: number): Rows {
    const chosen = tf.tensor1d(
      Int32Array.from(order.subarray(step * problem.batch, (step + 1) * problem.batch)),
      'int32',
    );
    return {
      numeric: tf.gather(data.numeric, chosen),
      codes: data.codes.map((codes) => tf.gather(codes, chosen)),
      target: tf.gather(data.target, chosen),
      ...(data.weight && { weight: tf.gather(data.weight, chosen) }),
    };
  }

  function takeBatch({ order, mix }: Epoch, step: number): Batch {
    const rows = takeRows(order, step);
    const masks = dropoutMasks(tf, problem, { rows: rows.target.shape[0], step: steps });
    const mixed = mix && { partners: takeRows(mix.partners, step), share: mix.shares[step] ?? 1 };
    return { ...rows, ...(mixed && { mixed }), ...(masks && { masks }) };
  }

  /** One step; returns the batch's mean loss. */
  function takeStep(epoch: Epoch, step: number): Tf.Scalar {
    const statistics: Tf.Tensor[] = [];
    const { next, loss } = tf.tidy(() => {
      const batch = takeBatch(epoch, step);
      const cut = cutParameters(tf, shape, learnt.parameters);
      const { value, grads } = tf.valueAndGrads((...parts: Tf.Tensor[]) =>
        lossOf(tf, problem, forwardBatch(tf, shape, parts, { batch, statistics }), batch),
      )(cut);
      const gradient = tf.concat1d(grads.map((grad) => tf.reshape(grad, [-1]) as Tf.Tensor1D));
      const moved = move(tf, problem, { learnt, decays, gradient, epoch, step });
      const followed =
        statistics.length === 0
          ? tf.clone(learnt.statistics)
          : tf.add(
              tf.mul(learnt.statistics, kept),
              tf.mul(tf.concat1d(statistics.map((each) => tf.reshape(each, [-1]) as Tf.Tensor1D)), 1 - kept),
            );
      return { next: { ...moved, statistics: followed as Tf.Tensor1D }, loss: value as Tf.Scalar };
    });
    tf.dispose([...statistics, ...Object.values(learnt)]);
    Object.assign(learnt, next);
    steps++;
    return loss;
  }

  return {
    async runEpoch(epoch, alive) {
      let sum = 0;
      for (let from = 0; from < epoch.rates.length; from += stepsTogether) {
        const to = Math.min(epoch.rates.length, from + stepsTogether);
        const losses: Tf.Scalar[] = [];
        for (let step = from; step < to; step++) losses.push(takeStep(epoch, step));
        const stacked = tf.stack(losses);
        const values = await stacked.data();
        tf.dispose([...losses, stacked]);
        for (let step = from; step < to; step++) {
          const size = Math.min(problem.batch, epoch.order.length - step * problem.batch);
          sum += (values[step - from] ?? Number.NaN) * size;
        }
        alive();
      }
      return { loss: sum / epoch.order.length, state: await read() };
    },
  };

  async function read(): Promise<NetworkState> {
    const list = async (tensor: Tf.Tensor1D) => Float32Array.from(await tensor.data());
    return {
      parameters: await list(learnt.parameters),
      first: await list(learnt.first),
      second: await list(learnt.second),
      statistics: await list(learnt.statistics),
      steps,
    };
  }
}

/** All rows on the device. */
function load(tf: TensorFlow, { rows: { rows, numeric, codes }, target, weight }: NetworkProblem) {
  const flat = new Float32Array(rows * numeric.length);
  numeric.forEach((values, column) => {
    for (let row = 0, to = column; row < rows; row++, to += numeric.length) flat[to] = values[row] ?? 0;
  });
  return {
    numeric: tf.tensor2d(flat, [rows, numeric.length]),
    codes: codes.map((values) => tf.tensor1d(Int32Array.from(values), 'int32')),
    target: tf.tensor1d(target),
    weight: weight && tf.tensor1d(weight),
  };
}

function dropoutMasks(
  tf: TensorFlow,
  { dropout, shape, seed }: NetworkProblem,
  { rows, step }: { rows: number; step: number },
): Tf.Tensor2D[] | undefined {
  if (dropout === 0) return undefined;
  return shape.hidden.map((width, layer) => {
    const mask = new Float32Array(rows * width);
    fillDropout(mask, dropoutKey(seed, step, layer), dropout);
    return tf.tensor2d(mask, [rows, width]);
  });
}

interface Move {
  readonly learnt: Learnt;
  /** 1 where penalties act. */
  readonly decays: Tf.Tensor1D;
  readonly gradient: Tf.Tensor1D;
  readonly epoch: Epoch;
  readonly step: number;
}

/** Penalties, clipping and the optimiser's step, as kernels/update.ts has them. */
function move(tf: TensorFlow, problem: NetworkProblem, work: Move): Omit<Learnt, 'statistics'> {
  const { learnt, decays, epoch, step } = work;
  const { type, momentum, beta1, beta2, epsilon, weightDecay } = problem.optimizer;
  const { parameters } = learnt;
  let { gradient } = work;
  if (problem.l1 > 0 || problem.l2 > 0) {
    const pull = tf.add(tf.mul(parameters, problem.l2), tf.mul(tf.sign(parameters), problem.l1));
    gradient = tf.add(gradient, tf.mul(pull, decays));
  }
  if (problem.clip > 0) {
    const norm = tf.sqrt(tf.sum(tf.square(gradient)));
    gradient = tf.mul(gradient, tf.div(problem.clip, tf.maximum(norm, problem.clip)));
  }
  if (type !== 'adamw' && weightDecay > 0)
    gradient = tf.add(gradient, tf.mul(tf.mul(parameters, decays), weightDecay));
  const rate = epoch.rates[step] ?? 0;
  let { first, second } = learnt;
  let pull: Tf.Tensor1D;
  if (type === 'adamw' || type === 'adam') {
    first = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
    second = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const size = tf.sqrt(tf.mul(second, epoch.secondCorrections[step] ?? 1));
    pull = tf.div(tf.mul(first, epoch.firstCorrections[step] ?? 1), tf.add(size, epsilon));
  } else if (type === 'sgd') {
    first = tf.add(tf.mul(first, momentum), gradient);
    second = tf.clone(second);
    pull = first;
  } else {
    second = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    first = tf.add(tf.mul(first, momentum), tf.div(gradient, tf.add(tf.sqrt(second), epsilon)));
    pull = first;
  }
  const shrunk =
    type === 'adamw' && weightDecay > 0
      ? tf.sub(parameters, tf.mul(tf.mul(parameters, decays), rate * weightDecay))
      : parameters;
  return { parameters: tf.sub(shrunk, tf.mul(pull, rate)), first, second };
}
