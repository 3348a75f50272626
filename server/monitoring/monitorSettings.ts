/** What an experiment says about watching its model (section 12 of the language), with the defaults of the language. */
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { matchesColumn } from '../config/columnPattern.ts';
import { secondsOf } from '../data/split/splitMethod.ts';
import { type DriftSettings, defaultSettings } from './settings.ts';

/** Rows, or a time. */
export type WindowLength = { readonly rows: number } | { readonly seconds: number };

export interface MonitorSettings {
  readonly window: WindowLength;
  /** As written. */
  readonly windowText: string;
  readonly drift: DriftSettings;
  /** Windows of the last three that must have drifted before an alarm. */
  readonly persist: number;
  /** Which columns to watch; a list holds names and globs. */
  readonly features: 'all' | 'important' | readonly string[];
  readonly prediction: boolean;
}

const flag = z.boolean().default(true);

const schema = z.looseObject({
  monitor: z
    .looseObject({
      window: z.union([z.string(), z.int()]).default('1d'),
      drift: z
        .union([
          z.literal('none'),
          z.looseObject({
            features: z.union([z.enum(['all', 'important']), z.array(z.string())]).default('all'),
            alpha: z.number().default(defaultSettings.alpha),
            effect: z.union([z.enum(['small', 'medium', 'large']), z.number()]).default('medium'),
            correction: z.enum(['maxt', 'bh', 'holm', 'none']).default('maxt'),
            multivariate: z.enum(['auto', 'none', 'classifier', 'pca']).default('auto'),
            prediction: flag,
            persist: z.int().default(1),
          }),
        ])
        .prefault({}),
      quality: z.looseObject({ missing: flag, range: flag, unseen: flag }).prefault({}),
    })
    .prefault({}),
  train: z.looseObject({ seed: z.int().default(defaultSettings.seed) }).prefault({}),
});

/** Throws `setting-not-supported`. */
export function readMonitorSettings(experiment: Readonly<Record<string, unknown>>): MonitorSettings {
  const { monitor, train } = schema.parse(experiment);
  const { quality, window, drift } = monitor;
  if (drift === 'none')
    throw new ModelwrightError('setting-not-supported', {
      path: 'monitor.drift',
      value: 'none',
      choices:
        'a section with `alpha`, `effect`, `persist` and the others: without drift there is nothing to watch',
    });
  const { multivariate } = drift;
  if (multivariate === 'pca')
    throw new ModelwrightError('setting-not-supported', {
      path: 'monitor.drift.multivariate',
      value: 'pca',
      choices: 'auto, classifier, none',
    });
  const { alpha, effect, correction, persist, features, prediction } = drift;
  return {
    window: lengthOf(window),
    windowText: typeof window === 'number' ? `${window} rows` : window,
    drift: {
      ...defaultSettings,
      alpha,
      effect,
      correction,
      seed: train.seed,
      multivariate,
      quality: { missing: quality.missing, range: quality.range, unseen: quality.unseen },
    },
    persist,
    features,
    prediction,
  };
}

/** Of a reference, or of what is compared with it: by `monitor.drift.features` and `.prediction`. */
export function isWatched(
  { features, prediction }: MonitorSettings,
  { name, role }: { readonly name: string; readonly role?: 'prediction' },
  /** Columns that shuffling showed to matter to the model. */
  important: ReadonlySet<string>,
): boolean {
  if (role === 'prediction') return prediction;
  if (features === 'all') return true;
  return features === 'important' ? important.has(name) : matchesColumn(features, name);
}

function lengthOf(window: string | number): WindowLength {
  return typeof window === 'number' ? { rows: window } : { seconds: secondsOf(window) };
}
