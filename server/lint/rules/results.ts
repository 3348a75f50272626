/** Rules about the result of these very settings: too good, too bad, learnt by heart, not learnt to the end. */
import { metricNamed, parseMetricName } from '../../catalog/metrics.ts';
import { modelNamed, models } from '../../catalog/models.ts';
import { setEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { Fix } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import { type Figure, figureOf, headlineOf, number4, type PastResult, resultOf } from '../history.ts';
import type { Draft, Rule, RuleContext } from '../rule.ts';

/** Whether more of the metric is better; figures of an unknown one are not judged. */
export function directionOf(name: string): 1 | -1 | undefined {
  const metric = parseMetricName(name)?.metric;
  return metric === undefined ? undefined : metric.direction === 'higher' ? 1 : -1;
}

/** What lies between a value and perfection. */
export function headroomOf(name: string, value: number): number {
  const metric = parseMetricName(name)?.metric ?? metricNamed(name);
  const best = metric?.direction === 'lower' ? 0 : (metric?.range[1] ?? Number.NaN);
  return Math.abs(best - value);
}

interface Judged {
  readonly experiment: Experiment;
  readonly result: PastResult;
  readonly metric: string;
  /** 1 where more is better, else -1. */
  readonly sign: 1 | -1;
  readonly test: Figure;
}

/** A rule over the result of the settings as they are written; of a model that learns nothing there is nothing to say. */
export function resultRule(
  id: string,
  judge: (judged: Judged, context: RuleContext) => Iterable<Draft>,
): Rule {
  return {
    id,
    needs: ['config', 'runs'],
    *run(context) {
      const { experiment } = context.loaded;
      const result = experiment && resultOf(context.runs, experiment);
      const test = result && headlineOf(result);
      const sign = result && directionOf(result.document.metric);
      if (!experiment || !result || !test || !sign || result.document.model.type === 'dummy') return;
      yield* judge({ experiment, result, metric: result.document.metric, sign, test }, context);
    },
  };
}

/** Other results on the same data are the history that a new one is held against; fewer than these are none. */
const leastHistory = 5;

const tooGood = resultRule('too-good', function* ({ result, metric, sign, test }, { runs }) {
  const { document } = result;
  const path = 'metric';
  const say = (why: string) => ({
    path,
    message: `${metric} = ${number4(test.value)}${why}. Suspect leakage before celebrating.`,
    data: { metric, value: test.value, run: document.run.id },
  });
  const perfect = parseMetricName(metric)?.metric;
  // Where nearly all rows are of one class, a constant answer is that good too.
  const guessed = (figureOf(document.baselines['dummy'], metric)?.value ?? 0) >= 0.99;
  if (sign === 1 && perfect?.range[1] === 1 && test.value >= 0.99 && !guessed) {
    yield say(` on ${document.rows.test} test rows`);
    return;
  }
  const train = figureOf(document.metrics.train, metric);
  // Later rows may simply be easier: in a split along time the comparison says nothing.
  if (train !== undefined && !document.split.method.includes('time') && isBeyond(test, train, sign)) {
    yield say(` on the test rows, better than the ${number4(train.value)} on the rows it learnt from`);
    return;
  }
  const before = (runs?.results ?? [])
    .filter((other) => other !== result && other.document.metric === metric)
    .filter((other) => other.document.lineage.data === document.lineage.data)
    .flatMap((other) => headlineOf(other)?.value ?? []);
  const { mean, deviation } = spread(before);
  if (before.length >= leastHistory && deviation > 0 && sign * (test.value - mean) > 4 * deviation) {
    yield say(`, ${number4((sign * (test.value - mean)) / deviation)} standard deviations above past runs`);
  }
});

/** The whole interval of `a` is better than that of `b`. */
function isBeyond(a: Figure, b: Figure, sign: 1 | -1): boolean {
  const worst = sign === 1 ? a.low : a.high;
  const best = sign === 1 ? b.high : b.low;
  return sign * (worst - best) > 0;
}

/** Mean and sample standard deviation. */
export function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

const barelyBeatsBaseline = resultRule('barely-beats-baseline', function* (judged, { loaded }) {
  const { result, metric, sign, test } = judged;
  const { document } = result;
  const [best] = Object.entries(document.baselines)
    // A linear model beside the baseline `linear` is compared with itself.
    .filter(([name]) => name !== document.model.type)
    .flatMap(([name, metrics]) => {
      const figure = figureOf(metrics, metric);
      return figure === undefined ? [] : [{ name, value: figure.value }];
    })
    .toSorted((a, b) => sign * (b.value - a.value));
  if (best === undefined) return;
  const gain = sign * (test.value - best.value);
  const share = gain / headroomOf(metric, best.value);
  const compared = document.comparisons.find((each) => each.to === best.name && each.metric === metric);
  const [low, high] = [Number(compared?.low), Number(compared?.high)];
  const unsure = low <= 0 && high >= 0;
  if (!(share < 0.1) && !unsure) return;
  const why = unsure
    ? `the difference [${number4(low)}, ${number4(high)}] can be chance`
    : `${number4(100 * share)} % of what was left to gain`;
  yield {
    path: 'model.type',
    message: `${metric}: model ${number4(test.value)}, baseline ${best.name} ${number4(best.value)}; ${why}.`,
    data: { metric, value: test.value, baseline: best.name, baselineValue: best.value, gain },
    // What learns nothing is no model to go on with, and other runs are no families.
    fixes:
      best.name !== 'dummy' && modelNamed(best.name) !== undefined
        ? fixOf(
            `Use ${best.name}`,
            setEdit(loaded.source, loaded.source.has('model') ? 'model.type' : 'model', best.name),
          )
        : [],
  };
});

const overfit = resultRule('overfit', function* ({ experiment, result, metric, sign, test }, { loaded }) {
  const train = figureOf(result.document.metrics.train, metric);
  // Deep trees of a forest hold every row, and voting still does not overfit (Breiman 2001, section 2).
  if (train === undefined || experiment.model.type === 'forest') return;
  const fall = (sign * (train.value - test.value)) / Math.abs(train.value);
  if (!(fall > 0.1) || !isBeyond(train, test, sign)) return;
  yield {
    path: 'model.type',
    message: `${metric} ${number4(train.value)} train, ${number4(test.value)} test: it learnt its rows by heart.`,
    data: { metric, train: train.value, test: test.value, fall },
    fixes: lessFlexible(experiment, loaded),
  };
});

function lessFlexible(experiment: Experiment, { source }: RuleContext['loaded']): readonly Fix[] {
  const { type, gbdt, linear } = experiment.model;
  const isBoosted = type === 'auto' || type === 'gbdt';
  if ((isBoosted || type === 'mlp') && experiment.train.early_stop === false)
    return fixOf('Stop early', setEdit(source, 'train.early_stop', '10'));
  if (isBoosted) {
    const leaves = Math.max(2, Math.floor(gbdt.max_leaves / 2));
    return fixOf(`Set max_leaves: ${leaves}`, setEdit(source, 'model.gbdt.max_leaves', String(leaves)));
  }
  if (type === 'mlp') {
    const decay = 10 * (experiment.train.optimizer.weight_decay || 0.001);
    return fixOf(
      `Set weight_decay: ${decay}`,
      setEdit(source, 'train.optimizer.weight_decay', String(decay)),
    );
  }
  if (type !== 'linear') return [];
  if (linear.penalty === 'none')
    return fixOf('Use penalty l2', setEdit(source, 'model.linear.penalty', 'l2'));
  const strength = String(10 * linear.strength);
  return fixOf(`Set strength: ${strength}`, setEdit(source, 'model.linear.strength', strength));
}

/** Families by how much they can bend; a bigger one that does better shows that the smaller one cannot. */
const flexibility: readonly string[] = ['dummy', 'heuristic', 'linear', 'gam', 'forest', 'gbdt'];

const underfit = resultRule('underfit', function* ({ result, metric, sign, test }, { loaded }) {
  const { document } = result;
  const dummy = figureOf(document.baselines['dummy'], metric);
  const train = figureOf(document.metrics.train, metric);
  const fixes = (family: string) => fixOf(`Use ${family}`, setEdit(loaded.source, 'model.type', family));
  const gain = (value: number) => (dummy === undefined ? 1 : sign * (value - dummy.value));
  if (train !== undefined && dummy !== undefined) {
    const share = gain(train.value) / headroomOf(metric, dummy.value);
    if (share < 0.1) {
      yield {
        path: 'model.type',
        message: `Even training rows are not fitted: ${metric} ${number4(train.value)}, against ${number4(dummy.value)} without learning.`,
        data: { metric, train: train.value, dummy: dummy.value },
        fixes: document.model.type === 'gbdt' ? [] : fixes('gbdt'),
      };
      return;
    }
  }
  for (const { to, difference, low, high } of document.comparisons) {
    const bigger = flexibility.indexOf(to) > flexibility.indexOf(document.model.type);
    const better = sign === 1 ? Number(high) < 0 : Number(low) > 0;
    const relative = (-sign * Number(difference)) / Math.abs(test.value);
    if (!bigger || !better || !(relative > 0.05) || modelNamed(to) === undefined) continue;
    yield {
      path: 'model.type',
      message: `${to} gains ${number4(100 * relative)} % of ${metric}: ${document.model.type} cannot bend enough.`,
      data: { metric, bigger: to, difference: Number(difference) },
      fixes: fixes(to),
    };
    return;
  }
});

/** The ceiling of a step-by-step family, as written or by default; with folds the run's own number is their mean. */
function ceilingOf({ model, train }: Experiment, type: string): { path: string; steps: number } | undefined {
  if (type === 'gbdt') return { path: 'model.gbdt.trees', steps: model.gbdt.trees };
  const { epochs } = train;
  return type === 'mlp' && typeof epochs === 'number' ? { path: 'train.epochs', steps: epochs } : undefined;
}

const notConverged = resultRule('not-converged', function* ({ experiment, result }, { loaded }) {
  const { type, iterations } = result.document.model;
  const ceiling = ceilingOf(experiment, type);
  if (ceiling === undefined || experiment.train.early_stop === false || iterations < ceiling.steps) return;
  const twice = String(2 * ceiling.steps);
  yield {
    path: ceiling.path,
    message: `Still improving at ${iterations}: the ceiling stopped it, not the validation rows.`,
    data: { iterations, ceiling: ceiling.steps },
    fixes: fixOf(`Set ${twice}`, setEdit(loaded.source, ceiling.path, twice)),
  };
});

export const stochasticFamilies: readonly string[] = Object.entries(models)
  .filter(([, entry]) => entry.stochastic)
  .map(([name]) => name);

export const resultRules: readonly Rule[] = [tooGood, barelyBeatsBaseline, overfit, underfit, notConverged];
