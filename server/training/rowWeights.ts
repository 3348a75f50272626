/** What each training row counts: the column that the data names, and the treatment of rare classes. */

import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Table } from '../data/table.ts';
import type { ResolvedTask } from '../data/task.ts';
import { createRandom } from '../statistics/random.ts';

/** `data.weight` of every table row; undefined without it. @throws ModelwrightError bad-weight */
export async function readWeights(
  table: Table,
  column: string | undefined,
): Promise<Float64Array | undefined> {
  if (column === undefined) return undefined;
  const weights = await table.numbers(column);
  const bad = weights.findIndex((weight) => !(weight >= 0));
  if (bad < 0) return weights;
  const rows = await table.rowNumbers();
  throw new ModelwrightError(
    'bad-weight',
    { column, value: Number.isNaN(weights[bad]) ? 'no number' : weights[bad] },
    { column, row: rows[bad] ?? bad },
  );
}

/**
 * Of a run's own training rows: folds may lack a class, with its weights or without its rows, and are judged as they are.
 * @throws ModelwrightError bad-weight, weights-all-zero, weights-class-zero
 */
export async function checkWeights(
  table: Table,
  column: string | undefined,
  { task, trainRows }: { task: ResolvedTask; trainRows: Int32Array },
): Promise<void> {
  const weight = await readWeights(table, column);
  if (weight === undefined) return;
  const weighty = trainRows.filter((row) => (weight[row] ?? 0) > 0);
  if (weighty.length === 0) throw new ModelwrightError('weights-all-zero', { column });
  const learnt = new Set(weighty.map((row) => task.values[row] ?? Number.NaN));
  const lost = trainRows.find((row) => !learnt.has(task.values[row] ?? Number.NaN));
  if (task.classes.length > 0 && lost !== undefined)
    throw new ModelwrightError('weights-class-zero', { column, label: task.classes[task.values[lost] ?? 0] });
}

/** What `train.imbalance` comes to for this data. */
export interface Imbalance {
  readonly weights: boolean;
  /** Draw rows of the rarer classes again, make new ones, or leave out rows of the others, until the ratio holds. */
  readonly resample?: 'oversample' | 'undersample' | 'smote';
  /** Rows that are right already count for less, by a loss of the model's own. */
  readonly focal?: boolean;
  /** Choose the threshold for the rare class instead of taking 0.5. */
  readonly threshold: boolean;
  /** Total weight of the rarer class over that of the other, after weighting. */
  readonly ratio: number;
}

/** Positives or negatives below this share are rare (language.md). */
const rareShare = 0.1;

/**
 * `auto` weights the classes and moves the threshold where a class of two is below 10 % and there are rows to calibrate
 * on, since weights inflate probabilities. A model without a focal loss, such as a baseline, is trained as with `none`.
 */
export function settleImbalance(
  experiment: Experiment,
  task: ResolvedTask,
  { heldRows, focal = false }: { heldRows: boolean; focal?: boolean | undefined },
): Imbalance {
  const { strategy, ratio = 1 } = experiment.train.imbalance;
  if (predictsValue(task.task)) return { weights: false, threshold: false, ratio };
  const rare =
    task.task === 'binary' && Math.min(task.prevalence, 1 - task.prevalence) < rareShare && heldRows;
  switch (strategy) {
    case 'auto':
      return { weights: rare, threshold: rare, ratio };
    case 'none':
      return { weights: false, threshold: false, ratio };
    case 'weights':
      return { weights: true, threshold: false, ratio };
    case 'oversample':
    case 'undersample':
    case 'smote':
      return { weights: false, resample: strategy, threshold: false, ratio };
    case 'focal':
      return { weights: false, threshold: false, ratio, ...(focal && { focal }) };
    case 'threshold':
      return { weights: false, threshold: true, ratio };
  }
}

/**
 * One factor a class, their weighted mean over the rows 1: inversely proportional to the class sizes, as scikit-learn's
 * `balanced`; two classes: so that the rarer weighs `ratio` times the other, if that raises it.
 */
export function classFactors(
  target: Float64Array,
  weight: Float64Array | undefined,
  classes: number,
  ratio: number,
): Float64Array {
  const sizes = new Float64Array(classes);
  target.forEach((y, i) => {
    sizes[y] = (sizes[y] ?? 0) + (weight?.[i] ?? 1);
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const factors = sizes.map((size) =>
    size === 0 ? 0 : Math.max(1, (size === largest ? 1 : ratio) * (largest / size)),
  );
  const weighted = factors.reduce((sum, factor, k) => sum + factor * (sizes[k] ?? 0), 0);
  return factors.map((factor) => (factor * total) / weighted);
}

/**
 * How often each row counts after resampling: `oversample` draws rows of a smaller class again, at random, until it has
 * `ratio` times the rows of the largest; `undersample` leaves out rows of a larger one until the smallest has `ratio`
 * times its rows. A row that counts 0 times is as if absent.
 */
export function resampleCounts(
  target: Float64Array,
  classes: number,
  { resample, ratio }: Pick<Imbalance, 'ratio'> & { readonly resample: 'oversample' | 'undersample' },
  seed: number,
): Float64Array {
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  target.forEach((y, row) => void rowsOf[y]?.push(row));
  const sizes = rowsOf.map(({ length }) => length).filter((size) => size > 0);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const counts = new Float64Array(target.length).fill(1);
  const random = createRandom(seed, 'training', resample);
  for (const rows of rowsOf) {
    if (resample === 'oversample') {
      const wanted = rows.length === 0 ? 0 : Math.round(ratio * largest) - rows.length;
      for (let i = 0; i < wanted; i++) {
        const row = rows[random.int(rows.length)] ?? 0;
        counts[row] = (counts[row] ?? 0) + 1;
      }
    } else {
      const kept = Math.max(smallest, Math.round(smallest / ratio));
      random.shuffle(rows);
      for (const row of rows.slice(kept)) counts[row] = 0;
    }
  }
  return counts;
}
