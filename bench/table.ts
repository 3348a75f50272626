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

/**
 * The same, where one in ten of every second number is missing, which itself says something, and the last fifth of the
 * columns are categories of 5 to 160 levels, of which the first two act.
 */
export function createMixedTable(rows: number, columns: number, seed: number): LabelledRows {
  const categories = Math.floor(columns / 5);
  const { matrix } = createTable(rows, columns - categories, seed);
  const random = createRandom(seed, 'bench', 'mixed');
  // The effects of levels are those of the world, not of one table.
  const world = createRandom(0, 'bench', 'effects');
  const counts = Array.from({ length: categories }, (_, j) => 5 * 2 ** j);
  const effects = counts.map((count) => Array.from({ length: count }, () => world.normal()));
  const codes = counts.map((count) => Uint16Array.from({ length: rows }, () => 1 + random.int(count)));
  const numbers = matrix.values.flatMap((column) => (column.kind === 'numeric' ? [column.values] : []));
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const x = (j: number) => numbers[j]?.[i] ?? 0;
    const effect = (j: number) => effects[j]?.[(codes[j]?.[i] ?? 1) - 1] ?? 0;
    let score = x(0) + Math.sin(2 * x(1)) + Math.abs(x(2)) + effect(0) + effect(categories - 1);
    numbers.forEach((values, j) => {
      if (j % 2 === 1 || random.uniform() > 0.1) return;
      values[i] = Number.NaN;
      if (j === 4) score += 1;
    });
    return random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return {
    target,
    matrix: {
      rows,
      columns: [
        ...matrix.columns,
        ...counts.map((count, j) => ({
          ...{ name: `c${j}`, sources: [], kind: 'category' as const },
          levels: Array.from({ length: count + 2 }, (_, level) => `level ${level}`),
        })),
      ],
      values: [...matrix.values, ...codes.map((column) => ({ kind: 'category' as const, codes: column }))],
    },
  };
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

/** Column-major float32, codes as numbers from 0, and the target. */
export function write(folder: string, name: string, { matrix, target }: LabelledRows): void {
  const all = new Float32Array(matrix.rows * matrix.columns.length);
  matrix.values.forEach((column, j) => {
    if (column.kind === 'numeric') all.set(column.values, j * matrix.rows);
    else
      all.set(
        Float32Array.from(column.codes, (code) => Math.max(0, code - 1)),
        j * matrix.rows,
      );
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
