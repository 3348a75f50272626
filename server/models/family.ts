/** The contract of a model family: fit on a feature matrix, then append itself to the ONNX graph. */
import type { SupervisedTask } from '../catalog/tasks.ts';
import type { ClassLabel } from '../data/task.ts';
import type { FeatureMatrix } from '../features/matrix.ts';
import type { GraphBuilder } from '../onnx/graph.ts';

export type { SupervisedTask };

/** `target`: class index 0..classes-1 (binary: 1 is the positive class) or the value to predict. */
export interface LabelledRows {
  readonly matrix: FeatureMatrix;
  readonly target: Float64Array;
  /** Non-negative row weights; absent means all 1. */
  readonly weight?: Float64Array;
}

export interface FitRequest<Parameters> {
  readonly task: SupervisedTask;
  /** 2 for binary, k for multiclass, otherwise 1. */
  readonly outputs: number;
  /** In the order of their indices; none where a value is predicted. */
  readonly classes?: readonly ClassLabel[];
  /** Of a quantile task: which one, between 0 and 1. */
  readonly quantile?: number;
  /** The primary metric; a family may choose by it which loss it minimises. */
  readonly metric?: string;
  /** Rows of classes that are right already count for less: only families whose trainer says that it can. */
  readonly focal?: boolean;
  readonly train: LabelledRows;
  /** For early stopping only; never test rows. */
  readonly valid?: LabelledRows;
  readonly parameters: Parameters;
  readonly seed: number;
  readonly threads: number;
  readonly earlyStop?: EarlyStop;
  readonly checkpoint?: CheckpointPort;
  readonly signal?: AbortSignal;
  /** Asked between steps: true ends the fit after `done` of at most `total`, and what early stopping would keep is kept. */
  isOver?(done: number, total: number): boolean;
  /** `done` of `total` steps (trees, iterations); `score` is the early-stop metric on the validation rows. */
  onProgress?(progress: { done: number; total: number; score?: number }): void;
}

export interface EarlyStop {
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
  /** Higher is better (losses are negated). `raw` is row-major [rows, raw outputs], as FittedModel.predict gives. */
  score(raw: Float64Array): number;
}

/** Where a fit saves itself, so that a killed run goes on from here and ends with the same bits. */
export interface CheckpointPort {
  /** The newest whole checkpoint, if any. */
  load(): Uint8Array | undefined;
  /**
   * Durable when it returns. Called every `every` steps; `epoch`: as the family sees fit, of a network each epoch.
   * `isBest`: the best step came since the last save.
   */
  save(state: Uint8Array, isBest?: boolean): void;
  readonly every: number | 'epoch';
}

/** Whether a fit is to end here; a first step is always taken. */
export function isOver(request: Pick<FitRequest<unknown>, 'isOver'>, done: number, total: number): boolean {
  return done > 0 && done < total && request.isOver?.(done, total) === true;
}

/** Whether a fit that is broken off saves itself: unless its experiment wants nothing saved. */
export function isSaved(port: CheckpointPort | undefined): port is CheckpointPort {
  return port !== undefined && port.every !== Number.POSITIVE_INFINITY;
}

export interface FittedModel {
  readonly family: string;
  /** The parameters in effect, defaults included. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Trees, iterations, epochs or 1. */
  readonly iterations: number;
  /** What did the work; absent: this process. */
  readonly device?: { readonly engine: string; readonly name: string; readonly reason: string };
  /** What went wrong on the way and was made good, in words. */
  readonly warnings?: readonly string[];
  /**
   * Raw outputs of the training rows by the parts of the model that did not see them, row-major; NaN for rows that all
   * parts saw. Only of families that leave rows out.
   */
  readonly outOfBag?: Float64Array;
  /** Of trees whose leaves are means: by how much the splits on each column lower the squared error of training rows. */
  columnGains?(): Float64Array;
  /**
   * The trainer's own raw output, row-major [rows, raw outputs]: binary one log-odds a row, multiclass one logit a
   * class, regression and quantile the value, count the log of the rate.
   */
  predict(matrix: FeatureMatrix): Float64Array;
  /**
   * Appends nodes computing the same raw output.
   * `inputs.numeric`: float tensor [n, p] of the numeric columns in order, absent if p is 0;
   * `inputs.codes`: int64 tensor [n, c] of the category columns in order, absent if c is 0.
   * Returns the name of a tensor [n, raw outputs], float (double where `double` is true).
   */
  appendTo(
    graph: GraphBuilder,
    inputs: { numeric?: string; codes?: string },
  ): { raw: string; double: boolean };
}

export interface ModelFamily<Parameters = Readonly<Record<string, unknown>>> {
  readonly name: string;
  fit(request: FitRequest<Parameters>): Promise<FittedModel>;
}
