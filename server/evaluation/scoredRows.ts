/** Predictions as columns: what evaluation, gates, slices and cards read. One entry for each scored row. */

export type EvaluationTask = 'binary' | 'multiclass' | 'regression';

export interface ScoredRows {
  readonly task: EvaluationTask;
  /** Labels as text in the order of the class index (binary: [negative, positive]); empty for regression. */
  readonly classes: readonly string[];
  /** Zero-based row numbers in the source. */
  readonly rows: Float64Array;
  /** Class index, or the value. */
  readonly target: Float64Array;
  /** Class index after the threshold, or the value. */
  readonly prediction: Float64Array;
  /** float32 widened. Binary: one array, of the positive class; multiclass: one a class; regression: none. */
  readonly scores: readonly Float64Array[];
}

/** A value with its interval; `low` and `high` are NaN where no interval can be given. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
