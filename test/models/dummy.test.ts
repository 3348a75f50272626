import { expect, test } from 'vitest';
import { dummy } from '../../server/models/dummy.ts';
import type { LabelledRows, SupervisedTask } from '../../server/models/family.ts';
import { matrixOf, runAppended } from './matrix.ts';

const matrix = matrixOf([[1, 2, 3, 4]], [[0, 1, 1, 2]], [3]);

async function check(
  task: SupervisedTask,
  outputs: number,
  rows: Omit<LabelledRows, 'matrix'>,
  raw: number[],
) {
  const model = await dummy.fit({
    task,
    outputs,
    train: { matrix, ...rows },
    parameters: {},
    seed: 1,
    threads: 1,
  });
  const expected = [0, 1, 2, 3].flatMap(() => raw);
  const predicted = model.predict(matrix);
  expect(predicted.length).toBe(expected.length);
  expected.forEach((value, i) => void expect(predicted[i]).toBeCloseTo(value, 12));
  expect(await runAppended(model, matrix)).toEqual(predicted);
}

test('two classes get the log-odds of the training share', () =>
  check('binary', 2, { target: Float64Array.of(0, 0, 0, 1) }, [Math.log(1 / 3)]));

test('weights count', () =>
  check('binary', 2, { target: Float64Array.of(0, 0, 0, 1), weight: Float64Array.of(1, 1, 0, 6) }, [
    Math.log(3),
  ]));

test('several classes get the logs of their shares, a class without rows a share of almost nothing', () =>
  check('multiclass', 4, { target: Float64Array.of(0, 1, 1, 3) }, [0.25, 0.5, 1e-15, 0.25].map(Math.log)));

test('a number gets the weighted mean', () =>
  check(
    'regression',
    1,
    { target: Float64Array.of(1, 2, 3, 10), weight: Float64Array.of(1, 1, 2, 0) },
    [2.25],
  ));
