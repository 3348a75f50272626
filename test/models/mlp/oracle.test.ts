/** Networks beside scikit-learn's MLP on its own tables, cross-validated on the same folds. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FeatureMatrix } from '../../../server/features/matrix.ts';
import type { LabelledRows } from '../../../server/models/family.ts';
import { createMlp } from '../../../server/models/mlp/mlp.ts';
import { matrixOf } from '../matrix.ts';
import { fitAndScore, mean, type OracleTable, take } from '../scores.ts';
import { chooseWasm, settings } from './settings.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../oracle/${name}`, import.meta.url), 'utf8'));
const expected: Readonly<Record<string, number>> = read('mlp.json');
const tables: OracleTable[] = read('gbdt.json').tables;

/** As in the oracle's script. */
const parameters = {
  ...settings,
  layers: [32, 16],
  batch: 32,
  epochs: 15,
  optimizer: { type: 'adam' as const, lr: 0.003, weight_decay: 0 },
  schedule: { type: 'constant' as const, warmup: 0 },
  regularize: { grad_clip: 1e9 },
};

test.each(tables.filter(({ name }) => name in expected))('$name: as good as scikit-learn', async (table) => {
  const folds = table.folds[0] ?? [];
  const scores: number[] = [];
  for (let fold = 0; fold < 5; fold++) {
    const train = take(table, (row) => folds[row] !== fold);
    const tested = take(table, (row) => folds[row] === fold);
    const [scaledTrain, scaledTested] = standardised(train, tested);
    for (let seed = 0; seed < 3; seed++) {
      const request = { task: table.task, train: scaledTrain, tested: scaledTested, seed, parameters };
      scores.push((await fitAndScore(createMlp(chooseWasm), request)).score);
    }
  }
  // Half a point of the area, and of the share that is explained: what seeds alone move in fifteen fits.
  expect(mean(scores)).toBeGreaterThan(
    (expected[table.name] ?? 1) - (table.task === 'regression' ? 0.02 : 0.005),
  );
});

/** By the mean and deviation of the training rows. */
function standardised(train: LabelledRows, tested: LabelledRows): [LabelledRows, LabelledRows] {
  const columns = numbersOf(train.matrix);
  const scales = columns.map((values) => {
    const center = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
    return { center, spread: Math.sqrt(squares / values.length) || 1 };
  });
  const scaled = (rows: LabelledRows): LabelledRows => ({
    ...rows,
    matrix: matrixOf(
      numbersOf(rows.matrix).map((values, j) => {
        const { center, spread } = scales[j] ?? { center: 0, spread: 1 };
        return values.map((value) => (value - center) / spread);
      }),
    ),
  });
  return [scaled(train), scaled(tested)];
}

function numbersOf({ values }: FeatureMatrix): Float32Array[] {
  return values.flatMap((column) => (column.kind === 'numeric' ? [column.values] : []));
}
