/** How a linear model's sum becomes a prediction, by task: one table for the model, for lint and for completion. */
import type { SupervisedTask } from './tasks.ts';

const links: Readonly<Record<SupervisedTask, string>> = {
  binary: 'logit',
  multiclass: 'softmax',
  regression: 'identity',
  count: 'log',
  quantile: 'identity',
};

/** Undefined for a task that is not trained. */
export function linksOf(task: string | undefined): string | undefined {
  return Object.entries(links).find(([name]) => name === task)?.[1];
}
