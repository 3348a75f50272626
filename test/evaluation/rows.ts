/** Small scored rows for tests. */
import type { EvaluationTask, ScoredRows } from '../../server/evaluation/scoredRows.ts';

export function scoredRows(columns: {
  task: EvaluationTask;
  classes?: readonly string[];
  target: ArrayLike<number>;
  prediction: ArrayLike<number>;
  scores?: readonly ArrayLike<number>[];
}): ScoredRows {
  return {
    task: columns.task,
    classes: columns.classes ?? [],
    rows: Float64Array.from({ length: columns.target.length }, (_, row) => row),
    target: Float64Array.from(columns.target),
    prediction: Float64Array.from(columns.prediction),
    scores: (columns.scores ?? []).map((scores) => Float64Array.from(scores)),
  };
}

/** Binary rows with the threshold 0.5. */
export function binaryRows(target: ArrayLike<number>, score: ArrayLike<number>): ScoredRows {
  const prediction = Float64Array.from(score, (value) => (value >= 0.5 ? 1 : 0));
  return scoredRows({ task: 'binary', classes: ['no', 'yes'], target, prediction, scores: [score] });
}
