/** No value of a joined or windowed column depends on what happens at or after its row's instant. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DerivedFeature } from '../../server/config/derivedFeature.ts';
import { temporaryFolder } from '../temporary.ts';
import type { SpecPart } from './tableOf.ts';
import { tableOf } from './tableOf.ts';

const folder = temporaryFolder();

interface Row {
  readonly who: number | null;
  readonly day: number | null;
  readonly x: number | null;
}

const features: readonly DerivedFeature[] = [
  { name: 'n', expr: 'count()', window: '5d', group: 'who' },
  { name: 'mean', expr: 'mean(x)', group: 'who' },
  { name: 'spread', expr: 'std(x)', window: '20d' },
  { name: 'middle', expr: 'median(x)', window: '9d', shift: '1d' },
  { name: 'before', expr: 'lag(x, 2)', group: 'who' },
  { name: 'most', expr: 'max(x)', shift: 1, group: 'who' },
  { name: 'events', expr: 'count(events)', window: '7d' },
  { name: 'share', expr: 'x / sum(x)', group: 'who' },
];
const columns = [...features.map(({ name }) => name), 'events.x', 'events.day'];

const row = fc.record({
  who: fc.option(fc.nat(3), { freq: 8 }),
  day: fc.option(fc.nat(40), { freq: 8 }),
  x: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { freq: 8 }),
});
const rows = fc.array(row, { minLength: 2, maxLength: 40 });

test('rows at or after a row may be changed, shuffled or gone: what it was told stays', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      rows,
      fc.integer({ min: 0, max: 39 }),
      fc.nat(1000),
      async (own, others, place, seed) => {
        const at = place % own.length;
        const now = own[at]?.day ?? null;
        const before = await told(own, others, at);
        const changed = own.flatMap((each, index) =>
          index === at ? [each] : later(each, now, seed + index),
        );
        const moved = changed.indexOf(own[at] ?? changed[0] ?? { who: null, day: null, x: null });
        // A join takes rows of the very instant.
        const after = others.flatMap((each, index) =>
          later(each, now === null ? null : now + 1, seed * 7 + index),
        );
        expect(await told(changed, after.length > 0 ? after : others, moved)).toEqual(before);
      },
    ),
    { numRuns: 25, seed: 20261128 },
  );
});

/** A row of the past stays; one that is not is gone, another, or as it was. */
function later(each: Row, now: number | null, seed: number): Row[] {
  if (each.day === null || (now !== null && each.day < now)) return [each];
  if (seed % 3 === 0) return [];
  return seed % 3 === 1 ? [{ ...each, x: (each.x ?? 0) + 13 }] : [{ ...each, day: each.day + 1, x: null }];
}

async function told(own: readonly Row[], others: readonly Row[], at: number): Promise<unknown[]> {
  const file = write(own);
  const part: SpecPart = {
    time: 'day',
    features,
    kinds: { day: 'datetime', x: 'numeric', who: 'numeric' },
    joins: [{ source: write(others), name: 'events', keys: ['who'], how: 'left' }],
  };
  const table = await tableOf(file, part);
  const values = [];
  for (const name of columns) values.push((await table.numbers(name))[at]);
  await table.close();
  return values;
}

function write(table: readonly Row[]): string {
  const file = join(folder, `${randomUUID()}.csv`);
  const day = (number: number | null) =>
    number === null ? '' : new Date(Date.UTC(2025, 0, 1 + number)).toISOString().slice(0, 10);
  const lines = table.map(({ who, day: at, x }) => [who ?? '', day(at), x ?? ''].join(','));
  writeFileSync(file, ['who,day,x', ...lines, ''].join('\n'));
  return file;
}
