import { describe, expect, test } from 'vitest';
import { sarifLog } from '../../server/lint/reporters/sarif.ts';
import { check, clean, lint, only } from './marked.ts';
import { Drawing, lintTable } from './tables.ts';

const rule = (when: string, more = ''): string =>
  `lint: {rules: {few-trees: {when: "${when}", message: Too few trees${more}}}}\n`;
const of = (text: string) => only(lint(text), 'few-trees');

describe("a team's own rule", () => {
  test('stands at the setting that it names, with its message and severity', () => {
    const text = (trees: string, more = '') =>
      `${clean}model: {gbdt: {trees: ${trees}}}\n${rule('model.gbdt.trees < 100', more)}`;
    check('few-trees', text('«50»'), 'Too few trees');
    expect(of(text('100'))).toEqual([]);
    expect(of(text('50'))[0]?.severity).toBe('warning');
    expect(of(text('50', ', severity: error'))[0]?.severity).toBe('error');
    expect(of(text('50', ', severity: off'))).toEqual([]);
  });

  test('without a message it says its condition', () => {
    const [finding] = only(lint(`${clean}lint: {rules: {ours: {when: split.test < 0.5}}}\n`), 'ours');
    expect(finding?.message).toBe('`split.test < 0.5` holds.');
  });

  test.each([
    ['model.type == auto or false', false],
    ["model.type == 'auto'", true],
    ["model.type in ['linear', 'auto']", true],
    ['train.seed in 1..42', true],
    ['not (train.seed in 1..42)', false],
    ['count(baseline) >= 2', true],
    ['split.test * 100 > 19 and train.seed == 42', true],
    ['data.group is null', true],
    // What is not known makes nothing true.
    ['data.group == 1', false],
    ['not (data.group == 1)', false],
    ['rows < 5', false],
  ])('%s', (when, expected) => {
    expect(of(clean + rule(when))).toHaveLength(expected ? 1 : 0);
  });

  test('can be excepted like any other, and an exception that is no longer needed is told', () => {
    const text = (trees: number) =>
      `${clean}# lint-ignore few-trees: a quick look\nmodel: {gbdt: {trees: ${trees}}}\n${rule('model.gbdt.trees < 100')}`;
    expect(lint(text(50))).toEqual([]);
    expect(lint(text(200)).map(({ message }) => message)).toEqual([
      'Suppression of `few-trees` is unused: nothing is found here any more.',
    ]);
  });

  test('a condition that cannot be read is told at its word', () => {
    check('expression-error', `${clean}lint: {rules: {ours: {when: model.gbdt.trees «<»}}}\n`, /./);
  });

  test('knows the rows and the columns of the data', async () => {
    const d = new Drawing(300, 5);
    const table = { age: d.whole(20, 90), y: d.binary(() => 0) };
    const yaml = (when: string) =>
      `data: data.csv\ntarget: y\nlint: {rules: {ours: {when: "${when}", message: m}}}\n`;
    const told = async (when: string) =>
      (await lintTable(table, yaml(when))).findings
        .map((each) => each.rule)
        .filter((each) => each === 'ours');
    expect(await told('rows < 1000 and mean(age) > 30')).toEqual(['ours']);
    expect(await told('max(age) > 100 or unique(age) < 5')).toEqual([]);
  });

  test('SARIF names it although the catalogue does not', () => {
    const log = JSON.stringify(sarifLog(of(`${clean}${rule('train.seed == 42')}`), '1'));
    expect(log).toContain('"rules":[{"id":"few-trees"}]');
  });

  test('a sound file with rules of its own that do not hold has no finding', () => {
    expect(lint(clean + rule('model.gbdt.trees < 100'), {})).toEqual([]);
  });
});
