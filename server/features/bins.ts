/** Cuts a number into bins learnt on training rows: ranks for trees, levels with a weight each for other families. */

import { sharedNumbers } from '../engines/sharedColumns.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, int64, integers, where } from '../onnx/operators.ts';
import { appendSearch } from '../onnx/pieces.ts';
import { quantileOf } from '../statistics/quantiles.ts';
import { binTreeEdges } from './binTree.ts';
import type { EncodingTable } from './encodings.ts';
import { type FittedCategory, levelForm } from './fittedCategory.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import type { FittedLevels } from './levels.ts';
import type { BinSettings } from './settings.ts';

/**
 * Bins as scikit-learn's KBinsDiscretizer (`quantile`, `width`), or of a decision tree on the target (`tree`, with at
 * least a fifth of an even share of the rows in each). A missing value is a level of its own; for trees it stays missing.
 */
export async function fitBins(
  request: FeatureRequest,
  column: string,
  settings: BinSettings,
): Promise<FittedCategory> {
  const { needs, table, trainRows } = request;
  const known = knownRows(request, await sharedNumbers(table, column));
  const edges = [...new Set(findEdges(request, known, settings))];
  const levels = binLevels(edges, known.sorted, trainRows.length);
  const form =
    needs.impute === 'none'
      ? ({ kind: 'number', table: binTable(column, levels) } as const)
      : levelForm(needs, column, levels, true);
  return { column, levels, edges, form };
}

/** The code of a value: 0 where missing or infinite, else 1 + its bin. */
export function binOf(edges: readonly number[], value: number): number {
  if (!Number.isFinite(value)) return 0;
  const above = edges.findIndex((edge) => value < edge);
  return 1 + (above < 0 ? edges.length : above);
}

/** Appends the code of a float input [n, 1]: int64 [n, 1]. */
export function appendBinCode(graph: GraphBuilder, column: string, edges: readonly number[]): string {
  const value = cast(graph, column, 'double');
  const bin = appendSearch(graph, value, [Number.NEGATIVE_INFINITY, ...edges]);
  const isMissing = apply(graph, 'Or', [apply(graph, 'IsNaN', [column]), apply(graph, 'IsInf', [column])]);
  return where(graph, isMissing, int64(graph, 0), integers(graph).add(bin, 1));
}

/** Training rows that have the value, by it. */
interface KnownRows {
  readonly sorted: Float32Array;
  readonly target: Float64Array;
}

function knownRows({ trainRows, target }: FeatureRequest, values: Float32Array): KnownRows {
  const of = (row: number) => values[row] ?? Number.NaN;
  const rows = trainRows.filter((row) => Number.isFinite(of(row))).sort((a, b) => of(a) - of(b));
  return { sorted: Float32Array.from(rows, of), target: Float64Array.from(rows, (row) => target[row] ?? 0) };
}

/** Inner edges, ascending; a value goes above every edge that it is at least. */
function findEdges({ task }: FeatureRequest, rows: KnownRows, { k, by }: BinSettings): number[] {
  const { sorted, target } = rows;
  if (sorted.length === 0) return [];
  if (by === 'tree') {
    const classes = task === 'multiclass' ? target.reduce((most, y) => Math.max(most, y + 1), 1) : 1;
    return binTreeEdges({ sorted, target, classes }, k, Math.max(1, Math.floor(sorted.length / (5 * k))));
  }
  const [low = 0, high = 0] = [sorted[0], sorted.at(-1)];
  return Array.from({ length: k - 1 }, (_, index) => (index + 1) / k)
    .map((share) => (by === 'quantile' ? quantileOf(sorted, share) : low + share * (high - low)))
    .filter((edge) => edge > low);
}

function binLevels(edges: readonly number[], sorted: Float32Array, rows: number): FittedLevels {
  const known = [...edges, undefined].map((edge, index) => binName(edges[index - 1], edge));
  const counts = new Float64Array(known.length + 2);
  counts[0] = rows - sorted.length;
  let bin = 0;
  for (const value of sorted) {
    while (value >= (edges[bin] ?? Number.POSITIVE_INFINITY)) bin++;
    counts[bin + 1] = (counts[bin + 1] ?? 0) + 1;
  }
  return { known, codes: new Map(), unseen: 0, refusesUnseen: false, counts };
}

function binName(from: number | undefined, to: number | undefined): string {
  const text = (edge: number) => String(Number(edge.toPrecision(6)));
  if (from === undefined) return to === undefined ? 'any' : `below ${text(to)}`;
  return to === undefined ? `from ${text(from)}` : `${text(from)} to ${text(to)}`;
}

/** The bin as a number 0..k-1, missing where the value is. */
function binTable(column: string, { counts }: FittedLevels): EncodingTable {
  const values = Float32Array.from(counts, (_, code) => (code === 0 ? Number.NaN : code - 1));
  return { names: [`${column} bin`], values };
}
