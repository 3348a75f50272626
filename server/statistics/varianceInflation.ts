/** How far the other columns explain each one: what makes the weights of a linear model uncertain. */

/** Larger factors are not told apart. */
const most = 1e6;

/**
 * 1 / (1 - R²) of each column on all the others, R² adjusted for the number of columns; the diagonal of the inverse
 * correlation matrix (Belsley, Kuh and Welsch, 1980). Missing cells (NaN) stand at the mean. NaN for constants, and for
 * all where there are fewer than five rows a column.
 */
export function varianceInflation(columns: readonly Float64Array[]): number[] {
  const rows = columns[0]?.length ?? 0;
  const factors = columns.map(() => Number.NaN);
  const kept = columns.map(standardise);
  const used = [...kept.keys()].filter((i) => kept[i] !== undefined);
  if (used.length < 2 || rows < 5 * used.length) return factors;
  const matrix = used.map((i) => used.map((j) => (i === j ? 1 + 1e-9 : product(kept[i], kept[j]))));
  const diagonal = inverseDiagonal(matrix);
  used.forEach((i, at) => {
    const explained = 1 - 1 / Math.max(1, diagonal[at] ?? 1);
    const adjusted = 1 - ((1 - explained) * (rows - 1)) / (rows - used.length);
    factors[i] = Math.min(most, 1 / Math.max(1 / most, 1 - Math.max(0, adjusted)));
  });
  return factors;
}

function standardise(column: Float64Array): Float64Array | undefined {
  let sum = 0;
  let present = 0;
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    sum += value;
    present++;
  }
  const centred = column.map((value) => (Number.isNaN(value) ? 0 : value - sum / present));
  const length = Math.sqrt(product(centred, centred));
  return length > 0 ? centred.map((value) => value / length) : undefined;
}

function product(a: Float64Array | undefined, b: Float64Array | undefined): number {
  let sum = 0;
  for (let i = 0; a && b && i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Of a symmetric positive definite matrix: from its Cholesky factor L, the squared lengths of the columns of L⁻¹. */
function inverseDiagonal(matrix: readonly (readonly number[])[]): number[] {
  const size = matrix.length;
  const factor = Array.from({ length: size }, () => new Float64Array(size));
  const at = (row: number, column: number) => factor[row]?.[column] ?? 0;
  for (const [row, line] of factor.entries()) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row]?.[column] ?? 0;
      for (let k = 0; k < column; k++) value -= at(row, k) * at(column, k);
      line[column] = row === column ? Math.sqrt(Math.max(1e-12, value)) : value / at(column, column);
    }
  }
  return Array.from({ length: size }, (_, column) => {
    const solved = new Float64Array(size);
    let squares = 0;
    for (let row = column; row < size; row++) {
      let value = row === column ? 1 : 0;
      for (let k = column; k < row; k++) value -= at(row, k) * (solved[k] ?? 0);
      solved[row] = value / at(row, row);
      squares += (solved[row] ?? 0) ** 2;
    }
    return squares;
  });
}
