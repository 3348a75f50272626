/** Permutation importance: how much the metric falls when a column's values are dealt to the wrong rows. */
import { ModelwrightError } from '../catalog/errors.ts';
import { metricNamed } from '../catalog/metrics.ts';
import type { Importance } from '../protocol/run.ts';
import { fQuantile } from '../statistics/distributions.ts';
import { createRandom } from '../statistics/random.ts';
import { computeMetric } from './metrics.ts';
import { mapRows, type ScoredRows } from './scoredRows.ts';

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
  /** How many values the shuffles of groups of one size may ask the model to read; 2,000 million unless said. */
  readonly mostValues?: number;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

const mostRows = 5000;
const fewestRows = 200;
const repeats = 5;
/** Rows that are scored at once: a call costs as much as thousands of rows when a model has a thousand inputs. */
const batchRows = 10_000;
/** Columns of a wide table that are shuffled together, before any is shuffled alone. */
const groupSizes = [64, 8];
/** About half a minute of the model's time. */
const mostValues = 2e9;

export interface Importances {
  /** Most important first. Columns that were shuffled with others only are absent. */
  readonly importance: Importance[];
  /** Columns that might act and were not shuffled alone. */
  readonly together: number;
}

/**
 * `value`: mean loss of the metric over 5 shuffles of at most 5,000 random rows (of more than 200 columns fewer, 200 at
 * least), positive when the column helps; the interval is Student's over the shuffles, so it tells shuffling noise, not
 * that of the rows.
 *
 * Columns of wide tables are shuffled together first, each by the very shuffles that it would have alone: where that moves
 * no score of any row, none of them moves any, and they are 0 without having been shuffled alone. Where the rest are still
 * too many, the groups go on whose shuffle costs most (group screening: Watson, 1961).
 */
export async function computeImportance(request: ImportanceRequest): Promise<Importances> {
  const { columns, metric, level } = request;
  const sample = drawPositions(request);
  const scored = await request.rescore(sample);
  const whole = computeMetric(metric, scored);
  const sign = isLoss(metric) ? -1 : 1;
  const mostGroups = Math.floor(valuesOf(request) / (repeats * sample.length * columns.length));

  const falls = new Map<string, readonly number[]>();
  let acting: readonly (readonly string[])[] = [columns];
  for (const size of columns.length > Math.max(...groupSizes) ? [...groupSizes, 1] : [1]) {
    const moved: { group: readonly string[]; fall: number }[] = [];
    const groups = acting.flatMap((group) => inGroups(group, size));
    const asked = size === groupSizes[0] ? groups : groups.slice(0, Math.max(1, mostGroups));
    for (const batch of inGroups(asked, Math.floor(batchRows / repeats / sample.length))) {
      if (request.signal?.aborted) throw new ModelwrightError('cancelled');
      for (const { group, shuffles } of await scoreShuffled(request, sample, batch)) {
        const [column = ''] = group;
        const own = shuffles.map((rows) => sign * (whole - computeMetric(metric, rows)));
        if (size === 1) falls.set(column, own);
        else if (shuffles.some((rows) => differs(rows, scored)))
          moved.push({ group, fall: own.reduce((sum, fall) => sum + fall, 0) });
        else for (const still of group) falls.set(still, []);
      }
      request.onProgress?.(falls.size, columns.length);
    }
    acting = moved.toSorted((a, b) => b.fall - a.fall).map(({ group }) => group);
  }
  const importance = columns
    .filter((column) => falls.has(column))
    .map((column) => ({ column, ...meanFall(falls.get(column) ?? [], level) }))
    .sort((a, b) => b.value - a.value);
  return { importance, together: columns.length - importance.length };
}

function inGroups<T>(all: readonly T[], size: number): T[][] {
  const whole = Math.max(1, size);
  return Array.from({ length: Math.ceil(all.length / whole) }, (_, index) =>
    all.slice(index * whole, (index + 1) * whole),
  );
}

/** 0 without a fall. */
function meanFall(falls: readonly number[], level: number) {
  if (falls.length === 0) return { value: 0, low: 0, high: 0 };
  const value = falls.reduce((sum, fall) => sum + fall, 0) / falls.length;
  const variance = falls.reduce((sum, fall) => sum + (fall - value) ** 2, 0) / (falls.length - 1);
  // t² is F(1, df).
  const half = Math.sqrt((fQuantile(level, 1, falls.length - 1) * variance) / falls.length);
  return { value, low: value - half, high: value + half };
}

function differs(rows: ScoredRows, from: ScoredRows): boolean {
  const arrays = ({ prediction, scores }: ScoredRows) => [prediction, ...scores];
  const others = arrays(from);
  return arrays(rows).some((values, k) => values.some((value, i) => !Object.is(value, others[k]?.[i])));
}

/**
 * The sample once for each group and shuffle, all in one call: in the stretch of a shuffle the columns of its group come
 * from other rows, each in an order of its own.
 */
async function scoreShuffled(
  { rescore, seed }: ImportanceRequest,
  sample: Int32Array,
  groups: readonly (readonly string[])[],
): Promise<{ readonly group: readonly string[]; readonly shuffles: readonly ScoredRows[] }[]> {
  const { length } = sample;
  const positions = new Int32Array(groups.length * repeats * length);
  for (let at = 0; at < positions.length; at += length) positions.set(sample, at);
  const rowsOf = new Map<string, Int32Array>();
  const stretch = (group: number, repeat: number) => (group * repeats + repeat) * length;
  for (const [index, group] of groups.entries()) {
    for (const column of group) {
      const from = rowsOf.get(column) ?? positions.slice();
      rowsOf.set(column, from);
      for (let repeat = 0; repeat < repeats; repeat++) {
        const at = stretch(index, repeat);
        createRandom(seed, 'importance', column, repeat).shuffle(from.subarray(at, at + length));
      }
    }
  }
  const scored = await rescore(positions, rowsOf);
  return groups.map((group, index) => ({
    group,
    shuffles: Array.from({ length: repeats }, (_, repeat) => {
      const at = stretch(index, repeat);
      return mapRows(scored, (values) => values.subarray(at, at + length));
    }),
  }));
}

/** Whether smaller is better. */
export function isLoss(metric: string): boolean {
  return metricNamed(metric.replace(/@\d+$/, '@k'))?.direction === 'lower';
}

function drawPositions(request: ImportanceRequest): Int32Array {
  const drawn = request.positions.slice();
  createRandom(request.seed, 'importance').shuffle(drawn);
  const affordable = Math.floor(valuesOf(request) / (repeats * request.columns.length ** 2));
  return drawn.subarray(0, Math.max(fewestRows, Math.min(mostRows, affordable))).sort();
}

function valuesOf(request: ImportanceRequest): number {
  return request.mostValues ?? mostValues;
}
