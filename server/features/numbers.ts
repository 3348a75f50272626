/** Numbers on their way to the model: outliers, shape, missing values and scale, learnt on training rows. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, concat, double, float, pick, where } from '../onnx/operators.ts';
import { appendPieces, evaluatePieces, type Pieces } from '../onnx/pieces.ts';
import { appendJointFill, type JointFill } from './jointFill.ts';
import { computeQuantiles } from './quantiles.ts';
import { fitRanks } from './ranks.ts';
import type { NumericSettings } from './settings.ts';
import { appendShape, applyShape, type FittedShape, fitShape, unshaped } from './shapes.ts';

/** What was learnt about one column; applied in this order. */
export interface FittedNumber {
  /** Values beyond are moved to the bound. */
  readonly lower: number;
  readonly upper: number;
  readonly shape: FittedShape;
  /** In place of a missing value; NaN leaves it missing. */
  readonly fill: number;
  readonly indicator: boolean;
  /** `(value - center) / spread`, in double. */
  readonly center: number;
  readonly spread: number;
  /** In their place: the normal score of the value's rank. */
  readonly scores?: Pieces;
}

/** What was learnt about all columns. */
export interface FittedNumbers {
  readonly each: readonly FittedNumber[];
  /** Gaps that are filled from other columns, between shape and fill. */
  readonly together: readonly JointFill[];
}

export const untouched: FittedNumber = {
  lower: Number.NEGATIVE_INFINITY,
  upper: Number.POSITIVE_INFINITY,
  shape: unshaped,
  fill: Number.NaN,
  indicator: false,
  center: 0,
  spread: 1,
};

/** Whether anything has to be learnt under these settings. */
export function isFitted(settings: NumericSettings): boolean {
  const { fill, scale, outliers, transform } = settings;
  return fill !== 'none' || scale !== 'none' || outliers !== 'none' || transform !== 'none';
}

/**
 * Learns from training values (NaN where missing) as scikit-learn's SimpleImputer followed by StandardScaler,
 * RobustScaler, MinMaxScaler or QuantileTransformer does (see fitRanks). `winsorize` bounds are the 1st and 99th percentiles, `clip` bounds Tukey's fences
 * (1.5 interquartile ranges beyond the quartiles).
 */
export function fitNumber(values: Float32Array, settings: NumericSettings): FittedNumber {
  const raw = knownValues(values);
  const [lower, upper] = outlierBounds(raw, settings.outliers);
  const bounded =
    settings.outliers === 'none' ? raw : raw.map((value) => Math.min(Math.max(value, lower), upper));
  const shape = fitShape(bounded, settings.transform);
  const shaped = shape.kind === 'none' ? bounded : bounded.map((value) => applyShape(value, shape));
  const missing = values.length - raw.length;
  const fill = Math.fround(fillValue(shaped, settings.fill));
  const filled = Number.isNaN(fill) || missing === 0 ? shaped : withFill(shaped, fill, missing);
  return {
    lower,
    upper,
    shape,
    fill,
    indicator: settings.indicator && missing > 0,
    ...fitScale(filled, settings.scale),
  };
}

/** The value of one training row as the graph gives it, but for the outliers and the shape. */
export function fillAndScale(value: number, { fill, center, spread, scores }: FittedNumber): number {
  const known = Math.fround(value);
  const filled = Number.isNaN(known) ? fill : known;
  return Math.fround(scores === undefined ? (filled - center) / spread : evaluatePieces(scores, filled));
}

/**
 * Appends the steps for float [n, columns], the same width out; `indicators` is float [n, columns with one], 1 where
 * missing. Steps that no column needs are left out.
 */
export function appendNumbers(
  graph: GraphBuilder,
  values: string,
  { each: fits, together }: FittedNumbers,
): { values: string; indicators?: string } {
  const bounded = appendBounds(graph, values, fits);
  const shaped = appendShapes(graph, bounded, fits);
  const marked = fits.flatMap((fit, index) => (fit.indicator ? [index] : []));
  const fills = fits.map(({ fill }) => fill);
  const joined = together.reduce(
    (numbers, fill) => appendJointFill(graph, numbers, { fill, width: fits.length }),
    shaped,
  );
  const filled = fills.every(Number.isNaN)
    ? joined
    : where(graph, apply(graph, 'IsNaN', [joined]), float(graph, fills), joined);
  const scaled = appendScale(graph, filled, fits);
  if (marked.length === 0) return { values: scaled };
  return {
    values: scaled,
    indicators: cast(graph, pick(graph, apply(graph, 'IsNaN', [shaped]), marked, fits.length), 'float'),
  };
}

