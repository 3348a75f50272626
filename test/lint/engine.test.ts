import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleNamed } from '../../server/catalog/rules.ts';
import { supportedRules } from '../../server/lint/engine.ts';
import { applyEdits, applyFixes } from '../../server/lint/fix.ts';
import { check, clean, file, fixed, lint, load, now, only, workspace } from './marked.ts';

const ids = (text: string): string[] => lint(text).map(({ rule }) => rule);
const section = [
  'yaml-syntax',
  'duplicate-key',
  'unknown-key',
  'wrong-type',
  'unknown-value',
  'missing-required',
  'out-of-range',
  'ambiguous-scalar',
  'interpolation-unquoted',
  'unresolved-reference',
  'conflicting-settings',
  'dead-setting',
  'redundant-default',
  'unsupported-setting',
  'deprecated-key',
  'secret-in-config',
  'absolute-path',
  'suppression-problem',
  'search-space-invalid',
  'expression-error',
];

test('all of section A and every other id stand in the catalogue', () => {
  const ids = supportedRules();
  expect(ids).toEqual(expect.arrayContaining(section));
  expect(ids.filter((id) => ruleNamed(id) === undefined)).toEqual([]);
});

describe('clean files have no findings', () => {
  test('two lines', () => {
    expect(lint(clean)).toEqual([]);
  });

  const example = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../config/examples', `${name}.experiment.yaml`), 'utf8');

  test('ten lines are a candidate: no pin, no contract, no objective, one metric', () => {
    const found = lint(example('ten-lines')).map(({ rule, severity }) => `${severity} ${rule}`);
    expect(found).toEqual([
      'warning data-unpinned',
      'info no-contract',
      'info no-objective',
      'info single-metric',
    ]);
  });

  test('flights: only what a candidate could still add, and a default that is spelt out', () => {
    const flights = readFileSync(join(import.meta.dirname, '../../examples/flights.experiment.yaml'), 'utf8');
    const readable = flights.replace('data/flights-3m.parquet', 'data/churn.csv');
    expect(ids(readable)).toEqual(['redundant-default', 'untuned', 'no-objective', 'single-metric']);
  });
});

describe('schema findings, with their fixes', () => {
  test.each([
    ['unknown-key', 'train: {«sed»: 3}\n', 'Unknown key `sed`. Did you mean `seed`?', 'train: {seed: 3}\n'],
    [
      'unknown-key',
      '«learning_rate»: 0.1\n',
      /belongs under `model.gbdt`/,
      'model: {gbdt: {learning_rate: 0.1}}\n',
    ],
    ['wrong-type', 'train: {seed: «"3"»}\n', /`train.seed` wants a whole number/, 'train: {seed: 3}\n'],
    ['wrong-type', 'split: {test: «20 percent»}\n', /`split.test` wants/, undefined],
    [
      'wrong-type',
      'split: «stratified»\n',
      /or a map, got "stratified". Did you mean `{method: stratified}`\?/,
      'split: {method: stratified}\n',
    ],
    ['wrong-type', 'tune: «asha»\n', /got "asha". Did you mean `{search: asha}`\?/, 'tune: {search: asha}\n'],
    ['wrong-type', 'split: «cv»\n', /or a map, got "cv".$/, undefined],
    ['unknown-value', 'model: «xgb»\n', /`xgb` is not a model type/, 'model: gbdt\n'],
    ['unknown-value', 'metric: «auc»\n', /`auc` is not a metric/, 'metric: roc_auc\n'],
    ['out-of-range', 'split: «1.5»\n', /`split` = 1.5; allowed from 0 and below 1/, undefined],
    [
      'out-of-range',
      'model: {gbdt: {max_leaves: «1»}}\n',
      /`model.gbdt.max_leaves` = 1/,
      'model: {gbdt: {max_leaves: 2}}\n',
    ],
  ])('%s: %s', (rule, marked, message, mended) => {
    const [finding] = check(rule, clean + marked, message);
    if (mended !== undefined)
      expect(fixed(clean + marked.replace(/[«»]/g, ''), finding)).toBe(clean + mended);
  });

  test('a rule that does not exist', () => {
    check(
      'unknown-key',
      `${clean}lint: {rules: {«target-leek»: off}}\n`,
      'There is no rule `target-leek`. Did you mean `target-leak`?',
    );
    check('unknown-key', `${clean}lint: {rules: {mine: {when: rows < 3, message: few, severity: info}}}\n`);
  });

  test('text with commas where a list is wanted', () => {
    const [finding] = check('wrong-type', `${clean}features: {include: «"age, plan"»}\n`, /wants a list/);
    const text = `${clean}features: {include: "age, plan"}\n`;
    expect(fixed(text, finding)).toBe(`${clean}features: {include: [age, plan]}\n`);
  });

  test('missing-required is told at the first word, or the section that lacks it', () => {
    check('missing-required', '«data»: data/churn.csv\n', '`target` is required to know what is predicted.');
    check(
      'missing-required',
      'data: {source: data/churn.csv, derive: [«{name: x}»]}\ntarget: churned\n',
      /`data.derive.0.expr` is required/,
    );
  });

  test('a value that only --set wrote is told at its place', () => {
    const [finding] = only(lint(clean, { request: { overrides: ['train.seed=x'] } }), 'wrong-type');
    expect(finding?.message).toMatch(/got "x" \(from --set\)\.$/);
  });
});

