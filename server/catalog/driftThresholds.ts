/** From which effect a change counts, for each kind of effect: what monitoring judges by and lint reckons with. */

/** An effect from which a change is small, medium and large (drift.md 4.3). */
export type Thresholds = readonly [small: number, medium: number, large: number];

export const driftThresholds = {
  rate: [0.01, 0.05, 0.2],
  distance: [0.1, 0.2, 0.5],
  distanceOfFew: [0.25, 0.5, 1],
  value: [0.02, 0.05, 0.1],
  ordered: [0.05, 0.1, 0.2],
  share: [0.02, 0.05, 0.1],
  variation: [0.05, 0.1, 0.2],
  peak: [0.02, 0.05, 0.1],
  auc: [0.55, 0.6, 0.7],
  energy: [0.1, 0.2, 0.5],
  volume: [1.2, 1.5, 2],
} as const satisfies Record<string, Thresholds>;

/** Rows of a reference that windows are compared with, at most. */
export const referenceRows = 5_000;
