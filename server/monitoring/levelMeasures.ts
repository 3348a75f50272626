/** What can shift in a column of levels: their shares, and levels that the reference does not have. */
import { driftThresholds } from '../catalog/driftThresholds.ts';
import { gStatistic, gTest, monteCarloG, poissonTail } from '../statistics/countTests.ts';
import { totalVariation } from '../statistics/distances.ts';
import { createRandom } from '../statistics/random.ts';
import {
  countLabels,
  type Labelling,
  leastRows,
  type Measure,
  normalScore,
  percent,
  tallyCodes,
  totalsOf,
} from './measure.ts';
import type { LevelSample } from './sample.ts';
import { binaryMeasure } from './shareMeasures.ts';

/** A column of both samples, the reference first. */
export interface PooledLevels {
  readonly names: readonly string[];
  /** -1 where missing, else the index of the level. */
  readonly codes: Int32Array;
  readonly missing: Int32Array;
  readonly present: Int32Array;
  /** Rows of each level in both samples. */
  readonly counts: Int32Array;
}

export function poolLevels(reference: LevelSample, current: LevelSample): PooledLevels {
  const index = new Map<string, number>();
  const codeOf = (level: string) => {
    const known = index.get(level) ?? index.size;
    if (known === index.size) index.set(level, known);
    return known;
  };
  const codes = new Int32Array(reference.codes.length + current.codes.length);
  let at = 0;
  for (const { codes: own, levels } of [reference, current]) {
    const known = new Int32Array(levels.length + 1).fill(-1);
    for (const code of own) {
      if (code > 0 && known[code] === -1) known[code] = codeOf(levels[code - 1] ?? '');
      codes[at++] = known[code] ?? -1;
    }
  }
  const rows = Int32Array.from(codes.keys());
  const present = rows.filter((row) => (codes[row] ?? -1) >= 0);
  const counts = new Int32Array(index.size);
  for (const row of present) counts[codes[row] ?? 0] = (counts[codes[row] ?? 0] ?? 0) + 1;
  return {
    names: [...index.keys()],
    codes,
    missing: rows.filter((row) => (codes[row] ?? 0) < 0),
    present,
    counts,
  };
}

/** More levels than this are rare: chi-square no longer holds. */
const manyLevels = 50;
const rareShare = 0.01;
const leastExpected = 5;

/** All but that of missing values. */
export function levelMeasures(
  pooled: PooledLevels,
  observed: Labelling,
  sides: {
    readonly reference: LevelSample;
    readonly current: LevelSample;
    readonly rows: { reference: number; current: number };
  },
): Measure[] {
  const present = countLabels(pooled.present, observed);
  const least = Math.min(present.reference, present.current);
  if (least < leastRows.any || pooled.names.length < 2) return [];
  const measures: Measure[] = [];
  if (pooled.names.length === 2) {
    const hits = pooled.present.filter((row) => pooled.codes[row] === 1);
    measures.push(binaryMeasure(hits, pooled.present, { value: pooled.names[1] ?? '', observed }));
  } else if (least >= leastRows.levels) measures.push(sharesMeasure(pooled, observed, least));
  measures.push(unseenMeasure(pooled, observed, sides));
  return measures;
}

/**
 * The levels that are common enough, and all others as one. Of levels with as many rows chance chooses: those of the
 * reference come first, and fifty names of it that no other row has would be missed on the current side.
 */
export function binLevels(
  { counts, names }: Pick<PooledLevels, 'counts' | 'names'>,
  enough: (count: number) => boolean,
) {
  const order = Int32Array.from(counts.keys());
  createRandom(1, 'levels').shuffle(order);
  const ranked = [...order].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const kept = ranked.filter((level, rank) => rank < manyLevels && enough(counts[level] ?? 0));
  const binOf = new Int32Array(counts.length).fill(kept.length);
  for (const [bin, level] of kept.entries()) binOf[level] = bin;
  const others = kept.length < counts.length;
  return { binOf, names: [...kept.map((level) => names[level] ?? ''), ...(others ? ['other levels'] : [])] };
}

function sharesMeasure(pooled: PooledLevels, observed: Labelling, least: number): Measure {
  const { codes, counts } = pooled;
  const rows = pooled.present.length;
  const many = counts.length > manyLevels;
  const expected = (count: number) => (count * least) / rows;
  const enough = (count: number) => many || (count >= rareShare * rows && expected(count) >= leastExpected);
  const { binOf, names } = binLevels(pooled, enough);
  const bins = codes.map((code) => binOf[code] ?? -1);
  const totals = totalsOf(bins, names.length);
  const { reference: a, current: b } = tallyCodes(bins, totals, observed);
  const rare = many || names.some((_, bin) => expected((a[bin] ?? 0) + (b[bin] ?? 0)) < leastExpected);
  return {
    test: rare ? 'monte-carlo-g' : 'g-test',
    scale: 'distance',
    thresholds: driftThresholds.variation,
    peaks: driftThresholds.peak,
    fault: false,
    told: rare ? 'permuted' : 'closed',
    read(labelling) {
      const { reference, current } = tallyCodes(bins, totals, labelling);
      const changes = changesOf(reference, current);
      return {
        score: gStatistic(reference, current),
        effect: totalVariation([...reference], [...current]),
        peak: Math.max(...changes.map(Math.abs)),
      };
    },
    closed: () =>
      rare ? monteCarloG(a, b, { draws: 1_999, random: createRandom(1, 'monte-carlo-g') }) : gTest(a, b),
    words() {
      const changes = changesOf(a, b);
      // A level of few rows may name a person.
      const named = [...changes.keys()].filter((bin) => (a[bin] ?? 0) + (b[bin] ?? 0) >= leastNamed);
      const [moved] = named.sort((i, j) => Math.abs(changes[j] ?? 0) - Math.abs(changes[i] ?? 0));
      if (moved === undefined) return 'no level is common enough to be named';
      const share = (side: Float64Array) => percent((side[moved] ?? 0) / sum(side));
      return `${names[moved]} in ${share(a)}, now in ${share(b)}`;
    },
  };
}

