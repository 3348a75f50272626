/** What features cost beyond reading them: those that a model chooses, and numbers that are filled from other columns. */
import type { CostRequest } from './costRequest.ts';
import { treeSeconds } from './modelCost.ts';

/** Of one fit on `rows` rows. Boruta needs 20 to 100 rounds; how many, only the data tell. */
export function selectSeconds({ experiment, columns }: CostRequest, rows: number): number {
  const thousands = rows / 1e3;
  switch (experiment.features.select?.method) {
    case 'permutation': {
      // Four boosted models of a hundred trees on three quarters of the rows, and three shuffles of each column.
      return 4 * 100 * treeSeconds(0.75 * rows, columns) + 2e-8 * 100 * 3 * rows * columns;
    }
    case 'boruta':
      return 65 * (0.04 + 0.016 * Math.min(20, thousands) * Math.sqrt(columns / 10));
    case 'rfe':
      return (0.5 * rows * columns) / 1e6;
    case 'l1':
    case 'mutual-info':
      return (0.5 * rows * columns) / 1e6;
    default:
      return 0;
  }
}

/** Of numbers that are filled from their neighbours, or from one another round after round, in `rows` rows. */
export function fillSeconds(request: CostRequest, rows: number): number {
  const { columns } = request;
  const ways = waysOf(request);
  // A distance to each of a thousand rows, and the nearest of them for each column.
  if (ways.includes('knn')) return 1.8e-6 * columns * rows;
  if (ways.includes('iterative')) return 7e-8 * columns ** 2 * rows;
  return 0;
}

function waysOf({ experiment: { features } }: CostRequest): readonly unknown[] {
  return [features.numeric.impute, ...Object.values(features.columns).map(({ impute }) => impute)];
}
