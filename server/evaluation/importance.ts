/** Permutation importance: how much the metric falls when a column's values are dealt to the wrong rows. */
import { ModelwrightError } from '../catalog/errors.ts';
import { metricNamed } from '../catalog/metrics.ts';
import type { Importance } from '../protocol/run.ts';
import { fQuantile } from '../statistics/distributions.ts';
import { createRandom } from '../statistics/random.ts';
import { computeMetric } from './metrics.ts';
import { type ScoredRows, selectRows } from './scoredRows.ts';

/**
 * Scores the rows at these positions of the table with the model file; a column of `rowsOf` takes for the i-th of them
 * the value of the row at its i-th position.
 */
export type Rescore = (
  positions: Int32Array,
  rowsOf?: ReadonlyMap<string, Int32Array>,
) => Promise<ScoredRows>;

export interface ImportanceRequest {
  /** Positions of the rows that may be used. */
  readonly positions: Int32Array;
  readonly columns: readonly string[];
  readonly metric: string;
  readonly rescore: Rescore;
  readonly level: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

export const importanceRows = 5000;
const repeats = 5;
/** Rows that are scored at once: a call costs as much as thousands of rows when a model has a thousand inputs. */
const batchRows = 10_000;

/**
 * Most important first. `value`: mean loss of the metric over 5 shuffles of at most 5,000 random rows, positive when the
 * column helps; the interval is Student's over the shuffles, so it tells shuffling noise, not that of the rows.
 */
export async function computeImportance(request: ImportanceRequest): Promise<Importance[]> {
  const { metric, rescore, level, seed } = request;
  const sample = drawPositions(request.positions, seed);
  const whole = computeMetric(metric, await rescore(sample));
  const sign = isLoss(metric) ? -1 : 1;
  const t = Math.sqrt(fQuantile(level, 1, repeats - 1)); // t² is F(1, df)

  const shuffles = request.columns.flatMap((column) =>
    Array.from({ length: repeats }, (_, repeat) => ({ column, repeat })),
  );
  const size = Math.max(1, Math.floor(batchRows / sample.length));
  const falls: number[] = [];
  for (let at = 0; at < shuffles.length; at += size) {
    if (request.signal?.aborted) throw new ModelwrightError('cancelled');
    const scored = await scoreShuffled(request, sample, shuffles.slice(at, at + size));
    falls.push(...scored.map((rows) => sign * (whole - computeMetric(metric, rows))));
    request.onProgress?.(falls.length, shuffles.length);
  }
  return request.columns
    .map((column, index) => {
      const own = falls.slice(index * repeats, (index + 1) * repeats);
      const value = own.reduce((sum, fall) => sum + fall, 0) / repeats;
      const variance = own.reduce((sum, fall) => sum + (fall - value) ** 2, 0) / (repeats - 1);
      const half = t * Math.sqrt(variance / repeats);
      return { column, value, low: value - half, high: value + half };
    })
    .sort((a, b) => b.value - a.value);
}

/** The sample once for each shuffle, all in one call: in the stretch of a shuffle its column comes from other rows. */
async function scoreShuffled(
  { rescore, seed }: ImportanceRequest,
  sample: Int32Array,
  shuffles: readonly { readonly column: string; readonly repeat: number }[],
): Promise<ScoredRows[]> {
  const { length } = sample;
  const positions = new Int32Array(shuffles.length * length);
  for (const index of shuffles.keys()) positions.set(sample, index * length);
  const rowsOf = new Map<string, Int32Array>();
  for (const [index, { column, repeat }] of shuffles.entries()) {
    const from = rowsOf.get(column) ?? positions.slice();
    createRandom(seed, 'importance', column, repeat).shuffle(
      from.subarray(index * length, (index + 1) * length),
    );
    rowsOf.set(column, from);
  }
  const scored = await rescore(positions, rowsOf);
  return shuffles.map((_, index) =>
    selectRows(
      scored,
      Int32Array.from({ length }, (__, row) => index * length + row),
    ),
  );
}

/** Whether smaller is better. */
export function isLoss(metric: string): boolean {
  return metricNamed(metric.replace(/@\d+$/, '@k'))?.direction === 'lower';
}

function drawPositions(positions: Int32Array, seed: number): Int32Array {
  const drawn = positions.slice();
  createRandom(seed, 'importance').shuffle(drawn);
  return drawn.subarray(0, importanceRows).sort();
}
