/** What an experiment says about watching its model (section 12 of the language), with the defaults of the language. */
import { z } from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
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
  /** Names and globs of the columns to watch; undefined for all. */
  readonly features: readonly string[] | undefined;
  readonly prediction: boolean;
}

const flag = z.boolean().default(true);

const schema = z.looseObject({
  monitor: z
    .looseObject({
      window: z.union([z.string(), z.number()]).default('1d'),
      reference: z.string().default('test'),
      drift: z
        .union([
          z.literal('none'),
          z.looseObject({
            features: z.union([z.string(), z.array(z.string())]).default('all'),
            method: z.string().default('auto'),
            alpha: z.number().default(defaultSettings.alpha),
            effect: z.union([z.enum(['small', 'medium', 'large']), z.number()]).default('medium'),
            correction: z.enum(['maxt', 'bh', 'holm', 'none']).default('maxt'),
            multivariate: z.string().default('auto'),
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
  if (drift.multivariate === 'pca')
    throw new ModelwrightError('setting-not-supported', {
      path: 'monitor.drift.multivariate',
      value: 'pca',
      choices: 'auto, classifier, none',
    });
  const { alpha, effect, correction, multivariate, persist, features, prediction } = drift;
  return {
    window: lengthOf(window),
    windowText: typeof window === 'number' ? `${window} rows` : window,
    drift: {
      ...defaultSettings,
      alpha,
      effect,
      correction,
      seed: train.seed,
      multivariate: multivariate !== 'none',
      quality: { missing: quality.missing, range: quality.range, unseen: quality.unseen },
    },
    persist,
    features: features === 'all' || features === 'important' ? undefined : [features].flat(),
    prediction,
  };
}

/** Of a reference, or of what is compared with it: by `monitor.drift.features` and `.prediction`. */
export function isWatched(
  { features, prediction }: MonitorSettings,
  { name, role }: { readonly name: string; readonly role?: 'prediction' },
): boolean {
  if (role === 'prediction') return prediction;
  return features === undefined || features.some((pattern) => globOf(pattern).test(name));
}

function globOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, (sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`,
  );
  return new RegExp(`^${source}$`, 'su');
}

function lengthOf(window: string | number): WindowLength {
  if (typeof window === 'number') return { rows: Math.max(1, Math.round(window)) };
  const [, amount = '1', unit = 'd'] = /^(\d+(?:\.\d+)?)\s?(s|m|h|d|w)$/.exec(window) ?? [];
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
  return { seconds: Number(amount) * (units[unit] ?? 86_400) };
}
