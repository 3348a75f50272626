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
  /** The rows of the smaller side, where no row is left out: what is counted on them is known for the other side too. */
  readonly fewer?: { readonly rows: Int32Array; readonly label: 0 | 1 };
}

export function labellingOf(labels: Uint8Array): Labelling {
  const counts = [0, 0, 0];
  for (let row = 0; row < labels.length; row++)
    counts[labels[row] ?? 2] = (counts[labels[row] ?? 2] ?? 0) + 1;
  const [reference = 0, current = 0, without = 0] = counts;
  if (without > 0) return { labels, reference, current };
  const label = current < reference ? 1 : 0;
  const rows = new Int32Array(Math.min(reference, current));
  for (let row = 0, at = 0; at < rows.length; row++) if (labels[row] === label) rows[at++] = row;
  return { labels, reference, current, fewer: { rows, label } };
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
export function countLabels(rows: Int32Array, labelling: Labelling): { reference: number; current: number } {
  const { labels } = labelling;
  if (rows.length === labels.length) return labelling;
  let [reference, current] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const label = labels[rows[i] ?? 0];
    if (label === 1) current++;
    else if (label === 0) reference++;
  }
  return { reference, current };
}

/**
 * How often each code, from 0 on, comes on either side. `codes`: of each row, -1 for rows that do not count; `totals`: of
 * each code over all rows.
 */
export function tallyCodes(
  codes: Int32Array,
  totals: Float64Array,
  { labels, fewer }: Labelling,
): { readonly reference: Float64Array; readonly current: Float64Array } {
  const own = new Float64Array(totals.length);
  if (fewer !== undefined) {
    for (let i = 0; i < fewer.rows.length; i++) {
      const code = codes[fewer.rows[i] ?? 0] ?? -1;
      if (code >= 0) own[code] = (own[code] ?? 0) + 1;
    }
    const others = totals.map((total, code) => total - (own[code] ?? 0));
    return fewer.label === 0 ? { reference: own, current: others } : { reference: others, current: own };
  }
  const current = new Float64Array(totals.length);
  for (let row = 0; row < labels.length; row++) {
    const code = codes[row] ?? -1;
    const side = labels[row] === 0 ? own : labels[row] === 1 ? current : undefined;
    if (code >= 0 && side !== undefined) side[code] = (side[code] ?? 0) + 1;
  }
  return { reference: own, current };
}

/** Over all rows, for `tallyCodes`. */
export function totalsOf(codes: Int32Array, size: number): Float64Array {
  const totals = new Float64Array(size);
  for (const code of codes) if (code >= 0) totals[code] = (totals[code] ?? 0) + 1;
  return totals;
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
