/** Random forests: trees on bootstrap samples, each split the best among a few columns, averaged (Breiman 2001). */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { SupervisedTask } from '../../catalog/tasks.ts';
import type { ForestSettings } from '../../config/experiment.ts';
import type { LabelledRows, ModelFamily } from '../family.ts';
import { type Arena, createArena } from '../gbdt/arena.ts';
import { assignBins, fitBinning, mostSampleRows } from '../gbdt/binning.ts';
import type { Ensemble } from '../gbdt/ensemble.ts';
import * as layout from '../gbdt/kernels/layout.ts';
import { startThreads, stopThreads } from '../gbdt/pool.ts';
import { createModel } from './forestModel.ts';
import { growForest } from './growForest.ts';
import { planArea } from './planArea.ts';

/**
 * Gini's impurity for classes (several: a tree a class, against the rest), squared errors for values. The same seed
 * gives the same bits with any number of threads. Rows of weight zero are as if absent.
 */
export const forest: ModelFamily<ForestSettings> = {
  name: 'forest',
  async fit(request) {
    checkForest(request.task);
    const { task, train, parameters } = request;
    const outputs = task === 'multiclass' ? request.outputs : 1;
    const rows = weightedRows(train);
    const shift = task === 'regression' ? meanOf(train) : 0;
    const { columns } = train.matrix;
    const empty: Ensemble = {
      outputs,
      base: new Float64Array(outputs).fill(shift),
      columns,
      binning: [],
      trees: [],
    };
    if (rows.length === 0 || columns.length === 0) return createModel(request, { ensemble: empty });

    const limits = limitsOf(parameters, { rows: rows.length, columns: columns.length, outputs });
    const area = planArea({ rows: rows.length, columns: columns.length, leaves: limits.leaves });
    const arena = createArena({
      threads: Math.max(1, Math.min(request.threads, 16, parameters.trees)),
      rows: rows.length,
      validRows: 0,
      columns: columns.length,
      outputs,
      maxLeaves: 2,
      weighted: train.weight !== undefined,
      sampleRows: Math.min(rows.length, mostSampleRows),
      ownBytes: area.bytes,
    });
    const { slots } = arena;
    slots.set(area.offsets, layout.FOREST_ROWS);
    slots[layout.TRIED] = limits.tried;
    slots[layout.MIN_SPLIT] = limits.minSplit;
    slots[layout.MIN_LEAF] = parameters.min_leaf;
    slots[layout.MAX_LEAVES] = limits.leaves;
    slots[layout.MAX_DEPTH] = Math.min(256, parameters.max_depth ?? 256);
    const threads = startThreads(arena);
    try {
      const { matrix, target } = train;
      const binning = fitBinning({ arena, matrix, target, maxBins: 255, rows });
      await threads;
      assignBins({ arena, matrix, binning, to: 'train', rows });
      placeTargets(arena, train, rows, shift);
      const grown = await growForest(arena, request, area);
      const ensemble = { ...empty, binning, trees: grown.trees };
      return createModel(request, {
        ensemble,
        ...(parameters.oob && { outOfBag: spread(grown.outOfBag, rows, train.matrix.rows) }),
        ...(limits.minSplit > 2 && { minSplit: limits.minSplit }),
      });
    } finally {
      await threads;
      stopThreads(arena);
    }
  },
};

/** @throws ModelwrightError model-setting: the mean of leaf means is no quantile */
export function checkForest(task: SupervisedTask): void {
  if (task !== 'quantile') return;
  throw new ModelwrightError('model-setting', {
    path: 'model.type',
    value: 'forest',
    reason: 'it predicts means, not quantiles',
    instead: 'gbdt',
  });
}

/** All trees together have at most about so many leaves: a file of 70 MB. */
const mostLeaves = 2 ** 20;

/** What `max_features` comes to, and how small a node is still split: 2 rows, or more where the trees would not fit. */
function limitsOf(
  { trees, max_features: wanted }: ForestSettings,
  { rows, columns, outputs }: { rows: number; columns: number; outputs: number },
): { tried: number; minSplit: number; leaves: number } {
  const share = Math.max(16, mostLeaves / (trees * outputs));
  return {
    tried: Math.max(1, Math.min(columns, triedOf(wanted, columns))),
    minSplit: Math.max(2, Math.ceil(rows / share)),
    leaves: Math.min(rows, Math.ceil(4 * share)),
  };
}

/** As scikit-learn: rounded down. A whole number is that many columns, a fraction a share of them. */
function triedOf(wanted: ForestSettings['max_features'], columns: number): number {
  if (wanted === 'sqrt') return Math.floor(Math.sqrt(columns));
  if (wanted === 'log2') return Math.floor(Math.log2(columns));
  if (wanted === 'all') return columns;
  return Number(wanted) >= 1 ? Number(wanted) : Math.floor(Number(wanted) * columns);
}

function weightedRows({ weight, matrix }: LabelledRows): Int32Array {
  const all = Int32Array.from({ length: matrix.rows }, (_, row) => row);
  return weight ? all.filter((row) => (weight[row] ?? 0) > 0) : all;
}

function meanOf({ target, weight }: LabelledRows): number {
  let [sum, total] = [0, 0];
  target.forEach((y, i) => {
    const w = weight?.[i] ?? 1;
    sum += w * y;
    total += w;
  });
  return total > 0 ? sum / total : 0;
}

function placeTargets(arena: Arena, train: LabelledRows, rows: Int32Array, shift: number): void {
  const { memory, slots } = arena;
  const targets = new Float32Array(memory.buffer, slots[layout.TARGET], rows.length);
  rows.forEach((row, i) => {
    targets[i] = (train.target[row] ?? 0) - shift;
  });
  if (!train.weight) return;
  const weights = new Float32Array(memory.buffer, slots[layout.WEIGHT], rows.length);
  rows.forEach((row, i) => {
    weights[i] = train.weight?.[row] ?? 0;
  });
}

/** From the rows that took part to all rows of the matrix; NaN elsewhere. */
function spread(values: Float64Array, rows: Int32Array, count: number): Float64Array {
  const outputs = values.length / rows.length;
  const all = new Float64Array(count * outputs).fill(Number.NaN);
  rows.forEach((row, i) => void all.set(values.subarray(i * outputs, (i + 1) * outputs), row * outputs));
  return all;
}
