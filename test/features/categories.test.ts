/** Which levels a category column keeps where `rare` is not written: what costs a family nothing is not pooled. */
import { expect, test } from 'vitest';
import { fitCategory } from '../../server/features/categories.ts';
import type { FeatureRequest } from '../../server/features/fittedFeatures.ts';
import type { CategoricalSettings } from '../../server/features/settings.ts';
import { linearNeeds, settingsOf, treeNeeds } from './csvTable.ts';

const settings: CategoricalSettings = {
  encode: 'auto',
  maxLevels: 50,
  rare: undefined,
  unknown: 'bucket',
  impute: 'level',
};

/** How many levels are known of a column that has each of them in so many rows. */
function known(counts: readonly number[], needs: FeatureRequest['needs'], rare?: number): number {
  const codes = Int32Array.from(counts.flatMap((count, level) => new Array<number>(count).fill(level + 1)));
  const dictionary = { levels: counts.map((_, level) => `level ${level}`), codes };
  const trainRows = Int32Array.from(codes.keys());
  const target = new Float64Array(codes.length);
  const request = { needs, trainRows, target, task: 'binary', seed: 0, settings: settingsOf() };
  // What is left out is read for other encodings alone.
  const fitted = fitCategory(
    request as unknown as FeatureRequest,
    { name: 'c', isOrdinal: false },
    dictionary,
    {
      ...settings,
      rare,
    },
  );
  expect(fitted.form.kind).toBe('codes');
  return fitted.levels.known.length;
}

const small = [2000, 960, 25, 12, 3];

test('trees keep levels of ten rows, coefficients those of a hundredth', () => {
  expect(known(small, treeNeeds)).toBe(4);
  expect(known(small, linearNeeds)).toBe(2);
});

test('a written share holds for both', () => {
  expect(known(small, treeNeeds, 0.005)).toBe(3);
  expect(known(small, linearNeeds, 0.005)).toBe(3);
});

test('below a thousand rows a hundredth is less than ten rows', () => {
  expect(known([150, 40, 5], treeNeeds)).toBe(3);
});

test('trees keep no more levels than they have bins, the most frequent', () => {
  const tail = Array.from({ length: 300 }, (_, index) => 10 + index);
  expect(known([30_000, 30_000, ...tail], treeNeeds)).toBe(254);
});
