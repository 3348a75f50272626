/** What models cost beyond the features that they learn from: seconds of two cores, fitted as cost.ts says. */
import { companionCount, planCompanions } from '../../training/companions.ts';
import type { CostRequest } from './costRequest.ts';

/** One fit on `rows` rows. */
export function learnSeconds(family: string, request: CostRequest, rows: number): number {
  const { columns, classes } = request;
  switch (family) {
    case 'gbdt':
      return treesAStep(request) * steps(family, request) * treeSeconds(rows, columns);
    case 'linear':
      return ((0.1 * rows * columns) / 1e6) * Math.max(1, classes / 2);
    case 'forest':
      return 0.22 * Math.sqrt(columns) * forestLeaves(request, rows);
    case 'mlp':
      return steps(family, request) * rows * (1.2e-6 + 1.2e-10 * networkWeights(request));
    default:
      return 0.01;
  }
}

/** One row, in the model file. */
export function modelSeconds(family: string, request: CostRequest): number {
  const { experiment, train } = request;
  const { trees } = experiment.model.forest;
  const models = 1 + companionCount(planCompanions(experiment.model.uncertainty));
  switch (family) {
    case 'gbdt':
      return 3.7e-8 * models * treesAStep(request) * steps(family, request);
    case 'forest':
      // Larger trees are deeper, and found in slower memory.
      return 1.5e-7 * trees * ((1e6 * forestLeaves(request, train)) / trees / 16_000) ** 0.42;
    case 'mlp':
      return 1e-10 * models * networkWeights(request);
    default:
      return 0;
  }
}

/** One tree of boosting on `rows` rows. */
export function treeSeconds(rows: number, columns: number): number {
  return 0.0003 + 0.00001 * columns + 1e-9 * rows * (12 + 2.2 * columns);
}

function treesAStep({ classes }: CostRequest): number {
  return classes > 2 ? classes : 1;
}

/** A ceiling where nothing stops earlier; else what tables of that size have needed, more with smaller steps. */
function steps(family: string, { experiment, rows }: CostRequest): number {
  const { early_stop: stop, epochs } = experiment.train;
  const most = family === 'gbdt' ? experiment.model.gbdt.trees : epochs;
  if (stop === false) return most;
  if (family !== 'gbdt') return Math.min(most, 20 + stop.patience);
  const rate = 0.05 / experiment.model.gbdt.learning_rate;
  return Math.min(most, stop.patience + 55 * rate * Math.sqrt(rows / 10_000));
}

/** Millions, in proportion: trees grow until leaves are pure or as small as allowed, and hardly two rows share a value. */
export function forestLeaves({ experiment, classes }: CostRequest, rows: number): number {
  const { trees, min_leaf: least } = experiment.model.forest;
  return ((classes === 0 ? 4 : 1) * trees * rows) / Math.max(1, least / 5) / 1e6;
}

/** Its categories are embedded: about half as many inputs again as columns. */
function networkWeights({ experiment, columns, classes }: CostRequest): number {
  const widths = [1.5 * columns, ...experiment.model.mlp.layers, Math.max(1, classes)];
  return widths.slice(1).reduce((sum, width, before) => sum + width * (widths[before] ?? 0), 0);
}
