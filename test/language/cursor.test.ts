/** The cursor's place, from text before it alone; `|` is the cursor. */
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../server/config/textDocument.ts';
import { cursorAt } from '../../server/language/cursor.ts';

function placeOf(marked: string): string {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const cursor = cursorAt(new TextDocument(text), offset);
  if (cursor === undefined) return 'none';
  return `${cursor.role} ${cursor.steps.join('.')} «${text.slice(cursor.start, cursor.end)}»`;
}

describe('the place of the cursor', () => {
  test.each([
    ['|', 'key  «»'],
    ['da|ta: x.csv', 'key  «data»'],
    ['data: x.csv\n|', 'key  «»'],
    ['data: x.csv\ntar|', 'key  «tar»'],
    ['data: |', 'value data «»'],
    ['data: x.c|sv  # the rows', 'value data «x.csv»'],
    ['data: x.csv # the |rows', 'none'],
    ['# the |rows', 'none'],
    ['data:\n  |', 'either data «»'],
    ['data:\n  sou|', 'either data «sou»'],
    ['data:\n  source: x\n  |', 'key data «»'],
    ['data:\n  source: x\n  ti|me: t', 'key data «time»'],
    ['data:\n    source: x\n    columns:\n        age:\n            ty|', 'either data.columns.age «ty»'],
    ['data:\n  columns:\n    age:\n      min: 0\n    |', 'key data.columns «»'],
    ['data:\n  source: x\n|', 'key  «»'],
    ['gates:\n  - |', 'either gates.0 «»'],
    ['gates:\n  - a\n  - roc_|', 'either gates.1 «roc_»'],
    ['gates:\n- a\n- b|', 'either gates.1 «b»'],
    ['gates:\n- a\nmo|', 'key  «mo»'],
    ['data:\n  derive:\n    - name: late\n      |', 'key data.derive.0 «»'],
    ['data:\n  derive:\n    - name: late\n      expr: del|ay > 1', 'value data.derive.0.expr «delay > 1»'],
    ['data:\n  derive:\n    - {name: late, expr: de|', 'value data.derive.0.expr «de»'],
    ['data:\n  derive:\n    - {name: late, |', 'key data.derive.0 «»'],
    ['features: [a, b|, c]', 'either features.1 «b»'],
    ['features: [a, |', 'either features.1 «»'],
    ['features: [a,|]', 'either features.1 «»'],
    ['features: {include: [a, b], ex|}', 'key features «ex»'],
    ['features: {include: [a, b], exclude: [|]}', 'either features.exclude.0 «»'],
    ['features:\n  include: [a,\n    b, |\n  ]', 'either features.include.2 «»'],
    ['split: {test: |, valid: 0.1}', 'value split.test «»'],
    ["features: ['a b', 'c|']", 'either features.1 «c»'],
    ['data:\n  filter: "age > |"', 'value data.filter «age > »'],
    ["data:\n  filter: 'ag|e > 1'", 'value data.filter «age > 1»'],
    ['description: |', 'value description «»'],
    ['description: >\n  some te|xt', 'none'],
    ['description: >\n  some text\nta|', 'key  «ta»'],
    ['features: [a, b\ntarget: ch|', 'value target «ch»'],
    ['data:\n  features: [a\n  source: x|', 'value data.source «x»'],
    ['"data": {"source": x|}', 'value data.source «x»'],
    ['lint:\n  ignore:\n    - rule: |', 'value lint.ignore.0.rule «»'],
    ['variants:\n  small:\n    model: |', 'value variants.small.model «»'],
    ['tune:\n  space:\n    model.gbdt.tr|', 'either tune.space «model.gbdt.tr»'],
    ['data: x\r\ntarget: a|\r\n', 'value target «a»'],
  ])('%j', (marked, expected) => {
    // The first bar is the cursor, so block text is written with `>`.
    expect(placeOf(marked)).toBe(expected);
  });
});
