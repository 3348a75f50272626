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
}

/** A value with its interval; `low` and `high` are NaN where no interval can be given. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The rows at these positions, in this order. */
export function selectRows(rows: ScoredRows, positions: Int32Array): ScoredRows {
  return {
    ...rows,
    rows: pick(rows.rows, positions),
    target: pick(rows.target, positions),
    prediction: pick(rows.prediction, positions),
    scores: rows.scores.map((scores) => pick(scores, positions)),
  };
}

function pick(values: Float64Array, positions: Int32Array): Float64Array {
  const picked = new Float64Array(positions.length);
  for (let index = 0; index < positions.length; index++) {
    picked[index] = values[positions[index] ?? 0] ?? Number.NaN;
  }
  return picked;
}
