import { describe, expect, test } from 'vitest';
import { rules } from '../../../server/catalog/rules.ts';
import { allRules } from '../../../server/lint/allRules.ts';
import { supportedRules } from '../../../server/lint/engine.ts';
import { rounds } from '../../rounds.ts';
import { Drawing, lintTable } from '../tables.ts';
import {
  alarmsOnGrounds,
  faults,
  manyRows,
  plainFaults,
  scoreFault,
  vanishing,
  vanishingOnGrounds,
} from './score.ts';

const seeds = (few: number, all: number): number[] =>
  Array.from({ length: rounds(few, all) }, (_, i) => 2000 + i);
const rows = rounds([300, 1000], [300, 1000, 3000]);

describe('a fault that is drawn at random is found, and nothing is said of its twin', () => {
  // The others are planted in the soak and in the bench.
  for (const [i, fault] of rounds(plainFaults, faults).entries()) {
    test(`${fault.rule}${fault.column === undefined ? '' : ` in ${fault.column}`}`, async () => {
      const drawn = seeds(1, 20).map((seed) => seed + i);
      const { details } = await scoreFault(fault, { seeds: drawn, rows, mend: rounds(i % 3 === 0, true) });
      expect(details).toEqual([]);
    });
  }
});

test('there is a fault for every rule that looks at data or at a split', () => {
  const active = new Set<string>(supportedRules());
  const wanted = rules.filter(({ id, level }) => (level === 'D' || level === 'P') && active.has(id));
  expect(faults.map(({ rule }) => rule)).toEqual(expect.arrayContaining(wanted.map(({ id }) => id)));
});

test('what is said from some of the rows stays when all have been looked at', {
  timeout: 600_000,
}, async () => {
  const safe = new Set(allRules.filter((rule) => rule.sampleSafe !== undefined).map(({ id }) => id));
  const large = faults.filter(({ most = manyRows }) => most >= manyRows);
  const some = large.filter(({ rule }) => safe.has(rule));
  for (const fault of rounds(
    some.filter((_, i) => i % 4 === 0),
    large,
  ))
    for (const seed of seeds(1, 5))
      for (const bad of rounds([true], [true, false]))
        expect(await vanishing(fault, { seed, bad })).toEqual([]);
  for (const seed of seeds(2, 20)) expect(await vanishingOnGrounds(seed)).toEqual([]);
});

test('clean tables of five trades give no alarm', async () => {
  expect(await alarmsOnGrounds({ seeds: seeds(5, 50), rows: [100, 1000] })).toEqual([]);
});

test('small noisy tables are silent: 100 rows, 10 positives, 20 columns of noise', async () => {
  for (const seed of seeds(3, 100)) {
    const d = new Drawing(100, seed);
    const y = d.column((row) => (row % 10 === 3 ? 1 : 0));
    d.random.shuffle(y);
    const x = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`x${i}`, i % 4 ? d.normal() : d.whole(1, 90)]),
    );
    const { findings } = await lintTable({ ...x, y });
    expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  }
});
