/** A network as operations of TensorFlow.js: inputs to raw outputs, and losses with their gradients written out. */
import type * as Tf from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engines/tensorFlow.ts';
import { layOut, type NetworkShape, varianceFloor } from './network.ts';
import { geluCube, geluScale } from './predict.ts';
import type { NetworkProblem } from './problem.ts';

/** Rows of the data. */
export interface Rows {
  readonly numeric: Tf.Tensor2D;
  /** One column an embedding. */
  readonly codes: readonly Tf.Tensor1D[];
  readonly target: Tf.Tensor1D;
  readonly weight?: Tf.Tensor1D;
}

export interface Batch extends Rows {
  /** With mixup: what its rows are mixed with, and their own share of the mean. */
  readonly mixed?: { readonly partners: Rows; readonly share: number };
  /** By hidden layer; absent without dropout. */
  readonly masks?: readonly Tf.Tensor2D[];
}

/** The parts of the list of parameters, in its order. */
export function cutParameters(tf: TensorFlow, shape: NetworkShape, list: Tf.Tensor1D): Tf.Tensor[] {
  return partsOf(shape).map(({ at, rows, columns }) =>
    tf.reshape(tf.slice(list, [at], [rows * columns]), rows === 1 ? [columns] : [rows, columns]),
  );
}

function partsOf(shape: NetworkShape) {
  const { embeddings, layers } = layOut(shape);
  const norms = layers.flatMap(({ scale, shift }) => (scale && shift ? [scale, shift] : []));
  return [
    ...embeddings,
    ...layers.map((layer) => layer.weights),
    ...layers.map((layer) => layer.bias),
    ...norms,
  ];
}

/** Raw outputs [rows, outputs]; `statistics` takes the mean and variance of each hidden layer's batch, to be kept. */
export function forwardBatch(
  tf: TensorFlow,
  shape: NetworkShape,
  parts: readonly Tf.Tensor[],
  { batch, statistics }: { batch: Batch; statistics: Tf.Tensor[] },
): Tf.Tensor2D {
  const tables = shape.embeddings.length;
  const layers = shape.hidden.length + 1;
  const part = (index: number): Tf.Tensor => {
    const found = parts[index];
    if (!found) throw new Error(`a network of ${parts.length} parts has no part ${index}`);
    return found;
  };
  const inputsOf = ({ numeric, codes }: Rows): Tf.Tensor2D => {
    const vectors = shape.embeddings.map(({ levels }, index) =>
      tf.gather(part(index), tf.minimum(codes[index] ?? tf.tensor1d([]), tf.scalar(levels - 1, 'int32'))),
    ) as Tf.Tensor2D[];
    if (shape.numeric === 0) return tf.concat2d(vectors, 1) as Tf.Tensor2D;
    return vectors.length === 0 ? numeric : (tf.concat2d([numeric, ...vectors], 1) as Tf.Tensor2D);
  };
  const { mixed } = batch;
  let values = inputsOf(batch);
  if (mixed) values = tf.add(tf.mul(values, mixed.share), tf.mul(inputsOf(mixed.partners), 1 - mixed.share));
  for (let index = 0; index < layers; index++) {
    values = tf.add(tf.matMul(values, part(tables + index) as Tf.Tensor2D), part(tables + layers + index));
    if (index === layers - 1) break;
    if (shape.batchNorm) {
      const { mean, variance } = tf.moments(values, 0);
      statistics.push(tf.keep(tf.clone(mean)), tf.keep(tf.clone(variance)));
      const normal = tf.mul(tf.sub(values, mean), tf.rsqrt(tf.add(variance, varianceFloor)));
      const at = tables + 2 * layers + 2 * index;
      values = tf.add(tf.mul(normal, part(at)), part(at + 1));
    }
    values = activate(tf, shape, values);
    const mask = batch.masks?.[index];
    if (mask) values = tf.mul(values, mask);
  }
  return values;
}

function activate(tf: TensorFlow, { activation }: NetworkShape, x: Tf.Tensor2D): Tf.Tensor2D {
  switch (activation) {
    case 'relu':
      return tf.relu(x);
    case 'tanh':
      return tf.tanh(x);
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'gelu': {
      const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), geluCube)), geluScale);
      return tf.mul(tf.mul(x, tf.add(tf.tanh(inner), 1)), 0.5);
    }
  }
}

