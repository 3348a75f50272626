import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeNumbers } from '../../server/data/profile/linkCodes.ts';
import { scanNumbers, valueCounts } from '../../server/data/profile/valueCounts.ts';
import { createRandom } from '../../server/statistics/random.ts';

/** By sorting and a Map. */
function expected(values: Float64Array): [number, number][] {
  const counts = new Map<number, number>();
  for (const value of values) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

function check(values: Float64Array): void {
  const kept = values.slice();
  const { codes, levels } = codeNumbers(values);
  const counts = new Int32Array(levels);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  const found = valueCounts(values, scanNumbers(values), () => ({ codes, counts }));
  expect([...found.values].map((value, index) => [value, found.counts[index]])).toEqual(expected(values));
  expect(values).toEqual(kept);
}

test('distinct values and their counts are those of sorting, whatever the order and the kind of numbers', () => {
  const value = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noDefaultInfinity: true }).map((number) => number + 0),
    fc.constant(Number.NaN),
  );
  const order = fc.constantFrom('as drawn', 'up', 'down');
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), order, (numbers, sorted) => {
      const values = Float64Array.from(numbers, (number) => number + 0);
      if (sorted !== 'as drawn') values.sort();
      check(sorted === 'down' ? values.reverse() : values);
    }),
    { seed: 8, numRuns: 300 },
  );
});

test('so are those of columns long enough to be dealt into buckets', () => {
  const random = createRandom(4, 'values');
  const draw = (of: () => number) => Float64Array.from({ length: 60_000 }, of);
  check(draw(() => random.uniform()));
  // A heavy tail: most values share the outermost buckets.
  check(draw(() => Math.exp(12 * random.uniform() ** 4) + (random.int(10) === 0 ? Number.NaN : 0)));
  check(draw(() => random.int(1000) / 8));
  check(draw(() => 1e15 + random.int(1_000_000)));
  // Decimals, and what looks like them at first, or cannot be told apart from its neighbours.
  check(draw(() => (random.int(20_000) - 10_000) / 100));
  check(draw(() => 1e15 + random.int(1000) / 4));
  let row = 0;
  check(draw(() => (row++ < 1000 ? random.int(100) / 10 : random.uniform())));
});
