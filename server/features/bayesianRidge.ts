/** Ridge regression that settles its own penalty by evidence (MacKay, 1992), as scikit-learn's BayesianRidge with its defaults. */
import { dot } from '../statistics/dot.ts';
import { symmetricEigen } from '../statistics/eigen.ts';

export interface RidgeFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

const mostRounds = 300;
const tolerance = 1e-3;
/** Of all four Gamma priors. */
const prior = 1e-6;

/** `columns`: of equally many rows as `target`. */
export function fitBayesianRidge(columns: readonly Float64Array[], target: Float64Array): RidgeFit {
  const rows = target.length;
  const n = columns.length;
  const means = columns.map(meanOf);
  const targetMean = meanOf(target);
  const centred = columns.map((column, j) => column.map((value) => value - (means[j] ?? 0)));
  const y = target.map((value) => value - targetMean);
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(centred[i] ?? y, centred[j] ?? y);
  const products = Float64Array.from(centred, (column) => dot(column, y));
  const { values, vectors } = symmetricEigen(gram, n);
  const eigenvalues = values.map((value) => Math.max(0, value));
  const rotated = Float64Array.from({ length: n }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (vectors[j * n + k] ?? 0) * (products[j] ?? 0);
    return sum;
  });

  const solve = (penalty: number) => {
    const coefficients = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const weight = (rotated[k] ?? 0) / ((eigenvalues[k] ?? 0) + penalty);
      for (let j = 0; j < n; j++)
        coefficients[j] = (coefficients[j] ?? 0) + weight * (vectors[j * n + k] ?? 0);
    }
    return coefficients;
  };
  let alpha = 1 / (dot(y, y) / rows + Number.EPSILON);
  let lambda = 1;
  let before: Float64Array | undefined;
  for (let round = 0; round < mostRounds; round++) {
    const coefficients = solve(lambda / alpha);
    let gamma = 0;
    for (const value of eigenvalues) gamma += (alpha * value) / (lambda + alpha * value);
    lambda = (gamma + 2 * prior) / (dot(coefficients, coefficients) + 2 * prior);
    alpha = (rows - gamma + 2 * prior) / (squaredError(centred, y, coefficients) + 2 * prior);
    const last = before;
    before = coefficients;
    if (last !== undefined && changeOf(last, coefficients) < tolerance) break;
  }
  const coefficients = solve(lambda / alpha);
  const offset = coefficients.reduce((sum, value, j) => sum + value * (means[j] ?? 0), 0);
  return { coefficients, intercept: targetMean - offset };
}

function changeOf(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, j) => sum + Math.abs(value - (b[j] ?? 0)), 0);
}

function squaredError(columns: readonly Float64Array[], y: Float64Array, coefficients: Float64Array): number {
  const left = y.slice();
  for (const [j, column] of columns.entries()) {
    const weight = coefficients[j] ?? 0;
    for (let row = 0; row < left.length; row++) left[row] = (left[row] ?? 0) - weight * (column[row] ?? 0);
  }
  return dot(left, left);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
