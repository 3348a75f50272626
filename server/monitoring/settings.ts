/** What counts as drift, for a comparison: the fields of `monitor.drift` and `monitor.quality` that act here, resolved. */
import type { DriftReport } from '../protocol/drift.ts';

export interface DriftSettings {
  /** Chance of a false alarm over all columns together. */
  readonly alpha: number;
  /** Smallest effect that counts; a number in the unit of each test. */
  readonly effect: DriftReport['effect'];
  readonly correction: DriftReport['correction'];
  readonly seed: number;
  /** Of the row labels; windows below 100 rows take at least 1,999. */
  readonly permutations: number;
  /** All columns together: `auto` takes distances between rows in small windows, a classifier in others. */
  readonly multivariate: 'auto' | 'classifier' | 'none';
  readonly quality: { readonly missing: boolean; readonly range: boolean; readonly unseen: boolean };
}

/** Of the language (docs/language.md), 199 permutations as drift.md 4.3 wants for a window. */
export const defaultSettings: DriftSettings = {
  alpha: 0.05,
  effect: 'medium',
  correction: 'maxt',
  seed: 42,
  permutations: 199,
  multivariate: 'auto',
  quality: { missing: true, range: true, unseen: true },
};
