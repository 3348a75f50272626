/** Two samples compared: every statistic of every column under one joint permutation of the row labels, and what follows. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelwrightError } from '../catalog/errors.ts';
import type { ColumnDrift, DriftReport } from '../protocol/drift.ts';
import { benjaminiHochberg, holm } from '../statistics/corrections.ts';
import { permutationP, permutedLabels, standardise, stepDownMaxT } from '../statistics/maxT.ts';
import { createRandom } from '../statistics/random.ts';
import { type ColumnPlan, pairColumns, planColumn } from './columnPlan.ts';
import { type JudgedMeasure, judgeColumn } from './judge.ts';
import { type Labelling, labellingOf, leastRows, type Measure } from './measure.ts';
import { compareTogether, untested } from './multivariate.ts';
import type { Sample } from './sample.ts';
import type { DriftSettings } from './settings.ts';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  /** Told the share of the statistics that are judged. */
  readonly onProgress?: (fraction: number) => void;
  /** By column, of the model. */
  readonly importance?: ReadonlyMap<string, number>;
}

/**
 * The rule of drift.md 4.3: a column has drifted when its p-value, adjusted for all statistics of all columns, is at
 * most alpha and its effect is large enough. Both samples must hold at least one row.
 */
export async function compareSamples(
  reference: Sample,
  current: Sample,
  settings: DriftSettings,
  options: CompareOptions = {},
): Promise<DriftReport> {
  const { pairs, only } = pairColumns(reference, current);
  const observed = labellingOf(labelsOf(reference, current));
  const rows = { reference: reference.rows, current: current.rows };
  const plans = pairs.map((pair) => planColumn(pair, rows, { observed, settings }));
  const permutations = Math.max(
    settings.permutations,
    current.sampled < leastRows.distances ? permutationsOfFew : 0,
  );
  const wanted =
    settings.multivariate !== 'none' && Math.min(reference.sampled, current.sampled) >= leastRows.distances;
  const [judged, together] = await Promise.all([
    judgeMeasures(plans, observed, {
      ...settings,
      permutations,
      units: unitsOf(reference, current),
      ...options,
    }),
    wanted ? compareTogether(plans, observed, { ...settings, signal: options.signal }) : untested,
  ]);
  // All columns and the test of all together share one alpha: weighted Bonferroni, the latter as one column more.
  const families = together.p === null ? 1 : 1 + 1 / Math.max(1, plans.length);
  const shared = settings.correction === 'none' ? 1 : families;
  const columns = plans.map((plan, index): ColumnDrift => {
    const own = (judged[index] ?? []).map((each) => ({
      ...each,
      pAdjusted: Math.min(1, each.pAdjusted * shared),
    }));
    return { ...judgeColumn(plan, own, settings), importance: options.importance?.get(plan.name) ?? null };
  });
  const pTogether =
    together.p === null
      ? null
      : Math.min(1, together.p * (settings.correction === 'none' ? 1 : plans.length + 1));
  const multivariate = together.judge(pTogether, settings);
  return {
    columns,
    multivariate,
    rows,
    sampled: { reference: reference.sampled, current: current.sampled },
    only,
    alpha: settings.alpha,
    effect: settings.effect,
    correction: settings.correction,
    permutations: settings.correction === 'maxt' ? permutations : 0,
    seed: settings.seed,
    drifted: columns.some(({ drifted }) => drifted) || multivariate.drifted,
  };
}

function labelsOf(reference: Sample, current: Sample): Uint8Array {
  return new Uint8Array(reference.sampled + current.sampled).fill(1, reference.sampled);
}

/** Groups have numbers of their own on each side. */
function unitsOf(reference: Sample, current: Sample): Int32Array | undefined {
  if (reference.units === undefined && current.units === undefined) return undefined;
  const own = (sample: Sample) =>
    sample.units ?? Int32Array.from({ length: sample.sampled }, (_, row) => row);
  return Int32Array.of(...own(reference), ...own(current));
}

interface Judging extends CompareOptions {
  readonly seed: number;
  readonly permutations: number;
  readonly correction: DriftSettings['correction'];
  readonly units: Int32Array | undefined;
}

/** Of windows too small for distances (drift.md 4.3). */
const permutationsOfFew = 1_999;

/** Rows are left out in so many groups, one after the other, for the error of an effect. */
const jackknifeGroups = 20;

