/** The figures of a run: every metric of every model with its interval, all from one set of resamples a split. */
import { standardMetrics } from '../catalog/metrics.ts';
import { type Bootstrap, type BootstrapRequest, bootstrapAll } from './bootstrap.ts';
import { closedFormInterval } from './closedForm.ts';
import type { EvaluationRequest, PlacedRows } from './evaluationRequest.ts';
import { gateMetrics } from './gates.ts';
import { isComputable } from './metrics.ts';
import type { ResampleOptions } from './resampleJobs.ts';
import { type Estimate, type ScoredRows, selectRows } from './scoredRows.ts';
import { readSlices } from './sliceRows.ts';

/** Name of the main model among the baselines in a bootstrap. */
export const mainModel = 'model';

/** By metric. */
export type Estimates = Readonly<Record<string, Estimate>>;

export interface Measured {
  readonly test: Estimates;
  readonly valid: Estimates;
  readonly train: Estimates;
  readonly baselines: Readonly<Record<string, Estimates>>;
  /** Of all models on the test rows, for comparisons and gates; on the rows of a slice that a gate names. */
  bootstrapOf(slice?: string): Bootstrap | undefined;
  readonly warnings: readonly string[];
}

/** Above so many rows intervals come from a subset, scaled (`BootstrapRequest.maxRows`); values always use all rows. */
const maxRows = { test: 1_000_000, other: 100_000 };

export async function measureModels(request: EvaluationRequest, options: ResampleOptions): Promise<Measured> {
  const { experiment, test, metric } = request;
  const { ci } = experiment.evaluate;
  const chosen = chooseMetrics(request);
  const { metrics } = chosen;
  const gates = gateMetrics(experiment.gates ?? [], metric, test.rows.task);
  const clustersAt = await findClusters(request);
  const named = new Set(gates.flatMap(({ slice }) => slice ?? []));
  const { slices, warnings } = await readSlices(request.table, [...named], test.positions);

  const plan = (
    placed: PlacedRows,
    more: Pick<BootstrapRequest, 'stream'> & Partial<BootstrapRequest>,
  ): BootstrapRequest => ({
    models: { [mainModel]: placed.rows },
    metrics,
    samples: ci.samples,
    level: ci.level,
    seed: experiment.train.seed,
    maxRows: maxRows.other,
    ...clustersAt(placed.positions),
    ...more,
  });
  const models = { [mainModel]: test.rows, ...request.baselines };
  const onTest = plan(test, {
    stream: 'test',
    models,
    metrics: unique(metrics, gates),
    maxRows: maxRows.test,
  });
  const onSlices = slices.map(({ name, members }) => {
    const placed = {
      rows: selectRows(test.rows, members),
      positions: members.map((row) => test.positions[row] ?? 0),
    };
    const parts = Object.entries(models).map(([model, rows]) => [model, selectRows(rows, members)] as const);
    const asked = gates.filter(({ slice }) => slice === name);
    return plan(placed, {
      stream: `gate ${name}`,
      models: Object.fromEntries(parts),
      metrics: unique([], asked),
    });
  });
  const { valid, train } = request;
  const elsewhere = [
    ...(valid ? [plan(valid, { stream: 'valid' })] : []),
    ...(train ? [plan(train, { stream: 'train' })] : []),
  ];

  const requests = [onTest, ...onSlices, ...elsewhere];
  const bootstraps = await bootstrapAll(requests, options);
  const byStream = new Map(requests.map(({ stream }, index) => [stream, bootstraps[index]]));
  const report = (stream: string, model: string, rows: ScoredRows | undefined): Estimates => {
    const estimates = byStream.get(stream)?.estimates[model];
    return estimates && rows ? reportEstimates(estimates, metrics, rows, ci) : {};
  };
  return {
    test: report('test', mainModel, test.rows),
    valid: report('valid', mainModel, valid?.rows),
    train: report('train', mainModel, train?.rows),
    baselines: Object.fromEntries(
      Object.entries(request.baselines).map(([name, rows]) => [name, report('test', name, rows)]),
    ),
    bootstrapOf: (slice) => byStream.get(slice === undefined ? 'test' : `gate ${slice}`),
    warnings: [...chosen.warnings, ...warnings, ...withoutValue(byStream.get('test'), test.rows)],
  };
}

/** Test rows of one class leave some metrics undefined, as they do in scikit-learn. */
function withoutValue(onTest: Bootstrap | undefined, { classes, target }: ScoredRows): string[] {
  const present = new Set(target);
  const [only = 0] = present;
  if (classes.length === 0 || present.size !== 1) return [];
  const undefinedMetrics = Object.entries(onTest?.estimates[mainModel] ?? {})
    .filter(([, { value }]) => Number.isNaN(value))
    .map(([name]) => name);
  const what = undefinedMetrics.length === 0 ? '' : `: ${undefinedMetrics.join(', ')} cannot be computed`;
  return [
    `All ${target.length} test rows are "${classes[only]}"${what}. Divide the rows so that the test set has every class.`,
  ];
}

/** The metrics to report, the primary one among them; what cannot be computed is said. */
function chooseMetrics({ experiment, metric, test }: EvaluationRequest): {
  metrics: string[];
  warnings: string[];
} {
  const { task } = test.rows;
  const wanted = new Set([metric, ...(experiment.evaluate.metrics ?? standardMetrics(task))]);
  const metrics = [...wanted].filter((name) => isComputable(name, task));
  const warnings = [...wanted]
    .filter((name) => !isComputable(name, task))
    .map((name) => `evaluate.metrics: \`${name}\` is not computed for ${task} tasks by this version.`);
  return { metrics, warnings };
}

function unique(metrics: readonly string[], gates: readonly { metric: string }[]): string[] {
  return [...new Set([...metrics, ...gates.map(({ metric }) => metric)])];
}

/** The cluster of each row for intervals: evaluate.ci.by, else data.group. A row without one is a cluster of its own. */
export async function findClusters({
  experiment,
  table,
}: EvaluationRequest): Promise<(positions: Int32Array) => { clusters?: Int32Array }> {
  const by = experiment.evaluate.ci.by ?? experiment.data.group;
  if (by === undefined) return () => ({});
  const { codes } = await table.dictionary(by);
  return (positions) => ({
    clusters: positions.map((position) => (codes[position] ? codes[position] : -1 - position)),
  });
}

/** Intervals as evaluate.ci.method asks: the closed form where the metric has one, else the bootstrap's; none as NaN. */
function reportEstimates(
  estimates: Estimates,
  metrics: readonly string[],
  rows: ScoredRows,
  { method, level }: { method: string; level: number },
): Estimates {
  const reported = metrics.map((metric): [string, Estimate] => {
    const estimate = estimates[metric] ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN };
    const { value } = estimate;
    if (method === 'none') return [metric, { value, low: Number.NaN, high: Number.NaN }];
    if (method !== 'wilson' && method !== 'hanley') return [metric, estimate];
    return [metric, { ...estimate, ...closedFormInterval({ method, metric, value, rows, level }) }];
  });
  return Object.fromEntries(reported);
}
