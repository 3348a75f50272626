/** The classifier two-sample test (Lopez-Paz and Oquab, 2017): samples that can be told apart differ, together if not one by one. */
import { boost } from './boost.ts';
import { normalTail } from './distributions.ts';
import { averageRanks } from './order.ts';
import type { Random } from './random.ts';

export interface ClassifierTest {
  /** Of rows that the classifier has not learnt from. */
  readonly auc: number;
  /** One-sided: of an AUC as large as this, were the samples alike. */
  readonly p: number;
  /** How much each column told the samples apart, in shares of all. */
  readonly gains: readonly number[];
}

const folds = 5;
/** Fewer rows than this: p by permutation of the labels within folds. */
const permuteBelow = 2_000;
const permutations = 1_999;
/** From this p on there is nothing to be measured better: the AUC of the folds that p comes from will do. */
const worthwhile = 0.25;

/**
 * The AUC is that of five folds, each scored by a booster that has learnt from the others. Its p-value is not: rows of two
 * folds that learn from each other are counted twice, and the sum varies up to twice as much as ranks say. So it comes
 * from folds scored by what was learnt from the folds before them alone: their labels have had no part in it, each
 * rank sum has its exact null distribution, and they add up as a martingale (van Elteren's strata, 1960; Dawid's
 * prequential principle, 1984). `columns`: bins from 0 to 31; `second`: 1 for rows of the second sample.
 */
export function classifierTest(
  columns: readonly Uint8Array[],
  second: Uint8Array,
  random: Random,
): ClassifierTest {
  const foldOf = Uint8Array.from(second, (_, row) => row % folds);
  random.shuffle(foldOf);
  const gains = new Float64Array(columns.length);
  const all = Array.from({ length: folds }, (_, fold) => fold);
  const strata = (learns: (fold: number, other: number) => boolean, from: number): Stratum[] =>
    all.slice(from).map((fold) => {
      const learn = foldOf.map((own) => Number(learns(fold, own)));
      const boosted = boost({ columns, positive: second, learn });
      boosted.gains.forEach((gain, index) => {
        gains[index] = (gains[index] ?? 0) + gain;
      });
      const held = (_: number, row: number) => foldOf[row] === fold;
      return { ranks: averageRanks(boosted.scores.filter(held)), labels: second.filter(held) };
    });
  const later = strata((fold, other) => other < fold, 1);
  const found = rankSum(later);
  const normal = () => normalTail(found.deviation > 0 ? found.sum / found.deviation : 0);
  const p = second.length < permuteBelow ? permuted(later, found.sum, random) : normal();
  const { sum, pairs } = p < worthwhile ? rankSum(strata((fold, other) => other !== fold, 0)) : found;
  const whole = gains.reduce((total, gain) => total + gain, 0);
  return {
    auc: pairs > 0 ? 0.5 + sum / pairs : Number.NaN,
    p,
    gains: Array.from(gains, (gain) => (whole > 0 ? gain / whole : 0)),
  };
}

interface Stratum {
  readonly ranks: Float64Array;
  readonly labels: Uint8Array;
}

/** Mann-Whitney's U less its mean, over all folds, its standard deviation with ties, and the pairs. */
function rankSum(strata: readonly Stratum[]): { sum: number; pairs: number; deviation: number } {
  let [sum, pairs, variance] = [0, 0, 0];
  for (const { ranks, labels } of strata) {
    const rows = ranks.length;
    const ones = labels.reduce((total, label) => total + label, 0);
    const own = ones * (rows - ones);
    sum += centred(ranks, labels);
    pairs += own;
    // The variance of the ranks themselves takes ties into account.
    const square = ranks.reduce((total, rank) => total + (rank - (rows + 1) / 2) ** 2, 0);
    if (rows > 1) variance += (own * square) / (rows * (rows - 1));
  }
  return { sum, pairs, deviation: Math.sqrt(variance) };
}

function centred(ranks: Float64Array, labels: Uint8Array): number {
  const middle = (ranks.length + 1) / 2;
  return ranks.reduce((total, rank, i) => total + (labels[i] === 1 ? rank - middle : 0), 0);
}

function permuted(strata: readonly Stratum[], observed: number, random: Random): number {
  const shuffled = strata.map(({ ranks, labels }) => ({ ranks, labels: labels.slice() }));
  let above = 1;
  for (let draw = 0; draw < permutations; draw++) {
    let sum = 0;
    for (const { ranks, labels } of shuffled) {
      random.shuffle(labels);
      sum += centred(ranks, labels);
    }
    if (sum >= observed) above++;
  }
  return above / (permutations + 1);
}
