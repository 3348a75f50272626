/** Bootstrap intervals of metrics and of the differences between models, all from the same resamples of the rows. */

import { ascendingOrder } from '../statistics/order.ts';
import { quantileOf } from '../statistics/quantiles.ts';
import { createRandom } from '../statistics/random.ts';
import { computeMetrics } from './metrics.ts';
import { type ResampleOptions, runJobs } from './resampleJobs.ts';
import { type ResampleJob, sizeOf } from './resampling.ts';
import { type Estimate, type ScoredRows, selectRows } from './scoredRows.ts';

export interface BootstrapRequest {
  /** Models on the same rows in the same order. */
  readonly models: Readonly<Record<string, ScoredRows>>;
  readonly metrics: readonly string[];
  readonly samples: number;
  /** Of the intervals, such as 0.95. */
  readonly level: number;
  readonly seed: number;
  /** Names the stream of chance. */
  readonly stream: string;
  /** Resample whole clusters: the cluster of each row, any integers. */
  readonly clusters?: Int32Array;
  /**
   * Above so many rows the resamples are drawn from a random subset of that size, and the spread is scaled by
   * sqrt(subset / all), which is how it shrinks with rows (Politis and Romano, 1994). Values always use all rows.
   */
  readonly maxRows?: number;
}

export interface Bootstrap {
  /** By model and metric. */
  readonly estimates: Readonly<Record<string, Readonly<Record<string, Estimate>>>>;
  /** Standard error of a metric of a model; NaN where it cannot be told. */
  standardError(model: string, metric: string): number;
  /** First minus second model. */
  difference(metric: string, first: string, second: string): Difference;
}

export interface Difference {
  readonly value: number;
  /** Two-sided: twice the share of resamples on the other side of 0, never below 2 / (samples + 1). */
  readonly p: number;
  interval(level: number): { readonly low: number; readonly high: number };
}

/**
 * Percentile intervals (Efron and Tibshirani, 1993); for `ece`, which resampling biases upwards, reflected about the
 * value below and shifted to it above. An interval is NaN when fewer than half of the resamples have a value.
 */
export async function bootstrap(
  request: BootstrapRequest,
  options: ResampleOptions = {},
): Promise<Bootstrap> {
  const [result] = await bootstrapAll([request], options);
  if (!result) throw new Error('one request has one result');
  return result;
}

/** Several bootstraps at once, so that threads start once. */
export async function bootstrapAll(
  requests: readonly BootstrapRequest[],
  options: ResampleOptions = {},
): Promise<Bootstrap[]> {
  const plans = requests.map(planJob);
  const outputs = await runJobs(
    plans.map(({ job }) => job),
    options,
  );
  return requests.map((request, index) => {
    const plan = plans[index];
    const output = outputs[index];
    if (!plan || !output) throw new Error('each request has a plan and an output');
    return readBootstrap(request, plan, output);
  });
}

interface Plan {
  readonly job: ResampleJob;
  /** By model, then metric: over the rows that are resampled, and over all. */
  readonly resampled: readonly Readonly<Record<string, number>>[];
  readonly all: readonly Readonly<Record<string, number>>[];
  /** What the spread of the resamples is multiplied by; 1 when all rows are resampled. */
  readonly scale: number;
}

function planJob(request: BootstrapRequest): Plan {
  const models = Object.values(request.models);
  const rows = models[0]?.target.length ?? 0;
  const clusters = request.clusters && renumber(request.clusters);
  const chosen = orderByScore(models[0], chooseRows(request, rows, clusters));
  const kept = models.map((model) => selectRows(model, chosen));
  const keptClusters = clusters && renumber(chosen.map((row) => clusters.of[row] ?? 0));
  const all = models.map((model) => computeMetrics(request.metrics, model));
  return {
    job: {
      models: kept,
      metrics: request.metrics,
      resampling: keptClusters ? { kind: 'clusters', ...keptClusters } : { kind: 'rows' },
      samples: request.samples,
      seed: request.seed,
      stream: request.stream,
    },
    all,
    resampled: chosen.length < rows ? kept.map((model) => computeMetrics(request.metrics, model)) : all,
    scale: Math.sqrt(clusters && keptClusters ? keptClusters.count / clusters.count : chosen.length / rows),
  };
}

/** Every sample walks the rows by score: laid out in that order they are found in the cache, at half the time. */
function orderByScore(model: ScoredRows | undefined, positions: Int32Array): Int32Array {
  const scores = model?.scores[0];
  if (!scores) return positions;
  return ascendingOrder(Float64Array.from(positions, (row) => scores[row] ?? 0)).map(
    (index) => positions[index] ?? 0,
  );
}

