/**
 * About how long the stages of a run take and how much memory it holds, from sizes alone. Seconds of two cores, fitted to
 * the experiments of bench/estimate.ts, which tells how far off they are.
 */
import type { CostRequest } from './costRequest.ts';
import { fillSeconds, selectSeconds } from './featureCost.ts';
import { forestLeaves, learnSeconds, modelSeconds } from './modelCost.ts';

/** One fit of a family on `rows` rows. */
export function fitSeconds(family: string, request: CostRequest, rows: number): number {
  if (family === 'dummy') return 0.01;
  const cells = (rows * request.columns) / 1e6;
  // Training rows are filled to be learnt from, held-out ones and they again to be scored.
  const prepare = 0.02 + 0.15 * cells + selectSeconds(request, rows) + 1.5 * fillSeconds(request, rows);
  return prepare + learnSeconds(family, request, rows);
}

export function lintSeconds({ rows, columns }: CostRequest): number {
  return 0.05 + 0.007 * columns + 0.35 * ((rows * columns) / 1e6) ** 0.4;
}

/** `families`: of all models that are scored, the main one first. */
export function scoreSeconds(families: readonly string[], request: CostRequest): number {
  const { rows, columns } = request;
  return families.reduce(
    (sum, family) => {
      if (family === 'dummy') return sum;
      // The trees of a forest are read and put together before the first of them is walked.
      const opened = family === 'forest' ? 1.45 * forestLeaves(request, request.train) : 0;
      return sum + opened + rows * answerSeconds(family, request, manyRows);
    },
    0.1 + (0.15 * rows * columns) / 1e6,
  );
}

/** Resampled metrics of each model on test rows and of the main one on those it learnt from, of slices, and what explains it. */
export function evaluateSeconds(families: readonly string[], request: CostRequest): number {
  const { experiment, columns, train, test, classes } = request;
  const { ci } = experiment.evaluate;
  const thousands = ci.method === 'none' ? 0 : ci.samples / 1e6;
  const measured = test * families.length + Math.min(100_000, train);
  const measure = 0.045 * (thousands * measured) ** 0.7 * Math.max(1, classes / 2) ** 0.55;
  const sliced = 0.028 * Math.min(10, columns) * (thousands * test) ** 0.6;
  // Five shuffles of each column, of at most so many rows (importance.ts).
  const shuffled = 5 * columns * Math.min(5_000, test);
  return measure + sliced + shuffled * answerSeconds(families[0] ?? 'dummy', request);
}

export function writeSeconds({ rows, columns }: CostRequest): number {
  return 0.06 + 0.004 * columns + (0.12 * rows * columns) / 1e6;
}

/** Processes, what every table takes, the table itself, and the nodes of forests. */
export function memoryOf(families: readonly string[], request: CostRequest): number {
  // A row has its target, its place in the split and what each model says of it besides: about six columns more.
  const cells = request.rows * (request.columns + 6);
  const forest = families.includes('forest') ? 680e6 * forestLeaves(request, request.train) ** 0.9 : 0;
  return 180e6 + 250e6 * (cells / 2e6) ** 0.4 + 14 * cells + forest;
}

/** What the model takes of the time of a row that comes with thousands, where millions come, on all cores. */
const manyRows = 0.35;

/** One row through the model file, among some thousand. */
function answerSeconds(family: string, request: CostRequest, share = 1): number {
  if (family === 'dummy') return 0;
  const features = 1e-6 + 1.5e-8 * request.columns + fillSeconds(request, 1);
  return features + share * modelSeconds(family, request);
}
