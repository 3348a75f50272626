/** What an engine is given to train: the network, the rows, and how steps are taken; nothing of it changes in a fit. */
import type { FeatureMatrix } from '../../features/matrix.ts';
import type { NetworkShape, NetworkState } from './network.ts';

/** `poisson`: of counts, by their log. `pinball`: of a quantile. */
export type Loss = 'binary' | 'multiclass' | 'squared' | 'poisson' | 'pinball';

/** Columns as the feature graph gives them: `numeric` without NaN, `codes` 0 .. levels - 1. */
export interface NetworkRows {
  readonly rows: number;
  readonly numeric: readonly Float32Array[];
  readonly codes: readonly (Uint16Array | Int32Array)[];
}

export interface NetworkProblem {
  readonly shape: NetworkShape;
  readonly rows: NetworkRows;
  readonly loss: Loss;
  /** Between 0 and 1; of `pinball` only. */
  readonly quantile: number;
  /** Class index, count or standardised value, a row. */
  readonly target: Float32Array;
  /** A row; the mean over the rows that are trained on is 1. Absent: all 1. */
  readonly weight?: Float32Array;
  readonly batch: number;
  readonly dropout: number;
  readonly smoothing: number;
  /** Of classes: rows that are right already count for less, (1 - p)^2 of their log loss (Lin and others 2017). */
  readonly focal: boolean;
  readonly optimizer: OptimizerStep;
  readonly l1: number;
  readonly l2: number;
  /** Every epoch has a mix. */
  readonly mixes?: boolean;
  /** Largest norm of the gradient of a batch; 0: any. */
  readonly clip: number;
  readonly seed: number;
}

export interface OptimizerStep {
  readonly type: 'adamw' | 'adam' | 'sgd' | 'rmsprop';
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** One pass over the rows: `order[step * batch ...]` are those of a step; one rate and two corrections a step. */
export interface Epoch {
  readonly order: Uint32Array;
  readonly rates: Float32Array;
  readonly firstCorrections: Float32Array;
  readonly secondCorrections: Float32Array;
  readonly mix?: Mix;
}

/** Mixup: each row of a step is the mean of itself and a partner, in its inputs and in its loss (Zhang and others 2018). */
export interface Mix {
  /** By the places of `order`. */
  readonly partners: Uint32Array;
  /** A step: what a row has of the mean, 0 to 1; its partner has the rest. */
  readonly shares: Float32Array;
}

export interface EpochResult {
  /** Mean over the rows, weighted, with dropout and mixup, without penalties. */
  readonly loss: number;
  readonly state: NetworkState;
}

/** A problem loaded into an engine. */
export interface NetworkTrainer {
  /** @throws ModelwrightError cancelled, engine-failed */
  runEpoch(epoch: Epoch, signal?: AbortSignal): Promise<EpochResult>;
  close(): Promise<void>;
}

/** `seen` hears of steps while an epoch runs. */
export interface NetworkEngine {
  readonly id: string;
  start(problem: NetworkProblem, state: NetworkState): Promise<NetworkTrainer>;
}

export function networkRows(matrix: FeatureMatrix): NetworkRows {
  const numeric: Float32Array[] = [];
  const codes: (Uint16Array | Int32Array)[] = [];
  for (const column of matrix.values) {
    if (column.kind === 'numeric') numeric.push(column.values);
    else codes.push(column.codes);
  }
  return { rows: matrix.rows, numeric, codes };
}