interface Clusters {
  readonly of: Int32Array;
  readonly count: number;
}

/** Clusters as 0 .. count - 1 in the order of their first row. */
function renumber(clusters: Int32Array): Clusters {
  const numbers = new Map<number, number>();
  const of = clusters.map((cluster) => {
    const number = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, number);
    return number;
  });
  return { of, count: numbers.size };
}

/** Positions of all rows, or of a random subset of about `maxRows` of them; clusters stay whole. */
function chooseRows(request: BootstrapRequest, rows: number, clusters: Clusters | undefined): Int32Array {
  const positions = Int32Array.from({ length: rows }, (_, row) => row);
  const { maxRows } = request;
  if (maxRows === undefined || rows <= maxRows) return positions;
  const units = clusters?.count ?? rows;
  const order = Int32Array.from({ length: units }, (_, unit) => unit);
  createRandom(request.seed, request.stream, 'subset').shuffle(order);
  const keep = new Uint8Array(units);
  for (const unit of order.subarray(0, Math.ceil((units * maxRows) / rows))) keep[unit] = 1;
  return positions.filter((row) => keep[clusters?.of[row] ?? row] === 1);
}

function readBootstrap(request: BootstrapRequest, plan: Plan, output: Float64Array): Bootstrap {
  const names = Object.keys(request.models);
  const { metrics, samples, level } = request;
  const models = names.length;
  if (output.length !== sizeOf(plan.job)) throw new Error('the output belongs to another job');

  /** The resampled values as they would spread over all rows. */
  function samplesOf(model: number, metric: number): Float64Array {
    const name = metrics[metric] ?? '';
    const value = plan.all[model]?.[name] ?? Number.NaN;
    const center = plan.resampled[model]?.[name] ?? Number.NaN;
    return Float64Array.from({ length: samples }, (_, sample) => {
      const drawn = output[(sample * models + model) * metrics.length + metric] ?? Number.NaN;
      return plan.scale === 1 ? drawn : value + (drawn - center) * plan.scale;
    });
  }

  const estimates = names.map((name, model) => {
    const ofModel = metrics.map((metric, index): [string, Estimate] => {
      const value = plan.all[model]?.[metric] ?? Number.NaN;
      const range = { low: metric === 'ece' ? 0 : Number.NEGATIVE_INFINITY };
      const drawn = sortDefined(samplesOf(model, index));
      const interval =
        metric === 'ece' ? biasedInterval(drawn, value, level) : percentileInterval(drawn, level);
      return [metric, { value, low: Math.max(range.low, interval.low), high: interval.high }];
    });
    return [name, Object.fromEntries(ofModel)] as const;
  });

  return {
    estimates: Object.fromEntries(estimates),
    standardError: (model, metric) =>
      deviation(sortDefined(samplesOf(names.indexOf(model), metrics.indexOf(metric)))),
    difference(metric, first, second) {
      const index = metrics.indexOf(metric);
      const [a, b] = [names.indexOf(first), names.indexOf(second)];
      const minuend = samplesOf(a, index);
      const subtrahend = samplesOf(b, index);
      const drawn = sortDefined(minuend.map((value, sample) => value - (subtrahend[sample] ?? Number.NaN)));
      return {
        value: (plan.all[a]?.[metric] ?? Number.NaN) - (plan.all[b]?.[metric] ?? Number.NaN),
        p: twoSided(drawn, samples),
        interval: (wanted) => percentileInterval(drawn, wanted),
      };
    },
  };
}

/** The defined values, ascending; none when fewer than half are defined. */
function sortDefined(values: Float64Array): Float64Array {
  const defined = values.filter((value) => !Number.isNaN(value)).sort();
  return defined.length * 2 >= values.length ? defined : new Float64Array(0);
}

function percentileInterval(sorted: Float64Array, level: number): { low: number; high: number } {
  return { low: quantileOf(sorted, (1 - level) / 2), high: quantileOf(sorted, (1 + level) / 2) };
}

function biasedInterval(sorted: Float64Array, value: number, level: number): { low: number; high: number } {
  const high = quantileOf(sorted, (1 + level) / 2);
  const mean = sorted.reduce((sum, drawn) => sum + drawn, 0) / sorted.length;
  return { low: Math.min(value, 2 * value - high), high: Math.max(value, value + high - mean) };
}

function twoSided(sorted: Float64Array, samples: number): number {
  if (sorted.length === 0) return Number.NaN;
  const notAbove = sorted.filter((value) => value <= 0).length;
  const notBelow = sorted.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (samples + 1));
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
