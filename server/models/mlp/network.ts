/** The shape of a dense network, and how its parameters lie in one list, whichever engine trains it. */
import { createRandom } from '../../statistics/random.ts';
import type { MlpSettings } from './settings.ts';

export interface NetworkShape {
  readonly numeric: number;
  readonly embeddings: readonly Embedding[];
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: MlpSettings['activation'];
  readonly batchNorm: boolean;
}

export interface Embedding {
  readonly levels: number;
  readonly width: number;
}

/** Added to the variance in batch normalisation; kernels/normalise.ts has the same. */
export const varianceFloor = 1e-5;

/** A part of the list: row-major [rows, columns] from `at` on. */
export interface Part {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
}

/** One dense layer; `scale` and `shift` with batch normalisation, which then has the place of the bias. */
export interface LayerParts {
  readonly weights: Part;
  readonly bias: Part;
  readonly scale?: Part;
  readonly shift?: Part;
}

/**
 * Embeddings and weights first: they are what penalties hold small. Then biases, then scales and shifts. The running
 * mean and variance of batch normalisation, which no gradient moves, are a list of their own: `statistics` has the
 * place of the mean of each hidden layer, its variance follows.
 */
export interface NetworkLayout {
  readonly embeddings: readonly Part[];
  readonly layers: readonly LayerParts[];
  readonly decayed: number;
  readonly count: number;
  readonly statistics: readonly Part[];
  readonly statisticsCount: number;
}

export function layOut(shape: NetworkShape): NetworkLayout {
  let at = 0;
  const take = (rows: number, columns: number): Part => {
    const part = { at, rows, columns };
    at += rows * columns;
    return part;
  };
  const widths = [inputWidth(shape), ...shape.hidden, shape.outputs];
  const embeddings = shape.embeddings.map(({ levels, width }) => take(levels, width));
  const weights = widths.slice(1).map((width, index) => take(widths[index] ?? 0, width));
  const decayed = at;
  const biases = widths.slice(1).map((width) => take(1, width));
  const norms = shape.batchNorm
    ? shape.hidden.map((width) => ({ scale: take(1, width), shift: take(1, width) }))
    : [];
  const count = at;
  at = 0;
  const statistics = shape.batchNorm ? shape.hidden.map((width) => take(2, width)) : [];
  const layers = weights.map((weight, index) => ({
    weights: weight,
    bias: biases[index] ?? weight,
    ...norms[index],
  }));
  return { embeddings, layers, decayed, count, statistics, statisticsCount: at };
}

export function inputWidth({ numeric, embeddings }: NetworkShape): number {
  return embeddings.reduce((sum, { width }) => sum + width, numeric);
}

/** Multiplications and additions of one row, forth and back. */
export function operationsOfRow({ layers }: NetworkLayout): number {
  return 6 * layers.reduce((sum, { weights }) => sum + weights.rows * weights.columns, 0);
}

/** What a fit has learnt so far. */
export interface NetworkState {
  readonly parameters: Float32Array;
  /** The optimiser's moments, as long as the parameters. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly statistics: Float32Array;
  /** Steps taken. */
  readonly steps: number;
}

/**
 * Weights from Glorot's normal distribution (2010), whatever the activation: He's for rectifiers starts wider and fits
 * small tables worse. Embeddings have a deviation of 0.05, biases are 0 but for the output's, which start at `prior`.
 */
export function initialState(shape: NetworkShape, seed: number, prior: readonly number[]): NetworkState {
  const layout = layOut(shape);
  const parameters = new Float32Array(layout.count);
  const fill = ({ at, rows, columns }: Part, deviation: number, ...stream: (string | number)[]) => {
    const random = createRandom(seed, 'mlp', ...stream);
    for (let i = at; i < at + rows * columns; i++) parameters[i] = deviation * random.normal();
  };
  layout.embeddings.forEach((part, index) => {
    fill(part, 0.05, 'embedding', index);
  });
  const last = layout.layers.length - 1;
  layout.layers.forEach(({ weights, bias, scale }, index) => {
    const { rows, columns } = weights;
    fill(weights, Math.sqrt(2 / (rows + columns)), 'weights', index);
    if (index === last) parameters.set(prior, bias.at);
    if (scale) parameters.fill(1, scale.at, scale.at + scale.columns);
  });
  const statistics = new Float32Array(layout.statisticsCount);
  for (const { at, columns } of layout.statistics) statistics.fill(1, at + columns, at + 2 * columns);
  const moments = () => new Float32Array(layout.count);
  return { parameters, first: moments(), second: moments(), statistics, steps: 0 };
}
