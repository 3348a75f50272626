/** What a broken feed does to numbers: one exact value in place of many, and values outside the range. */
import { driftThresholds } from '../catalog/driftThresholds.ts';
import { compareShares, gStatistic } from '../statistics/countTests.ts';
import {
  countLabels,
  type Labelling,
  type Measure,
  normalScore,
  percent,
  shareScorer,
  tallyCodes,
  totalsOf,
} from './measure.ts';
import type { PooledNumbers } from './pooledNumbers.ts';
import type { Sides } from './shareMeasures.ts';
import { number4 } from './words.ts';

/** Fewer rows than this with one exact value are chance. */
const leastRepeats = 5;

/**
 * The exact value whose share changed most: a sentinel, a default. Each value that is repeated often enough to matter
 * is tested against all others by its 2 x 2 table, the best one corrected for their number (Šidák). Which values are
 * looked at follows from both samples together: values chosen on one side alone are the commoner there by that choice,
 * which no permutation would know of. Undefined where no value is repeated so often.
 */
export function valueMeasure(pooled: PooledNumbers, observed: Labelling, least: number): Measure | undefined {
  const { order, ends, values } = pooled;
  const enough = Math.max(leastRepeats, driftThresholds.value[0] * least);
  const candidates: number[] = [];
  const codes = new Int32Array(values.length).fill(-1);
  for (let at = 0; at < ends.length; at++) {
    const rows = order.subarray(ends[at - 1] ?? 0, ends[at] ?? 0);
    if (rows.length < enough) continue;
    for (const row of rows) codes[row] = candidates.length;
    candidates.push(values[rows[0] ?? 0] ?? Number.NaN);
  }
  if (candidates.length === 0) return undefined;
  const totals = totalsOf(codes, candidates.length);
  const score = shareScorer();
  const best = (labelling: Labelling) => {
    const all = countLabels(order, labelling);
    const { reference, current } = tallyCodes(codes, totals, labelling);
    let found = { g: -1, candidate: 0 };
    for (let candidate = 0; candidate < candidates.length; candidate++) {
      const [first, second] = [reference[candidate] ?? 0, current[candidate] ?? 0];
      const g = gStatistic([first, all.reference - first], [second, all.current - second]);
      if (g > found.g) found = { g, candidate };
    }
    const a = { hits: reference[found.candidate] ?? 0, rows: all.reference };
    const b = { hits: current[found.candidate] ?? 0, rows: all.current };
    return { a, b, value: candidates[found.candidate] ?? Number.NaN };
  };
  const own = best(observed);
  const amongAll = (p: number) => -Math.expm1(candidates.length * Math.log1p(-Math.min(p, 1 - 1e-16)));
  return {
    test: 'value-share',
    scale: 'normal',
    thresholds: driftThresholds.value,
    fault: true,
    told: 'permuted',
    read(labelling) {
      const { a, b } = best(labelling);
      const effect = Math.abs(a.hits / a.rows - b.hits / b.rows);
      if (candidates.length === 1) return { score: score(a, b), effect };
      return { score: normalScore(amongAll(compareShares(a, b).p)), effect };
    },
    closed() {
      const { statistic, p } = compareShares(own.a, own.b);
      return { statistic, p: amongAll(p) };
    },
    words: () =>
      `exactly ${number4(own.value)} in ${percent(own.a.hits / own.a.rows)}, now in ${percent(own.b.hits / own.b.rows)}`,
  };
}

/**
 * Rows of the current side outside the reference's range. Its chance, were the rows exchangeable, is that so many of
 * the extreme ones of both sides bear one label: a negative binomial with two ends.
 */
export function rangeMeasure({ order, values }: PooledNumbers, observed: Labelling, sides: Sides): Measure {
  const share = observed.current / (observed.reference + observed.current);
  const outsideOf = ({ labels }: Labelling) => {
    let [low, high] = [0, order.length - 1];
    while (low < order.length && labels[order[low] ?? 0] !== 0) low++;
    while (high > low && labels[order[high] ?? 0] !== 0) high--;
    // A tie with the reference's own extreme is inside.
    const [least, most] = [values[order[low] ?? 0], values[order[high] ?? 0]];
    let count = 0;
    for (let i = 0; i < low; i++) if (labels[order[i] ?? 0] === 1 && values[order[i] ?? 0] !== least) count++;
    for (let i = high + 1; i < order.length; i++)
      if (labels[order[i] ?? 0] === 1 && values[order[i] ?? 0] !== most) count++;
    return count;
  };
  const chance = (count: number, own: number) => own ** count * (1 + count * (1 - own));
  const { reference, current } = sides;
  const hits = current.form === 'numbers' ? current.outside : 0;
  const all = sides.rows;
  const known = new Map<number, number>();
  return {
    test: 'out-of-range',
    scale: 'normal',
    thresholds: driftThresholds.rate,
    fault: true,
    told: 'closed',
    read(labelling) {
      const count = outsideOf(labelling);
      const score = known.get(count) ?? normalScore(chance(count, share));
      known.set(count, score);
      return { score, effect: count / labelling.current };
    },
    closed: () => ({ statistic: hits, p: chance(hits, all.current / (all.reference + all.current)) }),
    rate: {
      reference: { hits: 0, rows: all.reference },
      current: { hits, rows: all.current },
      // Two ends, each one of the reference's rows away from being passed.
      expected: Math.min(1, 2 / (all.reference + 1)),
    },
    words: () =>
      reference.form === 'numbers'
        ? `${percent(hits / all.current)} outside ${number4(reference.low)} to ${number4(reference.high)}`
        : '',
  };
}
