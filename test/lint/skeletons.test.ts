/** What "required from a stage on" inserts, in every layout that a file can have: valid, enough, and nothing else moved. */
import { describe, expect, test } from 'vitest';
import { isSeq, isMap as isYamlMap, parseDocument, visit } from 'yaml';
import { ruleExamples } from '../../server/catalog/ruleExamples.ts';
import { type RuleId, ruleNamed } from '../../server/catalog/rules.ts';
import { fields } from '../../server/config/fields.ts';
import { clean, fixed, lint, only } from './marked.ts';
import { figure, historyOf, resultOf } from './pastResults.ts';

/** Rules that know more than that something is missing have fixes of their own. */
const elsewhere: readonly string[] = ['data-unpinned', 'no-contract'];

const inserting = [
  ...new Set(
    fields.flatMap(({ requiredFrom }) =>
      requiredFrom === undefined || requiredFrom.insert === false || elsewhere.includes(requiredFrom.rule)
        ? []
        : [requiredFrom.rule],
    ),
  ),
] as RuleId[];

/** One key or item a line, a comment at the end of each. */
function inBlocks(text: string, indent: number): string {
  const document = parseDocument(text);
  visit(document, {
    Collection: (_, node) => {
      node.flow = false;
    },
  });
  const lines = document.toString({ indent, lineWidth: 0 }).trimEnd().split('\n');
  return `# the head\n${lines.map((line, i) => (line.includes('"') ? line : `${line} # line ${i}`)).join('\n')}\n\n# the end\n`;
}

function inBraces(text: string): string {
  const document = parseDocument(text);
  visit(document, {
    Collection: (_, node) => {
      node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, collectionStyle: 'flow' });
}

const layouts: Readonly<Record<string, (text: string) => string>> = {
  'as on its page': (text) => text,
  'without a line end': (text) => text.trimEnd(),
  'in blocks with comments': (text) => inBlocks(text, 2),
  'deeply indented': (text) => inBlocks(text, 7),
  'in braces': inBraces,
};

describe.each(Object.keys(layouts))('%s', (layout) => {
  test.each(inserting)('%s', (rule) => {
    const text = layouts[layout]?.(ruleExamples[rule]?.fault ?? '') ?? '';
    const before = lint(text);
    const [finding] = only(before, rule);
    expect(finding?.fixes.map(({ safe }) => safe)).toEqual([false]);
    const after = fixed(text, finding);
    const found = lint(after);
    expect(only(found, rule)).toEqual([]);
    const faults = (findings: typeof found) =>
      findings
        .filter(({ severity }) => severity !== 'hint')
        .filter(({ rule: id, severity }) => severity === 'error' || ruleNamed(id)?.category === 'yaml')
        // The language has settings that this version only records.
        .filter(({ rule: id }) => id !== 'unsupported-setting')
        .map(({ rule: id, path }) => `${id} ${path}`);
    for (const fault of faults(found)) expect(faults(before)).toContain(fault);
    // Every comment stays where it was, on its own line or behind its own setting.
    const comments = (yaml: string) => [...yaml.matchAll(/# .*$/gm)].map(([comment]) => comment);
    expect(comments(after)).toEqual(comments(text));
    for (const line of text.split('\n').filter((each) => each.includes('#'))) {
      const [setting = '', comment = ''] = line.split(' # ');
      const kept = after.split('\n').find((each) => each.endsWith(comment)) ?? '';
      expect(kept).toContain(setting.trim().split(/[:\s]/)[0] ?? '');
    }
  });
});

test('what a person must say is marked as such, and only that', () => {
  const inserted = Object.fromEntries(
    inserting.map((rule) => {
      const text = ruleExamples[rule]?.fault ?? '';
      const [finding] = only(lint(text), rule);
      return [rule, finding?.fixes[0]?.title.endsWith(', to be filled in')];
    }),
  );
  expect(Object.keys(inserted).filter((rule) => inserted[rule])).toEqual([
    'no-objective',
    'no-business-metric',
    'no-datasheet',
    'no-card',
    'no-owner',
    'card-incomplete',
    'licence-missing',
    'no-decision-record',
  ]);
});

const shipped = `${clean}serve: batch\ncard: {license: MIT}\n`;

test('the owner is the user of git, where there is one', () => {
  const repository = () => ({ tracked: new Set<string>(), user: 'Ada Lovelace: churn' });
  const [finding] = only(lint(shipped, { repository }), 'no-owner');
  expect(fixed(shipped, finding)).toContain("card: {license: MIT, owner: 'Ada Lovelace: churn'}");
  const [unknown] = only(lint(shipped), 'no-owner');
  expect(fixed(shipped, unknown)).toContain("card: {license: MIT, owner: 'TODO: Accountable person/team'}");
});

test.each([
  ['roc_auc', 'roc_auc >= 0.76'],
  ['log_loss', 'log_loss <= 0.84'],
])('gates are suggested by what the last run reached: %s', (metric, gate) => {
  const metrics = { test: { [metric]: figure(0.8, 0.04) }, valid: {}, train: {} };
  const runs = historyOf([resultOf(shipped, { metric, metrics })]);
  const [finding] = only(lint(shipped, { runs }), 'no-gates');
  expect(finding?.fixes[0]?.title).toBe(`Insert gates: [beats baseline, ${gate}]`);
  expect(only(lint(fixed(shipped, finding), { runs }), 'no-gates')).toEqual([]);
});

test('a section that a base has begun is written once', () => {
  const text = `extends: base.yaml\n${clean}serve: batch\n`;
  const request = { readFile: () => 'card: {owner: me}\n' };
  const [finding] = only(lint(text, { request }), 'card-incomplete');
  const after = fixed(text, finding);
  expect(after.match(/^card:/gm)).toHaveLength(1);
  expect(only(lint(after, { request }), 'card-incomplete')).toEqual([]);
  const { contents } = parseDocument(after);
  const card = isYamlMap(contents) ? contents.get('card') : undefined;
  expect(isYamlMap(card) && isSeq(card.get('limitations'))).toBe(true);
});

/** Rules of the text's own form, which another layout would have mended, or of data and runs that stand elsewhere. */
const ofOneForm: readonly string[] = [
  'yaml-syntax',
  'duplicate-key',
  'interpolation-unquoted',
  'ambiguous-scalar',
  'suppression-problem',
];

describe.each(['in blocks with comments', 'deeply indented', 'in braces'])('other fixes, %s', (layout) => {
  const others = (Object.keys(ruleExamples) as RuleId[]).filter((rule) => {
    const { fault = '', files, shown, rows } = ruleExamples[rule] ?? {};
    const alone = files === undefined && shown === undefined && rows === undefined;
    const [finding] = alone ? only(lint(fault), rule) : [];
    return !inserting.includes(rule) && !ofOneForm.includes(rule) && finding?.fixes[0] !== undefined;
  });

  test('are most of those that the text alone calls for', () => {
    expect(others.length).toBeGreaterThan(60);
  });

  test.each(others)('%s', (rule) => {
    const text = layouts[layout]?.(ruleExamples[rule]?.fault ?? '') ?? '';
    const before = only(lint(text), rule);
    const after = lint(fixed(text, before[0]));
    expect(only(after, rule).length).toBeLessThan(before.length);
    expect(after.filter(({ rule: id }) => id === 'yaml-syntax')).toEqual([]);
  });
});
