/** `tune` as the experiment has it, with what stands for the settings that are left out. */
import type { Experiment } from '../config/experiment.ts';
import { isMap } from '../config/schema/nodes.ts';
import { defaultSearch, type SearchName, searches } from './search.ts';

export interface TuneSettings {
  readonly trials: number;
  readonly search: SearchName;
  /** Absent: the family's own. */
  readonly space?: Readonly<Record<string, unknown>>;
  /** Absent: the folds where there are any, else the validation rows. */
  readonly using?: 'valid' | 'cv';
  readonly prune: { readonly after: number; readonly fraction: number };
  /** Such as `2h`. */
  readonly timeout?: string;
  /** Absent: half of the cores. */
  readonly parallel?: number;
  /** `none`, `history`, or a run. */
  readonly warmStart: string;
}

/** Undefined where nothing is to be tuned. */
export function readTuneSettings(experiment: Experiment): TuneSettings | undefined {
  const { tune } = experiment;
  if (!isMap(tune)) return undefined;
  const trials = Number(tune['trials'] ?? 0);
  if (trials === 0) return undefined;
  const { search, space, using, timeout, parallel, warm_start: warmStart } = tune;
  const prune = isMap(tune['prune']) ? tune['prune'] : {};
  return {
    trials,
    search: searches.find((name) => name === search) ?? defaultSearch(trials),
    ...(isMap(space) ? { space } : {}),
    ...(using === 'valid' || using === 'cv' ? { using } : {}),
    prune: { after: Number(prune['after'] ?? 5), fraction: Number(prune['fraction'] ?? 0.5) },
    ...(typeof timeout === 'string' ? { timeout } : {}),
    ...(typeof parallel === 'number' ? { parallel } : {}),
    warmStart: typeof warmStart === 'string' ? warmStart : 'history',
  };
}
