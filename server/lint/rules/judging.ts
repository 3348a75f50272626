/** Rules about metrics and gates: that they fit the task and agree with each other. */
import {
  defaultMetric,
  type Metric,
  type MetricTask,
  metricsOf,
  parseMetricName,
} from '../../catalog/metrics.ts';
import { setEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { parseGate } from '../../config/expression/gate.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { fixOf } from '../fixes.ts';
import type { LintContext, Rule } from '../rule.ts';
import { itemPath } from '../walk.ts';
import { figures } from './expressions.ts';

interface Named {
  readonly path: string;
  readonly name: string;
  readonly metric: Metric;
}

/** Every metric that the experiment writes, with its place. */
function metricsWritten(
  loaded: LoadedExperiment,
  { metric, evaluate, train, gates = [] }: Experiment,
): Named[] {
  const named: (readonly [string, string | undefined])[] = [
    ['metric', metric],
    ...(evaluate.metrics ?? []).map((name) => [itemPath(loaded, 'evaluate.metrics', name), name] as const),
    ['train.early_stop.metric', train.early_stop === false ? undefined : train.early_stop.metric],
    ...gates.map((gate) => [itemPath(loaded, 'gates', gate), gateMetric(gate)] as const),
  ];
  return named.flatMap(([path, name]) => {
    const found = name === undefined || figures.test(name) ? undefined : parseMetricName(name)?.metric;
    return name === undefined || found === undefined ? [] : [{ path, name, metric: found }];
  });
}

function gateMetric(gate: string): string | undefined {
  const { ast } = parseGate(gate);
  return ast?.kind === 'compare' ? ast.metric.name : undefined;
}

const metricTaskMismatch: Rule = {
  id: 'metric-task-mismatch',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const task = taskOf(context);
    if (loaded.experiment === undefined || task === undefined) return;
    const fitting = metricsOf(task);
    if (fitting.length === 0) return;
    for (const { path, name, metric } of metricsWritten(loaded, loaded.experiment)) {
      if (fitting.includes(metric)) continue;
      const instead = defaultMetric(task) ?? 'rmse';
      const fixes = path.startsWith('gates.')
        ? []
        : fixOf(`Use ${instead}`, setEdit(loaded.source, path, instead));
      const message = `\`${name}\` needs ${needOf(metric)}; the task is ${task}.`;
      yield { path, message, data: { metric: name, task }, fixes };
    }
  },
};

/** Undefined while only the data could tell. */
function taskOf({ loaded, facts }: LintContext): string | undefined {
  const task = loaded.experiment?.task;
  return task === 'auto' ? facts?.target?.task : task;
}

const taskWords: Readonly<Record<MetricTask, string>> = {
  binary: 'two classes',
  multiclass: 'classes',
  regression: 'a numeric target',
  count: 'counts',
  quantile: 'a quantile task',
  ranking: 'a ranking task',
  forecast: 'a forecast',
  survival: 'a survival task',
  anomaly: 'an anomaly task',
  clustering: 'clusters',
  generation: 'generated answers',
};

function needOf({ tasks }: Metric): string {
  if (tasks.includes('multiclass')) return 'classes';
  const [first] = tasks;
  return first === undefined ? 'another task' : taskWords[first];
}

const metricInconsistent: Rule = {
  id: 'metric-inconsistent',
  needs: ['config'],
  *run({ loaded }) {
    const { experiment } = loaded;
    if (experiment === undefined) return;
    const { metric, train, gates = [] } = experiment;
    const stop = train.early_stop === false ? undefined : train.early_stop.metric;
    const gated = [
      ...new Set(
        gates.map(gateMetric).filter((name) => name !== undefined && parseMetricName(name) !== undefined),
      ),
    ];
    const beats = gates.some((gate) => parseGate(gate).ast?.kind === 'beats');
    // Log loss is what training watches for a metric of ranks by itself.
    if (stop !== undefined && stop !== 'log_loss' && metric !== undefined && stop !== metric) {
      const message = `Stopped early on ${stop}, ranked on ${metric}.`;
      const fixes = fixOf(`Stop on ${metric}`, setEdit(loaded.source, 'train.early_stop.metric', metric));
      yield { path: 'train.early_stop.metric', message, data: { a: stop, b: metric }, fixes };
    }
    const headline = metric ?? stop;
    if (headline === undefined || gated.length === 0 || beats || gated.includes(headline)) return;
    const verb = metric === undefined ? 'Stopped early' : 'Ranked and tuned';
    yield {
      path: gates.length === 1 ? 'gates.0' : 'gates',
      message: `${verb} on ${headline}, gated on ${gated.join(', ')}.`,
      data: { a: headline, b: gated },
      fixes:
        gated.length === 1 && gated[0] !== undefined
          ? fixOf(`Rank on ${gated[0]}`, setEdit(loaded.source, 'metric', gated[0]))
          : [],
    };
  },
};

const thresholdMetricOnly: Rule = {
  id: 'threshold-metric-only',
  needs: ['config'],
  *run({ loaded }) {
    const listed = loaded.experiment?.evaluate.metrics;
    if (!loaded.isWritten('evaluate.metrics') || listed === undefined || listed.length === 0) return;
    const known = listed.flatMap((name) => parseMetricName(name)?.metric ?? []);
    if (known.length === 0 || known.some((metric) => metric.thresholdFree || metric.needs !== 'label'))
      return;
    yield {
      path: 'evaluate.metrics',
      message: `All of ${listed.join(', ')} hang on the threshold; add a threshold-free metric.`,
      data: { metrics: listed },
      fixes: fixOf(
        'Add roc_auc and pr_auc',
        setEdit(loaded.source, 'evaluate.metrics', `[${[...listed, 'roc_auc', 'pr_auc'].join(', ')}]`),
      ),
    };
  },
};

export const judgingRules: readonly Rule[] = [metricTaskMismatch, metricInconsistent, thresholdMetricOnly];
