/** Target encoding: a level becomes the mean target of its training rows, drawn towards the mean of all. */
import { createRandom } from '../statistics/random.ts';
import type { EncodingTable } from './encodings.ts';
import type { FittedLevels } from './levels.ts';

/** Rows of prior: a level with this many rows of its own lies halfway (scikit-learn's TargetEncoder `smooth`). */
const smoothing = 10;

export interface TargetEncodingRequest {
  readonly column: string;
  readonly levels: FittedLevels;
  readonly missingIsLevel: boolean;
  /** Per training row. */
  readonly codes: Int32Array;
  /** Per training row: class index or value. */
  readonly target: Float64Array;
  /** More than 2: one column a class, the share of that class; otherwise one column. */
  readonly classes: number;
  /** Per training row. */
  readonly folds: Uint8Array;
}

export interface TargetEncoding {
  /** Learnt on all training rows. */
  readonly table: EncodingTable;
  /** Row-major [training rows, names]: each row as encoded without its own fold. */
  readonly crossFitted: Float32Array;
}

/** `(sum + 10 × mean) / (rows + 10)` for each level; unseen ones get the mean. */
export function fitTargetEncoding(request: TargetEncodingRequest): TargetEncoding {
  const { column, levels, codes, folds, classes } = request;
  const outputs = classes > 2 ? classes : 1;
  const names =
    outputs === 1 ? [`${column} target`] : Array.from({ length: outputs }, (_, k) => `${column} target ${k}`);
  const size = levels.counts.length;
  const foldCount = folds.reduce((most, fold) => Math.max(most, fold + 1), 0);
  const whole = computeSums(request, { size, outputs, foldCount });
  const tables = Array.from({ length: foldCount + 1 }, (_, fold) =>
    // The last is that of all rows: no fold is left out.
    computeMeans(whole, { size, outputs, without: fold }, request.missingIsLevel),
  );
  const crossFitted = new Float32Array(codes.length * outputs);
  for (let row = 0; row < codes.length; row++) {
    const table = tables[folds[row] ?? 0];
    for (let k = 0; k < outputs; k++) {
      crossFitted[row * outputs + k] = table?.[(codes[row] ?? 0) * outputs + k] ?? Number.NaN;
    }
  }
  return { table: { names, values: tables[foldCount] ?? new Float32Array() }, crossFitted };
}

/** Five folds of equal size in random order. */
export function randomFolds(rows: number, seed: number): Uint8Array {
  const folds = Uint8Array.from({ length: rows }, (_, row) => row % 5);
  createRandom(seed, 'features', 'folds').shuffle(folds);
  return folds;
}

interface Sums {
  /** [folds, codes] */
  readonly rows: Float64Array;
  /** [folds, codes, outputs] */
  readonly targets: Float64Array;
}

function computeSums(
  { codes, target, folds }: TargetEncodingRequest,
  { size, outputs, foldCount }: { size: number; outputs: number; foldCount: number },
): Sums {
  const rows = new Float64Array(foldCount * size);
  const targets = new Float64Array(foldCount * size * outputs);
  for (let row = 0; row < codes.length; row++) {
    const cell = (folds[row] ?? 0) * size + (codes[row] ?? 0);
    const value = target[row] ?? 0;
    rows[cell] = (rows[cell] ?? 0) + 1;
    // Several classes: one more of class `value`; otherwise the target itself.
    const index = outputs === 1 ? cell : cell * outputs + value;
    targets[index] = (targets[index] ?? 0) + (outputs === 1 ? value : 1);
  }
  return { rows, targets };
}

/** Smoothed means [codes, outputs] over every fold but one. */
function computeMeans(
  sums: Sums,
  { size, outputs, without }: { size: number; outputs: number; without: number },
  missingIsLevel: boolean,
): Float32Array {
  const rows = addFolds(sums.rows, size, without);
  const targets = addFolds(sums.targets, size * outputs, without);
  const means = new Float32Array(size * outputs);
  const total = rows.reduce((a, b) => a + b, 0);
  for (let k = 0; k < outputs; k++) {
    let sum = 0;
    for (let code = 0; code < size; code++) sum += targets[code * outputs + k] ?? 0;
    const prior = total === 0 ? 0 : sum / total;
    for (let code = 0; code < size; code++) {
      const own = targets[code * outputs + k] ?? 0;
      means[code * outputs + k] = (own + smoothing * prior) / ((rows[code] ?? 0) + smoothing);
    }
    if (!missingIsLevel) means[k] = Number.NaN;
  }
  return means;
}

function addFolds(cells: Float64Array, size: number, without: number): Float64Array {
  const total = new Float64Array(size);
  for (let fold = 0; fold * size < cells.length; fold++) {
    if (fold === without) continue;
    for (let i = 0; i < size; i++) total[i] = (total[i] ?? 0) + (cells[fold * size + i] ?? 0);
  }
  return total;
}
