/** What the facts of a table decide about which settings are possible. */
import type { Known } from '../../config/impossible/impossible.ts';
import type { DataFacts } from './facts.ts';

/** Of some of the rows nothing is decided: the others may hold other classes. */
export function knownFrom(facts: DataFacts | undefined): Known {
  if (facts === undefined || facts.sampled !== undefined) return {};
  const { target, split, features } = facts;
  return {
    ...(target && {
      task: target.task,
      metric: target.metric,
      ...(target.classes.length > 0 && { classes: target.classes.map(({ label }) => label) }),
    }),
    features,
    ...(split && {
      heldRows: split.folds > 0 ? split.train.rows : split.valid.rows,
      folds: split.folds,
      validRows: split.valid.rows,
    }),
  };
}
