// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { describe, expect, test } from 'vitest';
import { check, clean, fixed, lint, only } from '../marked.ts';

describe('ambiguous-scalar', () => {
  const here = (marked: string, message: string | RegExp): void => {
    check('ambiguous-scalar', clean + marked, message);
  };

  test('booleans of YAML 1.1 are told and quoted', () => {
    here('positive: «yes»\n', '`yes` is text here but true in YAML 1.1 readers such as PyYAML.');
    here('positive: «No»\n', '`No` is text here but false in YAML 1.1 readers such as PyYAML.');
    const text = `${clean}positive: yes\n`;
    expect(fixed(text, only(lint(text), 'ambiguous-scalar')[0])).toBe(`${clean}positive: 'yes'\n`);
  });

  test('numbers that readers disagree about are written plainly', () => {
    here(
      'train: {seed: «010»}\n',
      '`010` is the number 10 here but the number 8 in YAML 1.1 readers such as PyYAML.',
    );
    const text = `${clean}model: {gbdt: {learning_rate: 1e-4}}\n`;
    const [finding] = check(
      'ambiguous-scalar',
      `${clean}model: {gbdt: {learning_rate: «1e-4»}}\n`,
      /the number 0.0001 here but text/,
    );
    expect(fixed(text, finding)).toBe(`${clean}model: {gbdt: {learning_rate: 0.0001}}\n`);
  });

  test('times are numbers in base sixty elsewhere', () => {
    here(
      'description: «12:30»\n',
      '`12:30` is text here but the number 750 in YAML 1.1 readers such as PyYAML.',
    );
  });

  test('a version with a trailing zero is text that became a number, where only text will do', () => {
    here('description: «3.10»\n', '`3.10` is the number 3.1 here; as text it needs quotes.');
    check('ambiguous-scalar', `${clean}model: {linear: {strength: 3.10}}\n`);
  });

  test('a null spelling in a list of texts needs quotes, and is told once', () => {
    const text = 'data:\n  source: data/churn.csv\n  read: {null_values: [NA, «NULL»]}\ntarget: churned\n';
    const [finding] = check('ambiguous-scalar', text, '`NULL` is null here; as text it needs quotes.');
    expect(finding?.path).toBe('data.read.null_values.1');
    expect(only(lint(text.replace(/[«»]/g, '')), 'wrong-type')).toEqual([]);
  });

  test('dates, words that YAML 1.1 takes as words, quoted text and severities are silent', () => {
    check('ambiguous-scalar', `${clean}split: 2025-07-01\nlint: {rules: {skewed: off}}\n`);
    check('ambiguous-scalar', "data: data/churn.csv\ntarget: y\npositive: 'yes'\ndescription: maybe\n");
  });

  test('a key that is a boolean elsewhere is told too', () => {
    check(
      'ambiguous-scalar',
      'data:\n  source: data/churn.csv\n  columns: {«on»: {type: numeric}}\ntarget: churned\n',
      '`on` is text here but true in YAML 1.1 readers such as PyYAML.',
    );
  });
});

describe('secret-in-config', () => {
  const secret = (value: string): string => `${clean}card: {owner: «${value}»}\n`;

  test.each([
    ['a GitHub token', `ghp_${'a1B2c3D4e5'.repeat(4)}`],
    ['an AWS access key', 'AKIAIOSFODNN7EXAMPLE'],
    ['an API key', `sk-${'proj9aBcD'.repeat(3)}`],
    ['a password in a URL', 'postgres://me:hunter22@db.example.org/x'],
    ['40 random characters', 'q8Zr2LxV0tKc7YpWn4JbHs9dFg3MeUa6TiCo1RvE'],
  ])('%s is found and moved to the environment', (kind, value) => {
    const message = `This looks like a secret (${kind}); it would be stored with every run.`;
    const [finding] = check('secret-in-config', secret(value), message);
    expect(JSON.stringify(finding?.data)).not.toContain(value);
    expect(fixed(secret(value).replace(/[«»]/g, ''), finding)).toContain("owner: '${env:OWNER}'");
  });

  test('hashes, long names, paths, sentences and references are silent', () => {
    check(
      'secret-in-config',
      `data: {source: data/churn.csv, version: sha256:${'0123456789abcdef'.repeat(4)}}\ntarget: churned\n`,
    );
    check('secret-in-config', `${clean}features: [number_of_support_tickets_last_30_days_by_customer_v2]\n`);
    check(
      'secret-in-config',
      `${clean}card: {owner: "\${env:OWNER}", license: LicenseRef-Company-Internal-2024}\n`,
    );
    check(
      'secret-in-config',
      `${clean}description: How long until the customerHasCancelledTheirSubscription event fires?\n`,
    );
  });
});

describe('absolute-path', () => {
  test('a path of one machine is told, one inside the workspace made relative', () => {
    check(
      'absolute-path',
      'data: «/mnt/data/churn.csv»\ntarget: churned\n',
      '`/mnt/data/churn.csv` is an absolute path; others cannot run this.',
    );
    check('absolute-path', "data: «'C:\\data\\churn.csv'»\ntarget: churned\n", /is an absolute path/);
    check('absolute-path', 'data: «~/churn.csv»\ntarget: churned\n', /is an absolute path/);
  });

  test('relative paths and the path of a URL are silent', () => {
    check('absolute-path', `${clean}serve: {endpoint: {path: /v1/churn}}\n`);
  });
});
