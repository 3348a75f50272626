/** What a model file said, as columns with the truth beside it. */
import { predictsValue } from '../catalog/tasks.ts';
import type { ClassLabel, SupervisedTask } from '../data/task.ts';
import type { Scores } from '../engines/scorer.ts';
import type { ScoredRows } from '../evaluation/scoredRows.ts';
import { labelText } from '../training/assemble.ts';

export interface ScoredPart {
  /** Positions in the table, as scored. */
  readonly positions: Int32Array;
  readonly scores: Scores;
  /** Per table row: class index or value; NaN where it is not known. */
  readonly target: Float64Array;
  /** Per table row: row numbers in the source. */
  readonly numbers: Float64Array;
}

export function toScoredRows(
  { task, classes }: { readonly task: SupervisedTask; readonly classes: readonly ClassLabel[] },
  { positions, scores: { scores, labels, bounds, set }, target, numbers }: ScoredPart,
): ScoredRows {
  const outputs = task === 'multiclass' ? classes.length : 1;
  const columns = Array.from({ length: outputs }, (_, output) =>
    Float64Array.from(
      { length: positions.length },
      (_value, row) => scores[row * outputs + output] ?? Number.NaN,
    ),
  );
  const values = columns[0] ?? new Float64Array();
  return {
    task,
    classes: classes.map(labelText),
    rows: Float64Array.from(positions, (position) => numbers[position] ?? Number.NaN),
    target: Float64Array.from(positions, (position) => target[position] ?? Number.NaN),
    prediction: predictsValue(task) ? values : Float64Array.from(labels ?? []),
    scores: predictsValue(task) ? [] : columns,
    ...(bounds && {
      bounds: { lower: Float64Array.from(bounds.lower), upper: Float64Array.from(bounds.upper) },
    }),
    ...(set && {
      set: classes.map((_, label) =>
        Float64Array.from(set.subarray(label * positions.length, (label + 1) * positions.length)),
      ),
    }),
  };
}
