/** Rules about where and why the result of these settings is weak: slices, classes, calibration, features. */
import { appendEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import type { RunDocument } from '../../protocol/run.ts';
import { wilson } from '../../statistics/intervals.ts';
import { excludeFix, percent } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { figureOf, number4 } from '../history.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { itemPath, writtenAt } from '../walk.ts';
import { directionOf, resultRule } from './results.ts';

const weakSlice = resultRule('weak-slice', function* ({ result }, { loaded }) {
  for (const { slice, metric, value, overall, rows, weak } of result.document.slices) {
    if (!weak) continue;
    const limit = `${metric}(${slice}) ${directionOf(metric) === -1 ? '<=' : '>='} ${number4(Number(overall))}`;
    yield {
      path: placeOfSlice(slice, loaded),
      message: `${slice}: ${metric} ${number4(Number(value))} vs. ${number4(Number(overall))} over all, on ${rows} test rows.`,
      data: { slice, metric, value: Number(value), overall: Number(overall), rows },
      fixes: fixOf('Gate it', appendEdit(loaded.source, 'gates', yamlScalar(limit))),
    };
  }
});

/** The slice's own line where it is listed, else where slices are asked for. */
function placeOfSlice(slice: string, loaded: RuleContext['loaded']): string {
  const listed = loaded.experiment?.evaluate.slices;
  const column = slice.split('=')[0]?.trim();
  const own = Array.isArray(listed) ? listed.find((each) => each === slice || each === column) : undefined;
  return itemPath(loaded, 'evaluate.slices', own ?? slice);
}

/** More than this share of a class, by the lower bound of Wilson's interval, goes to one other. */
const confusedShare = 0.2;

const confusedClasses = resultRule('confused-classes', function* ({ result }) {
  const { confusion, classes, task } = result.document;
  // Of two classes, what is missed always goes to the one other: the metrics tell that.
  if (confusion === null || task !== 'multiclass') return;
  for (const [actual, row] of confusion.entries()) {
    const rows = row.reduce((sum, count) => sum + count, 0);
    for (const [predicted, count] of row.entries()) {
      if (predicted === actual || rows === 0 || wilson(count, rows, 0.95).low <= confusedShare) continue;
      const [a, b] = [String(classes[actual]), String(classes[predicted])];
      yield {
        path: 'target',
        message: `"${a}" is read as "${b}" (${percent(count / rows)} of its ${rows} test rows).`,
        data: { class: a, readAs: b, share: count / rows, rows },
      };
    }
  }
});

const poorCalibration = resultRule('poor-calibration', function* ({ result }, { loaded }) {
  const error = figureOf(result.document.metrics.test, 'ece');
  if (error === undefined || !(error.low > 0.05) || !usesProbabilities(loaded)) return;
  const worst = worstBin(result.document.calibrationBins);
  const said =
    worst === undefined
      ? `Probabilities are off by ${number4(error.value)} on average`
      : `${percent(worst.predicted)} said, ${percent(worst.observed)} happened (${worst.rows} rows; error ${number4(error.value)} on average)`;
  yield {
    path: 'model.calibrate',
    message: `${said}: they cannot be taken as rates.`,
    data: { ece: error.value, low: error.low },
    fixes: fixOf('Calibrate by isotonic', setEdit(loaded.source, 'model.calibrate', 'isotonic')),
  };
});

function worstBin(bins: RunDocument['calibrationBins']): RunDocument['calibrationBins'][number] | undefined {
  return bins.toSorted(
    (a, b) => b.rows * Math.abs(b.predicted - b.observed) - a.rows * Math.abs(a.predicted - a.observed),
  )[0];
}

const ofProbability = /^(?:log_loss|brier|ece|value)\b/;

/** Somebody takes scores for rates: a metric, a gate, the worth of outcomes, an estimate of quality, or a client. */
function usesProbabilities(loaded: RuleContext['loaded']): boolean {
  const { experiment } = loaded;
  const judged = [experiment?.metric ?? '', ...(experiment?.gates ?? [])];
  return (
    judged.some((text) => ofProbability.test(text)) ||
    ['problem.value', 'evaluate.value', 'serve', 'monitor.performance.estimate'].some((path) =>
      loaded.isWritten(path),
    ) ||
    typeof writtenAt(loaded, 'model.threshold') === 'number'
  );
}

/** A feature has no effect where the interval of its importance does not lie above 0. */
const unusedFeatures = resultRule('unused-features', function* ({ result }, { loaded }) {
  const importance = result.document.explanations[0]?.importance ?? [];
  const unused = importance.filter(({ low }) => !(Number(low) > 0)).map(({ column }) => column);
  if (unused.length <= 5) return;
  const shown = unused.slice(0, 3).join(', ');
  const included = loaded.experiment?.features.include;
  const edits =
    included === undefined
      ? setEdit(
          loaded.source,
          'features.exclude',
          `[${[...(loaded.experiment?.features.exclude ?? []), ...unused].map(yamlScalar).join(', ')}]`,
        )
      : setEdit(
          loaded.source,
          'features.include',
          `[${included
            .filter((name) => !unused.includes(name))
            .map(yamlScalar)
            .join(', ')}]`,
        );
  yield {
    path: 'features',
    message: `${unused.length} features do nothing: shuffling ${shown} and ${unused.length - 3} more changes no result.`,
    data: { columns: unused },
    fixes: included?.every((name) => unused.includes(name)) ? [] : fixOf('Exclude them', edits),
  };
});

const dominantFeature = resultRule('dominant-feature', function* ({ result }, { loaded }) {
  const importance = (result.document.explanations[0]?.importance ?? []).map(({ column, value }) => ({
    column,
    value: Math.max(0, Number(value)),
  }));
  const total = importance.reduce((sum, { value }) => sum + value, 0);
  const [first] = importance;
  // With two features, one of them carries most of the model as a matter of course.
  if (first === undefined || importance.length < 3 || !(first.value > 0.8 * total)) return;
  const share = first.value / total;
  yield {
    path: placeOfFeature(first.column, loaded),
    message: `\`${first.column}\` carries the model: ${percent(share)} of its importance. Is it known when predicting?`,
    data: { column: first.column, share },
    fixes: excludeFix(loaded, first.column),
  };
});

function placeOfFeature(column: string, loaded: RuleContext['loaded']): string {
  const included = loaded.experiment?.features.include?.includes(column);
  return included ? itemPath(loaded, 'features.include', column) : 'features';
}

export const resultDetailRules: readonly Rule[] = [
  weakSlice,
  confusedClasses,
  poorCalibration,
  unusedFeatures,
  dominantFeature,
];
