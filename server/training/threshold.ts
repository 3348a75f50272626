/** The decision threshold of a binary model, chosen on rows that the model was not trained on; never on test rows. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import type { OutcomeValues } from '../config/outcomeWorths.ts';
import { forEachCut } from './cuts.ts';

export interface ThresholdRequest {
  readonly setting: Experiment['model']['threshold'];
  /** The primary metric. */
  readonly metric: string;
  /** `problem.value`: what each outcome is worth. */
  readonly value?: OutcomeValues | undefined;
  /** Rare positives are being treated (`train.imbalance`). */
  readonly imbalanced: boolean;
  /** Calibrated probabilities of the positive class, as the file gives them (float32), and class indices. */
  readonly held: { readonly scores: Float64Array; readonly target: Float64Array } | undefined;
}

/**
 * A number is taken as it is. `{maximize}` cuts where the metric is best, `{by: value}`
 * where the outcomes are worth most. `auto` does that too where `problem.value` is written; else it is 0.5, except that it maximises the
 * primary metric where that is one of labels with an optimum inside (not precision or recall alone), and F1 where
 * imbalance is treated: at 0.5 a rare class would never be predicted.
 * A label is positive when its score is at least the threshold.
 */
export function chooseThreshold({ setting, metric, value, imbalanced, held }: ThresholdRequest): number {
  if (typeof setting === 'number') return setting;
  const usable = held?.target.includes(1) && held.target.includes(0) ? held : undefined;
  if (setting !== 'auto') {
    const wanted = 'maximize' in setting ? setting.maximize : 'value';
    const score =
      wanted === 'value'
        ? value && worth(value)
        : Object.hasOwn(cutMetrics, wanted)
          ? cutMetrics[wanted]
          : undefined;
    if (!score) {
      throw new ModelwrightError('model-setting', {
        path: 'maximize' in setting ? 'model.threshold.maximize' : 'model.threshold.by',
        value: wanted,
        reason:
          wanted === 'value'
            ? '`problem.value` does not say what each outcome is worth'
            : 'no threshold changes it',
        instead: 'f1',
      });
    }
    if (!usable) throw new ModelwrightError('threshold-without-rows', { metric: wanted });
    return bestCut(usable, score);
  }
  if (value && usable) return bestCut(usable, worth(value));
  const wanted = automatic.includes(metric) ? metric : imbalanced ? 'f1' : undefined;
  const score = wanted === undefined ? undefined : cutMetrics[wanted];
  return usable && score ? bestCut(usable, score) : 0.5;
}

interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
const recall = ({ tp, fn }: Counts) => ratio(tp, tp + fn);
const specificity = ({ tn, fp }: Counts) => ratio(tn, tn + fp);
const f1 = ({ tp, fp, fn }: Counts) => ratio(2 * tp, 2 * tp + fp + fn);
const swap = ({ tp, fp, fn, tn }: Counts): Counts => ({ tp: tn, fp: fn, fn: fp, tn: tp });

function worth({ tp = 0, fp = 0, fn = 0, tn = 0 }: OutcomeValues): (counts: Counts) => number {
  return (counts) => tp * counts.tp + fp * counts.fp + fn * counts.fn + tn * counts.tn;
}

const precision = ({ tp, fp }: Counts) => ratio(tp, tp + fp);
const accuracy = ({ tp, fp, fn, tn }: Counts) => (tp + tn) / (tp + fp + fn + tn);
const balanced = (counts: Counts) => (recall(counts) + specificity(counts)) / 2;

type Measure = (counts: Counts) => number;

/** Mean over both classes, and the mean weighted by their rows. */
const macro = (of: Measure) => (counts: Counts) => (of(counts) + of(swap(counts))) / 2;
const weighted = (of: Measure) => (counts: Counts) => {
  const [positives, negatives] = [counts.tp + counts.fn, counts.fp + counts.tn];
  return ratio(of(counts) * positives + of(swap(counts)) * negatives, positives + negatives);
};

/** Every metric of two classes that hangs on the threshold (`thresholdMetrics`). Of decisions, micro F1 is the accuracy. */
export const cutMetrics: Readonly<Record<string, Measure>> = {
  f1,
  macro_f1: macro(f1),
  micro_f1: accuracy,
  weighted_f1: weighted(f1),
  precision,
  macro_precision: macro(precision),
  weighted_precision: weighted(precision),
  recall,
  macro_recall: balanced,
  weighted_recall: accuracy,
  specificity,
  accuracy,
  balanced_accuracy: balanced,
  mcc: ({ tp, fp, fn, tn }) =>
    ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
  cohen_kappa: ({ tp, fp, fn, tn }) =>
    ratio(2 * (tp * tn - fn * fp), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)),
};

/** Metrics of labels whose best threshold is neither "everything" nor "nothing". */
const automatic: readonly string[] = [
  'f1',
  'macro_f1',
  'accuracy',
  'balanced_accuracy',
  'mcc',
  'cohen_kappa',
];

/** Half-way between the two scores around the best cut, of equals the highest; so new rows fall on the side of their nearest. */
function bestCut(
  held: { scores: Float64Array; target: Float64Array },
  score: (counts: Counts) => number,
): number {
  const positives = held.target.reduce((sum, y) => sum + (y === 1 ? 1 : 0), 0);
  const negatives = held.target.length - positives;
  let best = { value: -Infinity, at: 0.5 };
  let waiting = false;
  forEachCut(held.scores, held.target, 1, (at, tp, fp) => {
    if (waiting) best = { ...best, at: (best.at + at) / 2 };
    waiting = false;
    const value = score({ tp, fp, fn: positives - tp, tn: negatives - fp });
    if (value > best.value) {
      best = { value, at };
      waiting = true;
    }
  });
  return best.at;
}
