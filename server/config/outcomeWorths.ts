/** What each outcome of a decision is worth (`problem.value`). */
import type { Experiment } from './experiment.ts';

/** A hit, a false alarm, a miss and a right rejection; absent: nothing. */
export type OutcomeValues = Partial<Readonly<Record<'tp' | 'fp' | 'fn' | 'tn', number>>>;

/** `problem.value` where it is a map of worths; an expression over outcomes is not acted on. */
export function outcomeWorths({ problem }: Experiment): OutcomeValues | undefined {
  const value = problem?.value;
  if (typeof value !== 'object') return undefined;
  const { tp, fp, fn, tn } = value;
  return [tp, fp, fn, tn].every((each) => each === undefined) ? undefined : value;
}
