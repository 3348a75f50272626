/** `impute: knn`: the mean of the nearest training rows that have the value, as scikit-learn's KNNImputer behind a StandardScaler. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, cast, concat, double, int64, integers, pick, where } from '../onnx/operators.ts';
import { type JointColumns, type JointFill, someRows, standardise } from './jointFill.ts';

const neighbours = 5;
/** Rows that are looked at: each stands in the model file, and each row to fill is compared with all of them. */
const mostDonors = 1000;
/**
 * Squared distances are compared in steps of 2^-24, so that which of two equally distant donors is taken does not hang on
 * the last bit of a sum, which differs with the number of rows at a time; the earlier one is.
 */
const steps = 2 ** 24;
/**
 * Rows whose distances are held at a time, whatever the number that is asked for: each takes 8 KB, and four such tensors
 * are alive at once.
 */
const rowsAtATime = 256;
/** In place of a distance to rows that cannot give: far beyond any. */
const beyond = 2 ** 100;

export function fitNearest(
  columns: JointColumns,
  { positions, seed }: { positions: readonly number[]; seed: number },
): JointFill {
  const { means, spreads } = standardise(columns);
  const donors = someRows(columns[0]?.length ?? 0, mostDonors, seed);
  const width = columns.length;
  const values = new Float64Array(donors.length * width);
  for (const [at, row] of donors.entries())
    for (const [j, column] of columns.entries())
      values[at * width + j] = ((column[row] ?? Number.NaN) - (means[j] ?? 0)) / (spreads[j] ?? 1);
  const given = columns.map(
    (_, j) => donors.filter((__, at) => !Number.isNaN(values[at * width + j])).length,
  );
  const fill: JointFill['fill'] = (graph, known, isMissing) => {
    const gaps = where(graph, isMissing, double(graph, Number.NaN), known);
    return appendInParts(graph, gaps, { width, rows: (part) => fillRows(graph, part) });
  };
  const fillRows = (graph: GraphBuilder, gaps: string) => {
    const isMissing = apply(graph, 'IsNaN', [gaps]);
    const known = where(graph, isMissing, double(graph, 0), gaps);
    const table = graph.constant({ type: 'double', shape: [donors.length, width], data: values });
    const lacks = apply(graph, 'IsNaN', [table]);
    const rows = { known, given: oneWhereNot(graph, isMissing) };
    const rest = { known: where(graph, lacks, double(graph, 0), table), given: oneWhereNot(graph, lacks) };
    const distances = appendDistances(graph, { rows, donors: rest, width });
    const filled = columns.map((_, j) => {
      const column = pick(graph, known, [j], width);
      const k = Math.min(neighbours, given[j] ?? 0);
      if (k === 0) return column;
      const of = (donor: string) => apply(graph, 'Gather', [donor, int64(graph, j)], { axis: 1 });
      const far = where(graph, of(lacks), double(graph, beyond), double(graph, 0));
      const from = apply(graph, 'Add', [distances, far]);
      const mean = appendNearest(graph, from, { values: of(rest.known), k });
      return where(graph, pick(graph, isMissing, [j], width), mean, column);
    });
    return concat(graph, filled);
  };
  return { columns: positions, fill, means, spreads };
}

interface Parts {
  readonly width: number;
  /** double [n, width] in and out. */
  readonly rows: (part: string) => string;
}

/** double [n, width] in and out: as many rows at a time as have room, in parts of one size, the last one filled up with zeros. */
function appendInParts(graph: GraphBuilder, tensor: string, { width, rows }: Parts): string {
  const { add, subtract, multiply, divide } = integers(graph);
  const upwards = (a: string, b: string) => divide(subtract(add(a, b), 1), b);
  const [all = ''] = graph.node('Shape', [tensor], { start: 0, end: 1 });
  const atLeastOne = (count: string) => apply(graph, 'Max', [count, int64(graph, [1])]);
  const parts = atLeastOne(upwards(all, int64(graph, [rowsAtATime])));
  // No rows at all would be divided by.
  const size = atLeastOne(upwards(all, parts));
  const [none, columns] = [int64(graph, [0]), int64(graph, [width])];
  const behind = subtract(multiply(size, parts), all);
  const before = int64(graph, [0, 0]);
  const padded = apply(graph, 'Pad', [tensor, apply(graph, 'Concat', [before, behind, none], { axis: 0 })]);
  const shape = apply(graph, 'Concat', [parts, size, columns], { axis: 0 });
  const scanned = apply(graph, 'Scan', [apply(graph, 'Reshape', [padded, shape])], {
    body: graph.body({ type: 'double', columns: width }, rows),
    num_scan_inputs: 1,
  });
  const flat = apply(graph, 'Concat', [multiply(size, parts), columns], { axis: 0 });
  const joined = apply(graph, 'Reshape', [scanned, flat]);
  return apply(graph, 'Slice', [joined, none, all, none]);
}

function oneWhereNot(graph: GraphBuilder, condition: string): string {
  return cast(graph, apply(graph, 'Not', [condition]), 'double');
}

/** double [rows, columns]: standardised values, 0 where missing, and 1 where there is one. */
interface Standardised {
  readonly known: string;
  readonly given: string;
}

interface Distances {
  readonly rows: Standardised;
  readonly donors: Standardised;
  readonly width: number;
}

/** Squared, over the columns that both have, times the share of all that those are; [n, donors]. */
function appendDistances(graph: GraphBuilder, { rows, donors, width }: Distances): string {
  const product = (a: string, b: string) => apply(graph, 'MatMul', [a, apply(graph, 'Transpose', [b])]);
  const square = (tensor: string) => apply(graph, 'Mul', [tensor, tensor]);
  const common = product(rows.given, donors.given);
  const squares = apply(graph, 'Add', [
    product(square(rows.known), donors.given),
    product(rows.given, square(donors.known)),
  ]);
  const cross = apply(graph, 'Mul', [product(rows.known, donors.known), double(graph, 2)]);
  const sum = apply(graph, 'Max', [apply(graph, 'Sub', [squares, cross]), double(graph, 0)]);
  const mean = apply(graph, 'Div', [apply(graph, 'Mul', [sum, double(graph, width * steps)]), common]);
  const whole = apply(graph, 'Floor', [apply(graph, 'Add', [mean, double(graph, 0.5)])]);
  const nothing = apply(graph, 'Equal', [common, double(graph, 0)]);
  return where(graph, nothing, double(graph, beyond), whole);
}

/** Mean of the nearest donors that have the value, the training mean (0) where none can be compared; [n, 1]. */
function appendNearest(
  graph: GraphBuilder,
  distances: string,
  { values, k }: { values: string; k: number },
): string {
  const [nearest = '', places = ''] = graph.node(
    'TopK',
    [distances, int64(graph, [k])],
    { axis: 1, largest: 0, sorted: 1 },
    { outputs: 2 },
  );
  const usable = cast(graph, apply(graph, 'Less', [nearest, double(graph, beyond)]), 'double');
  const found = apply(graph, 'Gather', [values, places], { axis: 0 });
  const total = (tensor: string) => apply(graph, 'ReduceSum', [tensor, int64(graph, [1])], { keepdims: 1 });
  const count = apply(graph, 'Max', [total(usable), double(graph, 1)]);
  return apply(graph, 'Div', [total(apply(graph, 'Mul', [found, usable])), count]);
}
