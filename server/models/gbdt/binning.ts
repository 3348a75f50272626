/** Turns a feature matrix into bins in the arena: fits them on the training rows, then assigns them row by row. */
import type { FeatureMatrix } from '../../features/matrix.ts';
import { createRandom } from '../../statistics/random.ts';
import type { Arena } from './arena.ts';
import { type Binning, fitCuts, fitLevels, roundDown } from './bins.ts';
import * as layout from './kernels/layout.ts';

/** Most values of a column that its cut points are chosen from, as LightGBM. */
export const mostSampleRows = 200_000;

export interface BinningRequest {
  readonly arena: Arena;
  readonly matrix: FeatureMatrix;
  /** Rows of the matrix to use; absent: all. */
  readonly rows?: Int32Array;
  readonly target: Float64Array;
  readonly maxBins: number;
}

/** Cut points and level ranks of every column. */
export function fitBinning(request: BinningRequest): Binning[] {
  const { arena, matrix, rows, target, maxBins } = request;
  const numeric = matrix.values.flatMap((column) => (column.kind === 'numeric' ? [column.values] : []));
  const fitted = fitNumbers(arena, numeric, sampleRows(rows ?? matrix.rows), maxBins);
  return matrix.values.map((column, j) => {
    if (column.kind === 'numeric') return fitted.shift() ?? fitCuts(new Float32Array(0), maxBins);
    const levels = matrix.columns[j]?.levels?.length ?? 0;
    return fitLevels({ codes: column.codes, levels, target, ...(rows && { rows }) });
  });
}

/** All rows, or one drawn at random from each of 200,000 equal stretches. */
function sampleRows(rows: Int32Array | number): Int32Array {
  const n = typeof rows === 'number' ? rows : rows.length;
  const size = Math.min(n, mostSampleRows);
  const sample = new Int32Array(size);
  const random = createRandom(0, 'gbdt', 'bins');
  for (let i = 0; i < size; i++) {
    const width = n / size;
    const at = size === n ? i : Math.min(n - 1, Math.floor((i + random.uniform()) * width));
    sample[i] = typeof rows === 'number' ? at : (rows[at] ?? 0);
  }
  return sample;
}

function fitNumbers(
  arena: Arena,
  columns: readonly Float32Array[],
  sample: Int32Array,
  maxBins: number,
): Binning[] {
  const threads = arena.slots[layout.THREADS] ?? 1;
  const views = Array.from({ length: threads }, (_, thread) => {
    const at = (arena.slots[layout.SAMPLES] ?? 0) + thread * (arena.slots[layout.SAMPLE_BYTES] ?? 0);
    return new Float32Array(arena.memory.buffer, at, sample.length);
  });
  const fitted: Binning[] = [];
  for (let first = 0; first < columns.length; first += threads) {
    const lengths = views.map((view, thread) => {
      const length = fill(view, columns[first + thread] ?? new Float32Array(0), sample);
      arena.slots[layout.ARGUMENT + thread] = length;
      return length;
    });
    arena.run(layout.JOB_SORT);
    views.forEach((view, thread) => {
      if (first + thread < columns.length) fitted.push(fitCuts(view.subarray(0, lengths[thread]), maxBins));
    });
  }
  return fitted;
}

/** Copies the sampled values that are numbers; returns how many. */
function fill(view: Float32Array, values: Float32Array, sample: Int32Array): number {
  let length = 0;
  for (let i = 0; i < sample.length; i++) {
    const value = values[sample[i] ?? 0] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    view[length] = value;
    length++;
  }
  return length;
}

/** Which part of the arena bins go to, and from which rows of a matrix they come. */
export interface AssignRequest {
  readonly arena: Arena;
  readonly matrix: FeatureMatrix;
  readonly binning: readonly Binning[];
  readonly to: 'train' | 'valid';
  /** Rows of the matrix: a list, or a stretch. */
  readonly rows: Int32Array | { readonly begin: number; readonly end: number };
}

/** Fills row-major bins (training: column-major ones too) with those of the matrix's rows. */
export function assignBins(request: AssignRequest): void {
  const { arena, matrix, binning, to } = request;
  const { slots } = arena;
  const rows =
    request.rows instanceof Int32Array ? request.rows.length : request.rows.end - request.rows.begin;
  const pitch = to === 'train' ? (slots[layout.PITCH] ?? 0) : arena.validPitch;
  const rowBins = slots[to === 'train' ? layout.ROW_BINS : layout.VALID_BINS] ?? 0;
  for (let first = 0; first < matrix.values.length; first += 16) {
    const base = to === 'train' ? (slots[layout.COLUMN_BINS] ?? 0) + first * pitch : arena.validColumns;
    const count = Math.min(16, matrix.values.length - first);
    for (let k = 0; k < count; k++) {
      const column = binning[first + k];
      if (column)
        assignColumn({ ...request, column: first + k, own: column, out: base + k * pitch, count: rows });
    }
    setArguments(arena, [base, pitch, count, rowBins + first, slots[layout.STRIDE] ?? 0, rows]);
    arena.run(layout.JOB_INTERLEAVE);
  }
  if (to === 'valid') return;
  const counts = new Uint32Array(arena.memory.buffer, slots[layout.BIN_COUNTS], binning.length);
  const categories = new Uint8Array(arena.memory.buffer, slots[layout.IS_CATEGORY], binning.length);
  binning.forEach(({ bins, kind }, j) => {
    counts[j] = bins;
    categories[j] = kind === 'category' ? 1 : 0;
  });
}

type ColumnRequest = AssignRequest & {
  readonly column: number;
  readonly own: Binning;
  readonly out: number;
  readonly count: number;
};

function assignColumn(request: ColumnRequest): void {
  const { arena, matrix, own, out, count, rows } = request;
  const values = matrix.values[request.column];
  const begin = rows instanceof Int32Array ? 0 : rows.begin;
  const list = rows instanceof Int32Array ? rows : undefined;
  if (values?.kind === 'category' && own.kind === 'category') {
    const bins = new Uint8Array(arena.memory.buffer, out, count);
    for (let i = 0; i < count; i++) {
      const code = values.codes[list ? (list[i] ?? 0) : begin + i] ?? 0;
      bins[i] = own.binOf[code] ?? own.bins;
    }
  }
  if (values?.kind === 'numeric' && own.kind === 'numeric') {
    const scratch = new Float32Array(arena.memory.buffer, arena.scratch, count);
    if (list) for (let i = 0; i < count; i++) scratch[i] = values.values[list[i] ?? 0] ?? Number.NaN;
    else scratch.set(values.values.subarray(begin, begin + count));
    const cuts = new Float32Array(arena.memory.buffer, arena.cuts, 256).fill(Number.POSITIVE_INFINITY);
    cuts.set(Float32Array.from(own.cuts, roundDown));
    setArguments(arena, [arena.scratch, count, arena.cuts, own.bins, out]);
    arena.run(layout.JOB_BIN);
  }
}

function setArguments(arena: Arena, values: readonly number[]): void {
  arena.slots.set(values, layout.ARGUMENT);
}
