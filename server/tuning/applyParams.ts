/** One setting of a search put into an experiment, and read out of one. */
import type { Experiment } from '../config/experiment.ts';
import { valueAt, withValue } from '../config/valueAt.ts';
import { type Params, type Space, toUnit } from './space.ts';

/** A copy of the experiment with these settings, and without the search itself. */
export function applyParams(experiment: Experiment, params: Params): Experiment {
  const { tune: _, ...rest } = experiment;
  let result: Readonly<Record<string, unknown>> = rest;
  for (const [path, value] of Object.entries(params)) result = withValue(result, path.split('.'), value);
  // Settings of a space are values that their fields take (`search-space-invalid`), so it is an experiment still.
  return result as unknown as Experiment;
}

/** What an experiment has where the space varies; undefined where it lies outside the space. */
export function paramsOf(experiment: unknown, space: Space): Params | undefined {
  const entries = space.map(
    (dimension) => [dimension.path, valueAt(experiment, dimension.path.split('.'))] as const,
  );
  const inside = space.every((dimension, i) => toUnit(dimension, entries[i]?.[1]) !== undefined);
  return inside ? Object.fromEntries(entries) : undefined;
}