/** Mean over the batch of weight times loss; of mixed rows both losses, each with its share. */
export function lossOf(tf: TensorFlow, problem: NetworkProblem, raw: Tf.Tensor2D, batch: Batch): Tf.Scalar {
  const own = lossOfRows(tf, problem, raw, batch);
  const { mixed } = batch;
  if (!mixed) return own;
  const others = lossOfRows(tf, problem, raw, mixed.partners);
  return tf.add(tf.mul(own, mixed.share), tf.mul(others, 1 - mixed.share));
}

/** With its gradient by the raw outputs written out. */
function lossOfRows(tf: TensorFlow, problem: NetworkProblem, raw: Tf.Tensor2D, batch: Rows): Tf.Scalar {
  const rows = raw.shape[0];
  const column = (values: Tf.Tensor1D) => tf.reshape(values, [rows, 1]) as Tf.Tensor2D;
  const measured = tf.customGrad((...given: unknown[]) => {
    // Called with `raw` below, and by the library with where to save what the gradient needs.
    const [z, save] = given as [Tf.Tensor2D, Tf.GradSaveFunc];
    const { loss, slope } = lossAndSlope(tf, problem, z, column(batch.target));
    const weight = batch.weight && column(batch.weight);
    const value = tf.mean(weight ? tf.mul(loss, weight) : loss);
    const scaled = tf.div(weight ? tf.mul(slope, weight) : slope, rows);
    save([scaled]);
    return { value, gradFunc: (dy: Tf.Tensor, [saved = scaled]: Tf.Tensor[]) => tf.mul(saved, dy) };
  });
  return measured(raw) as Tf.Scalar;
}

/** Loss [rows, 1] and its gradient [rows, outputs]. */
function lossAndSlope(
  tf: TensorFlow,
  { loss: kind, smoothing, focal, quantile, shape }: NetworkProblem,
  z: Tf.Tensor2D,
  y: Tf.Tensor2D,
): { loss: Tf.Tensor; slope: Tf.Tensor } {
  switch (kind) {
    case 'binary': {
      const label = tf.add(tf.mul(y, 1 - smoothing), 0.5 * smoothing);
      const tail = tf.log1p(tf.exp(tf.neg(tf.abs(z))));
      if (focal) {
        const one = focalTerm(tf, label, tf.add(tf.relu(tf.neg(z)), tail));
        const zero = focalTerm(tf, tf.sub(1, label), tf.add(tf.relu(z), tail));
        const slope = tf.sub(tf.mul(zero.pull, tf.sigmoid(z)), tf.mul(one.pull, tf.sigmoid(tf.neg(z))));
        return { loss: tf.add(one.loss, zero.loss), slope };
      }
      return {
        loss: tf.add(tf.sub(tf.relu(z), tf.mul(z, label)), tail),
        slope: tf.sub(tf.sigmoid(z), label),
      };
    }
    case 'multiclass': {
      const hot = tf.oneHot(tf.cast(tf.reshape(y, [-1]), 'int32'), shape.outputs);
      const label = tf.add(tf.mul(hot, 1 - smoothing), smoothing / shape.outputs);
      const log = tf.logSoftmax(z);
      if (focal) {
        const { loss, pull } = focalTerm(tf, label, tf.neg(log));
        const slope = tf.sub(tf.mul(tf.softmax(z), tf.sum(pull, 1, true)), pull);
        return { loss: tf.sum(loss, 1, true), slope };
      }
      return { loss: tf.neg(tf.sum(tf.mul(label, log), 1, true)), slope: tf.sub(tf.softmax(z), label) };
    }
    case 'squared': {
      const difference = tf.sub(z, y);
      return { loss: tf.mul(tf.square(difference), 0.5), slope: difference };
    }
    case 'poisson': {
      const rate = tf.exp(z);
      return { loss: tf.sub(rate, tf.mul(y, z)), slope: tf.sub(rate, y) };
    }
    case 'pinball': {
      const above = tf.sub(y, z);
      const pull = tf.add(tf.cast(tf.greater(above, 0), 'float32'), quantile - 1);
      return { loss: tf.mul(pull, above), slope: tf.neg(pull) };
    }
  }
}

/** Of labels with -log p: their focal loss, and what it makes of the gradient of the log loss; kernels/loss.ts has the same. */
function focalTerm(
  tf: TensorFlow,
  label: Tf.Tensor,
  minusLog: Tf.Tensor,
): { loss: Tf.Tensor; pull: Tf.Tensor } {
  const p = tf.exp(tf.neg(minusLog));
  const r = tf.sub(1, p);
  const focus = tf.mul(r, tf.add(r, tf.mul(tf.mul(p, minusLog), 2)));
  return { loss: tf.mul(label, tf.mul(tf.square(r), minusLog)), pull: tf.mul(label, focus) };
}
