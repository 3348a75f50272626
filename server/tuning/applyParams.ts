/** One setting of a search put into an experiment, and read out of one. */
import type { Experiment } from '../config/experiment.ts';
import { resolveExperiment } from '../config/resolve.ts';
import { valueAt, withValue } from '../config/valueAt.ts';
import { type Params, type Space, toUnit } from './space.ts';

/**
 * A copy of the experiment with these settings, and without the search itself: what it would be had they been written.
 * A choice may be the short form of a section (`train.early_stop: [5, 20]`), and another family brings its own defaults.
 */
export function applyParams(experiment: Experiment, params: Params): Experiment {
  let written: Readonly<Record<string, unknown>> = { ...experiment };
  for (const [path, value] of Object.entries(params)) written = withValue(written, path.split('.'), value);
  const { tune: _, ...resolved } = resolveExperiment(written, experiment.name);
  return resolved;
}

/** What an experiment has where the space varies; undefined where it lies outside the space. */
export function paramsOf(experiment: unknown, space: Space): Params | undefined {
  return paramsWithin(space, (path) => valueAt(experiment, path.split('.')));
}

/** The settings of the space, each as `read` has it; undefined where one of them lies outside. */
export function paramsWithin(space: Space, read: (path: string) => unknown): Params | undefined {
  const entries = space.map((dimension) => [dimension.path, read(dimension.path)] as const);
  const inside = space.every((dimension, i) => toUnit(dimension, entries[i]?.[1]) !== undefined);
  return inside ? Object.fromEntries(entries) : undefined;
}
