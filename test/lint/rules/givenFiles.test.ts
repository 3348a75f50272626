import { expect, test } from 'vitest';
import { part, repeated, two, twoFiles } from '../plants.ts';
import { lintTable, ofRule, plain } from '../tables.ts';

test('a test file that is a copy is called one', async () => {
  const linted = await lintTable(plain(400), twoFiles, { 'test.csv': plain(400) });
  expect(ofRule(linted, 'split-overlap').map(({ message }) => message)).toEqual([
    'All 400 test rows are training rows in the same order: they are a copy, remembered and not predicted.',
  ]);
  expect(ofRule(linted, 'duplicate-rows')).toEqual([]);
});

test('no split keeps repeated rows on one side where files say which side is which', async () => {
  const table = plain(1000);
  const test = repeated(part(table, 800), 0.1);
  const given = await lintTable(part(table, 0, 800), twoFiles, { 'test.csv': test });
  const said = (linted: Awaited<ReturnType<typeof lintTable>>) =>
    ofRule(linted, 'duplicate-rows').map(({ message }) => message);
  expect(said(given)).toEqual(['20 rows (2 %) repeat earlier ones. The files say on which side they are.']);
  expect(said(await lintTable(repeated(table, 0.02), two))).toEqual([
    '20 rows (2 %) repeat earlier ones. The split keeps them on one side.',
  ]);
});
