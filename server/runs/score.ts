/** Scores the rows of a run with the finished files: what is evaluated and written is what the files say. */
import { ModelwrightError } from '../catalog/errors.ts';
import * as sides from '../data/split/split.ts';
import { checkParity, type Parity } from '../engines/parity.ts';
import { openScorer, type Scorer } from '../engines/scorer.ts';
import type { PlacedRows } from '../evaluation/evaluationRequest.ts';
import type { Rescore } from '../evaluation/importance.ts';
import { mapRows, type ScoredRows } from '../evaluation/scoredRows.ts';
import type { OutOfFold, TrainedModel } from '../training/train.ts';
import { type RunRows, threads } from './runRows.ts';
import { toScoredRows } from './scoredColumns.ts';
import type { Stages } from './stages.ts';
import type { TrainedRun } from './trainRun.ts';

export interface ScoredRun {
  readonly train: PlacedRows;
  /** Validation rows, or training rows scored by models that did not see them; absent where there are none. */
  readonly valid?: PlacedRows;
  readonly test: PlacedRows;
  /** Test rows in the same order, by baseline. */
  readonly baselines: Readonly<Record<string, ScoredRows>>;
  /** Scores rows again with a column shuffled, for permutation importance. */
  readonly rescore: Rescore;
  readonly parity: Parity;
  close(): Promise<void>;
}

/** Trainer and file may differ by the rounding of float32, no more (cli.md). */
const largestDifference = 1e-5;

/** Throws `parity-broken` when the file does not say what the trainer says: such a model must not leave the run. */
export async function scoreRun(
  rows: RunRows,
  { stages, trained }: { stages: Stages; trained: TrainedRun },
): Promise<ScoredRun> {
  const { model, baselines } = trained;
  const scorer = await openScorer(model.onnx);
  return stages.run('score', async (report) => {
    const train = sides.positionsOf(rows.split.assignment, sides.train);
    const valid = sides.positionsOf(rows.split.assignment, sides.valid);
    const test = sides.positionsOf(rows.split.assignment, sides.test);
    const score = scoring(rows, scorer);
    const positions = joined([train, valid, test]);
    const all = await score(positions, {
      onProgress: ({ done, total }) => report({ done, total: total * 2, detail: `${done} rows` }),
    });
    const part = (start: number, count: number): PlacedRows => ({
      rows: mapRows(all, (values) => values.subarray(start, start + count)),
      positions: positions.subarray(start, start + count),
    });
    const held =
      model.outOfFold === undefined
        ? part(train.length, valid.length)
        : await heldOut(rows, model, model.outOfFold);
    const parity = await checkParity({
      scorer,
      table: rows.table,
      trainerScores: model.trainerScores,
      rows: positions,
    });
    if (parity.maxAbsDifference > largestDifference) {
      throw new ModelwrightError('parity-broken', { difference: parity.maxAbsDifference, rows: parity.rows });
    }
    return {
      train: part(0, train.length),
      ...(held.positions.length === 0 ? {} : { valid: held }),
      test: part(train.length + valid.length, test.length),
      baselines: await scoreBaselines(rows, baselines, test),
      rescore: (chosen, rowsOf) => score(chosen, rowsOf === undefined ? {} : { rowsOf }),
      parity,
      close: () => scorer.close(),
    };
  });
}

async function scoreBaselines(
  rows: RunRows,
  baselines: TrainedRun['baselines'],
  test: Int32Array,
): Promise<Record<string, ScoredRows>> {
  const scored: Record<string, ScoredRows> = {};
  for (const [name, baseline] of baselines) {
    const scorer = await openScorer(baseline.onnx);
    scored[name] = await scoring(rows, scorer)(test, {});
    await scorer.close();
  }
  return scored;
}

/** Scores positions of the run's table into columns. */
function scoring({ table, task, signal }: RunRows, scorer: Scorer) {
  const numbers = table.rowNumbers();
  return async (positions: Int32Array, options: Parameters<Scorer['score']>[2]): Promise<ScoredRows> => {
    const scores = await scorer.score(table, positions, { ...options, signal, threads });
    return toScoredRows(task, { positions, scores, target: task.values, numbers: await numbers });
  };
}

/** Out-of-fold scores with the labels that the file would give them. */
async function heldOut({ table, task }: RunRows, model: TrainedModel, held: OutOfFold): Promise<PlacedRows> {
  const outputs = task.task === 'multiclass' ? task.classes.length : 1;
  const labels = Int32Array.from({ length: held.rows.length }, (_, row) =>
    task.task === 'binary'
      ? Number((held.scores[row] ?? 0) >= (model.threshold ?? 0.5))
      : largest(held.scores.subarray(row * outputs, (row + 1) * outputs)),
  );
  const scores = { scores: Float32Array.from(held.scores), labels };
  const part = { positions: held.rows, scores, target: task.values, numbers: await table.rowNumbers() };
  return { rows: toScoredRows(task, part), positions: held.rows };
}

/** Index of the largest; of equals the first, as ArgMax in the file. */
function largest(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++)
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
