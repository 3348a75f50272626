/** Eigenvalues and eigenvectors of small symmetric matrices, by Jacobi's rotations (Golub and Van Loan, 8.5). */

export interface Eigen {
  readonly values: Float64Array;
  /** [n, n] row-major: column k belongs to `values[k]`. */
  readonly vectors: Float64Array;
}

const mostSweeps = 60;

/** `matrix`: [n, n] row-major, symmetric; it is used up. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const square = (matrix[i * n + j] ?? 0) ** 2;
        all += square;
        if (i !== j) off += square;
      }
    if (off <= 1e-30 * all) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, { n, p, q });
  }
  return { values: Float64Array.from({ length: n }, (_, i) => matrix[i * n + i] ?? 0), vectors };
}

function rotate(
  a: Float64Array,
  vectors: Float64Array,
  { n, p, q }: { n: number; p: number; q: number },
): void {
  const apq = a[p * n + q] ?? 0;
  if (apq === 0) return;
  const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  turn(a, { n, from: p, to: q, step: n }, [c, s]);
  turn(a, { n, from: p * n, to: q * n, step: 1 }, [c, s]);
  turn(vectors, { n, from: p, to: q, step: n }, [c, s]);
}

/** Two rows (step 1) or columns (step n). */
function turn(
  values: Float64Array,
  { n, from, to, step }: { n: number; from: number; to: number; step: number },
  [c, s]: readonly [number, number],
): void {
  for (let k = 0, i = from, j = to; k < n; k++, i += step, j += step) {
    const [x, y] = [values[i] ?? 0, values[j] ?? 0];
    values[i] = c * x - s * y;
    values[j] = s * x + c * y;
  }
}
