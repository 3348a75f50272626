/** Every metric of the language: what it is for, which way is better, what it needs, and its formula in words. */

export type MetricTask =
  | 'binary'
  | 'multiclass'
  | 'regression'
  | 'count'
  | 'quantile'
  | 'ranking'
  | 'forecast'
  | 'survival'
  | 'anomaly'
  | 'clustering'
  | 'generation';

export interface Metric {
  readonly name: string;
  readonly tasks: readonly MetricTask[];
  readonly direction: 'higher' | 'lower';
  /** `score`: probabilities; `label`: decisions; `value`: predicted numbers; `other`: neither (costs, answers). */
  readonly needs: 'score' | 'label' | 'value' | 'other';
  /** Does not move with the decision threshold. */
  readonly thresholdFree: boolean;
  readonly range: readonly [number, number];
  /** Written as `name@k`. */
  readonly at: 'never' | 'optional' | 'required';
  /** Computed by this version. */
  readonly supported: boolean;
  readonly doc: string;
}

type Row = readonly [
  name: string,
  tasks: string,
  direction: '+' | '-',
  needs: Metric['needs'],
  range: readonly [number, number],
  doc: string,
];

const any = Number.POSITIVE_INFINITY;

// biome-ignore format: a row a line reads as a table.
const computed: readonly Row[] = [
  ['roc_auc', 'binary multiclass', '+', 'score', [0, 1], 'Chance that a random positive scores above a random negative, ties half; several classes: mean of one-vs-rest'],
  ['pr_auc', 'binary multiclass anomaly', '+', 'score', [0, 1], 'Average precision: sum of precision times the step in recall; several classes: mean of one-vs-rest'],
  ['log_loss', 'binary multiclass', '-', 'score', [0, any], 'Mean of minus the log of the probability given to the true class, clipped at the float64 epsilon'],
  ['brier', 'binary multiclass', '-', 'score', [0, 2], 'Mean squared difference between probability and outcome; several classes: summed over classes'],
  ['ece', 'binary multiclass', '-', 'score', [0, 1], 'Expected calibration error: gap between said and observed rate over 15 bins of equal count, weighted by rows'],
  ['recall@k', 'binary generation', '+', 'score', [0, 1], 'Share of all positives among the k highest scores'],
  ['precision@k', 'binary', '+', 'score', [0, 1], 'Share of positives among the k highest scores'],
  ['f1', 'binary', '+', 'label', [0, 1], 'Harmonic mean of precision and recall of the positive class'],
  ['precision', 'binary', '+', 'label', [0, 1], 'Share of true positives among predicted positives'],
  ['recall', 'binary', '+', 'label', [0, 1], 'Share of positives that are found'],
  ['specificity', 'binary', '+', 'label', [0, 1], 'Share of negatives that are left alone'],
  ['accuracy', 'binary multiclass', '+', 'label', [0, 1], 'Share of right answers'],
  ['balanced_accuracy', 'binary multiclass', '+', 'label', [0, 1], 'Mean recall over classes'],
  ['mcc', 'binary multiclass', '+', 'label', [-1, 1], 'Matthews correlation of truth and answer'],
  ['cohen_kappa', 'binary multiclass', '+', 'label', [-1, 1], 'Agreement of truth and answer beyond chance'],
  ['macro_f1', 'binary multiclass', '+', 'label', [0, 1], 'Mean F1 over classes'],
  ['micro_f1', 'binary multiclass', '+', 'label', [0, 1], 'F1 over all decisions together'],
  ['weighted_f1', 'binary multiclass', '+', 'label', [0, 1], 'Mean F1 over classes, weighted by rows'],
  ['macro_precision', 'binary multiclass', '+', 'label', [0, 1], 'Mean precision over classes'],
  ['weighted_precision', 'binary multiclass', '+', 'label', [0, 1], 'Mean precision over classes, weighted by rows'],
  ['macro_recall', 'binary multiclass', '+', 'label', [0, 1], 'Mean recall over classes'],
  ['weighted_recall', 'binary multiclass', '+', 'label', [0, 1], 'Mean recall over classes, weighted by rows'],
  ['rmse', 'regression count quantile forecast', '-', 'value', [0, any], 'Root of the mean squared error'],
  ['mse', 'regression count forecast', '-', 'value', [0, any], 'Mean squared error'],
  ['mae', 'regression count quantile forecast', '-', 'value', [0, any], 'Mean absolute error'],
  ['medae', 'regression count quantile forecast', '-', 'value', [0, any], 'Median absolute error'],
  ['r2', 'regression count', '+', 'value', [-any, 1], 'One minus squared error over the squared distance to the mean'],
  ['mape', 'regression count forecast', '-', 'value', [0, any], 'Mean absolute error relative to the truth, which is at least the float64 epsilon'],
  ['rmsle', 'regression count', '-', 'value', [0, any], 'Root of the mean squared difference of log(1 + value); values must not be below zero'],
  ['max_error', 'regression count quantile forecast', '-', 'value', [0, any], 'Largest absolute error'],
  ['explained_variance', 'regression count', '+', 'value', [-any, 1], 'One minus the variance of the errors over the variance of the truth'],
  ['poisson_deviance', 'count regression', '-', 'value', [0, any], 'Mean Poisson deviance; predictions must be above zero, truths not below'],
  ['pinball', 'quantile', '-', 'value', [0, any], 'Mean pinball loss at the median'],
  ['pinball@k', 'quantile', '-', 'value', [0, any], 'Mean pinball loss at the k-th percentile, 1 to 99; as the primary metric it says which quantile is predicted'],
  ['d2_absolute_error', 'regression count', '+', 'value', [-any, 1], 'One minus absolute error over the absolute distance to the median'],
];

