/** What completion offers, in which order, and what it writes; `|` is the cursor. */
import { describe, expect, test } from 'vitest';
import { type CompletionItem, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fields } from '../../server/config/fields.ts';
import { spaceSuggestions } from '../../server/language/completion/completeSpace.ts';
import { completionsAt } from '../../server/language/completion/completion.ts';
import type { PeekAt } from '../../server/language/tablePeeks.ts';
import { facts, openText, withCursor } from './open.ts';

function complete(marked: string, snippets = false): CompletionItem[] {
  const { text, position } = withCursor(marked);
  return completionsAt(openText(text, { facts }), position, { snippets }).items;
}

function labels(marked: string): string[] {
  return complete(marked).map(({ label }) => label);
}

/** The text once the item with this label is taken. */
function taken(marked: string, label: string, snippets = false): string {
  const { text } = withCursor(marked);
  const item = complete(marked, snippets).find((each) => each.label === label);
  if (item?.textEdit === undefined || !TextEdit.is(item.textEdit))
    throw new Error(`no ${label} in ${labels(marked)}`);
  return TextDocument.applyEdits(TextDocument.create('', '', 0, text), [item.textEdit]);
}

const start = 'data: data/churn.csv\ntarget: churned\n';

describe('keys', () => {
  test('come required first, those that are set left out', () => {
    expect(labels('|').slice(0, 5)).toEqual(expect.arrayContaining(['data', 'target']));
    expect(labels('|').filter((label) => ['data', 'target'].includes(label))).toEqual(['target', 'data']);
    expect(labels(`${start}|`)).not.toContain('target');
    expect(labels(`${start}|`)).toContain('split');
  });

  test('of a section are found at any indentation, in block and flow style', () => {
    const keys = ['source', 'derive', 'time'];
    expect(labels('data:\n    |')).toEqual(expect.arrayContaining(keys));
    expect(labels('data:\n  source: x\n  |\ntarget: y')).toEqual(expect.arrayContaining(['derive', 'time']));
    expect(labels('data:\n  source: x\n  |\ntarget: y')).not.toContain('source');
    expect(labels('data: {|')).toEqual(expect.arrayContaining(keys));
    expect(labels('data: {source: x, |}')).not.toContain('source');
    expect(labels('data:\n  derive:\n    - |')).toEqual(expect.arrayContaining(['name', 'expr']));
    expect(labels('variants:\n  small:\n    data:\n      |')).toEqual(expect.arrayContaining(keys));
  });

  test('of the model family in use are offered, others not', () => {
    const keys = labels(`${start}model:\n  type: linear\n  |`);
    expect(keys).toContain('linear');
    expect(keys).not.toContain('gbdt');
  });

  test('that are column names come from the data', () => {
    expect(labels(`${start}features:\n  types:\n    |`)).toEqual([
      'plan',
      'tenure',
      'signed',
      'monthly fee',
      'churned',
    ]);
  });

  test('are written with their colon, once', () => {
    expect(taken('tar|', 'target')).toBe('target: ');
    expect(taken('tar|get: x', 'target')).toBe('target: x');
    expect(taken(`${start}spl|`, 'split')).toBe(`${start}split: `);
    expect(taken(`${start}feat|`, 'features', true)).toBe(`${start}features: $0`);
    expect(taken(`${start}features:\n    num|`, 'numeric', true)).toBe(
      `${start}features:\n    numeric:\n      $0`,
    );
    expect(taken(`${start}features: {num|}`, 'numeric', true)).toBe(`${start}features: {numeric: {$0}}`);
  });
});

