import { describe, expect, it } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { applyParams, paramsOf } from '../../server/tuning/applyParams.ts';
import { type Dimension, fromUnit, readSpace, toUnit } from '../../server/tuning/space.ts';

function dimensionOf(values: unknown): Dimension {
  const [dimension] = readSpace({ 'model.gbdt.max_leaves': values }, 'gbdt');
  if (dimension === undefined) throw new Error('no dimension');
  return dimension;
}

function draws(values: unknown, count = 5000): unknown[] {
  const random = createRandom(1, 'space');
  return Array.from({ length: count }, () => fromUnit(dimensionOf(values), random.uniform()));
}

describe('a space', () => {
  it.each([
    ['3..10', [3, 4, 5, 6, 7, 8, 9, 10]],
    ['64..512 step 64', [64, 128, 192, 256, 320, 384, 448, 512]],
    [
      ['a', null, 3],
      ['a', null, 3],
    ],
  ])('%j takes each of its values about as often', (values, expected) => {
    const found = new Map<unknown, number>();
    for (const value of draws(values)) found.set(value, (found.get(value) ?? 0) + 1);
    expect([...found.keys()].map(String).sort()).toEqual(expected.map(String).sort());
    const share = 5000 / expected.length;
    // Five standard deviations of a binomial count.
    for (const count of found.values()) expect(Math.abs(count - share)).toBeLessThan(5 * Math.sqrt(share));
  });

  it('of floats is uniform, and in logarithms where it says log', () => {
    const linear = draws('0.6..1.0').map(Number);
    expect(Math.min(...linear)).toBeGreaterThanOrEqual(0.6);
    expect(Math.max(...linear)).toBeLessThanOrEqual(1);
    expect(linear.filter((value) => value < 0.8).length / 5000).toBeCloseTo(0.5, 1);
    const log = draws('0.001..0.1 log').map(Number);
    expect(log.filter((value) => value < 0.01).length / 5000).toBeCloseTo(0.5, 1);
    expect(
      draws('8..128 log').every(
        (value) => Number.isInteger(value) && Number(value) >= 8 && Number(value) <= 128,
      ),
    ).toBe(true);
  });

  it('maps its values back to where they were drawn', () => {
    for (const values of ['0.6..1.0', '0.001..0.1 log']) {
      for (const u of [0, 0.25, 0.5, 0.99])
        expect(toUnit(dimensionOf(values), fromUnit(dimensionOf(values), u))).toBeCloseTo(u, 10);
    }
    expect(toUnit(dimensionOf('3..10'), 11)).toBeUndefined();
    expect(toUnit(dimensionOf([1, 2]), 3)).toBeUndefined();
  });

  it('is the family’s own where none is written, and none where it has none', () => {
    expect(readSpace(undefined, 'gbdt').map(({ path }) => path)).toContain('model.gbdt.learning_rate');
    expect(() => readSpace(undefined, 'dummy')).toThrow(/nothing varies/);
    for (const wrong of ['10..3', 'many', '0..1 log', []])
      expect(() => dimensionOf(wrong)).toThrow(/cannot vary/);
  });
});

it('a setting is put into a copy of the experiment, and read back from it', () => {
  const space = readSpace(
    { 'model.gbdt.max_leaves': '2..64', 'features.numeric.scale': ['none', 'standard'] },
    'gbdt',
  );
  const experiment = {
    name: 'e',
    tune: { trials: 3 },
    model: { type: 'gbdt', gbdt: { max_leaves: 31, trees: 5 } },
  };
  const params = { 'model.gbdt.max_leaves': 7, 'features.numeric.scale': 'standard' };
  // Only the settings of the space matter here.
  const applied = applyParams(experiment as never, params);
  expect(applied).not.toHaveProperty('tune');
  expect(applied).toMatchObject({
    name: 'e',
    model: { type: 'gbdt', gbdt: { max_leaves: 7, trees: 5 } },
    features: { numeric: { scale: 'standard' } },
  });
  expect(paramsOf(applied, space)).toEqual(params);
  expect(paramsOf(experiment as never, space)).toBeUndefined();
});
