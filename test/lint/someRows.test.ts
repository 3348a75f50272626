/** What is said of a large table from some of its rows: marked as such, and only what the rest cannot take back. */
import { describe, expect, test } from 'vitest';
import type { DataFacts } from '../../server/data/facts/facts.ts';
import { lint } from './marked.ts';

describe('from some of the rows', () => {
  const sampled = { seen: 5000, total: 412_331 };
  const texts = { meanLength: 4, maxLength: 5, numeric: 0, dates: 0, pii: {}, adorned: 0 };
  const column = (name: string, more: object = {}) => ({
    ...{ name, kind: 'categorical', type: 'VARCHAR', derived: false, missing: 0, unread: 0, distinct: 20 },
    ...{ min: null, max: null, mean: null, std: null, quantiles: null, monotone: null, numbers: null },
    ...{ top: [{ value: 'a', count: 900 }], texts, nullSpellings: null },
    ...more,
  });
  const link = { measure: 'auc', strength: { value: 0.99, error: 0.01, low: 0.98, p: 1e-9 }, pps: 0.9 };
  const facts = {
    ...{
      hash: '',
      rows: 5000,
      sampled,
      leftOut: [],
      targetSources: [],
      later: [],
      contract: [],
      emptyRows: 0,
    },
    twins: { repeats: 0, conflicting: 0, example: [], expectedTwins: 0, expectedRepeats: 0 },
    features: [{ name: 'a', kind: 'categorical' }],
    profile: { rows: 5000, hash: '', columns: [column('a'), column('y')] },
    ...{ links: {}, categories: {} },
    target: {
      name: 'y',
      task: 'binary',
      metric: 'roc_auc',
      missing: 0,
      classes: [],
      prevalence: 0.4,
      distinct: 2,
    },
  };
  const said = (text: string, more: object, rule: string) =>
    lint(text, { facts: { ...facts, ...more } as unknown as DataFacts })
      .filter((finding) => finding.rule === rule)
      .map(({ message, sampled: of }) => [message, of]);
  const note = ' (in 5 000 of 412 331 rows).';
  const two = 'data: a.csv\ntarget: y\n';

  test('what needs no row has no note, and what is judged by rows has one', () => {
    const itself = said(`${two}features: [a, y]\n`, {}, 'target-leak');
    expect(itself).toEqual([
      [
        '`y` is the target itself: every score on it would be an illusion, and the run refuses it.',
        undefined,
      ],
    ]);
    const derived = `data: {source: a.csv, derive: [{name: y, expr: a > 2}]}\ntarget: y\nfeatures: [a]\n`;
    expect(said(derived, {}, 'target-leak')[0]?.[1]).toBeUndefined();
    const numbered = said(derived, { links: { a: link } }, 'target-leak');
    expect(numbered[0]?.[0]).toContain(`computed from (AUC 0.990): every score`);
    expect(numbered[0]?.[1]).toEqual(sampled);
  });

  test('what more rows cannot take away is said with its note', () => {
    const check = (more: object, rule: string, message: RegExp, text = two) => {
      const found = said(text, more, rule);
      expect(found.map(([, of]) => of)).toEqual([sampled]);
      expect(found[0]?.[0]).toMatch(message);
      expect(String(found[0]?.[0]).endsWith(note)).toBe(true);
    };
    check({ target: { ...facts.target, missing: 3 } }, 'target-missing', /^3 rows have no `y`/);
    check({ emptyRows: 2 }, 'broken-files', /^2 rows are empty/);
    const category = (words: string[]) => ({
      categories: { a: { levels: 9, kept: 9, variants: [words], odd: {} } },
    });
    check(category(['Bern', 'bern']), 'string-variants', /"Bern", "bern" are 2 levels/);
    const profile = (more: object) => ({
      profile: { ...facts.profile, columns: [column('a', more), column('y')] },
    });
    check(profile({ nullSpellings: { '': 3, NA: 4 } }), 'mixed-nulls', /mixes "" \(3\), "NA" \(4\)/);
    check(profile({ missing: 4500 }), 'mostly-missing', /90 % empty/);
    check(profile({ texts: { ...texts, dates: 0.97 } }), 'date-as-string', /holds dates as text/);
    check(
      {
        contract: [
          {
            path: 'data.columns.a.max',
            column: 'a',
            message: '7 values of `a` are above 4',
            count: 7,
            rows: [],
          },
        ],
      },
      'expectation-failed',
      /^7 values of `a` are above 4 \(0.14 % of the rows\)/,
    );
    check(
      { later: [{ column: 'a', rows: 200, of: 5000 }] },
      'after-outcome-feature',
      /is later than the prediction/,
      'data: {source: a.csv, time: t}\ntarget: y\n',
    );
    check(
      { leftOut: [{ name: 'a', reason: '' }], ...profile({ kind: 'text' }) },
      'text-as-category',
      /is free text/,
    );
  });

  test('what more rows may take away is not said', () => {
    const profile = (more: object) => ({
      profile: { ...facts.profile, columns: [column('a', more), column('y')] },
    });
    // A third of the places may be unlike the others; of many levels some rows show few.
    expect(said(two, profile({ missing: 3000 }), 'mostly-missing')).toEqual([]);
    const many = { levels: 900, kept: 900, variants: [['Bern', 'bern']], odd: {} };
    expect(said(two, { categories: { a: many } }, 'string-variants')).toEqual([]);
    expect(said(two, { problem: { code: 'target-empty', message: '', help: '' } }, 'target-missing')).toEqual(
      [],
    );
    expect(
      said(two, profile({ distinct: 1, top: [{ value: 'a', count: 5000 }] }), 'constant-column'),
    ).toEqual([]);
  });

  test('a column of a join that was not looked at is not called missing', () => {
    const text = (name: string) =>
      `data:\n  source: a.csv\n  join:\n    - {source: b.csv, keys: a}\n  derive:\n    - {name: more, expr: b.c + 1}\ntarget: y\nfeatures: [${name}]\n`;
    for (const name of ['b.c', 'more']) expect(said(text(name), {}, 'column-not-found')).toEqual([]);
    expect(said(text('c'), {}, 'column-not-found')).toHaveLength(1);
  });
});
