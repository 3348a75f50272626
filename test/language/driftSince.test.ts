/** Hover tells how a column has moved since the last run, against what that run kept of its rows. */
import { expect, test } from 'vitest';
import { hoverAt } from '../../server/language/hover.ts';
import type { ColumnThen } from '../../server/lint/history.ts';
import { historyOf, resultOf } from '../lint/pastResults.ts';
import { facts, openText, withCursor } from './open.ts';

const text = 'data: data/churn.csv\ntarget: churned\nfeatures: {include: [plan, tenure]}\n';
const numbers = (shift: number, missing = 0.12): ColumnThen => ({
  kind: 'numbers',
  missing,
  quantiles: [2, 10, 30, 50, 80].map((value) => value - shift),
  deviation: 20,
});
const levels = (basic: number): ColumnThen => ({
  kind: 'levels',
  missing: 0,
  shares: new Map([
    ['basic', basic],
    ["it's pro", 1 - basic],
  ]),
});

function hover(word: string, then: ColumnThen, known = facts): string {
  const { text: written, position } = withCursor(text.replace(word, `|${word}`));
  const run = 'run1';
  const history = {
    ...historyOf([resultOf(written)]),
    columnsOf: (id: string) => (id === run ? new Map([[word, then]]) : undefined),
  };
  const contents = hoverAt(openText(written, { facts: known, history }), position)?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

test('a number: its median, and how far apart in what was its standard deviation', () => {
  expect(hover('tenure', numbers(10))).toContain(
    'Since the test rows of run run1: median 20 became 30, 0.5 standard deviations apart (large).',
  );
  expect(hover('tenure', numbers(5))).toContain('apart (medium)');
  expect(hover('tenure', numbers(1))).toContain('Since the test rows of run run1 it has not moved.');
});

test('missing values, and the level that moved most', () => {
  expect(hover('tenure', numbers(0, 0.02))).toContain('run1: 2 % missing became 12 %.');
  expect(hover('plan', levels(0.9))).toContain('run1: `basic` went from 90 % to 70 % (large).');
  expect(hover('plan', levels(0.7))).toContain('it has not moved');
});

test('nothing is said of the data of that very run, of some rows, and of a column that it did not keep', () => {
  const { data } = resultOf(text).document.lineage;
  expect(hover('tenure', numbers(10), { ...facts, hash: data })).not.toContain('Since');
  expect(hover('tenure', numbers(10), { ...facts, sampled: { seen: 10, total: 100 } })).not.toContain(
    'Since',
  );
  const { text: written, position } = withCursor(text.replace('tenure', '|tenure'));
  const history = historyOf([resultOf(written)]);
  expect(JSON.stringify(hoverAt(openText(written, { facts, history }), position))).not.toContain('Since');
});
