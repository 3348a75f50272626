/** The kernels against the network written out in double. */
import { expect, test } from 'vitest';
import { dropoutKey, fillDropout } from '../../../server/models/mlp/dropout.ts';
import { openScoringMachine } from '../../../server/models/mlp/kernelMachine.ts';
import { initialState, type NetworkShape } from '../../../server/models/mlp/network.ts';
import { foldNetwork, forward } from '../../../server/models/mlp/predict.ts';
import { networkRows } from '../../../server/models/mlp/problem.ts';
import { createTable } from './tables.ts';

test.each([1, 2, 3])(
  'raw outputs of more rows than a batch agree with double on %i thread(s)',
  async (threads) => {
    const rows = networkRows(createTable('multiclass', 701, 5).matrix);
    for (const activation of ['relu', 'gelu', 'silu', 'tanh'] as const) {
      const shape: NetworkShape = {
        numeric: 5,
        embeddings: [
          { levels: 5, width: 3 },
          { levels: 41, width: 9 },
        ],
        hidden: [20, 7],
        outputs: 3,
        activation,
        batchNorm: activation === 'silu',
      };
      const state = initialState(shape, 3, [0.1, 0.2, -0.3]);
      const machine = await openScoringMachine(shape, rows, threads);
      machine.write(state);
      const own = machine.predict();
      machine.close();
      const expected = forward(foldNetwork(shape, state), rows);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - (own[i] ?? Number.NaN))))).toBeLessThan(
        2e-6,
      );
    }
  },
);

test('dropout keeps its share, and other steps and layers drop other units', () => {
  const masks = [
    [1, 0],
    [2, 0],
    [1, 1],
  ].map(([step = 0, layer = 0]) => {
    const mask = new Float32Array(20_000);
    fillDropout(mask, dropoutKey(7, step, layer), 0.25);
    return mask;
  });
  for (const mask of masks) {
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(4 / 3)]));
    // Four standard deviations of a binomial share.
    expect(Math.abs(mask.filter((value) => value === 0).length / 20_000 - 0.25)).toBeLessThan(0.0125);
  }
  const [first = new Float32Array(), ...others] = masks;
  for (const other of others)
    expect(other.filter((value, i) => value === first[i]).length).toBeLessThan(13_000);
});