// biome-ignore format: a row a line reads as a table.
const planned: readonly Row[] = [
  ['value', 'binary multiclass', '+', 'label', [-any, any], 'Mean value of the outcomes by problem.value'],
  ['ndcg@k', 'ranking', '+', 'score', [0, 1], 'Discounted gain of the first k over the best possible'],
  ['map@k', 'ranking', '+', 'score', [0, 1], 'Mean average precision over queries'],
  ['mrr', 'ranking generation', '+', 'score', [0, 1], 'Mean of one over the rank of the first right item'],
  ['mase', 'forecast', '-', 'value', [0, any], 'Mean absolute error over that of the seasonal naive forecast'],
  ['smape', 'forecast regression', '-', 'value', [0, 2], 'Mean of the absolute error over the mean of truth and forecast'],
  ['c_index', 'survival', '+', 'score', [0, 1], 'Share of comparable pairs in the right order'],
  ['silhouette', 'clustering', '+', 'other', [-1, 1], 'Mean separation of a row from the nearest other cluster'],
  ['pass_rate', 'generation', '+', 'other', [0, 1], 'Share of tests whose assertions all hold'],
  ['faithful', 'generation', '+', 'other', [0, 1], 'Share of claims that the retrieved text supports'],
  ['factual', 'generation', '+', 'other', [0, 1], 'Share of answers that agree with the reference'],
  ['answer_relevance', 'generation', '+', 'other', [0, 1], 'How far the answer is about the question'],
  ['context_recall', 'generation', '+', 'other', [0, 1], 'Share of the needed facts that were retrieved'],
  ['context_relevance', 'generation', '+', 'other', [0, 1], 'Share of the retrieved text that is about the question'],
  ['cost', 'generation', '-', 'other', [0, any], 'Money for each answer'],
  ['tokens', 'generation', '-', 'other', [0, any], 'Tokens for each answer'],
  ['latency', 'generation', '-', 'other', [0, any], 'Time for each answer'],
];

/** All metrics, those of tabular tasks first; `recall@k` and its like stand under that name. */
export const metrics: readonly Metric[] = [
  ...computed.map((row) => toMetric(row, true)),
  ...planned.map((row) => toMetric(row, false)),
];

/** What the primary metric of a regression makes boosted trees minimise; all others: squared errors (objective.ts). */
export const boostedBy: Readonly<Record<string, string>> = {
  mae: 'absolute errors',
  d2_absolute_error: 'absolute errors',
  medae: 'the Huber loss, squared below the 90 % quantile of the errors and linear beyond',
};

/** The formula, and what the metric changes in training, in sentences. */
export function metricDoc({ name, doc }: Metric): string {
  const loss = Object.hasOwn(boostedBy, name) ? boostedBy[name] : undefined;
  return loss === undefined
    ? `${doc}.`
    : `${doc}. As \`metric\` of a regression it makes \`gbdt\` minimise ${loss}.`;
}

/** Other names in use, to ours. */
export const metricSynonyms: Readonly<Record<string, string>> = {
  auc: 'roc_auc',
  auroc: 'roc_auc',
  rocauc: 'roc_auc',
  roc: 'roc_auc',
  ap: 'pr_auc',
  auprc: 'pr_auc',
  aucpr: 'pr_auc',
  average_precision: 'pr_auc',
  logloss: 'log_loss',
  neg_log_loss: 'log_loss',
  cross_entropy: 'log_loss',
  brier_score: 'brier',
  brier_score_loss: 'brier',
  acc: 'accuracy',
  f1_score: 'f1',
  f1_macro: 'macro_f1',
  f1_micro: 'micro_f1',
  f1_weighted: 'weighted_f1',
  matthews_corrcoef: 'mcc',
  kappa: 'cohen_kappa',
  sensitivity: 'recall',
  tpr: 'recall',
  tnr: 'specificity',
  root_mean_squared_error: 'rmse',
  mean_squared_error: 'mse',
  mean_absolute_error: 'mae',
  median_absolute_error: 'medae',
  r2_score: 'r2',
  r_squared: 'r2',
  ndcg: 'ndcg@10',
};

