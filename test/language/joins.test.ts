/** What the editor knows of joined tables: their columns in expressions, their rows in counts, their dates in as_of, their files. */
import { expect, test } from 'vitest';
import { completionsAt } from '../../server/language/completion/completion.ts';
import { hoverAt } from '../../server/language/hover.ts';
import { documentLinks } from '../../server/language/navigation.ts';
import { facts as known, openText, withCursor } from './open.ts';

const [first] = known.profile.columns;
const joined = [
  { ...first, name: 'calls.topic' },
  { ...first, name: 'calls.opened', kind: 'datetime' as const },
];
const columns = [...known.profile.columns, ...joined.flatMap((each) => ('type' in each ? [each] : []))];
const facts = { ...known, profile: { ...known.profile, columns: columns as typeof known.profile.columns } };

const text = (more: string) =>
  `data:\n  source: data/churn.csv\n  time: signed\n  join:\n    - {source: data/churn.csv, name: calls, keys: plan, as_of: ${more.includes('as_of') ? '|' : 'opened'}}\ntarget: churned\n${more.replace('as_of', '')}`;

function labels(marked: string): string[] {
  const { text: written, position } = withCursor(marked);
  return completionsAt(openText(written, { facts }), position, { snippets: false }).items.map(
    ({ label }) => label,
  );
}

test('an expression of a feature is offered joined columns and the joined table, that of a filter the columns only', () => {
  const feature = labels(text('features:\n  derive:\n    - {name: n, expr: |}\n'));
  expect(feature).toEqual(
    expect.arrayContaining(['calls', 'calls.topic', 'calls.opened', 'plan', 'lag', 'count']),
  );
  const filter = labels(text('').replace('  time:', '  filter: |\n  time:'));
  expect(filter).toContain('calls.topic');
  expect(filter).not.toContain('calls');
});

test('as_of is offered the columns of its own table, dates first', () => {
  expect(labels(text('as_of'))).toEqual(['opened', 'topic']);
});

test('a hover says whose row a joined column is, and what a joined table is', () => {
  const hover = (marked: string) => {
    const { text: written, position } = withCursor(marked);
    return JSON.stringify(hoverAt(openText(written, { facts }), position)?.contents);
  };
  expect(hover(text('features: [calls.to|pic]\n'))).toContain(
    'Of the last row of `data/churn.csv` with the same `plan`, by `opened` not later than the prediction.',
  );
  expect(hover(text('features: {derive: [{name: n, expr: count(ca|lls)}]}\n'))).toContain(
    'rows of `data/churn.csv`',
  );
});

test('the file of a join is a link, as that of the source is', () => {
  const links = documentLinks(openText(text('')));
  expect(links.map(({ target }) => target?.split('/').at(-1))).toEqual(['churn.csv', 'churn.csv']);
});

test('names of joins and windows that are wrong are told at the word', () => {
  const messages = (more: string) =>
    openText(text(more), { facts }).findings.flatMap(({ rule, message }) =>
      rule === 'expression-error' || rule === 'unsupported-setting' ? [message] : [],
    );
  const feature = (expr: string) => `features: {derive: [{name: n, expr: "${expr}", window: 30d}]}\n`;
  expect(messages(feature('count(calls) + mean(calls.opened == calls.opened)'))).toEqual([]);
  expect(messages(feature('sum(calls.topik)'))[0]).toContain(
    'there is no column `calls.topik`; did you mean `calls.topic`?',
  );
  expect(messages(feature('count(tenure > 1 and calls.topic == plan)'))[0]).toContain('one table at a time');
  expect(messages(feature('tenure / churned + mean(tenure)'))[0]).toContain(
    'reads `churned`, which is the target',
  );
});
