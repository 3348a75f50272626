/** Windows that are too small for the shift that counts; the table of drift.md 4.3 is the outside figure. */
import { expect, test } from 'vitest';
import type { DataFacts } from '../../../server/data/facts/facts.ts';
import { createRandom } from '../../../server/statistics/random.ts';
import { clean, fixed, lint, only } from '../marked.ts';
import { factsOf } from './factsOf.ts';

/** Twenty numbers that mean nothing, of which a fifth of the rows test. */
async function table(rows: number): Promise<DataFacts> {
  const random = createRandom(3);
  const numbers = () => Array.from({ length: rows }, () => random.uniform());
  const columns = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, numbers()]));
  return factsOf({ ...columns, churned: numbers().map((each) => (each > 0.5 ? 1 : 0)) }, clean);
}
const [large, small] = await Promise.all([table(25_000), table(1_500)]);

const of = (monitor: string, known = large) =>
  only(lint(`${clean}monitor: ${monitor}\n`, { facts: known }), 'window-too-small');

test.each([
  [100, 0.39],
  [200, 0.28],
  [500, 0.18],
  [1_000, 0.13],
  [2_000, 0.1],
  [5_000, 0.08],
])('a window of %d rows shows shifts from %d standard deviations', (window, shift) => {
  const [finding] = of(`{window: ${window}, drift: {effect: 0.01}}`);
  expect(Number(Number(finding?.data['seen']).toFixed(2))).toBe(shift);
});

test('it fires where what counts is smaller, and a longer window mends it', () => {
  const [finding, ...rest] = of('{window: 200}');
  expect(rest).toEqual([]);
  expect(finding?.message).toMatch(
    /^Windows of 200 rows show only shifts of more than 0\.278\d standard deviations; 0\.2 is what counts\.$/,
  );
  const text = `${clean}monitor: {window: 200}\n`;
  const mended = fixed(text, finding);
  expect(mended).toBe(`${clean}monitor: {window: 410}\n`);
  expect(of('{window: 410}')).toEqual([]);
  expect(of('{window: 200, drift: {effect: large}}')).toEqual([]);
  expect(of('{window: 200, drift: none}')).toEqual([]);
});

test('a small reference is not mended by a longer window, and windows of unknown size are not judged', () => {
  const [finding] = of('{window: 200}', small);
  expect(finding?.fixes).toEqual([]);
  expect(of('1d')).toEqual([]);
  const paced = lint(`${clean}problem: {constraints: {throughput: 10/h}}\nmonitor: 1d\n`, {
    facts: large,
  });
  const [daily] = only(paced, 'window-too-small');
  expect(daily?.data['rows']).toBe(240);
});
