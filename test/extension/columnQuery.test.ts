/** Columns of a wide table as the data panel asks for them, and the document that they come from. */
import { expect, test } from 'vitest';
import { selectColumns } from '../../extension/columnQuery.ts';
import { dataDocument } from '../../server/language/dataDocument.ts';
import type { ColumnQuery } from '../../server/protocol/dataPanel.ts';
import { dataDocumentSchema } from '../../server/protocol/languageCalls.ts';
import { facts, openText } from '../language/open.ts';

const start = 'data: data/churn.csv\ntarget: churned\nfeatures: [tenure, plan]\n';
const [plan, tenure, ...others] = facts.profile.columns;
if (plan === undefined || tenure === undefined) throw new Error('the table has columns');
const wide = {
  ...facts,
  links: {
    plan: {
      measure: 'auc' as const,
      strength: { value: 0.7, error: 0.01, low: 0.68, p: 1 },
      pps: null,
      copy: false,
      missingness: null,
      grouping: null,
      collision: 0,
      outOfOrder: false,
    },
  },
  profile: {
    ...facts.profile,
    columns: [
      plan,
      { ...tenure, histogram: { counts: [1, 4, 2] } },
      ...others,
      ...Array.from({ length: 5_000 }, (_, i) => ({ ...tenure, name: `c${i}`, missing: i % 1_000 })),
      { ...plan, name: '<img src=x onerror=alert(1)>' },
    ],
  },
};
const document = dataDocument(openText(start, { facts: wide }), wide);
const query: ColumnQuery = { filter: '', sort: 'table', descending: false, from: 0, count: 120 };

test('a document says what each column holds and is for', () => {
  expect(dataDocumentSchema.parse(document)).toEqual(document);
  const [first, second] = document.columns;
  expect(first).toMatchObject({
    name: 'plan',
    role: 'feature',
    counts: [700, 300],
    words: ['basic', "it's pro"],
  });
  expect(first?.link).toEqual({ measure: 'auc', value: 0.7, low: 0.68 });
  expect(second).toMatchObject({
    name: 'tenure',
    missing: 0.12,
    counts: [1, 4, 2],
    low: '0',
    middle: '30',
    high: '98',
  });
  expect(document.columns.find(({ name }) => name === 'churned')?.role).toBe('target');
});

test('of thousands of columns those in view are handed out, filtered and sorted', () => {
  const all = selectColumns(document.columns, query);
  expect([all.columns.length, all.matching]).toEqual([120, 5_006]);
  const some = selectColumns(document.columns, { ...query, filter: 'C432 numeric' });
  expect(some.columns.map(({ name }) => name)).toEqual([
    'c432',
    ...Array.from({ length: 10 }, (_, i) => `c432${i}`),
  ]);
  const sorted = selectColumns(document.columns, { ...query, sort: 'missing', descending: true, count: 2 });
  expect(sorted.columns.map(({ missing }) => missing)).toEqual([0.999, 0.999]);
  const byLink = selectColumns(document.columns, { ...query, sort: 'link', descending: true, count: 1 });
  expect(byLink.columns[0]?.name).toBe('plan');
  const last = selectColumns(document.columns, { ...query, from: 5_005 });
  expect(last.columns.map(({ name }) => name)).toEqual(['<img src=x onerror=alert(1)>']);
});
