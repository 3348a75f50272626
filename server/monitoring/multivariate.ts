/** All columns together: what a classifier, or distances between rows, can tell apart though no column has moved alone. */
import { driftThresholds, type Thresholds } from '../catalog/driftThresholds.ts';
import { type DriftReport, type EffectSize, effectSizes } from '../protocol/drift.ts';
import { classifierTest } from '../statistics/classifierTest.ts';
import { createRandom } from '../statistics/random.ts';
import type { ColumnPlan } from './columnPlan.ts';
import { energyTest } from './energy.ts';
import { type Labelling, leastRows } from './measure.ts';
import type { DriftSettings } from './settings.ts';

type Multivariate = DriftReport['multivariate'];

interface Together {
  /** null: not tested. */
  readonly p: number | null;
  judge(pAdjusted: number | null, settings: DriftSettings): Multivariate;
}

const nothing: Multivariate = {
  test: 'none',
  auc: null,
  statistic: null,
  p: null,
  pAdjusted: null,
  size: 'none',
  drifted: false,
  top: [],
};

export const untested: Together = { p: null, judge: () => nothing };

/** Rows of each side that a classifier learns from. */
const mostRows = 5_000;

/** Inputs of the model only: what it answers follows from them. */
export function compareTogether(
  plans: readonly ColumnPlan[],
  observed: Labelling,
  { seed, multivariate }: DriftSettings,
): Together {
  const columns = plans.flatMap(({ name, bins, role }) =>
    bins === undefined || role !== undefined || isConstant(bins) ? [] : [{ name, bins }],
  );
  if (columns.length < 2) return untested;
  const random = createRandom(seed, 'drift classifier');
  const few = Math.min(observed.reference, observed.current) < leastRows.multivariate;
  if (few && multivariate === 'auto') {
    const { effect, p } = energyTest(
      columns.map(({ bins }) => bins),
      observed.labels,
      random,
    );
    const shared = { test: 'energy', statistic: effect, p } as const;
    return judged({ ...nothing, ...shared }, effect, driftThresholds.energy);
  }
  const rows = balanced(observed);
  const chosen = columns.map(({ bins }) => Uint8Array.from(rows, (row) => bins[row] ?? 0));
  const second = Uint8Array.from(rows, (row) => observed.labels[row] ?? 0);
  const { auc, p, gains } = classifierTest(chosen, second, random);
  const top = [...gains.keys()]
    .filter((index) => (gains[index] ?? 0) >= 1.5 / gains.length)
    .sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
    .slice(0, 5)
    .map((index) => columns[index]?.name ?? '');
  return judged({ ...nothing, test: 'classifier', auc, p, top }, auc, driftThresholds.auc);
}

function judged(found: Multivariate, effect: number, steps: Thresholds): Together {
  return {
    p: found.p,
    judge(pAdjusted, { alpha, effect: wanted }) {
      const reached = effectSizes[steps.filter((step) => effect >= step).length] ?? 'none';
      const size: EffectSize = (pAdjusted ?? 1) <= alpha ? reached : 'none';
      // A number is in the unit of the columns' tests, which an AUC has not.
      const least = typeof wanted === 'number' ? 'medium' : wanted;
      return { ...found, pAdjusted, size, drifted: effectSizes.indexOf(size) >= effectSizes.indexOf(least) };
    },
  };
}

/** At most 5,000 rows of either side, and four times as many as of the other one: more teach nothing. Evenly chosen. */
function balanced({ labels, reference, current }: Labelling): Int32Array {
  const most = Math.min(mostRows, 4 * Math.min(reference, current));
  const rowsOf = (label: number) => {
    const rows = Int32Array.from(labels.keys()).filter((row) => labels[row] === label);
    const kept = Math.min(rows.length, most);
    return Int32Array.from({ length: kept }, (_, i) => rows[Math.floor((i * rows.length) / kept)] ?? 0);
  };
  return Int32Array.of(...rowsOf(0), ...rowsOf(1));
}

function isConstant(bins: Uint8Array): boolean {
  return bins.every((bin) => bin === bins[0]);
}
