/** All columns together: what a classifier, or distances between rows, can tell apart though no column has moved alone. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { driftThresholds, type Thresholds } from '../catalog/driftThresholds.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import { type DriftReport, type EffectSize, effectSizes } from '../protocol/drift.ts';
import type { ColumnPlan } from './columnPlan.ts';
import { type Labelling, leastRows } from './measure.ts';
import type { DriftSettings } from './settings.ts';
import { type TogetherTask, type Told, tellApart } from './tellApart.ts';

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

/** With fewer cells a thread's start takes longer than it saves. */
const manyCells = 400_000;

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(
  `./tellApartThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** Inputs of the model only: what it answers follows from them. Many rows are compared beside the caller's work. */
export async function compareTogether(
  plans: readonly ColumnPlan[],
  observed: Labelling,
  settings: DriftSettings & { readonly signal?: AbortSignal | undefined },
): Promise<Together> {
  const task = taskOf(plans, observed, settings);
  if (task === undefined) return untested;
  const { names, columns, labels } = task;
  const beside = columns.length * labels.length >= manyCells && availableParallelism() > 1;
  return judged(beside ? await askThread(task, settings.signal) : tellApart(task), names);
}

function askThread(task: TogetherTask, signal: AbortSignal | undefined): Promise<Told> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { workerData: task });
    const stop = () => void thread.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    thread.once('message', resolve);
    thread.once('error', reject);
    // After an answer this rejects what is resolved already, which does nothing.
    thread.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      const why = `the thread that compares all columns ended with ${code}`;
      reject(signal?.aborted === true ? new ModelwrightError('cancelled') : new Error(why));
    });
  });
}

function taskOf(
  plans: readonly ColumnPlan[],
  observed: Labelling,
  { seed, multivariate }: DriftSettings,
): (TogetherTask & { readonly names: readonly string[] }) | undefined {
  const columns = plans.flatMap(({ name, bins, role }) =>
    bins === undefined || role !== undefined || isConstant(bins) ? [] : [{ name, bins }],
  );
  if (columns.length < 2) return undefined;
  const names = columns.map(({ name }) => name);
  const few = Math.min(observed.reference, observed.current) < leastRows.multivariate;
  if (few && multivariate === 'auto')
    return { test: 'energy', columns: columns.map(({ bins }) => bins), labels: observed.labels, seed, names };
  const rows = balanced(observed);
  const pick = (values: Uint8Array) => Uint8Array.from(rows, (row) => values[row] ?? 0);
  const picked = columns.map(({ bins }) => pick(bins));
  return { test: 'classifier', columns: picked, labels: pick(observed.labels), seed, names };
}

function judged(told: Told, names: readonly string[]): Together {
  if (told.test === 'energy') {
    const { effect, p } = told;
    return judgedBy({ ...nothing, test: 'energy', statistic: effect, p }, effect, driftThresholds.energy);
  }
  const { auc, p, gains } = told;
  const top = [...gains.keys()]
    .filter((index) => (gains[index] ?? 0) >= 1.5 / gains.length)
    .sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
    .slice(0, 5)
    .map((index) => names[index] ?? '');
  return judgedBy({ ...nothing, test: 'classifier', auc, p, top }, auc, driftThresholds.auc);
}

function judgedBy(found: Multivariate, effect: number, steps: Thresholds): Together {
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
