/** The generated table of the training benches, how a peer gets it, and how well its scores rank. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelledRows } from '../server/models/family.ts';
import { createRandom } from '../server/statistics/random.ts';

/** Normal columns; the target's log-odds have linear, curved, crossed and stepped parts. */
export function createTable(rows: number, columns: number, seed: number): LabelledRows {
  const random = createRandom(seed, 'bench', 'gbdt');
  const values = Array.from({ length: columns }, () =>
    Float32Array.from({ length: rows }, () => random.normal()),
  );
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const x = (j: number) => values[j]?.[i] ?? 0;
    const score = x(0) + Math.sin(2 * x(1)) + Math.abs(x(2)) + 0.5 * x(3) * x(4) + (x(5) > 0.5 ? 1 : 0);
    return random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return labelled(values, target);
}

export function labelled(values: readonly Float32Array[], target: Float64Array): LabelledRows {
  return {
    matrix: {
      rows: target.length,
      columns: values.map((_, j) => ({ name: `x${j}`, sources: [], kind: 'numeric' })),
      values: values.map((column) => ({ kind: 'numeric', values: column })),
    },
    target,
  };
}

/** Column-major float32, and the target. */
export function write(folder: string, name: string, { matrix, target }: LabelledRows): void {
  const all = new Float32Array(matrix.rows * matrix.columns.length);
  matrix.values.forEach((column, j) => {
    if (column.kind === 'numeric') all.set(column.values, j * matrix.rows);
  });
  writeFileSync(join(folder, `${name}.columns`), all);
  writeFileSync(join(folder, `${name}.target`), Float32Array.from(target));
}

export function auc(target: Float64Array, score: Float64Array): number {
  const order = Array.from(score.keys()).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0));
  let ranks = 0;
  let positives = 0;
  order.forEach((row, rank) => {
    if (target[row] !== 1) return;
    ranks += rank + 1;
    positives++;
  });
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (target.length - positives));
}
