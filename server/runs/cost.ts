/**
 * About how long the stages of a run take and how much memory it holds, from sizes alone. Seconds of two cores, fitted to
 * the experiments of bench/estimate.ts, which tells how far off they are.
 */
import type { CostRequest } from './costRequest.ts';
import { fillBytes, fillSeconds, selectSeconds } from './featureCost.ts';

/** One fit of a family on `rows` rows. */
export function fitSeconds(family: string, request: CostRequest, rows: number): number {
  const { columns } = request;
  const cells = (rows * columns) / 1e6;
  if (family === 'dummy') return 0.01;
  // Training rows are filled to be learnt from, held-out ones and they again to be scored.
  const prepare = 0.05 + 0.3 * cells + selectSeconds(request, rows) + 1.5 * fillSeconds(request, rows);
  switch (family) {
    case 'gbdt':
      return prepare + expectedSteps(family, request) * (0.0008 + 0.0001 * columns + 0.0025 * cells);
    case 'linear':
      return prepare;
    case 'forest':
      return prepare + 0.85 * Math.sqrt(columns) * forestNodes(request, rows);
    case 'mlp':
      return prepare + expectedSteps(family, request) * networkSeconds(request, rows);
    default:
      return 0.01;
  }
}

export function lintSeconds({ rows, columns }: CostRequest): number {
  return 0.2 + 0.015 * columns + (0.06 * rows * columns) / 1e6;
}

/** `families`: of all models that are scored. */
export function scoreSeconds(families: readonly string[], request: CostRequest): number {
  const { rows, columns } = request;
  const millions = rows / 1e6;
  return families.reduce((sum, family) => {
    if (family === 'dummy') return sum;
    const trees = family === 'gbdt' ? 0.03 * millions * expectedSteps(family, request) : 0;
    const walks = family === 'forest' ? forestWalk(request) * treesOf(request) * rows : 0;
    return sum + 0.2 * millions * columns + trees + walks + fillSeconds(request, rows);
  }, 0.08);
}

/** Resampled metrics of each model, more slowly than in proportion to the rows, and what explains the model. */
export function evaluateSeconds(families: readonly string[], request: CostRequest): number {
  const { experiment, columns, test, classes } = request;
  const { ci } = experiment.evaluate;
  const samples = ci.method === 'none' ? 0 : ci.samples / 1000;
  const models = families.length * Math.max(1, classes / 2);
  // Five shuffles of each column, of at most so many rows (importance.ts).
  const shuffled = 5 * columns * Math.min(5_000, test);
  const walks = families[0] === 'forest' ? 0.75e-6 * treesOf(request) * shuffled : 0;
  const fills = families[0] === 'dummy' ? 0 : fillSeconds(request, shuffled);
  return 0.037 * columns + 0.14 * (test / 1000) ** 0.9 * models * samples + walks + fills;
}

export function writeSeconds({ rows, columns }: CostRequest): number {
  return 0.06 + 0.004 * columns + (0.12 * rows * columns) / 1e6;
}

/** Processes, what every table takes, the table itself, and the nodes of forests. */
export function memoryOf(families: readonly string[], request: CostRequest): number {
  const cells = request.rows * request.columns;
  const forest = families.includes('forest') ? 640e6 * forestNodes(request, request.train) : 0;
  return 180e6 + 250e6 * (cells / 2e6) ** 0.4 + 16 * cells + forest + fillBytes(request);
}

/** A ceiling where nothing stops earlier; else what tables of that size have needed, more with smaller steps. */
function expectedSteps(family: string, { experiment, rows }: CostRequest): number {
  const { early_stop: stop, epochs } = experiment.train;
  const most = family === 'gbdt' ? experiment.model.gbdt.trees : epochs;
  if (stop === false) return most;
  if (family !== 'gbdt') return Math.min(most, 20 + stop.patience);
  const rate = 0.05 / experiment.model.gbdt.learning_rate;
  return Math.min(most, stop.patience + 40 * rate * Math.sqrt(rows / 10_000));
}

function treesOf({ experiment }: CostRequest): number {
  return experiment.model.forest.trees;
}

/** Seconds that one row takes through one tree, with what it takes to open the file: larger trees are found in slower memory. */
function forestWalk({ train }: CostRequest): number {
  return 1.9e-6 * (train / 14_000) ** 0.4;
}

/** Millions: trees are grown until leaves are pure, of a few rows as a rule, or as small as allowed. */
function forestNodes({ experiment }: CostRequest, rows: number): number {
  const { trees, min_leaf: least } = experiment.model.forest;
  return (trees * rows) / Math.max(1, least / 5) / 1e6;
}

/** One epoch: a multiplication and an addition three times for each weight and row. */
function networkSeconds({ experiment, columns }: CostRequest, rows: number): number {
  const widths = [1.5 * columns, ...experiment.model.mlp.layers, 1];
  let weights = 0;
  for (let layer = 1; layer < widths.length; layer++)
    weights += (widths[layer - 1] ?? 0) * (widths[layer] ?? 0);
  return 5.5e-10 * weights * rows;
}
