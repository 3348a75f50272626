import { expect, test } from 'vitest';
import { computeImportance, type Rescore } from '../../server/evaluation/importance.ts';
import { createRandom } from '../../server/statistics/random.ts';

const rows = 400;
const columns = Array.from({ length: 300 }, (_, j) => `x${j}`);
const random = createRandom(3, 'importance test');
const table = new Map(
  columns.map((name) => [name, Float64Array.from({ length: rows }, () => random.normal())]),
);
const weights: Readonly<Record<string, number>> = { x7: 2, x120: -0.5, x299: 0.1 };
const noise = Float64Array.from({ length: rows }, () => random.normal());

const at = (name: string, row: number) => table.get(name)?.[row] ?? Number.NaN;
const linear = (value: (name: string) => number) =>
  Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * value(name), 0);
/** Besides, two columns of one group that act only together. */
const predict = (value: (name: string) => number) => linear(value) + value('x200') * value('x201');
const target = Float64Array.from(
  { length: rows },
  (_, row) => predict((name) => at(name, row)) + (noise[row] ?? 0),
);

/** `everywhere`: what each column adds besides, once it is shuffled. */
function scoring(everywhere = 0) {
  let scored = 0;
  const rescore: Rescore = async (positions, rowsOf) => {
    scored += positions.length;
    const from = (name: string, i: number) => rowsOf?.get(name)?.[i] ?? positions[i] ?? 0;
    return {
      ...{ task: 'regression', classes: [], scores: [], rows: Float64Array.from(positions) },
      target: Float64Array.from(positions, (row) => target[row] ?? 0),
      prediction: Float64Array.from(positions, (_, i) => {
        const of = (name: string) => at(name, from(name, i));
        const moved = everywhere === 0 ? [] : [...(rowsOf?.keys() ?? [])];
        return predict(of) + everywhere * moved.reduce((sum, name) => sum + of(name), 0);
      }),
    };
  };
  return { rescore, scored: () => scored };
}

const request = {
  ...{ positions: Int32Array.from({ length: rows }, (_, row) => row), metric: 'mse', level: 0.999, seed: 1 },
};

test('of a wide table every column comes out as if it were shuffled alone, at a quarter of the work', async () => {
  const wide = scoring();
  const seen: number[] = [];
  const { importance: found, together } = await computeImportance({
    ...{ ...request, columns, rescore: wide.rescore },
    onProgress: (done) => seen.push(done),
  });
  expect(together).toBe(0);
  expect(found.map(({ column }) => column).toSorted()).toEqual(columns.toSorted());
  for (const name of ['x7', 'x120', 'x200', 'x201', 'x299', 'x8', 'x64']) {
    const single = { ...request, columns: [name], rescore: scoring().rescore };
    const [alone] = (await computeImportance(single)).importance;
    expect(found.find(({ column }) => column === name)).toEqual(alone);
  }
  expect(found.filter(({ value }) => value !== 0)).toHaveLength(5);
  expect(wide.scored()).toBeLessThan((columns.length * 5 * rows) / 4);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(columns.length);
});

/**
 * A shuffle takes from every row a random one's value: of a linear model it adds 2 w² var(x) + 2 w cov(error, x) to the mean
 * squared error, over all orders.
 */
test('the fall of a linear column is what its weight and its variance say', async () => {
  const asked = { ...request, columns, rescore: scoring().rescore };
  const { importance: found } = await computeImportance(asked);
  const mean = (of: (row: number) => number) =>
    request.positions.reduce((sum, row) => sum + of(row), 0) / rows;
  for (const [name, weight] of Object.entries(weights)) {
    const center = mean((row) => at(name, row));
    const variance = mean((row) => (at(name, row) - center) ** 2);
    const shared = mean((row) => -(noise[row] ?? 0) * (at(name, row) - center));
    const expected = 2 * weight ** 2 * variance - 2 * weight * shared;
    const { low, high } = found.find(({ column }) => column === name) ?? {
      low: Number.NaN,
      high: Number.NaN,
    };
    expect(Number(low)).toBeLessThan(expected);
    expect(Number(high)).toBeGreaterThan(expected);
    if (name === 'x7') expect(Number(high) - Number(low)).toBeLessThan(expected);
  }
});

test('where every column acts, those of the groups that cost most are shuffled alone, and no more than is afforded', async () => {
  const wide = scoring(0.001);
  const mostValues = 5 * 200 * columns.length * 20;
  const asked = { ...request, columns, rescore: wide.rescore, mostValues };
  const { importance, together } = await computeImportance(asked);
  expect([importance.length, together]).toEqual([20, 280]);
  expect(
    importance
      .slice(0, 3)
      .map(({ column }) => column)
      .toSorted(),
  ).toEqual(['x200', 'x201', 'x7']);
  // 5 groups of 64, then 20 of 8, then 20 columns; and once as they are.
  expect(wide.scored()).toBe(200 * (5 * (5 + 20 + 20) + 1));
});
