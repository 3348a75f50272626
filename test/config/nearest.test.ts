/** Did you mean: distances by hand, and laws that every distance keeps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../server/config/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['saturday', 'sunday', 3],
  ['ab', 'ba', 1],
  ['lerning', 'learning', 1],
  ['targte', 'target', 1],
  // Optimal string alignment: no part is edited twice (Damerau-Levenshtein proper would say 2).
  ['ca', 'abc', 3],
])('%s to %s takes %i edits', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test('a distance is symmetric, and zero only between equals', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
    { seed: 1 },
  );
});

test('the nearest word wins, the first of two as near', () => {
  expect(nearest('modle', ['mode', 'model'])).toBe('mode');
  expect(nearest('tree', ['trees', 'three'])).toBe('trees');
  expect(nearest('METRIC', ['metric'])).toBe('metric');
  expect(nearest('potato', ['target', 'task'])).toBeUndefined();
  expect(nearest('lr', ['id', 'by'])).toBeUndefined();
});
