/** The table on which the real libraries are compared with their Python packages (oracle/realLightgbm.py, realXgboost.py). */
import { readFileSync } from 'node:fs';
import type { GbdtSettings } from '../../../server/config/experiment.ts';
import type { FitRequest, SupervisedTask } from '../../../server/models/family.ts';
import { matrixOf } from '../matrix.ts';
import { settings } from './settings.ts';

/** A library's own model as text, and its raw scores of `asked`. */
export interface LibraryCase {
  readonly text: string;
  readonly raw: number[];
}

type Columns = (number | null)[][];
export const table: {
  columns: Columns;
  asked: Columns;
  cases: Record<SupervisedTask, LibraryCase & { readonly target: number[] }>;
} = JSON.parse(readFileSync(new URL('../oracle/realLightgbm.json', import.meta.url), 'utf8'));
export const tasks = Object.keys(table.cases) as SupervisedTask[]; // Written by the script.

export const matrixFrom = (columns: Columns) => {
  const [codes = []] = columns.slice(3);
  const numbers = columns.slice(0, 3).map((column) => column.map((value) => value ?? Number.NaN));
  return matrixOf(numbers, [codes.map(Number)], [10]);
};
export const asked = matrixFrom(table.asked);
export const outputsOf = (task: SupervisedTask) => (task === 'multiclass' ? 3 : 1);

/** Largest difference; a result of the file is float32. */
export const distance = (actual: Float64Array, expected: readonly number[]) =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0);

/** The settings of the scripts. */
export function requestFor(
  task: SupervisedTask,
  { engine, trees }: Pick<GbdtSettings, 'engine' | 'trees'>,
): FitRequest<GbdtSettings> {
  const parameters: GbdtSettings = {
    ...settings,
    ...{ engine, trees, learning_rate: 0.1, max_leaves: 7, max_depth: 4, min_leaf: 10 },
    ...{ subsample: 0.8, colsample: 0.8, l1: 0.1, bins: 63 },
  };
  return {
    ...{ task, outputs: task === 'binary' ? 2 : outputsOf(task), parameters, seed: 7, threads: 1 },
    train: { matrix: matrixFrom(table.columns), target: Float64Array.from(table.cases[task].target) },
    ...(task === 'quantile' && { quantile: 0.7 }),
  };
}
