/** What the model said against what happened: the confusion matrix, and the bins behind the calibration error. */
import { predictsValue } from '../catalog/tasks.ts';
import { isClass } from './classCounts.ts';
import { accumulate, binEnds, rankRows } from './ranking.ts';
import type { ScoredRows } from './scoredRows.ts';

/** Beyond this many classes a confusion matrix is no longer something to read or to keep. */
const maxClasses = 100;

/** Rows by [true class][predicted class]; null for values and for more than 100 classes. */
export function computeConfusion(rows: ScoredRows): number[][] | null {
  const classes = rows.classes.length;
  if (predictsValue(rows.task) || classes > maxClasses) return null;
  const matrix = rows.classes.map(() => new Array<number>(classes).fill(0));
  rows.target.forEach((actual, row) => {
    const line = matrix[actual];
    const predicted = rows.prediction[row] ?? 0;
    if (line) line[predicted] = (line[predicted] ?? 0) + 1;
  });
  return matrix;
}

export interface CalibrationBin {
  /** Mean score. */
  readonly predicted: number;
  /** Share of positives. */
  readonly observed: number;
  readonly rows: number;
}

/** Binary: the bins of `ece`, by ascending score; else none. */
export function computeCalibration(rows: ScoredRows): CalibrationBin[] {
  const [scores] = rows.scores;
  if (rows.task !== 'binary' || !scores) return [];
  const ranking = rankRows(scores, isClass(rows, 1));
  const below = new Int32Array(scores.length + 1);
  accumulate(ranking, new Uint8Array(scores.length).fill(1), below);
  const bins: CalibrationBin[] = [];
  let start = 0;
  let next = 0;
  for (const end of binEnds(ranking, below)) {
    let positives = 0;
    for (; (ranking.positives[next] ?? end) < end; next++) positives++;
    const said = ranking.score.subarray(start, end).reduce((sum, score) => sum + score, 0);
    bins.push({ predicted: said / (end - start), observed: positives / (end - start), rows: end - start });
    start = end;
  }
  return bins;
}
