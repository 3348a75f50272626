/** One thread's share of the resampling: draws row weights and evaluates every metric of every model under them. */
import { createRandom, type Random, xoshiro128 } from '../statistics/random.ts';
import { type Evaluate, prepareMetrics } from './metrics.ts';
import type { ScoredRows } from './scoredRows.ts';

/**
 * `rows`: n of n rows with replacement. `clusters`: whole clusters with replacement (`of` holds each row's cluster,
 * 0 .. count - 1). `swap`: each row's two predictions change places or not; there are exactly two models.
 */
export type Resampling =
  | { readonly kind: 'rows' }
  | { readonly kind: 'clusters'; readonly of: Int32Array; readonly count: number }
  | { readonly kind: 'swap' };

export interface ResampleJob {
  /** Models on the same rows: each sample gives all of them the same weights. */
  readonly models: readonly ScoredRows[];
  readonly metrics: readonly string[];
  readonly resampling: Resampling;
  readonly samples: number;
  readonly seed: number;
  /** Names the stream of chance: two jobs of one seed and stream see the same rows. */
  readonly stream: string;
}

/** Values of a job: sample by sample, model by model, metric by metric. */
export function sizeOf(job: ResampleJob): number {
  return job.samples * job.models.length * job.metrics.length;
}

/**
 * Fills `output` for the samples first, first + step, … Each sample has a stream of its own, so the values do not
 * depend on which thread computes them. `onSample` is told of each one done.
 */
export function resample(
  job: ResampleJob,
  output: Float64Array,
  part: { first: number; step: number },
  onSample?: () => void,
): void {
  const rows = job.models[0]?.target.length ?? 0;
  const swap = job.resampling.kind === 'swap';
  const models = swap ? [job.models.reduce(concatenate)] : job.models;
  const evaluate = models.map((model) => prepareMetrics(job.metrics, model));
  const weights = new Uint8Array(swap ? 2 * rows : rows);
  const draw = createDraw(job.resampling, rows);
  const streamOf = createStreams(job);
  for (let sample = part.first; sample < job.samples; sample += part.step) {
    const total = draw(streamOf(sample), weights);
    const values = swap
      ? evaluateSwapped(evaluate, weights, total)
      : evaluate.map((each) => each(weights, total));
    values.forEach((each, model) => {
      output.set(each, (sample * job.models.length + model) * job.metrics.length);
    });
    onSample?.();
  }
}

/** A generator for each sample, from 128 random bits of the job's own stream. */
function createStreams({ seed, stream, samples }: ResampleJob): (sample: number) => Random {
  const states = new Uint32Array(4 * samples);
  createRandom(seed, stream).fillUint32(states);
  return (sample) => {
    const [a = 0, b = 0, c = 0, d = 0] = states.subarray(4 * sample, 4 * sample + 4);
    return xoshiro128([a, b, c, d]);
  };
}

/** Draws row weights and returns their sum. They stay under 256: a row is drawn that often in n draws with a chance below 1 / 255!. */
function createDraw(resampling: Resampling, rows: number): (random: Random, weights: Uint8Array) => number {
  if (resampling.kind === 'rows') return drawWithReplacement;
  if (resampling.kind === 'swap') {
    return (random, weights) => {
      for (let row = 0; row < rows; row++) {
        const first = random.uint32() >>> 31;
        weights[row] = first;
        weights[rows + row] = 1 - first;
      }
      return rows;
    };
  }
  const { of, count } = resampling;
  const drawn = new Uint8Array(count);
  return (random, weights) => {
    drawWithReplacement(random, drawn);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const weight = drawn[of[row] as number] as number; // clusters are below count
      weights[row] = weight;
      total += weight;
    }
    return total;
  };
}

const words = new Uint32Array(4096);

function drawWithReplacement(random: Random, weights: Uint8Array): number {
  weights.fill(0);
  const scale = weights.length / 0x1_0000_0000;
  for (let left = weights.length; left > 0; left -= words.length) {
    const count = Math.min(left, words.length);
    random.fillUint32(count < words.length ? words.subarray(0, count) : words);
    for (let i = 0; i < count; i++) {
      const row = ((words[i] as number) * scale) >>> 0; // below weights.length
      weights[row] = (weights[row] as number) + 1;
    }
  }
  return weights.length;
}

/** Both models' predictions as one set of rows: weights pick for each row which model plays the first. */
function concatenate(first: ScoredRows, second: ScoredRows): ScoredRows {
  return {
    ...first,
    rows: join(first.rows, second.rows),
    target: join(first.target, second.target),
    prediction: join(first.prediction, second.prediction),
    scores: first.scores.map((scores, index) => join(scores, second.scores[index] ?? new Float64Array(0))),
  };
}

function join(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function evaluateSwapped(
  [evaluate]: readonly Evaluate[],
  weights: Uint8Array,
  total: number,
): Float64Array[] {
  if (!evaluate) return [];
  const first = evaluate(weights, total).slice();
  const opposite = weights.map((weight) => 1 - weight);
  return [first, evaluate(opposite, total)];
}
