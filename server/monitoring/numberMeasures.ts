/** What can shift in a column of numbers: the whole distribution, one exact value, the range. */
import { driftThresholds } from '../catalog/driftThresholds.ts';
import {
  andersonDarling,
  andersonDarlingTest,
  andersonDarlingWeights,
} from '../statistics/andersonDarling.ts';
import { quantileOf } from '../statistics/quantiles.ts';
import { mannWhitney } from '../statistics/tests.ts';
import { rangeMeasure, valueMeasure } from './faultMeasures.ts';
import { countLabels, type Labelling, leastRows, type Measure } from './measure.ts';
import { type PooledNumbers, valuesOf } from './pooledNumbers.ts';
import { binaryMeasure, type Sides } from './shareMeasures.ts';
import { number4 } from './words.ts';

/** At most this many distinct values are levels with an order (drift.md 4.3). */
const fewDistinct = 20;

/** All but that of missing values. */
export function numberMeasures(pooled: PooledNumbers, observed: Labelling, sides?: Sides): Measure[] {
  const present = countLabels(pooled.order, observed);
  const least = Math.min(present.reference, present.current);
  const distinct = pooled.ends.length;
  if (least < leastRows.any || distinct < 2) return [];
  if (distinct === 2) {
    const hits = pooled.order.subarray(pooled.ends[0] ?? 0);
    const value = number4(pooled.values[hits[0] ?? 0] ?? 0);
    return [binaryMeasure(hits, pooled.order, { value, observed })];
  }
  const measures: Measure[] = [];
  if (distinct <= fewDistinct) measures.push(orderedMeasure(pooled, observed));
  else {
    const enough = least >= leastRows.distances;
    measures.push(...(enough ? distanceMeasures(pooled, observed) : [andersonMeasure(pooled, observed)]));
    const value = least >= leastRows.levels ? valueMeasure(pooled, observed, least) : undefined;
    if (value !== undefined) measures.push(value);
  }
  if (sides !== undefined) measures.push(rangeMeasure(pooled, observed, sides));
  return measures;
}

interface Clipped {
  /** Distance from each value in order to the next. */
  readonly gaps: Float64Array;
  /** Robust standard deviation of the reference: what a distance of 1 means. */
  readonly scale: number;
}

/** Values beyond the reference's 0.1 and 99.9 % count as those: a single wild one must not decide. */
function clip(pooled: PooledNumbers, { labels }: Labelling): Clipped {
  const { values, order } = pooled;
  const reference = valuesOf(pooled, labels, 0);
  const at = (share: number) => quantileOf(reference, share);
  const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length;
  const square = reference.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reference.length;
  const scale = Math.max((at(0.75) - at(0.25)) / 1.349, Math.sqrt(square) / 10);
  const [low, high] = scale > 0 ? [at(0.001), at(0.999)] : [-Infinity, Infinity];
  const clipped = new Float64Array(order.length);
  for (let i = 0; i < clipped.length; i++)
    clipped[i] = Math.min(high, Math.max(low, values[order[i] ?? 0] ?? 0));
  const gaps = clipped.map((value, i) => (clipped[i + 1] ?? value) - value);
  return { gaps, scale: scale > 0 ? scale : (clipped.at(-1) ?? 0) - (clipped[0] ?? 0) || 1 };
}

/** The area between the two distribution functions. */
function distanceOf({ order, missing }: PooledNumbers, gaps: Float64Array, labelling: Labelling): number {
  const { labels } = labelling;
  const { reference, current } = missing.length === 0 ? labelling : countLabels(order, labelling);
  const steps = Float64Array.of(-1 / reference, 1 / current, 0);
  let difference = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    difference += steps[labels[order[i] ?? 0] ?? 0] ?? 0;
    area += Math.abs(difference) * (gaps[i] ?? 0);
  }
  return area;
}

/**
 * The distance, and the spread alone: a standard deviation 1.2 times as large moves the distance of 500 rows little above
 * its noise, but is five standard errors of a mean deviation. Both have the distance as their effect.
 */
function distanceMeasures(pooled: PooledNumbers, observed: Labelling): Measure[] {
  const clipped = clip(pooled, observed);
  const deviations = deviationsOf(pooled, clipped.gaps);
  const known = new WeakMap<Labelling, Walked>();
  const walked = (labelling: Labelling) => {
    const found = known.get(labelling) ?? walk(pooled, { ...clipped, deviations }, labelling);
    known.set(labelling, found);
    return found;
  };
  let words: string | undefined;
  const shared = {
    scale: 'distance',
    thresholds: driftThresholds.distance,
    fault: false,
    told: 'permuted',
    words() {
      words ??= movedWords(pooled, observed);
      return words;
    },
  } as const;
  return [
    {
      ...shared,
      test: 'wasserstein',
      read(labelling) {
        const { distance } = walked(labelling);
        return { score: distance, effect: distance };
      },
      closed: () => closedAnderson(pooled, observed),
    },
    {
      ...shared,
      test: 'spread',
      read(labelling) {
        const { distance, spread } = walked(labelling);
        return { score: spread, effect: distance };
      },
      closed() {
        const side = (label: number) =>
          deviations.filter((_, i) => observed.labels[pooled.order[i] ?? 0] === label);
        return mannWhitney(side(0), side(1));
      },
    },
  ];
}