/** A metric as written: `recall@2000` has `at`, `recall(plan=basic)` a `slice`, `latency.p95` a `part`. */
export interface MetricName {
  readonly metric: Metric;
  readonly at?: number;
  readonly slice?: string;
  readonly part?: string;
}

const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/** The metric of a bare name: `roc_auc`, or `recall@k` literally. */
export function metricNamed(name: string): Metric | undefined {
  return byName.get(name);
}

/** Undefined where there is no such metric, or where `@k` is missing or does not belong. */
export function parseMetricName(written: string): MetricName | undefined {
  const match = /^([a-z_][a-z0-9_]*)(?:@([1-9]\d{0,8}))?(?:\.([a-z_][a-z0-9_]*))?(?:\((.*)\))?$/s.exec(
    written.trim(),
  );
  if (!match) return undefined;
  const [, name = '', at, part, slice] = match;
  const metric = byName.get(at === undefined ? name : `${name}@k`);
  if (metric?.name === 'pinball@k' && Number(at) > 99) return undefined;
  if (!metric || (part !== undefined && metric.needs !== 'other') || slice?.trim() === '') return undefined;
  return {
    metric,
    ...(at === undefined ? {} : { at: Number(at) }),
    ...(slice === undefined ? {} : { slice }),
    ...(part === undefined ? {} : { part }),
  };
}

/** Metrics by which a regression is fitted to absolute errors. */
export const absoluteMetrics: readonly string[] = ['mae', 'd2_absolute_error'];

/** The level that a pinball metric is about: 0.9 of `pinball@90`, 0.5 of `pinball`; undefined for all others. */
export function quantileOf(metric: string): number | undefined {
  const match = /^pinball(?:@([1-9]\d?))?$/.exec(metric);
  return match ? Number(match[1] ?? 50) / 100 : undefined;
}

/** The primary metric where none is written (language.md, `metric`); `prevalence` is the share of positives. */
export function defaultMetric(task: string, prevalence?: number): string | undefined {
  if (task === 'binary') return prevalence !== undefined && prevalence < 0.1 ? 'pr_auc' : 'roc_auc';
  return defaults[task];
}

const defaults: Readonly<Record<string, string>> = {
  multiclass: 'macro_f1',
  multilabel: 'macro_f1',
  'text-classification': 'macro_f1',
  'image-classification': 'macro_f1',
  regression: 'rmse',
  count: 'poisson_deviance',
  quantile: 'pinball',
  ranking: 'ndcg@10',
  forecast: 'mase',
  survival: 'c_index',
  anomaly: 'pr_auc',
  clustering: 'silhouette',
  generation: 'pass_rate',
  rag: 'pass_rate',
  extraction: 'pass_rate',
};

/** What is reported where `evaluate.metrics` is not written; the primary metric comes on top of it. */
export function standardMetrics(task: string): readonly string[] {
  return standard[task] ?? [];
}

// biome-ignore format: a row a line reads as a table.
const standard: Readonly<Record<string, readonly string[]>> = {
  binary: ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'f1', 'precision', 'recall', 'accuracy', 'balanced_accuracy', 'mcc', 'ece'],
  multiclass: ['macro_f1', 'accuracy', 'balanced_accuracy', 'log_loss', 'brier', 'roc_auc', 'pr_auc', 'mcc', 'ece'],
  regression: ['rmse', 'mae', 'r2', 'mape', 'medae'],
  count: ['poisson_deviance', 'rmse', 'mae', 'r2', 'd2_absolute_error'],
  quantile: ['pinball', 'mae', 'medae', 'rmse', 'max_error'],
};

/** The metrics that a task can be judged by; LLM tasks count as generation, `auto` is any task of this version. */
export function metricsOf(task: string): readonly Metric[] {
  if (task === 'auto') return metrics.filter((metric) => metric.supported);
  const kind = taskKinds[task] ?? task;
  return metrics.filter((metric) => metric.tasks.some((each) => each === kind));
}

const taskKinds: Readonly<Record<string, MetricTask>> = {
  multilabel: 'multiclass',
  'text-classification': 'multiclass',
  'image-classification': 'multiclass',
  rag: 'generation',
  extraction: 'generation',
};

function toMetric([name, tasks, direction, needs, range, doc]: Row, supported: boolean): Metric {
  return {
    name,
    // The names stand in the tables above, and a test compares them with the task list.
    tasks: tasks.split(' ') as MetricTask[],
    direction: direction === '+' ? 'higher' : 'lower',
    needs,
    thresholdFree: needs !== 'label',
    range,
    at: name.endsWith('@k') ? 'required' : 'never',
    supported,
    doc,
  };
}
