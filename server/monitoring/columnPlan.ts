/** Which statistics of a column are tested, by its kind on both sides. */
import type { Distribution } from '../protocol/drift.ts';
import { levelDistribution, numberDistribution } from './distribution.ts';
import { levelMeasures, poolLevels } from './levelMeasures.ts';
import { type Labelling, leastRows, type Measure } from './measure.ts';
import { numberMeasures } from './numberMeasures.ts';
import { poolNumbers } from './pooledNumbers.ts';
import type { ColumnSample, Sample } from './sample.ts';
import type { DriftSettings } from './settings.ts';
import { missingMeasure, type Sides } from './shareMeasures.ts';

export interface ColumnPlan {
  readonly name: string;
  readonly kind: string;
  readonly role: 'prediction' | undefined;
  readonly measures: readonly Measure[];
  readonly distribution: Distribution | null;
  /** Why there is nothing to test. */
  readonly idle: string;
  /** Up to 32 bins a row, for tests of all columns together. */
  readonly bins: Uint8Array | undefined;
}

export function planColumn(
  pair: { readonly reference: ColumnSample; readonly current: ColumnSample },
  rows: Sides['rows'],
  { observed, settings }: { readonly observed: Labelling; readonly settings: DriftSettings },
): ColumnPlan {
  const { reference } = pair;
  const head = { name: reference.name, kind: reference.kind, role: reference.role };
  const few = Math.min(observed.reference, observed.current) < leastRows.any;
  const sides = { ...pair, rows };
  const made = measuresOf(sides, observed);
  const wanted = made.measures.filter(
    ({ test }) =>
      (test !== 'missing-rate' || settings.quality.missing) &&
      (test !== 'out-of-range' || settings.quality.range) &&
      (test !== 'unseen-levels' || settings.quality.unseen),
  );
  const idle = few
    ? `fewer than ${leastRows.any} rows on one side are too few to tell`
    : made.idle || 'every row holds the same, or too few rows hold a value';
  return { ...head, measures: few ? [] : wanted, distribution: made.distribution, bins: made.bins, idle };
}

interface Made {
  readonly measures: Measure[];
  readonly distribution: Distribution | null;
  readonly bins?: Uint8Array;
  readonly idle: string;
}

function measuresOf(sides: Sides, observed: Labelling): Made {
  const { reference, current, rows } = sides;
  const nothing = { measures: [], distribution: null };
  if (reference.form === 'numbers' && current.form === 'numbers') {
    const pooled = poolNumbers(reference.values, current.values);
    const missing = missingMeasure(pooled.missing, observed, sides);
    return {
      measures: [...(missing ? [missing] : []), ...numberMeasures(pooled, observed, sides)],
      ...numberDistribution(pooled, observed),
      idle: '',
    };
  }
  if (reference.form === 'levels' && current.form === 'levels') {
    const pooled = poolLevels(reference, current);
    const missing = missingMeasure(pooled.missing, observed, sides);
    return {
      measures: [
        ...(missing ? [missing] : []),
        ...levelMeasures(pooled, observed, { reference, current, rows }),
      ],
      ...levelDistribution(pooled, observed),
      idle: '',
    };
  }
  if (reference.form === 'texts' && current.form === 'texts')
    return textMeasures(reference, current, observed);
  if (reference.form === 'times' && current.form === 'times')
    return { ...nothing, idle: 'time goes on: dates are not compared' };
  if (reference.form !== current.form)
    return { ...nothing, idle: `it is ${reference.kind} on one side and ${current.kind} on the other` };
  return { ...nothing, idle: `${reference.kind} columns are not compared` };
}

/** Each descriptor as a column of numbers of its own; the text's entry is its strongest one. */
function textMeasures(
  reference: Extract<ColumnSample, { form: 'texts' }>,
  current: Extract<ColumnSample, { form: 'texts' }>,
  observed: Labelling,
): Made {
  const pooled = reference.descriptors.map(({ name, values }, index) => ({
    name,
    numbers: poolNumbers(values, current.descriptors[index]?.values ?? new Float64Array()),
  }));
  const [length] = pooled;
  return {
    measures: pooled.flatMap(({ name, numbers }) =>
      numberMeasures(numbers, observed)
        .filter(({ fault }) => !fault)
        .map((measure) => ({ ...measure, words: () => `${name}: ${measure.words()}` })),
    ),
    distribution: length === undefined ? null : numberDistribution(length.numbers, observed).distribution,
    idle: 'too few rows for text, or the same in every row',
  };
}

/** Columns of the same name, in the reference's order, and names that only one side has. */
export function pairColumns(reference: Sample, current: Sample) {
  const byName = new Map(current.columns.map((column) => [column.name, column]));
  const names = new Set(reference.columns.map(({ name }) => name));
  const pairs = reference.columns.flatMap((own) => {
    const other = byName.get(own.name);
    return other === undefined ? [] : [{ reference: own, current: other }];
  });
  return {
    pairs,
    only: {
      reference: reference.columns.map(({ name }) => name).filter((name) => !byName.has(name)),
      current: current.columns.map(({ name }) => name).filter((name) => !names.has(name)),
    },
  };
}
