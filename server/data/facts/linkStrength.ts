/** How well one column alone predicts the target, from its counts: AUC or R², judged on the other half of the rows. */
import { bin, type LinkCounts, pool } from './linkCounts.ts';

/**
 * AUC of a column, at least 0.5: for two classes the better of its own order (either way round) and of the rates of its
 * bins or levels learnt on one half and judged on the other; for several classes the latter, macro one-vs-rest.
 */
export function aucOf(counts: LinkCounts, rows: number): number {
  const crossed = crossFitted(counts, rows, (binned, side) => {
    const scored = binned.width === 2 ? [1] : classesPresent(binned);
    const sum = scored.reduce((total, c) => total + halfAuc(binned, side, c), 0);
    return scored.length > 0 ? sum / scored.length : Number.NaN;
  });
  if (!counts.ordered || counts.width !== 2) return Math.max(0.5, crossed);
  const { rows: all, sums } = pool(counts);
  const own = aucOfLevels(all, sums);
  return Math.max(0.5, crossed, own, 1 - own);
}

/** R² of the target on the bins' or levels' means, learnt on one half and judged on the other; at least 0. */
export function rSquaredOf(counts: LinkCounts, rows: number): number {
  const r = crossFitted(counts, rows, (binned, side) => halfCorrelation(binned, side));
  return Number.isNaN(r) ? 0 : Math.max(0, r) ** 2;
}

/** Mean over both directions; ordered columns in more bins the more rows there are. */
function crossFitted(
  counts: LinkCounts,
  rows: number,
  judge: (binned: LinkCounts, side: 0 | 1) => number,
): number {
  const binned = bin(counts, Math.max(4, Math.min(64, Math.floor(Math.sqrt(rows / 4)))));
  return (judge(binned, 0) + judge(binned, 1)) / 2;
}

function classesPresent({ sums, width, levels }: LinkCounts): number[] {
  return Array.from({ length: width }, (_, c) => c).filter((c) =>
    sums.every((half) => {
      for (let level = 0; level < levels; level++) if ((half[level * width + c] ?? 0) > 0) return true;
      return false;
    }),
  );
}

/** Levels ranked by the rate of class `c` in the other half; those it does not have count as average. */
function halfAuc(counts: LinkCounts, side: 0 | 1, c: number): number {
  const { levels, width } = counts;
  const learn = side === 0 ? 1 : 0;
  const rows = counts.rows[side];
  const hits = (half: 0 | 1, level: number) => counts.sums[half][level * width + c] ?? 0;
  let total = 0;
  let positives = 0;
  for (let level = 0; level < levels; level++) {
    total += counts.rows[learn][level] ?? 0;
    positives += hits(learn, level);
  }
  const overall = positives / total;
  const rates = Float64Array.from(
    rows,
    (_, level) => (hits(learn, level) + overall) / ((counts.rows[learn][level] ?? 0) + 1),
  );
  const order = Int32Array.from(rows, (_, level) => level).sort((a, b) => (rates[a] ?? 0) - (rates[b] ?? 0));
  const positive = Float64Array.from(rows, (_, level) => hits(side, level));
  return aucInOrder(rows, positive, order, rates);
}

/** AUC of levels in their own order; `sums` [level, class] of two classes. */
function aucOfLevels(rows: Float64Array, sums: Float64Array): number {
  let below = 0;
  let pairs = 0;
  let allPositives = 0;
  for (let level = 0; level < rows.length; level++) {
    const positives = sums[2 * level + 1] ?? 0;
    const negatives = (rows[level] ?? 0) - positives;
    pairs += positives * (below + negatives / 2);
    below += negatives;
    allPositives += positives;
  }
  const possible = allPositives * below;
  return possible > 0 ? pairs / possible : 0.5;
}

/** AUC of levels in this order; levels of equal `score` tie. */
function aucInOrder(
  rows: Float64Array,
  positives: Float64Array,
  order: Int32Array,
  score: Float64Array,
): number {
  let below = 0;
  let pairs = 0;
  let allPositives = 0;
  let allNegatives = 0;
  for (let i = 0; i < order.length; ) {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    const first = order[i] ?? 0;
    do {
      const level = order[i] ?? 0;
      tiedPositives += positives[level] ?? 0;
      tiedNegatives += (rows[level] ?? 0) - (positives[level] ?? 0);
      i++;
    } while (i < order.length && score[order[i] ?? 0] === score[first]);
    pairs += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    allPositives += tiedPositives;
    allNegatives += tiedNegatives;
  }
  const possible = allPositives * allNegatives;
  return possible > 0 ? pairs / possible : 0.5;
}

/** Correlation of the target with the level means of the other half. */
function halfCorrelation(counts: LinkCounts, side: 0 | 1): number {
  const learn = side === 0 ? 1 : 0;
  const rows = counts.rows[side];
  const sums = counts.sums[side];
  const squares = counts.squares[side];
  const learnRows = counts.rows[learn];
  const learnSums = counts.sums[learn];
  const overall = learnSums.reduce((a, b) => a + b, 0) / learnRows.reduce((a, b) => a + b, 0);
  let n = 0;
  let x = 0;
  let y = 0;
  let xx = 0;
  let xy = 0;
  for (let level = 0; level < counts.levels; level++) {
    const count = rows[level] ?? 0;
    if (count === 0) continue;
    const mean = ((learnSums[level] ?? 0) + overall) / ((learnRows[level] ?? 0) + 1);
    n += count;
    x += count * mean;
    y += sums[level] ?? 0;
    xx += count * mean * mean;
    xy += mean * (sums[level] ?? 0);
  }
  const spread = Math.sqrt((xx - (x * x) / n) * (squares - (y * y) / n));
  return spread > 0 ? (xy - (x * y) / n) / spread : Number.NaN;
}
