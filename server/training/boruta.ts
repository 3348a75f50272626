/** Boruta: a feature matters when it is worth more to a forest than the best of features that are shuffled. */
import { type FeatureValues, matrixRows, shuffled } from '../features/matrix.ts';
import type { FitRequest, LabelledRows } from '../models/family.ts';
import { forest } from '../models/forest/forest.ts';
import { createRandom, drawRows, type Random } from '../statistics/random.ts';

/** Kursa and Rudnicki 2010, and the defaults of their R package. */
const mostRounds = 100;
const level = 0.01;
/** Enough to tell columns apart; more would take minutes a round. */
const mostRows = 20_000;

/**
 * For each column the share of rounds in which it gained more than every shuffled copy; 0 where that is not beyond doubt
 * after 100 rounds: hits are held against a fair coin at 1 %, Bonferroni-corrected over the columns.
 */
export async function boruta(
  rows: LabelledRows,
  judge: Pick<FitRequest<unknown>, 'task' | 'outputs' | 'seed' | 'threads' | 'signal'>,
): Promise<number[]> {
  const random = createRandom(judge.seed, 'training', 'boruta');
  const { matrix, target } = sampleRows(rows, random);
  const columns = matrix.columns.length;
  const hits = new Array<number>(columns).fill(0);
  const verdicts = new Array<'open' | 'kept' | 'rejected'>(columns).fill('open');
  let round = 0;
  while (round < mostRounds && verdicts.includes('open')) {
    round++;
    const active = [...matrix.columns.keys()].filter((column) => verdicts[column] !== 'rejected');
    const own = active.flatMap((column) => matrix.values[column] ?? []);
    // A few more copies where few columns are left: the best of one is luck.
    const copied = Array.from({ length: Math.max(5, own.length) }, (_, i) => i % own.length);
    const shadows = copied.flatMap((index) => (own[index] ? [shuffled(own[index], random)] : []));
    const gains = await gainsOf({ matrix, target }, [...own, ...shadows], {
      ...judge,
      sources: [...active, ...copied.map((index) => active[index] ?? 0)],
      seed: judge.seed + round,
    });
    const best = Math.max(...gains.slice(own.length));
    active.forEach((column, index) => {
      if ((gains[index] ?? 0) > best) hits[column] = (hits[column] ?? 0) + 1;
    });
    for (const column of active) {
      if (verdicts[column] !== 'open') continue;
      const count = hits[column] ?? 0;
      if (upperTail(count, round) < level / columns) verdicts[column] = 'kept';
      else if (upperTail(round - count, round) < level / columns) verdicts[column] = 'rejected';
    }
  }
  return hits.map((count, column) => (verdicts[column] === 'kept' ? count / round : 0));
}

/** P(X >= hits) of a fair coin thrown `rounds` times. */
export function upperTail(hits: number, rounds: number): number {
  let [term, sum] = [0.5 ** rounds, 0];
  for (let k = 0; k <= rounds; k++) {
    if (k >= hits) sum += term;
    term = (term * (rounds - k)) / (k + 1);
  }
  return sum;
}

async function gainsOf(
  { matrix, target }: LabelledRows,
  values: readonly FeatureValues[],
  {
    sources,
    ...judge
  }: Parameters<typeof boruta>[1] & { readonly sources: readonly number[]; readonly seed: number },
): Promise<Float64Array> {
  const columns = sources.flatMap((source) => matrix.columns[source] ?? []);
  const model = await forest.fit({
    ...judge,
    // Means tell the same columns apart as quantiles and rates do.
    ...(judge.task === 'quantile' || judge.task === 'count' ? { task: 'regression' as const } : {}),
    train: { matrix: { rows: matrix.rows, columns, values }, target },
    parameters: { trees: 100, max_depth: 7, min_leaf: 1, max_features: 'sqrt', oob: false },
  });
  return model.columnGains?.() ?? new Float64Array(values.length);
}

function sampleRows(rows: LabelledRows, random: Random): LabelledRows {
  if (rows.matrix.rows <= mostRows) return rows;
  const taken = drawRows(random, rows.matrix.rows, mostRows);
  return {
    matrix: matrixRows(rows.matrix, taken),
    target: Float64Array.from(taken, (row) => rows.target[row] ?? 0),
  };
}
