import { describe, expect, it } from 'vitest';
import { compareSamples } from '../../server/monitoring/compare.ts';
import { defaultSettings } from '../../server/monitoring/settings.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { rounds } from '../rounds.ts';
import { normalSides, type Shift } from './sides.ts';

const settings = { ...defaultSettings, effect: 'small' } as const;

describe('no drift', () => {
  const seeds = rounds(3, 200);
  for (const window of [100, 500, 2_000]) {
    it(`windows of ${window} rows: at most 8 % alarm`, async () => {
      let alarms = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const random = createRandom(seed, 'no drift', window);
        const { reference, current } = normalSides(random, { reference: 5_000, current: window });
        if ((await compareSamples(reference, current, { ...settings, seed })).drifted) alarms++;
      }
      console.log(`${window} rows: ${alarms} of ${seeds} windows alarm`);
      // In three rounds two alarms come about once in a hundred and forty times at the 5 % that they are meant to have.
      expect(alarms).toBeLessThanOrEqual(Math.max(1, Math.floor(0.08 * seeds)));
    });
  }
});

// The test of all columns together takes one share in 21 of alpha: that is all that it does to the columns.
const planted = { ...settings, multivariate: 'none', alpha: (settings.alpha * 20) / 21 } as const;

describe('planted shifts in one of 20 columns, windows of 500 rows', () => {
  const outliers =
    (share: number): Shift =>
    (value, random) =>
      random.uniform() < share ? 6 : value;
  const shifts: Readonly<Record<string, Shift>> = {
    'mean +0.2 sd': (value) => value + 0.2,
    'mean +0.3 sd': (value) => value + 0.3,
    'sd x1.2': (value) => 1.2 * value,
    'sd x1.3': (value) => 1.3 * value,
    '3 % of rows at +6 sd': outliers(0.03),
    '5 % of rows at +6 sd': outliers(0.05),
    '3 % exact zeros': (value, random) => (random.uniform() < 0.03 ? 0 : value),
  };
  const seeds = rounds(2, 200);
  for (const [name, shift] of Object.entries(shifts)) {
    it(`${name} is found in at least 80 %`, async () => {
      let found = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const random = createRandom(seed, 'planted', name);
        const { reference, current } = normalSides(random, { reference: 5_000, current: 500 }, shift);
        const report = await compareSamples(reference, current, { ...planted, seed });
        if (report.columns.find(({ column }) => column === 'c3')?.drifted === true) found++;
      }
      console.log(`${name}: found in ${found} of ${seeds}`);
      expect(found).toBeGreaterThanOrEqual(seeds > 10 ? 0.8 * seeds : 1);
    });
  }
});
