/**
 * `impute: iterative`: each number predicted from all others, round after round, as scikit-learn's IterativeImputer with
 * its default estimator BayesianRidge behind a StandardScaler (van Buuren and Groothuis-Oudshoorn, 2011, without draws).
 */
import { apply, double, where } from '../onnx/operators.ts';
import { fitBayesianRidge, type RidgeFit } from './bayesianRidge.ts';
import { type JointColumns, type JointFill, someRows, standardise } from './jointFill.ts';

const mostRounds = 10;
/** Of the largest value that is there: rounds end when no filled value moves by more. */
const tolerance = 1e-3;
/** Rows that are learnt from; every round fits one regression a column. */
const mostRows = 2000;

/** One column predicted: `coefficients` has 0 at its own place. */
interface Step extends RidgeFit {
  readonly column: number;
}

export function fitIterative(
  columns: JointColumns,
  { positions, seed }: { positions: readonly number[]; seed: number },
): JointFill {
  const { means, spreads } = standardise(columns);
  const rows = someRows(columns[0]?.length ?? 0, mostRows, seed);
  const known = columns.map((column, j) =>
    Float64Array.from(rows, (row) => ((column[row] ?? Number.NaN) - (means[j] ?? 0)) / (spreads[j] ?? 1)),
  );
  const sequence = learnSteps(known);
  const width = columns.length;
  const fill: JointFill['fill'] = (graph, values, isMissing) => {
    const own = columns.map((_, j) => {
      const data = Uint8Array.from(columns, (__, k) => Number(k === j));
      return apply(graph, 'And', [isMissing, graph.constant({ type: 'bool', shape: [1, width], data })]);
    });
    return sequence.reduce((state, { column, coefficients, intercept }) => {
      const weights = graph.constant({ type: 'double', shape: [width, 1], data: coefficients });
      const predicted = apply(graph, 'Add', [
        apply(graph, 'MatMul', [state, weights]),
        double(graph, intercept),
      ]);
      return where(graph, own[column] ?? '', predicted, state);
    }, values);
  };
  return { columns: positions, fill, means, spreads };
}

/** `known`: standardised, NaN where missing. Columns with fewer gaps come first. */
function learnSteps(known: readonly Float64Array[]): Step[] {
  const gaps = known.map((column) =>
    Int32Array.from(column.keys()).filter((row) => Number.isNaN(column[row])),
  );
  const order = [...known.keys()].toSorted((a, b) => (gaps[a]?.length ?? 0) - (gaps[b]?.length ?? 0));
  const state = known.map(withMean);
  const largest = Math.max(
    ...state.map((column) => column.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
  );
  const steps: Step[] = [];
  for (let round = 0; round < mostRounds && known.length > 1; round++) {
    let moved = 0;
    for (const column of order) {
      const missing = gaps[column] ?? new Int32Array();
      const target = known[column] ?? new Float64Array();
      if (missing.length === target.length) continue;
      const step = learnStep(state, column, target);
      steps.push(step);
      moved = Math.max(moved, applyStep(state, step, missing));
    }
    if (moved < tolerance * largest) break;
  }
  return steps;
}

function learnStep(state: readonly Float64Array[], column: number, target: Float64Array): Step {
  const present = Int32Array.from(target.keys()).filter((row) => !Number.isNaN(target[row]));
  const some = (values: Float64Array) => Float64Array.from(present, (row) => values[row] ?? 0);
  const others = state.flatMap((values, j) => (j === column ? [] : [some(values)]));
  const { coefficients, intercept } = fitBayesianRidge(others, some(target));
  const all = new Float64Array(state.length);
  all.set(coefficients.subarray(0, column));
  all.set(coefficients.subarray(column), column + 1);
  return { column, coefficients: all, intercept };
}

/** Fills the column's gaps in `state`; the most that one has moved. */
function applyStep(
  state: readonly Float64Array[],
  { column, coefficients, intercept }: Step,
  missing: Int32Array,
): number {
  const values = state[column] ?? new Float64Array();
  let most = 0;
  for (const row of missing) {
    let sum = intercept;
    for (const [j, other] of state.entries()) sum += (coefficients[j] ?? 0) * (other[row] ?? 0);
    most = Math.max(most, Math.abs(sum - (values[row] ?? 0)));
    values[row] = sum;
  }
  return most;
}

/** The mean of the rows that are learnt from, in each gap. */
function withMean(column: Float64Array): Float64Array {
  return column.map((value) => (Number.isNaN(value) ? 0 : value));
}
