/** The trainer's own raw scores of any rows: bins by the model's cut points, then every tree in order. */
import type { FeatureMatrix } from '../../features/matrix.ts';
import { createArena } from './arena.ts';
import { assignBins } from './binning.ts';
import { applyTree, type Ensemble } from './ensemble.ts';
import * as layout from './kernels/layout.ts';

/** Rows at a time: their bins stay in the second-level cache while all trees pass. */
const stretch = 16_384;

/** Row-major [rows, outputs]. */
export function predictRaw(ensemble: Ensemble, matrix: FeatureMatrix): Float64Array {
  const { outputs, base, binning, trees } = ensemble;
  const most = trees.reduce((most, tree) => Math.max(most, tree.length / layout.NODE_BYTES), 1);
  const arena = createArena({
    threads: 1,
    rows: 0,
    validRows: Math.min(stretch, matrix.rows),
    columns: matrix.columns.length,
    outputs,
    maxLeaves: Math.ceil(most / 2),
    weighted: false,
    sampleRows: 0,
  });
  const scores = new Float64Array(matrix.rows * outputs);
  for (let begin = 0; begin < matrix.rows; begin += stretch) {
    const end = Math.min(begin + stretch, matrix.rows);
    assignBins({ arena, matrix, binning, to: 'valid', rows: { begin, end } });
    arena.slots[layout.VALID_ROWS] = end - begin;
    const raw = new Float64Array(arena.memory.buffer, arena.slots[layout.VALID_RAW], (end - begin) * outputs);
    fillBase(raw, base);
    trees.forEach((_, index) => {
      applyTree(arena, trees, index);
    });
    scores.set(raw, begin * outputs);
  }
  return scores;
}

/** Repeats the base row by row. */
export function fillBase(raw: Float64Array, base: Float64Array): void {
  for (let i = 0; i < raw.length; i++) raw[i] = base[i % base.length] ?? 0;
}