function changesOf(reference: Float64Array, current: Float64Array): number[] {
  const [rowsA, rowsB] = [sum(reference), sum(current)];
  return Array.from(reference, (count, bin) => (current[bin] ?? 0) / rowsB - count / rowsA);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
}

/**
 * Rows of levels that only the current side has. A column of names or numbers has such levels without any drift, so the
 * count is judged against what exchangeable rows would give: each level of c rows lies wholly on a side with share q
 * with a chance of q^c; taken as Poisson, which is what rare and many such levels make. A common level comes all at
 * once: the Poisson is then one of lumps, as large as mean and variance say (Bohm and Zech, 2014).
 */
function unseenMeasure(
  pooled: PooledLevels,
  observed: Labelling,
  {
    reference,
    current,
    rows,
  }: { reference: LevelSample; current: LevelSample; rows: { reference: number; current: number } },
): Measure {
  const { present, counts } = pooled;
  const { rows: byLevel, ends } = groupRows(pooled);
  const count = (labelling: Labelling) => {
    let hits = 0;
    for (let level = 0, start = 0; level < ends.length; level++) {
      const end = ends[level] ?? 0;
      let own = 0;
      // Most levels are seen at their first rows.
      for (let i = start; i < end; i++) {
        const label = labelling.labels[byLevel[i] ?? 0];
        if (label === 1) own++;
        else if (label === 0) {
          own = 0;
          break;
        }
      }
      hits += own;
      start = end;
    }
    return { hits, all: countLabels(present, labelling).current };
  };
  const overall = unseenOverAll(reference, current);
  const exchanged = unseenOf(counts, observed.current / (observed.reference + observed.current));
  const known = new Map<number, number>();
  return {
    test: 'unseen-levels',
    scale: 'normal',
    thresholds: driftThresholds.rate,
    fault: true,
    told: 'closed',
    read(labelling) {
      const { hits, all } = count(labelling);
      const score = known.get(hits) ?? normalScore(tailOf(hits, exchanged));
      known.set(hits, score);
      return { score, effect: all === 0 ? 0 : hits / all };
    },
    closed: () => ({ statistic: overall.hits, p: tailOf(overall.hits, overall) }),
    rate: {
      reference: { hits: 0, rows: rows.reference },
      current: { hits: overall.hits, rows: rows.current },
      expected: overall.expected / rows.current,
    },
    words: () =>
      `${percent(overall.hits / rows.current)} in levels that the reference does not have${overall.example}`,
  };
}

/** Rows with a value, level by level; where the rows of each level end. */
function groupRows({ codes, present, counts }: PooledLevels): { rows: Int32Array; ends: Int32Array } {
  const ends = new Int32Array(counts.length);
  for (let level = 1; level < ends.length; level++)
    ends[level] = (ends[level - 1] ?? 0) + (counts[level - 1] ?? 0);
  const rows = new Int32Array(present.length);
  for (const row of present) {
    const level = codes[row] ?? 0;
    const at = ends[level] ?? 0;
    rows[at] = row;
    ends[level] = at + 1;
  }
  return { rows, ends };
}

interface Unseen {
  /** Rows in levels of the current side alone, were rows exchangeable. */
  readonly expected: number;
  /** Rows that come at once. */
  readonly lump: number;
}

function unseenOf(counts: ArrayLike<number>, share: number): Unseen {
  let [expected, variance] = [0, 0];
  for (let level = 0; level < counts.length; level++) {
    const own = counts[level] ?? 0;
    const chance = share ** own;
    expected += own * chance;
    variance += own * own * chance * (1 - chance);
  }
  return { expected, lump: expected > 0 ? Math.max(1, variance / expected) : 1 };
}

function tailOf(hits: number, { expected, lump }: Unseen): number {
  return poissonTail(hits / lump, expected / lump);
}

function unseenOverAll(reference: LevelSample, current: LevelSample) {
  const seen = new Map(reference.levels.map((level, index) => [level, reference.counts[index] ?? 0]));
  const pooled = new Map(seen);
  let hits = 0;
  let most = { level: '', rows: 0 };
  current.levels.forEach((level, index) => {
    const own = current.counts[index] ?? 0;
    pooled.set(level, (pooled.get(level) ?? 0) + own);
    if ((seen.get(level) ?? 0) > 0) return;
    hits += own;
    if (own > most.rows) most = { level, rows: own };
  });
  const [rowsA, rowsB] = [sum(reference.counts), sum(current.counts)];
  const exchanged = unseenOf([...pooled.values()], rowsB / (rowsA + rowsB));
  // A level of few rows may name a person.
  const example = most.rows >= leastNamed ? `, such as ${most.level}` : '';
  return { hits, ...exchanged, example };
}

/** Rows from which a level is named (drift.md 4.4: k of at least 20). */
export const leastNamed = 20;
