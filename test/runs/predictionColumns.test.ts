/** The predictions file: intervals stand beside the values, where the model gives them. */
import { expect, test } from 'vitest';
import { openScorer } from '../../server/engines/scorer.ts';
import { mapRows, selectRows } from '../../server/evaluation/scoredRows.ts';
import { predictionColumns } from '../../server/runs/predictionColumns.ts';
import { toScoredRows } from '../../server/runs/scoredColumns.ts';
import { trainModel } from '../../server/training/train.ts';
import { allRows } from '../features/csvTable.ts';
import { temporaryFolder } from '../temporary.ts';
import { prepare, writeTable } from '../training/tables.ts';

test('lower and upper are those of the file, and missing for rows without', async () => {
  const folder = temporaryFolder();
  writeTable(folder, { rows: 500, target: (score, u) => (score + u).toFixed(3) });
  const request = await prepare(folder, {
    model: { type: 'linear', uncertainty: { method: 'conformal', coverage: 0.8 } },
    split: { valid: 0.3 },
  });
  const { table, task } = request;
  const { onnx, parameters } = await trainModel(request);
  const { width } = parameters['uncertainty'] as { width: number }; // Conformal intervals of a value.
  const scorer = await openScorer(onnx);
  const positions = allRows(table);
  const scores = await scorer.score(table, positions);
  await scorer.close();
  const all = toScoredRows(task, {
    positions,
    scores,
    target: task.values,
    numbers: await table.rowNumbers(),
  });
  const { bounds, ...without } = mapRows(all, (values) => values.subarray(0, 2));
  expect(bounds?.lower).toHaveLength(2);
  const picked = selectRows(all, Int32Array.of(7, 3));
  const columns = predictionColumns(
    [
      { split: 'train', rows: picked },
      { split: 'valid', rows: without },
    ],
    [],
  );
  const valuesOf = (name: string) => {
    const values = columns.find((column) => column.name === name)?.values;
    return values instanceof Float64Array ? [...values] : [];
  };
  expect(columns.map(({ name }) => name)).toEqual(['row', 'split', 'target', 'prediction', 'lower', 'upper']);
  const [first = 0, second = 0] = valuesOf('prediction');
  const close = (value: number) => expect.closeTo(value, 5);
  expect(valuesOf('lower')).toEqual([close(first - width), close(second - width), Number.NaN, Number.NaN]);
  expect(valuesOf('upper')).toEqual([close(first + width), close(second + width), Number.NaN, Number.NaN]);
  const plain = predictionColumns([{ rows: without }], []);
  expect(plain.map(({ name }) => name)).toEqual(['row', 'prediction']);
  await table.close();
});