describe('severities', () => {
  const text = (settings: string): string => `${clean}run: {export: [docker]}\n${settings}`;
  const severity = (settings: string): string | undefined =>
    only(lint(text(settings)), 'unsupported-setting')[0]?.severity;

  test('profiles move them, lint.rules replace them', () => {
    expect(severity('')).toBe('warning');
    expect(severity('lint: {profile: relaxed}\n')).toBe('info');
    expect(severity('lint: {profile: strict}\n')).toBe('error');
    expect(severity('lint: {rules: {unsupported-setting: hint}}\n')).toBe('hint');
    expect(severity('lint: {profile: strict, rules: {unsupported-setting: warn}}\n')).toBe('warning');
    expect(severity('lint: {rules: {unsupported-setting: {severity: error}}}\n')).toBe('error');
    expect(severity('lint: {rules: {unsupported-setting: off}}\n')).toBeUndefined();
    expect(severity('lint: {rules: {unsupported-setting: false}}\n')).toBeUndefined();
  });
});

describe('suppression', () => {
  test('in place, on the line above or on the line itself, with a reason', () => {
    expect(
      ids(`${clean}# lint-ignore unsupported-setting: exported elsewhere\nrun: {export: [docker]}\n`),
    ).toEqual([]);
    expect(
      ids(`${clean}run: {export: [docker]} # lint-ignore unsupported-setting: exported elsewhere\n`),
    ).toEqual([]);
    expect(
      ids(`${clean}# lint-ignore unsupported-setting: x\n\n# about export\nrun: {export: [docker]}\n`),
    ).toEqual([]);
  });

  test('for the file, by column and until a day', () => {
    const ignore = (more: string): string =>
      `data: {source: data/churn.csv, id: customer_id}\ntarget: churned\nfeatures: [age, customer_id]\nlint:\n  ignore:\n    - {rule: conflicting-settings${more}}\n`;
    expect(ids(ignore(', reason: a drill'))).toEqual([]);
    expect(ids(ignore(', column: customer_id, reason: a drill, until: 2026-03-01'))).toEqual([]);
    expect(ids(ignore(', column: age, reason: a drill'))).toEqual([
      'conflicting-settings',
      'suppression-problem',
    ]);
    expect(ids(ignore(', reason: a drill, until: 2026-02-28'))).toEqual([
      'conflicting-settings',
      'suppression-problem',
    ]);
  });

  test.each([
    [
      '«# lint-ignore unsupported-setting»\nrun: {export: [docker]}\n',
      'Suppression of `unsupported-setting` has no reason, so it is not applied.',
    ],
    [
      '«# lint-ignore unsupported-setting: x»\nsplit: 0.3\n',
      'Suppression of `unsupported-setting` is unused: nothing is found here any more.',
    ],
    [
      '«# lint-ignore unsuported-setting: x»\nsplit: 0.3\n',
      'Suppression of `unsuported-setting` names no rule; did you mean `unsupported-setting`?',
    ],
    [
      '«# lint-ignore yaml-syntax: x»\nsplit: 0.3\n',
      'Suppression of `yaml-syntax` has no effect: this rule cannot be ignored.',
    ],
    [
      'lint: {ignore: [«{rule: unsupported-setting, reason: x, until: 2020-01-01}»]}\n',
      'Suppression of `unsupported-setting` expired on 2020-01-01.',
    ],
  ])('%s', (marked, message) => {
    const [finding] = check('suppression-problem', clean + marked, message);
    const removing = finding && {
      ...finding,
      fixes: finding.fixes.filter(({ title }) => !title.startsWith('Rename')),
    };
    const text = fixed((clean + marked).replace(/[«»]/g, ''), removing);
    expect(text).not.toContain('ignore');
  });

  test('a name that is nearly a rule may be put right', () => {
    const text = `${clean}split: 0.3 # lint-ignore unsuported-setting: x\nlint: {ignore: [{rule: unsuported-setting, reason: x}]}\n`;
    const found = only(lint(text), 'suppression-problem');
    expect(found.map(({ fixes }) => fixes[0])).toMatchObject([
      { title: 'Rename to unsupported-setting', safe: false },
      { title: 'Rename to unsupported-setting', safe: false },
    ]);
    const edits = found.flatMap(({ fixes }) => fixes[0]?.edits ?? []);
    expect(applyEdits(text, edits)).toBe(text.replaceAll('unsuported-setting', 'unsupported-setting'));
  });

  test('an exception for a rule that could not look is not called unused', () => {
    expect(ids(`${clean}# lint-ignore constant-column: known\nsplit: 0.3\n`)).toEqual([]);
  });
});

