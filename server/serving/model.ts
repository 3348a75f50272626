/** One model of a deployment: its file opened, its inputs known, its scores read as answers. */
import { readFile } from 'node:fs/promises';
import { ModelwrightError } from '../catalog/errors.ts';
import { scoreNames } from '../catalog/tasks.ts';
import { type ModelShape, type RowScores, readShape } from '../engines/rowScorer.ts';
import { openRowThread } from '../engines/rowThread.ts';
import { cellChecks } from '../onnx/contract.ts';
import type { ServedModel } from '../protocol/servingMessages.ts';
import { type Batches, createBatches } from './batches.ts';
import type { InputColumn } from './cells.ts';
import { readServeSettings, type ServeSettings } from './settings.ts';
import { createStatistics, type Statistics } from './statistics.ts';

export interface Model extends Omit<ServedModel, 'path'> {
  readonly settings: ServeSettings;
  readonly shape: ModelShape;
  /** In the order of the model's inputs. */
  readonly columns: readonly InputColumn[];
  readonly batches: Batches;
  readonly statistics: Statistics;
}

export interface Answer extends RowScores {
  readonly count: number;
}

/** Opens the file in a thread and scores a row of missing values, so that the first request is as fast as the next. */
export async function openServedModel(
  { path, ...served }: ServedModel,
  experiment: Readonly<Record<string, unknown>>,
): Promise<Model> {
  const settings = readServeSettings(experiment);
  const bytes = await readFile(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') throw new ModelwrightError('file-not-found', { path }, { file: path });
    throw new ModelwrightError('model-unreadable', { reason: fault.message }, { file: path });
  });
  const shape = readShape(bytes);
  const { contract } = shape.lineage;
  const checks = contract && cellChecks(contract);
  const columns = shape.lineage.features.map((feature) => ({
    ...feature,
    levels: shape.knownLevels.get(feature.name),
    check: checks?.get(feature.name),
  }));
  const batches = createBatches(await openRowThread(bytes), shape.width);
  const floats = columns.filter(({ input }) => input === 'float').map(() => Number.NaN);
  const strings = columns.filter(({ input }) => input !== 'float').map(() => '');
  // What is computed of missing values may be a level that no training row gives: the model works all the same.
  await batches.score({ count: 1, floats, strings }).catch((fault: unknown) => {
    if (!(fault instanceof ModelwrightError && fault.code === 'level-unseen-computed')) throw fault;
  });
  return { ...served, settings, shape, columns, batches, statistics: createStatistics() };
}

/** The label of each row typed as the target, or the predicted value. */
export function labelsOf({ shape }: Model, { labels, values }: Answer): unknown[] {
  const { classes } = shape.lineage;
  return labels === undefined ? [...values] : Array.from(labels, (index) => classes[index] ?? null);
}

/** The labels of a row's set of classes, in their order; undefined where the model gives none. */
export function setOf(
  { lineage, width }: Model['shape'],
  { set }: RowScores,
  row: number,
): unknown[] | undefined {
  return set && lineage.classes.filter((_, label) => set[row * width + label] === 1);
}

/** A row's prediction and scores, named as in the predictions file; a set of classes as the list of its labels. */
export function predictionOf(
  { shape }: Pick<Model, 'shape'>,
  scores: RowScores,
  row: number,
): Record<string, unknown> {
  const { labels, values, lower, upper } = scores;
  const { lineage, width, positive } = shape;
  const own = values.subarray(row * width, (row + 1) * width);
  if (labels === undefined)
    return {
      prediction: own[0] ?? null,
      ...(lower && upper && { lower: lower[row], upper: upper[row] }),
    };
  const set = setOf(shape, scores, row);
  const beside = set && { set };
  const prediction = lineage.classes[labels[row] ?? 0] ?? null;
  if (lineage.task === 'binary') return { prediction, score: own[positive], ...beside };
  const names = scoreNames(lineage.task, lineage.classes);
  return { prediction, ...Object.fromEntries(names.map((name, index) => [name, own[index]])), ...beside };
}
