/** The area under the ROC curve of scores, ties half, and DeLong's covariance of several. */
import { averageRanks } from './order.ts';

/** NaN where one class is absent. `positive`: 1 or 0 per row. */
export function rankAuc(scores: Float64Array, positive: Uint8Array): number {
  const ranks = averageRanks(scores);
  let sum = 0;
  let positives = 0;
  for (let i = 0; i < positive.length; i++) {
    if (positive[i] !== 1) continue;
    sum += ranks[i] ?? 0;
    positives++;
  }
  const pairs = positives * (positive.length - positives);
  return pairs > 0 ? (sum - (positives * (positives + 1)) / 2) / pairs : Number.NaN;
}

/**
 * AUC of each score on the same rows, and their covariance [k][k] (DeLong, 1988, by mid-ranks as in Sun and Xu, 2014).
 */
export function delong(
  scores: readonly Float64Array[],
  positive: Uint8Array,
): { auc: number[]; covariance: number[][] } {
  const parts = scores.map((score) => placements(score, positive));
  const auc = parts.map(({ ofPositives }) => mean(ofPositives));
  const covariance = parts.map((a) =>
    parts.map(
      (b) =>
        covarianceOf(a.ofPositives, b.ofPositives) / a.ofPositives.length +
        covarianceOf(a.ofNegatives, b.ofNegatives) / a.ofNegatives.length,
    ),
  );
  return { auc, covariance };
}

/** For each positive the share of negatives below it, for each negative the share of positives above it, ties half. */
function placements(
  score: Float64Array,
  positive: Uint8Array,
): { ofPositives: Float64Array; ofNegatives: Float64Array } {
  const positives = score.filter((_, i) => positive[i] === 1);
  const negatives = score.filter((_, i) => positive[i] !== 1);
  const all = averageRanks(score);
  const within = { positives: averageRanks(positives), negatives: averageRanks(negatives) };
  const ofPositives = new Float64Array(positives.length);
  const ofNegatives = new Float64Array(negatives.length);
  let p = 0;
  let n = 0;
  for (let i = 0; i < score.length; i++) {
    const rank = all[i] ?? 0;
    if (positive[i] === 1) {
      ofPositives[p] = (rank - (within.positives[p] ?? 0)) / negatives.length;
      p++;
    } else {
      ofNegatives[n] = 1 - (rank - (within.negatives[n] ?? 0)) / positives.length;
      n++;
    }
  }
  return { ofPositives, ofNegatives };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function covarianceOf(a: Float64Array, b: Float64Array): number {
  if (a.length < 2) return Number.NaN;
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * ((b[i] ?? 0) - meanB), 0) / (a.length - 1);
}
