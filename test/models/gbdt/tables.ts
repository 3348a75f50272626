/** Generated tables with numbers, gaps and categories, for the tests of gradient boosting. */
import type { FeatureMatrix } from '../../../server/features/matrix.ts';
import type { LabelledRows, SupervisedTask } from '../../../server/models/family.ts';
import { createRandom, type Random } from '../../../server/statistics/random.ts';
import { matrixOf } from '../matrix.ts';

/** Six numeric columns (a sixth of the values missing in two of them), categories of 5 and 40 levels. */
export function createTable(
  task: SupervisedTask,
  rows: number,
  seed: number,
): LabelledRows & { outputs: number } {
  const random = createRandom(seed, 'gbdt', 'tables');
  const numeric = Array.from({ length: 6 }, (_, j) =>
    Float32Array.from({ length: rows }, () => drawNumber(random, j)),
  );
  const codes = [5, 40].map((levels) => Array.from({ length: rows }, () => 1 + random.int(levels)));
  const matrix = matrixOf(numeric, codes, [7, 42]);
  const effects = Array.from({ length: 42 }, () => random.normal());
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const x = (j: number) => numeric[j]?.[i] ?? 0;
    const gap = Number.isNaN(x(0)) ? 1 : x(0);
    const signal = gap + x(2) * x(3) + (effects[codes[1]?.[i] ?? 0] ?? 0) + ((codes[0]?.[i] ?? 0) % 2);
    return signal + 0.5 * random.normal();
  });
  if (task === 'regression' || task === 'quantile') return { matrix, target, outputs: 1 };
  if (task === 'count') return { matrix, target: target.map((y) => Math.max(0, Math.round(y))), outputs: 1 };
  if (task === 'binary') return { matrix, target: target.map((y) => (y > 0.5 ? 1 : 0)), outputs: 2 };
  return { matrix, target: target.map((y) => (y < -0.5 ? 0 : y < 0.5 ? 1 : y < 1.5 ? 2 : 3)), outputs: 4 };
}

function drawNumber(random: Random, column: number): number {
  if (column < 2 && random.uniform() < 1 / 6) return Number.NaN;
  // Whole numbers, few of them, in one column; very large ones in another.
  if (column === 4) return random.int(12);
  return column === 5 ? Math.exp(10 * random.normal()) : random.normal();
}

/** A copy with fewer rows. */
export function firstRows(matrix: FeatureMatrix, rows: number): FeatureMatrix {
  const values = matrix.values.map((column) =>
    column.kind === 'numeric'
      ? ({ kind: 'numeric', values: column.values.slice(0, rows) } as const)
      : ({ kind: 'category', codes: column.codes.slice(0, rows) } as const),
  );
  return { rows, columns: matrix.columns, values };
}
