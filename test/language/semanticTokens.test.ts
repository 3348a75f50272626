/** Colours: each word that a text names, with what it is. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { expect, test } from 'vitest';
import { semanticTokens, tokensLegend } from '../../server/language/semanticTokens.ts';
import { openText } from './open.ts';

/** `text: type`, in the order of the text. */
function coloured(text: string): string[] {
  const { data } = semanticTokens(openText(text));
  const lines = text.split('\n');
  let [line, character] = [0, 0];
  return Array.from({ length: data.length / 5 }, (_, i) => {
    const [down = 0, along = 0, length = 0, type = 0, modifiers = 0] = data.slice(5 * i, 5 * i + 5);
    line += down;
    character = down > 0 ? along : character + along;
    const names = tokensLegend.tokenModifiers.filter((__, bit) => (modifiers & (1 << bit)) > 0);
    const word = lines[line]?.slice(character, character + length);
    return [`${word}: ${tokensLegend.tokenTypes[type]}`, ...names].join(' ');
  });
}

const start = 'data: data/churn.csv\ntarget: churned\n';

test('metrics are told from columns, in gates as well as by themselves', () => {
  expect(
    coloured(
      `${start}metric: roc_auc\ngates: [pr_auc >= 0.3, "recall(plan=basic) > champion", beats baseline]\n`,
    ),
  ).toEqual([
    'churned: variable',
    'roc_auc: enumMember',
    'pr_auc: enumMember',
    'recall: enumMember',
    'plan: variable',
  ]);
});

test('functions are told from columns, nested ones too', () => {
  expect(
    coloured(
      `data:\n  source: data/churn.csv\n  filter: "log(abs(tenure)) > 1 and lower(plan) == 'pro'"\ntarget: churned\n`,
    ),
  ).toEqual([
    'log: function',
    'abs: function',
    'tenure: variable',
    'lower: function',
    'plan: variable',
    'churned: variable',
  ]);
});

test('variables, variants and settings without effect keep theirs', () => {
  expect(
    coloured(
      `vars: {name: x}\n${start}description: "\${vars.name}"\ntrain: {epochs: 3}\nvariants: {small: {metric: f1}}\n`,
    ),
  ).toEqual([
    'name: parameter declaration',
    'churned: variable',
    'name: parameter',
    'epochs: property deprecated',
    'small: class declaration',
    'f1: enumMember',
  ]);
});

test('a word that is none of a metric has no colour of one', () => {
  expect(coloured(`${start}metric: auc_of_mine\n`)).toEqual(['churned: variable']);
});

test('variables of prompts are told from their text', () => {
  const prompts = [
    '  prompts:',
    '    - id: short',
    '      template: |',
    '        Answer {{ tone }}:',
    '        {{question}}',
    '    - id: chat',
    '      messages: [{role: user, content: "{{question}} please"}]',
  ];
  expect(coloured(`llm:\n${prompts.join('\n')}\n`)).toEqual([
    'tone: parameter',
    'question: parameter',
    'question: parameter',
  ]);
});
