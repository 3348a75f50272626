/** Every impossible setting of an experiment, for lint, runs and completion alike. */
import type { Experiment } from '../experiment.ts';
import { withValue } from '../valueAt.ts';
import { featureFaults } from './features.ts';
import { caseOf, type Impossible, type Known } from './impossible.ts';
import { judgingFaults } from './judging.ts';
import { trainingFaults } from './training.ts';

export function findImpossible(experiment: Experiment, known: Known): Impossible[] {
  const asked = caseOf(experiment, known);
  return [...featureFaults(asked), ...trainingFaults(asked), ...judgingFaults(asked)];
}

/** Whether a value of this setting, which its schema offers, would be none of them. Items of lists are not asked about. */
export function isPossible(
  experiment: Experiment,
  known: Known,
  { steps, value }: { readonly steps: readonly (string | number)[]; readonly value: unknown },
): boolean {
  if (steps.some((step) => typeof step === 'number')) return true;
  // What stands at the place is a value of its schema, so it is an experiment still.
  const tried = withValue({ ...experiment }, steps.map(String), value) as unknown as Experiment;
  const path = steps.join('.');
  return findImpossible(tried, known).every((fault) => fault.path !== path);
}
