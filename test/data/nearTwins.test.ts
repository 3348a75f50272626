/** Near twins against scikit-learn and SciPy (oracle/nearTwins.py), and in a split. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { firstOfNear } from '../../server/data/split/nearTwins.ts';
import { splitTable } from '../../server/data/split/splitTable.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { resolveTask } from '../../server/data/task.ts';
import { temporaryFolder } from '../temporary.ts';

const oracle: { range: number; rows: number[][]; first: Record<string, number[]> } = JSON.parse(
  readFileSync(new URL('oracle/nearTwins.json', import.meta.url), 'utf8'),
);

test.each(Object.entries(oracle.first))('rows hang together at a share of %s', (least, expected) => {
  const starts = [0];
  for (const row of oracle.rows) starts.push((starts.at(-1) ?? 0) + row.length);
  const sets = {
    starts: Int32Array.from(starts),
    members: Int32Array.from(oracle.rows.flat()),
    range: oracle.range,
  };
  expect([...firstOfNear(sets, Number(least))]).toEqual(expected);
});

test('rows of few levels are refused before they take hours', () => {
  const rows = 200;
  const sets = {
    starts: Int32Array.from({ length: rows + 1 }, (_, row) => 2 * row),
    members: Int32Array.from({ length: 2 * rows }, (_, at) => (at % 2) * 2 + ((at >> 1) % 2)),
    range: 4,
  };
  expect(() => firstOfNear(sets, 0.5, 1000)).toThrow(/more than 1000 pairs/);
  expect(new Set(firstOfNear(sets, 0.9))).toEqual(new Set([0, 1]));
});

const folder = temporaryFolder();
const words =
  'the quick brown fox jumps over the lazy dog while nobody looks at all and then goes home again'.split(' ');
/** 60 texts, each again with a word more at its end and another number. */
const lines = Array.from({ length: 120 }, (_, i) => {
  const text = Array.from(
    { length: 40 },
    (_, at) => `${words[((i >> 1) * 7 + at * 5) % words.length]}${(i >> 1) % 9}x${at}y${i >> 1}`,
  );
  return `r${i},"${text.join(' ')}${i % 2 ? ' more' : ''}",${i},${i % 3}`;
});

async function sidesOf(dedupe: unknown, split: object = {}) {
  writeFileSync(join(folder, 'a.csv'), `${['id,said,x,y', ...lines].join('\n')}\n`);
  const written = {
    ...{ data: { source: 'a.csv', id: 'id', quality: { min_rows: 1 } }, target: 'y', task: 'regression' },
    features: { types: { said: 'text' } },
    split: { test: 0.3, valid: 0.2, dedupe, ...split },
  };
  const experiment = resolveExperiment(written, join(folder, 'a.experiment.yaml'));
  const table = await openTable(tableSpec(experiment, folder));
  try {
    return [...(await splitTable(experiment, table, await resolveTask(experiment, table))).assignment];
  } finally {
    await table.close();
  }
}

test('near twins of a text keep one side, exact ones are not enough for that', async () => {
  const apart = (sides: readonly number[]) =>
    sides.filter((side, row) => row % 2 === 1 && side !== sides[row - 1]).length;
  expect(apart(await sidesOf('exact'))).toBeGreaterThan(10);
  for (const dedupe of ['near', 0.8, '80%']) expect(apart(await sidesOf(dedupe))).toBe(0);
  expect(await sidesOf('near')).toEqual(await sidesOf(0.85));
  // A share that no pair reaches leaves the rows alone.
  expect(await sidesOf(0.99)).toEqual(await sidesOf('exact'));
});

test('a split by time refuses near twins, which it could not keep together', async () => {
  await expect(sidesOf('near', { method: 'time', by: 'x' })).rejects.toMatchObject({
    code: 'split-near-time',
  });
});
