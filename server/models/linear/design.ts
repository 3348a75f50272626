/** The design matrix of a linear model, never materialised: numeric columns, an intercept, and one column a category level. */
import type { FeatureMatrix } from '../../features/matrix.ts';

/** Rows that are looked at together: small enough for the second-level cache at 20 to 50 columns. */
export const blockRows = 1024;

/**
 * Coefficients of one output stand in this order: numeric columns, the intercept if there is one, then the levels of
 * every category column (full one-hot; code 0 is missing, the last code the bucket).
 */
export interface Design {
  readonly rows: number;
  /** Coefficients of one output. */
  readonly width: number;
  /** Position of the intercept in a coefficient vector; -1 without one. */
  readonly intercept: number;
  readonly numeric: readonly Float32Array[];
  /** Subtracted from the numeric columns, which keeps the Gram matrix well conditioned; zeros without an intercept. */
  readonly center: Float64Array;
  readonly categories: readonly {
    readonly codes: Uint16Array | Int32Array;
    readonly start: number;
    readonly levels: number;
  }[];
}

export function createDesign(matrix: FeatureMatrix, intercept: boolean): Design {
  const numeric: Float32Array[] = [];
  const categories: { codes: Uint16Array | Int32Array; start: number; levels: number }[] = [];
  for (const column of matrix.values) if (column.kind === 'numeric') numeric.push(column.values);
  let start = numeric.length + (intercept ? 1 : 0);
  matrix.values.forEach((column, j) => {
    if (column.kind !== 'category') return;
    const levels = matrix.columns[j]?.levels?.length ?? 0;
    categories.push({ codes: column.codes, start, levels });
    start += levels;
  });
  const center = Float64Array.from(numeric, (values) => (intercept ? middle(values) : 0));
  return {
    rows: matrix.rows,
    width: start,
    intercept: intercept ? numeric.length : -1,
    numeric,
    center,
    categories,
  };
}

/** A run of consecutive rows. `x[j * count + i]`: the centred numeric columns and the intercept's ones, as float64. */
export interface Block {
  readonly start: number;
  readonly count: number;
  readonly x: Float64Array;
}

/** Calls `visit` for the rows in order, block by block; `x` is reused between calls. */
export function forEachBlock(design: Design, visit: (block: Block) => void): void {
  const dense = design.numeric.length + (design.intercept < 0 ? 0 : 1);
  const buffer = new Float64Array(dense * blockRows);
  for (let start = 0; start < design.rows; start += blockRows) {
    const count = Math.min(blockRows, design.rows - start);
    const x = count === blockRows ? buffer : buffer.subarray(0, dense * count);
    design.numeric.forEach((values, j) => {
      const center = design.center[j] ?? 0;
      for (let i = 0, to = j * count; i < count; i++, to++) x[to] = (values[start + i] ?? 0) - center;
    });
    if (design.intercept >= 0) x.fill(1, design.intercept * count);
    visit({ start, count, x });
  }
}

/** `eta[i] += row i · coefficients[at ...]`. */
export function addProducts(
  design: Design,
  block: Block,
  coefficients: Float64Array,
  at: number,
  eta: Float64Array,
): void {
  const { count, start, x } = block;
  const dense = x.length / count;
  for (let j = 0; j < dense; j++) {
    const coefficient = coefficients[at + j] ?? 0;
    for (let i = 0, from = j * count; i < count; i++, from++)
      eta[i] = (eta[i] ?? 0) + coefficient * (x[from] ?? 0);
  }
  for (const { codes, start: first } of design.categories) {
    for (let i = 0; i < count; i++) {
      eta[i] = (eta[i] ?? 0) + (coefficients[at + first + (codes[start + i] ?? 0)] ?? 0);
    }
  }
}

/** Of at most 4,096 rows spread over all: any point near the mean keeps the Gram matrix well conditioned. */
function middle(values: Float32Array): number {
  const step = Math.max(1, Math.floor(values.length / 4096));
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i += step) {
    sum += values[i] ?? 0;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
