/** Solves symmetric positive definite systems; a linear model's curvature is one. */

/**
 * Factors in place: on return the lower triangle of `matrix` ([n, n] row-major) is L with LLᵀ = matrix. A pivot below
 * 1e-10 of its diagonal entry (a column that others determine) is raised to that, so that singular systems get a
 * finite answer instead of a failure.
 */
export function factorCholesky(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const floor = 1e-10 * (matrix[i * n + i] ?? 0) + 1e-300;
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] ?? 0;
      for (let k = 0, a = i * n, b = j * n; k < j; k++, a++, b++) sum -= (matrix[a] ?? 0) * (matrix[b] ?? 0);
      matrix[i * n + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / (matrix[j * n + j] ?? 1);
    }
  }
}

/** Overwrites `vector[at ... at + n]` by the solution x of LLᵀx = vector. */
export function solveCholesky(factor: Float64Array, n: number, vector: Float64Array, at: number): void {
  for (let i = 0; i < n; i++) {
    let sum = vector[at + i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] ?? 0) * (vector[at + k] ?? 0);
    vector[at + i] = sum / (factor[i * n + i] ?? 1);
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = (vector[at + i] ?? 0) / (factor[i * n + i] ?? 1);
    vector[at + i] = value;
    for (let k = 0; k < i; k++) vector[at + k] = (vector[at + k] ?? 0) - (factor[i * n + k] ?? 0) * value;
  }
}
