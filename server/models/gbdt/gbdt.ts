/** Gradient boosted trees: own histogram trainer with native missing values and categories (see kernels/). */
import { predictsValue } from '../../catalog/tasks.ts';
import type { GbdtSettings } from '../../config/experiment.ts';
import { requireBoostingLibrary } from '../../engines/installed.ts';
import type { FitRequest, LabelledRows, ModelFamily, SupervisedTask } from '../family.ts';
import { type Arena, createArena } from './arena.ts';
import { assignBins, fitBinning, mostSampleRows } from './binning.ts';
import { boost } from './boost.ts';
import type { Ensemble } from './ensemble.ts';
import { appendTrees } from './graph.ts';
import * as layout from './kernels/layout.ts';
import { fitLightGbm } from './lightgbm.ts';
import { checkMonotone, monotoneSigns } from './monotone.ts';
import { fitBase, kernelOf, objectiveOf } from './objective.ts';
import { startThreads, stopThreads } from './pool.ts';
import { fillBase, predictRaw } from './predict.ts';
import { fitXgboost } from './xgboost.ts';

/**
 * Log loss, softmax (one tree a class and iteration), both focal where asked for, or a loss of values; leaf-wise growth under a depth limit. The same
 * seed gives the same bits with any number of threads, and after resuming at any iteration. Rows of weight zero are as
 * if absent. `min_leaf` counts rows of the bag.
 */
export const gbdt: ModelFamily<GbdtSettings> = {
  name: 'gbdt',
  async fit(request) {
    checkGbdt(request.parameters, request.task);
    const { engine } = request.parameters;
    if (engine === 'lightgbm') return fitLightGbm(request);
    if (engine === 'xgboost') return fitXgboost(request);
    const ensemble = await fitEnsemble(request);
    return {
      family: 'gbdt',
      parameters: {
        ...request.parameters,
        ...((predictsValue(request.task) || request.focal) && { loss: objectiveOf(request).loss }),
      },
      iterations: ensemble.trees.length / ensemble.outputs,
      predict: (matrix) => predictRaw(ensemble, matrix),
      appendTo: (graph, inputs) => ({ raw: appendTrees(ensemble, graph, inputs), double: false }),
    };
  },
};

/** Throws `model-setting` for an engine that is not installed, and for monotone columns where nothing can be so. */
export function checkGbdt(settings: GbdtSettings, task: SupervisedTask): void {
  if (settings.engine !== 'builtin') requireBoostingLibrary(settings.engine);
  if (task === 'multiclass') checkMonotone(settings, task, { loss: 'softmax' });
  if (task === 'quantile') checkMonotone(settings, task, { loss: 'quantile', renewAt: 0.5 });
}

async function fitEnsemble(request: FitRequest<GbdtSettings>): Promise<Ensemble> {
  const { task, train, valid, parameters } = request;
  const outputs = task === 'multiclass' ? request.outputs : 1;
  const objective = objectiveOf(request);
  const base = fitBase(request, objective);
  const signs = monotoneSigns(request, objective);
  const { columns } = train.matrix;
  const rows = weightedRows(train);
  const count = rows?.length ?? train.matrix.rows;
  if (count === 0 || columns.length === 0) return { outputs, base, columns, binning: [], trees: [] };

  const maxDepth = parameters.max_depth >= 1 ? parameters.max_depth : 1000;
  const arena = createArena({
    // A thread has two blocks of rows at least: fewer are not worth its start.
    threads: Math.max(1, Math.min(request.threads, 16, Math.floor(count / (2 * layout.BLOCK)))),
    rows: count,
    validRows: request.earlyStop && valid ? valid.matrix.rows : 0,
    columns: columns.length,
    outputs,
    maxLeaves: Math.min(parameters.max_leaves, maxDepth < 16 ? 2 ** maxDepth : parameters.max_leaves),
    weighted: train.weight !== undefined,
    sampleRows: Math.min(count, mostSampleRows),
  });
  arena.slots[layout.OBJECTIVE] = kernelOf[objective.loss];
  arena.slots[layout.RENEW] = objective.renewAt === undefined ? 0 : 1;
  arena.reals[layout.QUANTILE_LEVEL] = objective.renewAt ?? 0.5;
  arena.reals[layout.HUBER_DELTA] = objective.delta ?? 0;
  arena.slots[layout.MONOTONE] = signs.some((sign) => sign !== 0) ? 1 : 0;
  new Int8Array(arena.memory.buffer, arena.slots[layout.MONOTONE_SIGNS], columns.length).set(signs);
  arena.slots[layout.MAX_DEPTH] = maxDepth;
  arena.slots[layout.MIN_LEAF] = Math.max(1, parameters.min_leaf);
  arena.reals[layout.LEARNING_RATE] = parameters.learning_rate;
  arena.reals[layout.L1] = parameters.l1;
  arena.reals[layout.L2] = parameters.l2;
  // They take a while to start: time enough to find the cut points.
  const threads = startThreads(arena);
  try {
    const maxBins = Math.min(255, parameters.bins);
    const { matrix, target } = train;
    const binning = fitBinning({ arena, matrix, target, maxBins, ...(rows && { rows }) });
    await threads;
    assignBins({ arena, matrix: train.matrix, binning, to: 'train', rows: rows ?? { begin: 0, end: count } });
    placeTargets(arena, request, base, rows);
    if (valid && arena.sizes.validRows > 0) placeValid(arena, valid, binning, base);
    return { outputs, base, columns, binning, trees: await boost(arena, request, objective) };
  } finally {
    await threads;
    stopThreads(arena);
  }
}

/** Rows with a weight; undefined: all. */
function weightedRows({ weight }: LabelledRows): Int32Array | undefined {
  if (!weight?.some((w) => !(w > 0))) return undefined;
  return Int32Array.from(Array.from(weight.keys()).filter((i) => (weight[i] ?? 0) > 0));
}

/** Targets, weights and raw scores of the training rows; values but counts are differences from the base. */
function placeTargets(
  arena: Arena,
  { task, train }: FitRequest<GbdtSettings>,
  base: Float64Array,
  rows: Int32Array | undefined,
): void {
  const { memory, slots, sizes } = arena;
  const isShifted = predictsValue(task) && task !== 'count';
  const shift = isShifted ? (base[0] ?? 0) : 0;
  const targets = new Float32Array(memory.buffer, slots[layout.TARGET], sizes.rows);
  const weights = train.weight && new Float32Array(memory.buffer, slots[layout.WEIGHT], sizes.rows);
  for (let i = 0; i < sizes.rows; i++) {
    const row = rows ? (rows[i] ?? 0) : i;
    targets[i] = (train.target[row] ?? 0) - shift;
    if (weights) weights[i] = train.weight?.[row] ?? 0;
  }
  const raw = new Float64Array(memory.buffer, slots[layout.RAW], sizes.rows * sizes.outputs);
  if (!isShifted) fillBase(raw, base);
}

function placeValid(
  arena: Arena,
  { matrix }: LabelledRows,
  binning: Ensemble['binning'],
  base: Float64Array,
): void {
  assignBins({ arena, matrix, binning, to: 'valid', rows: { begin: 0, end: matrix.rows } });
  const { memory, slots, sizes } = arena;
  fillBase(new Float64Array(memory.buffer, slots[layout.VALID_RAW], sizes.validRows * sizes.outputs), base);
}
