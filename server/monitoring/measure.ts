/** How one statistic of one column is read under any labelling of the rows, and which effects of it count. */

import type { Thresholds } from '../catalog/driftThresholds.ts';
import { compareShares, type Share } from '../statistics/countTests.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import type { TestResult } from '../statistics/tests.ts';

/** 0 reference, 1 current, 2 left out, for each row of both samples; the rows of either. */
export interface Labelling {
  readonly labels: Uint8Array;
  readonly reference: number;
  readonly current: number;
}

export interface Reading {
  /** Large where the sides differ; what the maximum is taken of. */
  readonly score: number;
  /** In the unit of the thresholds, not yet corrected for bias. */
  readonly effect: number;
  /** Of levels: the largest change of one share. */
  readonly peak?: number;
}

export interface Measure {
  readonly test: string;
  /**
   * Distances are skewed, each in its own way: `distance` takes the cube root, near normal for sums of squares (Wilson
   * and Hilferty, 1931), less its mean over its standard deviation under the permutations. `normal` is a normal score
   * already. So no kind of statistic outshouts the others in the maximum.
   */
  readonly scale: 'distance' | 'normal';
  readonly thresholds: Thresholds;
  readonly peaks?: Thresholds;
  /** Something that breaks in a feed: alarms from `small` on. */
  readonly fault: boolean;
  read(labelling: Labelling): Reading;
  /** The test of this statistic alone, without permutations. */
  closed(observed: Labelling): TestResult;
  /** What is told as p: that of the closed form, or of the permutations. */
  readonly told: 'closed' | 'permuted';
  /** Of rates: counted over all rows; distances have theirs from the samples. */
  readonly rate?: { readonly reference: Share; readonly current: Share; readonly expected: number };
  /** What changed. */
  words(): string;
}

/** Rows of the current side from which each kind is tested. */
export const leastRows = { any: 20, levels: 50, distances: 100, multivariate: 500 } as const;

/** The standard normal value above which lies a share p. */
export function normalScore(p: number): number {
  return -normalQuantile(Math.min(1 - 1e-10, Math.max(1e-300, p)));
}

/** As many normal scores as there are different counts: permutations come back to the same ones. */
export function shareScorer(): (a: Share, b: Share) => number {
  const known = new Map<string, number>();
  return (a, b) => {
    const key = `${a.hits} ${a.rows} ${b.hits} ${b.rows}`;
    const found = known.get(key) ?? normalScore(compareShares(a, b).p);
    known.set(key, found);
    return found;
  };
}

/** How many of the rows bear each of the two labels. */
export function countLabels(rows: Int32Array, { labels }: Labelling): { reference: number; current: number } {
  let [reference, current] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const label = labels[rows[i] ?? 0];
    if (label === 1) current++;
    else if (label === 0) reference++;
  }
  return { reference, current };
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
