/** The cuts through a ranking: ranking metrics and the decision threshold are read off them. */

/**
 * Calls `visit` at each distinct score, highest first: it and everything above it are called positive. Scores are finite. Positives are the rows whose `target` is `positive`; the two
 * sides are sorted apart, because sorting plain numbers is several times faster than sorting rows.
 */
export function forEachCut(
  scores: Float64Array,
  target: Float64Array,
  positive: number,
  visit: (score: number, truePositives: number, falsePositives: number) => void,
): { positives: number; negatives: number } {
  const scoresOf = (side: boolean) => {
    let count = 0;
    for (let i = 0; i < scores.length; i++) if ((target[i] === positive) === side) count++;
    const values = new Float64Array(count);
    for (let i = 0, to = 0; i < scores.length; i++) {
      if ((target[i] === positive) === side) values[to++] = scores[i] ?? 0;
    }
    return values.sort();
  };
  const good = scoresOf(true);
  const bad = scoresOf(false);
  let g = good.length;
  let b = bad.length;
  while (g > 0 || b > 0) {
    const score = Math.max(good[g - 1] ?? -Infinity, bad[b - 1] ?? -Infinity);
    while (g > 0 && good[g - 1] === score) g--;
    while (b > 0 && bad[b - 1] === score) b--;
    visit(score, good.length - g, bad.length - b);
  }
  return { positives: good.length, negatives: bad.length };
}
