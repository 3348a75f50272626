/** Edits that keep what the file means: shorthands, what the data say, white space; and the resolved text. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadExperiment } from '../../server/config/load.ts';
import { inferColumnsEdits, pinDataEdits } from '../../server/language/dataEdits.ts';
import { formatEdits } from '../../server/language/formatting.ts';
import { resolvedText } from '../../server/language/resolved.ts';
import { shorthandEdits } from '../../server/language/shorthandEdits.ts';
import { applyEdits } from '../../server/lint/fix.ts';
import { file, now, workspace } from '../lint/marked.ts';
import { facts, openText, withCursor } from './open.ts';

/** The text after the innermost rewriting at the cursor; undefined where none is offered. */
function rewritten(marked: string): string | undefined {
  const { text, position } = withCursor(marked);
  const open = openText(text, { facts });
  const last = shorthandEdits(open, open.loaded.text.offsetAt(position)).at(-1);
  return last && applyEdits(text, last.edits);
}

const start = 'data: data/churn.csv\ntarget: churned\n';

describe('shorthands', () => {
  test('are written out in the style around them, and comments stay', () => {
    expect(rewritten(`${start}spl|it: 0.25 # a quarter\n`)).toBe(
      `${start}split:\n  test: 0.25 # a quarter\n`,
    );
    expect(rewritten(`variants: {a: {sp|lit: 0.3}}\n${start}`)).toBe(
      `variants: {a: {split: {test: 0.3}}}\n${start}`,
    );
    expect(rewritten(`${start}feat|ures: [plan, tenure]\n`)).toBe(
      `${start}features:\n  include: [plan, tenure]\n`,
    );
    expect(rewritten(`${start}feat|ures:\n  - plan\n  - tenure # months\n`)).toBe(
      `${start}features:\n  include:\n    - plan\n    - tenure # months\n`,
    );
  });

  test('are taken back where the section says nothing more', () => {
    expect(rewritten(`${start}spl|it:\n  test: 0.25 # a quarter\n`)).toBe(
      `${start}split: 0.25 # a quarter\n`,
    );
    expect(rewritten(`${start}sp|lit: {test: 0.25}\n`)).toBe(`${start}split: 0.25\n`);
    expect(rewritten(`${start}sp|lit: {test: 0.25, valid: 0.1}\n`)).toBeUndefined();
    expect(rewritten(`${start}sp|lit:\n  # why\n  test: 0.25\n`)).toBeUndefined();
  });

  test('are nothing that a setting without one has', () => {
    expect(rewritten('data: data/churn.csv\ntar|get: churned\n')).toBeUndefined();
  });
});

describe('what the data say', () => {
  const infer = (text: string) => applyEdits(text, inferColumnsEdits(openText(text, { facts })));

  test('becomes a contract a line, in every style of section', () => {
    const columns = [
      'plan: {type: categorical, nullable: false, in: [basic, "it\'s pro"]}',
      'tenure: {type: numeric}',
      'signed: {type: datetime, nullable: false}',
      '"monthly fee": {type: numeric, nullable: false}',
      'churned: {type: boolean, nullable: false}',
    ];
    const block = `  columns:\n${columns.map((line) => `    ${line}\n`).join('')}`;
    expect(infer(start)).toBe(`data:\n  source: data/churn.csv\n${block}target: churned\n`);
    expect(infer('data:\n  source: data/churn.csv # rows\n\ntarget: churned\n')).toBe(
      `data:\n  source: data/churn.csv # rows\n${block}\ntarget: churned\n`,
    );
    expect(infer('data: {source: data/churn.csv}\ntarget: churned\n')).toBe(
      `data:\n  source: data/churn.csv\n${block}target: churned\n`,
    );
  });

  test('leaves contracts that are there alone, and holds of the data that it came from', () => {
    const once = infer(
      'data:\n  source: data/churn.csv\n  columns:\n    plan: {nullable: true}\ntarget: churned\n',
    );
    expect(once).toContain('    plan: {nullable: true}\n    tenure: {type: numeric}\n');
    expect(infer(once)).toBe(once);
    expect(openText(once).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('pins the version, once', () => {
    const open = openText(start, { facts });
    const pinned = applyEdits(start, pinDataEdits(open));
    expect(pinned).toBe(`data: {source: data/churn.csv, version: ${facts.hash}}\ntarget: churned\n`);
    expect(pinDataEdits(openText(pinned, { facts }))).toEqual([]);
    expect(pinDataEdits(openText(start, { facts, current: false }))).toEqual([]);
  });
});

describe('formatting', () => {
  const formatted = (text: string) => applyEdits(text, formatEdits(openText(text)));

  test('sets white space right and leaves everything else', () => {
    const text = [
      '# head',
      'data:   data/churn.csv   # one',
      'features:',
      '    - plan',
      "    -   'tenure'  ",
      '',
      '',
      'split: { test: 0.25,valid: 0.1 }   # c',
      'description: |',
      '      kept',
      '        as it is',
      'lint:',
      '    ignore:',
      '    -   rule: x',
      '        # why',
      '        reason:  y',
      'target: churned',
      '',
      '',
    ].join('\n');
    expect(formatted(text)).toBe(
      [
        '# head',
        'data: data/churn.csv   # one',
        'features:',
        '  - plan',
        "  - 'tenure'",
        '',
        '',
        'split: {test: 0.25, valid: 0.1}   # c',
        'description: |',
        '      kept',
        '        as it is',
        'lint:',
        '  ignore:',
        '    - rule: x',
        '      # why',
        '      reason: y',
        'target: churned',
        '',
      ].join('\n'),
    );
  });

  test('touches nothing in text that cannot be read', () => {
    expect(formatEdits(openText('data:   [a\ntarget:  b'))).toEqual([]);
  });

  const examples = join(import.meta.dirname, '../config/examples');
  test.each(readdirSync(examples))('of %s is stable and keeps every value and comment', (name) => {
    const text = readFileSync(join(examples, name), 'utf8');
    const once = formatted(text);
    expect(formatted(once)).toBe(once);
    expect(once.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    const value = (each: string) =>
      loadExperiment({ file, workspace, text: each, environment: {}, now }).value;
    expect(value(once)).toEqual(value(text));
  });
});

test('the resolved text is an experiment that resolves to the same, and says who wrote what', () => {
  const text = `vars: {share: 0.25}\n${start}split: "\${vars.share}"\nfeatures: [plan]\n`;
  const { loaded } = openText(text);
  const resolved = resolvedText(loaded);
  expect(resolved).toContain('  source: data/churn.csv # written in churn.experiment.yaml, line 2\n');
  expect(resolved).toMatch(/ {2}test: 0\.25 # from a variable in churn\.experiment\.yaml, line 1/);
  expect(resolved).toContain('  include: [plan] # written in churn.experiment.yaml, line 5\n');
  expect(resolved).toMatch(/^ {2}method: auto # default$/m);
  const again = loadExperiment({ file, workspace, text: resolved, environment: {}, now });
  expect(again.problems).toEqual([]);
  expect(again.experiment).toEqual(loaded.experiment);
});
