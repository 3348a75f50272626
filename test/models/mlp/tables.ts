/** Generated tables without gaps, as the feature graph hands them to a network. */
import type { LabelledRows, SupervisedTask } from '../../../server/models/family.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { matrixOf } from '../matrix.ts';

/** Five numeric columns, categories of 5 and 40 levels (code 0 missing, the last rare). */
export function createTable(
  task: SupervisedTask,
  rows: number,
  seed: number,
): LabelledRows & { outputs: number } {
  const random = createRandom(seed, 'mlp', 'tables');
  const numeric = Array.from({ length: 5 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const codes = [5, 40].map((levels) => Array.from({ length: rows }, () => random.int(levels)));
  const matrix = matrixOf(numeric, codes, [5, 41]);
  const effects = Array.from({ length: 41 }, () => random.normal());
  const value = Float64Array.from({ length: rows }, (_, i) => {
    const x = (j: number) => numeric[j]?.[i] ?? 0;
    return x(0) * x(1) + x(2) + (effects[codes[1]?.[i] ?? 0] ?? 0) + 0.3 * random.normal();
  });
  if (task === 'count') return { matrix, target: value.map((y) => Math.floor(Math.exp(y))), outputs: 1 };
  if (task === 'regression' || task === 'quantile')
    return { matrix, target: value.map((y) => 1000 + 250 * y), outputs: 1 };
  if (task === 'binary') return { matrix, target: value.map((y) => (y > 0 ? 1 : 0)), outputs: 2 };
  return { matrix, target: value.map((y) => (y < -1 ? 0 : y < 1 ? 1 : 2)), outputs: 3 };
}
