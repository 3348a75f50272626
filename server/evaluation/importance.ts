/** Permutation importance: how much the metric falls when a column's values are dealt to the wrong rows. */
import { ModelwrightError } from '../catalog/errors.ts';
import { metricNamed } from '../catalog/metrics.ts';
import type { Importance } from '../protocol/run.ts';
import { fQuantile } from '../statistics/distributions.ts';
import { createRandom } from '../statistics/random.ts';
import { computeMetric } from './metrics.ts';
import type { ScoredRows } from './scoredRows.ts';

/**
 * Scores the rows at these positions of the table with the model file; `column` takes for the i-th of them the value of
 * the row at `from[i]`.
 */
export type Rescore = (
  positions: Int32Array,
  shuffled?: { readonly column: string; readonly from: Int32Array },
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
}

export const importanceRows = 5000;
const repeats = 5;

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

  const found: Importance[] = [];
  for (const column of request.columns) {
    const falls: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      if (request.signal?.aborted) throw new ModelwrightError('cancelled');
      const from = sample.slice();
      createRandom(seed, 'importance', column, repeat).shuffle(from);
      falls.push(sign * (whole - computeMetric(metric, await rescore(sample, { column, from }))));
    }
    const value = falls.reduce((sum, fall) => sum + fall, 0) / repeats;
    const variance = falls.reduce((sum, fall) => sum + (fall - value) ** 2, 0) / (repeats - 1);
    const half = t * Math.sqrt(variance / repeats);
    found.push({ column, value, low: value - half, high: value + half });
  }
  return found.sort((a, b) => Number(b.value) - Number(a.value));
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
