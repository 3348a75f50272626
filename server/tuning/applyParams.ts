/** One setting of a search put into an experiment, and read out of one. */
import type { Experiment } from '../config/experiment.ts';
import { canonicalJson, resolveExperiment } from '../config/resolve.ts';
import { isMap } from '../config/schema/nodes.ts';
import { valueAt, withValue } from '../config/valueAt.ts';
import { type Dimension, type Params, type Space, toUnit } from './space.ts';

/**
 * A copy of the experiment with these settings, and without the search itself: what it would be had they been written.
 * A choice may be the short form of a section (`train.early_stop: [5, 20]`), and another family brings its own defaults:
 * sections are written out before what varies within them is put there.
 */
export function applyParams(experiment: Experiment, params: Params): Experiment {
  const { tune: _, ...untuned } = experiment;
  const settings = Object.entries(params)
    .map(([path, value]) => ({ steps: path.split('.'), value }))
    .sort((a, b) => a.steps.length - b.steps.length);
  let resolved = resolveExperiment(untuned, experiment.name);
  for (const { steps, value } of settings)
    resolved = resolveExperiment(withValue({ ...resolved }, steps, value), experiment.name);
  return resolved;
}

/**
 * What an experiment has where the space varies, as the space writes it; undefined where it lies outside. Values are
 * compared by what they come to: `5` for `train.early_stop` is `{patience: 5, …}` in an experiment that is read.
 */
export function paramsOf(experiment: Experiment, space: Space): Params | undefined {
  const entries = space.map((dimension) => [dimension.path, writtenAs(dimension, { experiment, space })]);
  const inside = space.every((dimension, i) => toUnit(dimension, entries[i]?.[1]) !== undefined);
  return inside ? Object.fromEntries(entries) : undefined;
}

interface Within {
  readonly experiment: Experiment;
  readonly space: Space;
}

/** The value that comes to what the experiment has there, where what else varies within the section has the experiment's own. */
function writtenAs(dimension: Dimension, { experiment, space }: Within): unknown {
  const { path } = dimension;
  const ownAt = (at: string) => valueAt(experiment, at.split('.'));
  const own = ownAt(path);
  if (dimension.kind === 'range' && !isMap(own)) return own;
  const candidates =
    dimension.kind === 'choice' ? dimension.choices : Object.values(isMap(own) ? own : {}).filter(isNumber);
  const within = space
    .filter((each) => `${each.path}.`.startsWith(`${path}.`))
    .map((each) => [each.path, ownAt(each.path)] as const)
    .filter(([, value]) => value !== undefined);
  return candidates.find((candidate) => {
    const written = applyParams(experiment, { ...Object.fromEntries(within), [path]: candidate });
    return canonicalJson(valueAt(written, path.split('.'))) === canonicalJson(own);
  });
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