describe('one cause, one finding', () => {
  test('what is inside a broken flow, an unknown key, a dead or unsupported section', () => {
    expect(ids(`${clean}split: {test: \${vars.x}}\n`)).toEqual([
      'interpolation-unquoted',
      'unresolved-reference',
    ]);
    expect(ids(`${clean}on: 1\n`)).toEqual(['unknown-key']);
    expect(ids(`${clean}run: {export: [docker], env: {python: python3}}\n`)).toEqual(['unsupported-setting']);
  });
});

describe('--fix', () => {
  test('applies what keeps the meaning, keeps comments, and leaves nothing safe to do', () => {
    const text = `# the churn model\ndata: data/churn.csv   # rows\ntarget: churned\npositive: yes\nmetric: f1\nmetric: pr_auc # the one\ntrain: {seed: 42} # default\nmodel: {gbdt: {learning_rate: 1e-2}}\n`;
    const once = applyFixes(text, lint(text));
    expect(once.text).toBe(
      `# the churn model\ndata: data/churn.csv   # rows\ntarget: churned\npositive: 'yes'\nmetric: pr_auc # the one\nmodel: {gbdt: {learning_rate: 0.01}}\n`,
    );
    expect(once.applied.map(({ finding }) => finding.rule).toSorted()).toEqual([
      'ambiguous-scalar',
      'ambiguous-scalar',
      'duplicate-key',
      'redundant-default',
    ]);
    const before = load(text).experiment;
    expect(load(once.text).experiment).toEqual(before);
    expect(applyFixes(once.text, lint(once.text)).applied).toEqual([]);
  });

  test('tabs become spaces', () => {
    const text = `${clean}split:\n\ttest: 0.3\n\tgap: 3d\n`;
    expect(applyFixes(text, lint(text)).text).toBe(`${clean}split:\n  test: 0.3\n  gap: 3d\n`);
  });

  test('of two edits at one place only the first is made', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } };
    const finding = lint(`${clean}run: {export: [docker]}\n`)[0];
    if (finding === undefined) throw new Error('one is expected');
    const twice = ['a', 'b'].map((text) => ({
      ...finding,
      fixes: [{ title: text, edits: [{ range, text }], safe: true }],
    }));
    expect(applyFixes('data: x\n', twice).text).toBe('a: x\n');
  });
});

test('files are named relative to the workspace, absolute outside it', () => {
  expect(lint(`${clean}run: {export: [docker]}\n`)[0]?.file).toBe('churn.experiment.yaml');
  expect(
    lint(`${clean}run: {export: [docker]}\n`, { request: { workspace: join(workspace, 'docs') } })[0]?.file,
  ).toBe(file);
  expect(now.getUTCFullYear()).toBe(2026);
});
