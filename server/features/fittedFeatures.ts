/** What fitting features asks for and gives: the stage between the rows of a table and the matrix that a model takes. */
import type { SupervisedTask } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import type { ColumnKind, RawInput, Table } from '../data/table.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import type { FeatureColumn, FeatureMatrix, FeatureNeeds } from './matrix.ts';

export interface FeatureRequest {
  readonly table: Table;
  /** In the order of the model's inputs. Text, image, embedding and geo kinds are left out by the caller. */
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
  readonly settings: Experiment['features'];
  /** Positions in the table; nothing else is looked at. */
  readonly trainRows: Int32Array;
  /** Per table row: class index 0..k-1, or the value; read at `trainRows` only. */
  readonly target: Float64Array;
  readonly task: SupervisedTask;
  readonly needs: FeatureNeeds;
  readonly seed: number;
  /** The rows to predict come later in time than those to learn from: a split by time. */
  readonly later?: boolean;
  /** Fold 0..f-1 of each of `trainRows`, for cross-fitted encodings; absent: five random folds. */
  readonly folds?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface FittedFeatures {
  /** Columns of every matrix below: numeric first, then categories. */
  readonly columns: readonly FeatureColumn[];
  /** Where `features.select` has chosen: names of the features that stay and of those that it dropped. */
  readonly selection?: Selection;
  /** Raw inputs in order: metadata `features` of the model file. */
  readonly inputs: readonly FeatureInput[];
  /** Columns that the file computes from its inputs, in order: metadata `derived`. */
  readonly derived: readonly DerivedInput[];
  /** The graph's own float32 output and codes for rows of the table. */
  transform(rows: Int32Array): Promise<FeatureMatrix>;
  /** The same for `trainRows`, except that target encodings of a row come from the other folds. */
  trainingMatrix(): Promise<FeatureMatrix>;
  /**
   * Declares the raw inputs (so call it first) and appends the nodes. Returns a float tensor [n, numeric columns] and
   * an int64 tensor [n, category columns]; each absent where there are none.
   */
  appendTo(graph: GraphBuilder): { readonly numeric?: string; readonly codes?: string };
}

export interface Selection {
  readonly method: string;
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/** A column of `features.derive` that depends on its own row. */
export interface DerivedInput extends FeatureInput {
  readonly expr: string;
}

export interface FeatureInput {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly input: RawInput;
}
