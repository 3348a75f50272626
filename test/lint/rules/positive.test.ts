import { expect, test } from 'vitest';
import { fixed } from '../marked.ts';
import { lintTable, ofRule, plain } from '../tables.ts';

const table = {
  ...plain(400),
  y: Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 'left' : 'stayed')),
};
const yaml = 'data: data.csv\ntarget: y\npositive: lefft\n';

test('a positive class that the target does not have: the nearest one is meant, or the rarer one', async () => {
  const [finding] = ofRule(await lintTable(table, yaml), 'unknown-value');
  expect(finding?.path).toBe('positive');
  expect(fixed(yaml, finding)).toBe('data: data.csv\ntarget: y\npositive: left\n');
  expect(fixed(yaml, finding, 'Take the rarer class')).toBe('data: data.csv\ntarget: y\n');
  for (const positive of ['positive: left\n', ''])
    expect(ofRule(await lintTable(table, `data: data.csv\ntarget: y\n${positive}`), 'unknown-value')).toEqual(
      [],
    );
});
