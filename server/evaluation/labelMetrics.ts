/** Metrics of predicted labels, from the counts that all of them share; values and zero divisions as scikit-learn. */

/** Weighted counts by class index. */
export interface LabelCounts {
  total: number;
  readonly hits: Float64Array;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

type LabelFormula = (counts: LabelCounts) => number;
type ClassFormula = (counts: LabelCounts, label: number) => number;

const precision: ClassFormula = (counts, label) =>
  ratio(counts.hits[label] ?? 0, counts.predicted[label] ?? 0);
const recall: ClassFormula = (counts, label) => ratio(counts.hits[label] ?? 0, counts.actual[label] ?? 0);
const f1: ClassFormula = (counts, label) =>
  ratio(2 * (counts.hits[label] ?? 0), (counts.predicted[label] ?? 0) + (counts.actual[label] ?? 0));

/** Both kinds of classification. */
const anyClasses: Readonly<Record<string, LabelFormula>> = {
  accuracy: (counts) => sum(counts.hits) / counts.total,
  balanced_accuracy: (counts) => meanOver(counts, recall, (label) => (counts.actual[label] ?? 0) > 0),
  mcc: matthews,
  cohen_kappa: kappa,
  ...averaged('precision', precision),
  ...averaged('recall', recall),
  ...averaged('f1', f1),
};

/** Class 1 is the positive one. */
const binaryOnly: Readonly<Record<string, LabelFormula>> = {
  precision: (counts) => precision(counts, 1),
  recall: (counts) => recall(counts, 1),
  specificity: (counts) => recall(counts, 0),
  f1: (counts) => f1(counts, 1),
};

export const labelFormulas: Readonly<
  Record<'binary' | 'multiclass', Readonly<Record<string, LabelFormula>>>
> = {
  binary: { ...anyClasses, ...binaryOnly },
  multiclass: anyClasses,
};

/** `macro_`: mean over the classes that occur; `weighted_`: by true count; `micro_`: over all decisions, which is accuracy. */
function averaged(name: string, of: ClassFormula): Record<string, LabelFormula> {
  return {
    [`macro_${name}`]: (counts) =>
      meanOver(counts, of, (label) => (counts.actual[label] ?? 0) + (counts.predicted[label] ?? 0) > 0),
    [`micro_${name}`]: (counts) => sum(counts.hits) / counts.total,
    [`weighted_${name}`]: (counts) => {
      let weighted = 0;
      counts.actual.forEach((actual, label) => {
        weighted += actual * of(counts, label);
      });
      return weighted / counts.total;
    },
  };
}

function meanOver(counts: LabelCounts, of: ClassFormula, occurs: (label: number) => boolean): number {
  let values = 0;
  let labels = 0;
  for (let label = 0; label < counts.actual.length; label++) {
    if (!occurs(label)) continue;
    values += of(counts, label);
    labels++;
  }
  return values / labels;
}

/** Gorodkin's R_K (2004), which is Matthews' coefficient for two classes; 0 where one side is constant. */
function matthews(counts: LabelCounts): number {
  const { total } = counts;
  let chance = 0;
  let predicted = 0;
  let actual = 0;
  for (let label = 0; label < counts.actual.length; label++) {
    const p = counts.predicted[label] ?? 0;
    const t = counts.actual[label] ?? 0;
    chance += p * t;
    predicted += p * p;
    actual += t * t;
  }
  const spread = Math.sqrt(total * total - predicted) * Math.sqrt(total * total - actual);
  return spread === 0 ? 0 : (sum(counts.hits) * total - chance) / spread;
}

function kappa(counts: LabelCounts): number {
  let chance = 0;
  for (let label = 0; label < counts.actual.length; label++) {
    chance += ((counts.predicted[label] ?? 0) / counts.total) * ((counts.actual[label] ?? 0) / counts.total);
  }
  return chance === 1 ? Number.NaN : (sum(counts.hits) / counts.total - chance) / (1 - chance);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
