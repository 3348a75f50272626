/** Shares of rows: what is missing, and which of two values it is. */
import { driftThresholds } from '../catalog/driftThresholds.ts';
import { compareShares } from '../statistics/countTests.ts';
import { countLabels, type Labelling, type Measure, percent, shareScorer } from './measure.ts';
import type { ColumnSample } from './sample.ts';

export interface Sides {
  readonly reference: ColumnSample;
  readonly current: ColumnSample;
  /** All rows of either side. */
  readonly rows: { readonly reference: number; readonly current: number };
}

/**
 * Undefined where a change of it could not be seen whatever the labels: then it would only cost the other statistics
 * some of their chance.
 */
export function missingMeasure(missing: Int32Array, observed: Labelling, sides: Sides): Measure | undefined {
  const { reference, current } = observed;
  const least = Math.min(missing.length, reference + current - missing.length);
  if (least < Math.max(1, driftThresholds.rate[0] * Math.min(reference, current))) return undefined;
  const score = shareScorer();
  const read = (labelling: Labelling) => {
    const hits = countLabels(missing, labelling);
    const a = { hits: hits.reference, rows: labelling.reference };
    const b = { hits: hits.current, rows: labelling.current };
    return { score: score(a, b), effect: Math.abs(a.hits / a.rows - b.hits / b.rows) };
  };
  const a = { hits: sides.reference.missing, rows: sides.rows.reference };
  const b = { hits: sides.current.missing, rows: sides.rows.current };
  return {
    test: 'missing-rate',
    scale: 'normal',
    thresholds: driftThresholds.rate,
    fault: true,
    told: 'closed',
    read,
    closed: () => compareShares(a, b),
    rate: { reference: a, current: b, expected: 0 },
    words: () => `missing ${percent(a.hits / a.rows)}, now ${percent(b.hits / b.rows)}`,
  };
}

/** One of two values; the others of `present` have the other one. */
export function binaryMeasure(
  hits: Int32Array,
  present: Int32Array,
  { value, observed }: { readonly value: string; readonly observed: Labelling },
): Measure {
  const score = shareScorer();
  const shares = (labelling: Labelling) => {
    const [own, all] = [countLabels(hits, labelling), countLabels(present, labelling)];
    return [
      { hits: own.reference, rows: all.reference },
      { hits: own.current, rows: all.current },
    ] as const;
  };
  const [a, b] = shares(observed);
  const { test } = compareShares(a, b);
  return {
    test,
    scale: 'normal',
    thresholds: driftThresholds.share,
    fault: false,
    told: 'closed',
    read(labelling) {
      const [first, second] = shares(labelling);
      if (first.rows === 0 || second.rows === 0) return { score: 0, effect: 0 };
      const effect = Math.abs(first.hits / first.rows - second.hits / second.rows);
      return { score: score(first, second), effect };
    },
    closed: () => compareShares(a, b),
    rate: { reference: a, current: b, expected: 0 },
    words: () => `${value} in ${percent(a.hits / a.rows)}, now in ${percent(b.hits / b.rows)}`,
  };
}
