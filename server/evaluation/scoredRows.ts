/** Predictions as columns: what evaluation, gates, slices and cards read. One entry for each scored row. */

import type { SupervisedTask } from '../catalog/tasks.ts';

export type EvaluationTask = SupervisedTask;

export interface ScoredRows {
  readonly task: EvaluationTask;
  /** Labels as text in the order of the class index (binary: [negative, positive]); empty for values. */
  readonly classes: readonly string[];
  /** Zero-based row numbers in the source. */
  readonly rows: Float64Array;
  /** Class index, or the value. */
  readonly target: Float64Array;
  /** Class index after the threshold, or the value. */
  readonly prediction: Float64Array;
  /** float32 widened. Binary: one array, of the positive class; multiclass: one a class; values: none. */
  readonly scores: readonly Float64Array[];
  /** float32 widened: the ends of intervals, where the model gives them. */
  readonly bounds?: Bounds;
  /** By class: 1 where it may be the true one, where the model gives sets of classes. */
  readonly set?: readonly Float64Array[];
}

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A value with its interval; `low` and `high` are NaN where no interval can be given. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Each of the arrays of rows changed alike. */
export function mapRows(rows: ScoredRows, change: (values: Float64Array) => Float64Array): ScoredRows {
  const { bounds, set } = rows;
  return {
    ...rows,
    rows: change(rows.rows),
    target: change(rows.target),
    prediction: change(rows.prediction),
    scores: rows.scores.map(change),
    ...(bounds && { bounds: { lower: change(bounds.lower), upper: change(bounds.upper) } }),
    ...(set && { set: set.map(change) }),
  };
}

/** The rows at these positions, in this order. */
export function selectRows(rows: ScoredRows, positions: Int32Array): ScoredRows {
  return mapRows(rows, (values) => pick(values, positions));
}

function pick(values: Float64Array, positions: Int32Array): Float64Array {
  const picked = new Float64Array(positions.length);
  for (let index = 0; index < positions.length; index++) {
    picked[index] = values[positions[index] ?? 0] ?? Number.NaN;
  }
  return picked;
}