async function judgeMeasures(
  plans: readonly ColumnPlan[],
  observed: Labelling,
  judging: Judging,
): Promise<JudgedMeasure[][]> {
  const { correction, seed, permutations, units } = judging;
  const random = createRandom(seed, 'drift permutation');
  const labellings = permutedLabels(observed.labels, { permutations, random, units }).map(labellingOf);
  const left = leaveOut(observed.labels);
  const read: ReadMeasure[][] = [];
  for (const [index, { measures }] of plans.entries()) {
    judging.onProgress?.(index / plans.length);
    const own: ReadMeasure[] = [];
    for (const measure of measures) {
      own.push(readMeasure(measure, observed, { labellings, left }));
      // A statistic takes milliseconds, all of them seconds: somebody may want them to stop.
      await nextTurn();
      if (judging.signal?.aborted) throw new ModelwrightError('cancelled');
    }
    read.push(own);
  }
  const flat = read.flat();
  const closed = flat.map(({ measure }) =>
    measure.told === 'closed' || correction !== 'maxt' ? measure.closed(observed) : undefined,
  );
  const p = flat.map(({ scores }, index) => closed[index]?.p ?? permutationP(scores));
  const adjusted = adjust(correction, p, flat);
  let at = 0;
  return read.map((own) =>
    own.map(({ raw, measure, effect, peak, error }) => {
      const index = at++;
      return {
        measure,
        effect,
        peak,
        error,
        statistic: closed[index]?.statistic ?? raw,
        p: p[index] ?? 1,
        // Permutations of a sample and a closed form over all rows may differ: the more careful one counts.
        pAdjusted: Math.max(adjusted[index] ?? 1, p[index] ?? 1),
      };
    }),
  );
}

function adjust(
  correction: DriftSettings['correction'],
  p: readonly number[],
  flat: readonly ReadMeasure[],
): number[] {
  switch (correction) {
    case 'maxt':
      return stepDownMaxT(flat.map(({ scores }) => scores));
    case 'bh':
      return benjaminiHochberg(p);
    case 'holm':
      return holm(p);
    case 'none':
      return [...p];
  }
}

interface ReadMeasure {
  readonly measure: Measure;
  /** Comparable between statistics: the observed one, then those of the permutations. */
  readonly scores: Float64Array;
  /** The statistic itself. */
  readonly raw: number;
  /** Less what no drift at all would give. */
  readonly effect: number;
  readonly peak: number | undefined;
  /** Standard error of the effect. */
  readonly error: number;
}

function readMeasure(
  measure: Measure,
  observed: Labelling,
  { labellings, left }: { readonly labellings: readonly Labelling[]; readonly left: readonly Labelling[] },
): ReadMeasure {
  const scores = new Float64Array(labellings.length + 1);
  let [effects, peaks] = [0, 0];
  const own = measure.read(observed);
  scores[0] = own.score;
  for (const [index, labelling] of labellings.entries()) {
    const { score, effect, peak } = measure.read(labelling);
    scores[index + 1] = score;
    effects += effect / labellings.length;
    peaks += (peak ?? 0) / labellings.length;
  }
  const without = left.map((labelling) => measure.read(labelling).effect);
  const mean = without.reduce((sum, effect) => sum + effect / without.length, 0);
  const square = without.reduce((sum, effect) => sum + (effect - mean) ** 2, 0);
  return {
    measure,
    scores: measure.scale === 'distance' ? standardise(scores.map(Math.cbrt)) : scores,
    raw: measure.scale === 'distance' ? own.score : own.effect,
    effect: unbiased(own.effect, effects),
    peak: own.peak === undefined ? undefined : unbiased(own.peak, peaks),
    // Delete-a-group jackknife (Shao and Wu, 1989).
    error: Math.sqrt((square * (without.length - 1)) / without.length),
  };
}

/**
 * A distance between samples of the same rows is not 0 but grows with their noise. The noise adds to a true distance as
 * errors do, by squares: taking its mean off as it stands would take too much off a real shift (a standard deviation
 * 1.2 times as large, 500 rows: 0.11 in place of 0.16).
 */
function unbiased(effect: number, noise: number): number {
  return Math.sqrt(Math.max(0, effect * effect - noise * noise));
}

/** Every twentieth row of both sides is left out in turn. */
function leaveOut(labels: Uint8Array): Labelling[] {
  return Array.from({ length: jackknifeGroups }, (_, group) =>
    labellingOf(labels.map((label, row) => (row % jackknifeGroups === group ? 2 : label))),
  );
}
