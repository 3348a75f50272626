/** The search that an experiment asks for, before any trial: what varies, and how it is looked through. */
import { ModelwrightError } from '../catalog/errors.ts';
import { modelNamed } from '../catalog/models.ts';
import type { Experiment } from '../config/experiment.ts';
import { spaceFault } from '../config/searchSpace.ts';
import { createSearch, type Search } from './search.ts';
import { readTuneSettings, type TuneSettings } from './settings.ts';
import { type Params, readSpace, type Space } from './space.ts';

export interface PlannedSearch {
  readonly settings: TuneSettings;
  readonly space: Space;
  /** Trials can be compared while they train. */
  readonly iterative: boolean;
  /** `first`: settings that are tried before all others. */
  start(first: readonly Params[]): Search;
}

/**
 * Undefined where nothing is to be tuned.
 * @throws ModelwrightError tune-no-space, tune-bad-space, model-setting
 */
export function planSearch(experiment: Experiment): PlannedSearch | undefined {
  const settings = readTuneSettings(experiment);
  if (settings === undefined) return undefined;
  const family = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
  for (const path of Object.keys(settings.space ?? {})) {
    const fault = spaceFault(path, settings.space ?? {}, family);
    if (fault !== undefined) throw new ModelwrightError('tune-bad-space', { path, why: fault.why });
  }
  const space = readSpace(settings.space, family);
  const iterative = modelNamed(family)?.steps !== undefined;
  const start = (first: readonly Params[]) =>
    createSearch({ ...settings, space, seed: experiment.train.seed, iterative, first });
  start([]);
  return { settings, space, iterative, start };
}
