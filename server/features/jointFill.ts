/** Missing numbers filled from the other numbers of the row: what was learnt, and its nodes in the model file. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, concat, double, pick, where } from '../onnx/operators.ts';
import { createRandom, drawRows } from '../statistics/random.ts';

/** Columns side by side, which fill each other's gaps. */
export interface JointFill {
  /** Positions among the numbers. */
  readonly columns: readonly number[];
  /** double [n, columns], standardised and 0 where missing; bool of the same shape. Gives double [n, columns], standardised. */
  readonly fill: (graph: GraphBuilder, values: string, isMissing: string) => string;
  /** Of the training values that are there. */
  readonly means: Float64Array;
  readonly spreads: Float64Array;
}

/** Values of each column for the training rows, NaN where missing. */
export type JointColumns = readonly Float32Array[];

/** float [n, `width`] in and out: gaps of the columns that are filled together. */
export function appendJointFill(
  graph: GraphBuilder,
  numbers: string,
  { fill, width }: { fill: JointFill; width: number },
): string {
  const { columns, means, spreads } = fill;
  const values = pick(graph, numbers, columns, width);
  const isMissing = apply(graph, 'IsNaN', [values]);
  const [center, spread] = [double(graph, [...means]), double(graph, [...spreads])];
  const centred = apply(graph, 'Sub', [cast(graph, values, 'double'), center]);
  const standard = apply(graph, 'Div', [centred, spread]);
  const known = where(graph, isMissing, double(graph, 0), standard);
  const filled = fill.fill(graph, known, isMissing);
  const scaled = apply(graph, 'Add', [apply(graph, 'Mul', [filled, spread]), center]);
  const whole = where(graph, isMissing, cast(graph, scaled, 'float'), values);
  if (columns.length === width) return whole;
  const order = Array.from({ length: width }, (_, position) => {
    const place = columns.indexOf(position);
    return place < 0 ? position : width + place;
  });
  return pick(graph, concat(graph, [numbers, whole]), order, width + columns.length);
}

/** Means and spreads as StandardScaler has them; a constant column has spread 1. */
export function standardise(columns: JointColumns): { means: Float64Array; spreads: Float64Array } {
  const means = new Float64Array(columns.length);
  const spreads = new Float64Array(columns.length);
  for (const [j, column] of columns.entries()) {
    const known = column.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
    const spread = Math.sqrt(variance);
    means[j] = mean;
    spreads[j] = spread > 10 * Number.EPSILON * Math.abs(mean) ? spread : 1;
  }
  return { means, spreads };
}

/** At most so many rows, drawn by the seed, in their order. */
export function someRows(rows: number, most: number, seed: number): Int32Array {
  return drawRows(createRandom(seed, 'impute'), rows, most);
}
