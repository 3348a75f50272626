/** The focal loss of trees and networks against its formula, differentiated numerically (oracle/focal.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FitRequest } from '../../server/models/family.ts';
import { gbdt } from '../../server/models/gbdt/gbdt.ts';
import type { NetworkShape } from '../../server/models/mlp/network.ts';
import type { NetworkProblem } from '../../server/models/mlp/problem.ts';
import { networkRows } from '../../server/models/mlp/problem.ts';
import { tensorEngine } from '../../server/models/mlp/tensorEngine.ts';
import { wasmEngine } from '../../server/models/mlp/wasmEngine.ts';
import { settings } from './gbdt/settings.ts';
import { matrixOf, runAppended } from './matrix.ts';

interface Step {
  readonly start: number[];
  readonly loss: number;
  readonly end: number[];
}

interface Case {
  readonly classes: number;
  readonly target: number[];
  /** Raw outputs of each group. */
  readonly trees: number[][];
  readonly plain: Step;
  readonly smoothed: Step;
}

const oracle: { weight: number[]; group: number[]; columns: number[][]; cases: Case[] } = JSON.parse(
  readFileSync(new URL('oracle/focal.json', import.meta.url), 'utf8'),
);

const largestGap = (actual: ArrayLike<number>, expected: readonly number[]) =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0);

describe.each(oracle.cases)('$classes classes', ({ classes, target, trees, plain, smoothed }) => {
  const request: FitRequest<typeof settings> = {
    task: classes === 2 ? 'binary' : 'multiclass',
    outputs: classes,
    focal: true,
    train: {
      matrix: matrixOf([oracle.group]),
      target: Float64Array.from(target),
      weight: Float64Array.from(oracle.weight),
    },
    parameters: { ...settings, trees: 12, max_leaves: 3, min_leaf: 1, l2: 0 },
    seed: 1,
    threads: 1,
  };

  test('trees take the steps of the formula; the file agrees', async () => {
    const model = await gbdt.fit(request);
    const groups = matrixOf([[0, 1, 2]]);
    const raw = model.predict(groups);
    expect(largestGap(raw, trees.flat())).toBeLessThan(2e-5);
    expect(largestGap(await runAppended(model, groups), [...raw])).toBeLessThan(1e-6);
    expect(model.parameters['loss']).toBe(classes === 2 ? 'focal' : 'focal softmax');
    const other = await gbdt.fit({ ...request, focal: false });
    expect(largestGap(other.predict(groups), trees.flat())).toBeGreaterThan(0.05);
  });

  test.each([
    ['our kernels', wasmEngine(1), 0, plain],
    ['our kernels, smoothed', wasmEngine(1), 0.1, smoothed],
    ['TensorFlow.js, smoothed', tensorEngine('cpu'), 0.1, smoothed],
  ] as const)('a network takes the step of the formula: %s', async (_, engine, smoothing, expected) => {
    const matrix = matrixOf(oracle.columns);
    const shape: NetworkShape = {
      ...{ numeric: 3, embeddings: [], hidden: [], outputs: classes === 2 ? 1 : classes },
      ...{ activation: 'relu', batchNorm: false },
    };
    const none = new Float32Array(expected.start.length);
    const trainer = await engine.start(problemOf(shape, { matrix, target, smoothing }), {
      parameters: Float32Array.from(expected.start),
      ...{ first: none, second: none, statistics: new Float32Array(), steps: 0 },
    });
    const one = Float32Array.of(1);
    const { loss, state } = await trainer.runEpoch({
      order: Uint32Array.from(target.keys()),
      rates: Float32Array.of(0.1),
      ...{ firstCorrections: one, secondCorrections: one },
    });
    await trainer.close();
    expect(loss).toBeCloseTo(expected.loss, 6);
    expect(largestGap(state.parameters, expected.end)).toBeLessThan(1e-6);
  });
});

function problemOf(
  shape: NetworkShape,
  rows: { matrix: ReturnType<typeof matrixOf>; target: number[]; smoothing: number },
): NetworkProblem {
  return {
    shape,
    rows: networkRows(rows.matrix),
    loss: shape.outputs === 1 ? 'binary' : 'multiclass',
    quantile: 0.5,
    target: Float32Array.from(rows.target),
    weight: Float32Array.from(oracle.weight),
    batch: rows.target.length,
    dropout: 0,
    smoothing: rows.smoothing,
    focal: true,
    optimizer: { type: 'sgd', momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    ...{ l1: 0, l2: 0, clip: 0, seed: 1 },
  };
}