function appendBounds(graph: GraphBuilder, values: string, fits: readonly FittedNumber[]): string {
  if (fits.every(({ lower, upper }) => lower === untouched.lower && upper === untouched.upper)) return values;
  // Not Clip or Min: a missing value fails both comparisons and stays as it is.
  const lower = float(
    graph,
    fits.map((fit) => fit.lower),
  );
  const upper = float(
    graph,
    fits.map((fit) => fit.upper),
  );
  const raised = where(graph, apply(graph, 'Less', [values, lower]), lower, values);
  return where(graph, apply(graph, 'Greater', [raised, upper]), upper, raised);
}

function appendShapes(graph: GraphBuilder, values: string, fits: readonly FittedNumber[]): string {
  return appendSingly(
    graph,
    values,
    fits.map(({ shape }) =>
      shape.kind === 'none' ? undefined : (value) => appendShape(graph, value, shape),
    ),
  );
}

function appendScale(graph: GraphBuilder, values: string, fits: readonly FittedNumber[]): string {
  const scored = appendSingly(
    graph,
    values,
    fits.map(({ scores }) => scores && ((value) => appendPieces(graph, value, scores))),
  );
  if (fits.every(({ center, spread }) => center === 0 && spread === 1)) return scored;
  const centers = double(
    graph,
    fits.map((fit) => fit.center),
  );
  const spreads = double(
    graph,
    fits.map((fit) => fit.spread),
  );
  const centered = apply(graph, 'Sub', [cast(graph, scored, 'double'), centers]);
  return cast(graph, apply(graph, 'Div', [centered, spreads]), 'float');
}

/** Columns that have a step of their own, double [n, 1] to double [n, 1], pass it; the others stay as they are. */
function appendSingly(
  graph: GraphBuilder,
  values: string,
  steps: readonly (((value: string) => string) | undefined)[],
): string {
  if (steps.every((step) => step === undefined)) return values;
  const columns = steps.map((step, index) => {
    const column = pick(graph, values, [index], steps.length);
    return step === undefined ? column : cast(graph, step(cast(graph, column, 'double')), 'float');
  });
  return concat(graph, columns);
}

/** Values beyond are outliers; `drop` moves none, since its rows are left out (outlierRows). `values` hold no NaN. */
export function outlierBounds(
  values: Float32Array,
  outliers: NumericSettings['outliers'],
): [lower: number, upper: number] {
  switch (outliers) {
    case 'none':
    case 'drop':
      return [untouched.lower, untouched.upper];
    case 'winsorize': {
      const [low = Number.NaN, high = Number.NaN] = computeQuantiles(values, [0.01, 0.99]);
      return [Math.fround(low), Math.fround(high)];
    }
    case 'clip': {
      const [low = Number.NaN, high = Number.NaN] = computeQuantiles(values, [0.25, 0.75]);
      const fence = 1.5 * (high - low);
      return [Math.fround(low - fence), Math.fround(high + fence)];
    }
  }
}

/** A column without any value is filled with 0. */
function fillValue(values: Float32Array, fill: NumericSettings['fill']): number {
  if (fill === 'none') return Number.NaN;
  if (fill === 'zero' || values.length === 0) return 0;
  const [median = 0] = fill === 'median' ? computeQuantiles(values, [0.5]) : [sum(values) / values.length];
  return median;
}

/** `values` hold no NaN. */
export function fitScale(
  values: Float32Array,
  scale: NumericSettings['scale'],
): Pick<FittedNumber, 'center' | 'spread' | 'scores'> {
  if (scale === 'none' || values.length === 0) return { center: 0, spread: 1 };
  if (scale === 'quantile') return { center: 0, spread: 1, scores: fitRanks(values, 'normal') };
  if (scale === 'standard') {
    const mean = sum(values) / values.length;
    let squares = 0;
    for (const value of values) squares += (value - mean) ** 2;
    return { center: mean, spread: positive(Math.sqrt(squares / values.length), mean) };
  }
  if (scale === 'robust') {
    const [low = 0, center = 0, high = 0] = computeQuantiles(values, [0.25, 0.5, 0.75]);
    return { center, spread: positive(high - low, center) };
  }
  const [low = 0, high = 0] = computeQuantiles(values, [0, 1]);
  return { center: low, spread: positive(high - low, low) };
}

function knownValues(values: Float32Array): Float32Array {
  const known = new Float32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  return known.subarray(0, count);
}

/** A constant column is centred, not divided by its rounding errors. */
function positive(spread: number, center: number): number {
  return spread > 10 * Number.EPSILON * Math.abs(center) ? spread : 1;
}

function withFill(values: Float32Array, fill: number, times: number): Float32Array {
  const all = new Float32Array(values.length + times);
  all.set(values);
  all.fill(fill, values.length);
  return all;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
