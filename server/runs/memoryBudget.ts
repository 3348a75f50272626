/** `train.budget.memory`: refused where a run will certainly pass it, and watched while it goes on. */
import { ModelwrightError } from '../catalog/errors.ts';
import { bytesIn } from '../config/duration.ts';
import type { Experiment } from '../config/experiment.ts';

/** Why the run is to stop; undefined while it may go on. */
export type MemoryWatch = () => ModelwrightError | undefined;

/** Looks at what the process holds in memory, its threads included; tensor engines are processes of their own. */
export function memoryWatch(experiment: Experiment, id: string): MemoryWatch {
  const budget = bytesIn(experiment.train.budget?.memory);
  if (budget === undefined) return () => undefined;
  return () => {
    const held = process.memoryUsage.rss();
    if (held <= budget) return undefined;
    const more = Math.max(2 * budget, 1.5 * held);
    return new ModelwrightError('memory-over-budget', {
      held: sizeText(held),
      budget: sizeText(budget),
      id,
      more: sizeText(more).replace(' ', ''),
    });
  };
}

/** Estimates are this far off at the worst (bench/estimate.ts): what is more certainly does not fit. */
const certain = 2;

/** Throws `memory-budget-too-small` where the estimate is more than twice the budget. */
export function checkMemoryBudget(experiment: Experiment, expectedBytes: number): void {
  const budget = bytesIn(experiment.train.budget?.memory);
  if (budget === undefined || expectedBytes <= certain * budget) return;
  throw new ModelwrightError('memory-budget-too-small', {
    expected: sizeText(expectedBytes),
    budget: sizeText(budget),
  });
}

/** `1.5 GB`, `300 MB`. */
function sizeText(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? (['GB', 1e9] as const) : (['MB', 1e6] as const);
  return `${Number((bytes / size).toPrecision(2))} ${unit}`;
}