describe('values', () => {
  test('of a choice come with those that work first', () => {
    const values = labels(`${start}model: |`);
    expect(values.slice(0, 2)).toEqual(expect.arrayContaining(['auto', 'dummy']));
    expect(values.indexOf('gbdt')).toBeLessThan(values.indexOf('cnn'));
  });

  test('that are columns say what the columns are', () => {
    const items = complete(`${start}features: [plan, |]`);
    expect(items.map(({ label }) => label)).toEqual(['tenure', 'signed', 'monthly fee', 'churned']);
    expect(items[0]?.detail).toBe('numeric · 12 % missing · 80 distinct');
    expect(items.at(-1)?.detail).toBe('leaks the target');
    expect(labels(`${start}features:\n  - plan\n  - |`)).toContain('tenure');
    expect(labels(`${start}data:\n  time: |`)[0]).toBe('signed');
  });

  test('that are columns can be written as items below their key', () => {
    expect(taken(`${start}features:\n  exclude:\n    |`, 'monthly fee')).toBe(
      `${start}features:\n  exclude:\n    - monthly fee`,
    );
  });

  test('that are metrics are those of the task', () => {
    const metrics = labels(`${start}metric: |`);
    expect(metrics).toContain('pr_auc');
    expect(metrics).not.toContain('rmse');
  });

  test('replace the word at the cursor and nothing else', () => {
    expect(taken(`${start}metric: pr|x  # why\n`, 'pr_auc')).toBe(`${start}metric: pr_auc  # why\n`);
    expect(taken(`${start}split: {method: ra|, test: 0.2}`, 'random')).toBe(
      `${start}split: {method: random, test: 0.2}`,
    );
    expect(taken(`${start}features: ['ten|']`, 'tenure')).toBe(`${start}features: ['tenure']`);
  });

  test('replace nothing where the word began on another line, since no editor takes that', () => {
    expect(labels(`${start}card: { o|wn }`)).toContain('owner');
    expect(labels(`${start}card: { o\n-|wn }`)).toEqual([]);
    expect(labels(`${start}description: a\r\n|`)).toContain('split');
  });

  test('that are files are those beside the experiment', () => {
    expect(labels('data: |')).toEqual(['data/churn.csv']);
    expect(labels('data:\n  source: da|')).toEqual(['data/churn.csv']);
  });

  test('know the classes, the hash, the variables and the rules', () => {
    expect(labels(`${start}positive: |`)).toEqual(expect.arrayContaining(['true', 'false']));
    expect(labels('data:\n  source: data/churn.csv\n  version: |')).toContain(facts.hash);
    expect(taken(`vars: {cutoff: 2025-07-01}\n${start}split: "\${|"`, 'vars.cutoff')).toMatch(
      /split: "\$\{vars\.cutoff\}"$/,
    );
    expect(labels(`${start}lint:\n  ignore:\n    - rule: |`)).toContain('target-leak');
    expect(taken(`${start}# lint-ignore |`, 'target-leak')).toMatch(/# lint-ignore target-leak: $/);
  });
});

describe('expressions and gates', () => {
  test('offer columns, functions and, after a column, operators', () => {
    const words = labels('data:\n  source: data/churn.csv\n  filter: ten|');
    expect(words).toEqual(expect.arrayContaining(['tenure', 'isnull']));
    expect(words).not.toContain('mean');
    expect(labels('data:\n  source: x\n  expect: ["me|"]')).toContain('mean');
    expect(labels('data:\n  source: x\n  filter: tenure |')).toEqual(
      expect.arrayContaining(['>=', 'is null', 'and']),
    );
  });

  test('spell odd columns and values as they must be spelt', () => {
    expect(taken('data:\n  source: x\n  filter: mon|', 'monthly fee')).toBe(
      'data:\n  source: x\n  filter: "`monthly fee`"',
    );
    expect(taken('data:\n  source: x\n  filter: plan == |', 'basic')).toBe(
      "data:\n  source: x\n  filter: plan == 'basic'",
    );
    expect(taken('data:\n  source: x\n  filter: "plan == |"', "it's pro")).toBe(
      "data:\n  source: x\n  filter: \"plan == 'it''s pro'\"",
    );
  });

  test('offer metrics, comparisons and what to compare with', () => {
    expect(labels(`${start}gates: [|]`).slice(0, 2)).toEqual(['beats baseline', 'roc_auc']);
    expect(labels(`${start}gates:\n  - roc_auc |`)).toContain('>=');
    expect(labels(`${start}gates:\n  - roc_auc > |`)).toEqual(['baseline', 'champion']);
    expect(labels(`${start}gates:\n  - beats |`)).toEqual(['baseline', 'champion']);
    const first = labels(`${start}gates: [|]`);
    expect(first).toEqual(expect.arrayContaining(['lint.errors', 'lint.warnings', 'f1']));
    expect(first.filter((label) => /latency|fairness|size|^value$/.test(label))).toEqual([]);
    expect(labels(`${start}serve: {rollout: {guard: [|]}}`)).toContain('latency.p95');
    expect(labels(`${start}gates: [recall(pl|`)).toContain('plan');
  });
});

test('nothing is offered in comments and texts', () => {
  expect(labels('# da|')).toEqual([]);
  expect(labels('description: >\n  some |')).toEqual([]);
});

test('a guard can be set against variants and past runs', () => {
  const text = `variants: {small: {}}\n${start}serve: {rollout: {guard: [roc_auc > |]}}`;
  expect(labels(text)).toContain('variant(small)');
  expect(labels(text.replace('> |', '> variant(|'))).toEqual(['small']);
});

test('a search space is offered within what the parameter takes', () => {
  const space = (parameter: string) => labels(`${start}model: gbdt\ntune:\n  space:\n    ${parameter}: |`);
  expect(space('model.gbdt.learning_rate')).toContain('0.005..0.5 log');
  expect(space('model.gbdt.max_leaves')).toEqual(expect.arrayContaining(['7..124', '[7, 31, 124]']));
  expect(space('features.numeric.scale')).toContain('[none, standard, robust, minmax, quantile]');
  const faulty = fields.flatMap(({ path }) =>
    spaceSuggestions(['tune', 'space', path]).flatMap(({ label }) => {
      const family = /^model\.([a-z]+)\./.exec(path)?.[1] ?? 'gbdt';
      const text = `${start}model: ${family}\ntune:\n  space:\n    ${path}: ${label}\n`;
      return openText(text).findings.filter(({ rule }) => rule === 'search-space-invalid');
    }),
  );
  expect(faulty.map(({ message }) => message)).toEqual([]);
});

test('names of the environment stand behind env:', () => {
  const { text, position } = withCursor(`${start}name: "\${env:|"`);
  const options = { snippets: false, environment: ['HOME', 'LLM_KEY'] };
  const items = completionsAt(openText(text), position, options).items;
  expect(items.map(({ label }) => label)).toEqual(['env:HOME', 'env:LLM_KEY']);
});

test('an empty file tells what each table holds as soon as its first rows were read', () => {
  const { text, position } = withCursor('|');
  const items = (peekAt: PeekAt) => completionsAt(openText(text), position, { snippets: true, peekAt });
  const waiting = items(() => 'pending');
  expect([waiting.isIncomplete, waiting.items[0]?.detail]).toEqual([true, 'its columns are being read']);
  const known = items(() => ({ columns: 38, targets: ['churned', 'plan'] }));
  expect([known.isIncomplete, known.items[0]?.detail]).toEqual([
    false,
    '38 columns, target probably `churned`',
  ]);
});

test('an empty file can start from each table beside it', () => {
  expect(taken('|', 'Experiment on data/churn.csv', true)).toBe('data: data/churn.csv\ntarget: $0');
});

test('what the task or the model leaves nothing to be fitted of is not offered', () => {
  const classes = [0, 1, 2].map((label) => ({ label, rows: 100 }));
  const several = { ...facts, target: { name: 'churned', missing: 0, distinct: 3, classes } };
  const three = {
    ...several,
    target: { ...several.target, task: 'multiclass', metric: 'macro_f1', prevalence: null },
  } as const;
  const offered = (marked: string, seen = facts) => {
    const { text, position } = withCursor(marked);
    const { items } = completionsAt(openText(text, { facts: seen }), position, { snippets: false });
    return items.map(({ label }) => label);
  };
  expect(offered(`${start}model:\n  calibrate: |`)).toContain('isotonic');
  expect(offered(`${start}model:\n  calibrate: |`, three)).toEqual(['auto', 'none', 'platt', 'temperature']);
  expect(offered(`${start}model:\n  linear:\n    link: |`)).toEqual(['auto', 'logit']);
  expect(offered(`${start}model:\n  linear:\n    link: |`, three)).toEqual(['auto', 'softmax']);
  expect(offered(`${start}model:\n  uncertainty:\n    method: |`)).not.toContain('quantile');
  expect(offered(`${start}model: linear\ntrain:\n  imbalance: |`)).not.toContain('focal');
  expect(offered(`${start}model: mlp\ntrain:\n  imbalance: |`)).toContain('focal');
  expect(offered(`${start}model: linear\ntune:\n  trials: 20\n  search: |`)).not.toContain('asha');
  const metrics = offered(`${start}model:\n  threshold:\n    maximize: |`);
  expect(metrics).toEqual(expect.arrayContaining(['f1', 'recall', 'mcc', 'weighted_f1']));
  expect(metrics).not.toContain('roc_auc');
  expect(metrics).not.toContain('log_loss');
});