/** Distance of each value, clipped, from the middle one of both sides; in order. */
function deviationsOf({ order }: PooledNumbers, gaps: Float64Array): Float64Array {
  const places = new Float64Array(order.length);
  for (let i = 1; i < order.length; i++) places[i] = (places[i - 1] ?? 0) + (gaps[i - 1] ?? 0);
  const middle = places[order.length >> 1] ?? 0;
  return places.map((place) => Math.abs(place - middle));
}

interface Walked {
  /** The area between the two distribution functions, in `scale`. */
  readonly distance: number;
  /** The squared logarithm of the ratio of both mean deviations. */
  readonly spread: number;
}

/** Both in one pass, without a branch on labels that follow no pattern. */
function walk(
  { order }: PooledNumbers,
  { gaps, scale, deviations }: Clipped & { readonly deviations: Float64Array },
  labelling: Labelling,
): Walked {
  const { labels } = labelling;
  const { reference, current } = countLabels(order, labelling);
  const steps = Float64Array.of(-1 / reference, 1 / current, 0);
  const first = Float64Array.of(1, 0, 0);
  const second = Float64Array.of(0, 1, 0);
  let [difference, area, own, other] = [0, 0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    const label = labels[order[i] ?? 0] ?? 2;
    const deviation = deviations[i] ?? 0;
    difference += steps[label] ?? 0;
    area += Math.abs(difference) * (gaps[i] ?? 0);
    own += deviation * (first[label] ?? 0);
    other += deviation * (second[label] ?? 0);
  }
  const ratio = (other * reference) / (own * current);
  return {
    distance: area / scale,
    spread: ratio > 0 && Number.isFinite(ratio) ? Math.log(ratio) ** 2 : 0,
  };
}

/** For windows too small for a distance: where the whole weight of the tails helps. */
function andersonMeasure(pooled: PooledNumbers, observed: Labelling): Measure {
  const { gaps, scale } = clip(pooled, observed);
  const { square } = andersonOf(pooled);
  return {
    test: 'anderson-darling',
    scale: 'distance',
    thresholds: driftThresholds.distanceOfFew,
    fault: false,
    told: 'permuted',
    read: (labelling) => ({
      score: square(labelling).value,
      effect: distanceOf(pooled, gaps, labelling) / scale,
    }),
    closed: () => closedAnderson(pooled, observed),
    words: () => movedWords(pooled, observed),
  };
}

/** Few values in an order: ties in the test, and an effect in steps of them over all steps. */
function orderedMeasure(pooled: PooledNumbers, observed: Labelling): Measure {
  const { square } = andersonOf(pooled);
  return {
    test: 'anderson-darling',
    scale: 'distance',
    thresholds: driftThresholds.ordered,
    fault: false,
    told: 'permuted',
    read(labelling) {
      const { value, second, size, rows, total } = square(labelling);
      let [difference, steps] = [0, 0];
      for (let at = 0; at + 1 < rows.length; at++) {
        const own = second[at] ?? 0;
        difference += own / size - ((rows[at] ?? 0) - own) / (total - size);
        steps += Math.abs(difference);
      }
      return { score: value, effect: steps / (rows.length - 1) };
    },
    closed: () => closedAnderson(pooled, observed),
    words: () => movedWords(pooled, observed),
  };
}

/** A² of any labelling; rows that are left out make their own tie table. */
function andersonOf({ order, ends }: PooledNumbers) {
  const all = Float64Array.from(ends, (end, at) => end - (ends[at - 1] ?? 0));
  const whole = { rows: all, total: order.length };
  const weights = andersonDarlingWeights(whole);
  const square = ({ labels }: Labelling) => {
    const second = new Float64Array(ends.length);
    const kept = new Float64Array(ends.length);
    let [start, size, total] = [0, 0, 0];
    for (let at = 0; at < ends.length; at++) {
      const end = ends[at] ?? 0;
      let [own, present] = [0, 0];
      for (let i = start; i < end; i++) {
        const label = labels[order[i] ?? 0] ?? 2;
        if (label === 1) own++;
        if (label !== 2) present++;
      }
      second[at] = own;
      kept[at] = present;
      size += own;
      total += present;
      start = end;
    }
    const tied = total === order.length ? whole : { rows: kept, total };
    const own = total === order.length ? weights : andersonDarlingWeights(tied);
    return { value: andersonDarling(tied, own, { second, size }), second, size, ...tied };
  };
  return { square };
}

function closedAnderson(pooled: PooledNumbers, { labels }: Labelling) {
  return andersonDarlingTest(valuesOf(pooled, labels, 0), valuesOf(pooled, labels, 1));
}

function movedWords(pooled: PooledNumbers, { labels }: Labelling): string {
  const [reference, current] = [valuesOf(pooled, labels, 0), valuesOf(pooled, labels, 1)];
  const spread = (sorted: Float64Array) =>
    `${number4(quantileOf(sorted, 0.05))} to ${number4(quantileOf(sorted, 0.95))}`;
  return `median ${number4(quantileOf(reference, 0.5))}, now ${number4(quantileOf(current, 0.5))}; 9 of 10 lie in ${spread(reference)}, now ${spread(current)}`;
}
