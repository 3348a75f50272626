/** Fixes of what is written, beyond the one of each rule's page: the text that each makes, after which its rule is silent. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../temporary.ts';
import { clean, fixed, lint, only } from '../marked.ts';
import { figure, historyOf, resultOf } from '../pastResults.ts';
import { lintTable, ofRule } from '../tables.ts';

function mended(rule: string, text: string, title?: string): string {
  const found = only(lint(text), rule);
  const after = fixed(text, found[0], title);
  expect(only(lint(after), rule).length).toBeLessThan(found.length);
  return after;
}

describe('expression-error: what people write out of habit', () => {
  test.each([
    ['roc_auc => 0.7', 'roc_auc >= 0.7'],
    ['log_loss =< 0.7', 'log_loss <= 0.7'],
    ['roc_auc ≥ 0.7', 'roc_auc >= 0.7'],
    ['roc_auc(plan=pro >= 0.7', undefined],
    ['auc >= 0.7', 'roc_auc >= 0.7'],
  ])('gate %s', (gate, right) => {
    const text = `${clean}gates: ["${gate}"]\n`;
    if (right === undefined) expect(only(lint(text), 'expression-error')[0]?.fixes).toEqual([]);
    else expect(mended('expression-error', text)).toBe(`${clean}gates: ["${right}"]\n`);
  });

  test.each([
    ['age<>3', 'age!=3'],
    ['age > 3&&plan == 1', 'age > 3 and plan == 1'],
    ['!isnull(age)', 'not isnull(age)'],
    ['age is 3', 'age == 3'],
    ['age is not 3', 'age != 3'],
    ['(age > 3', '(age > 3)'],
    ['age in [1, 2', 'age in [1, 2]'],
    ["plan == 'pro", "plan == 'pro'"],
  ])('filter %s', (filter, right) => {
    const text = (expr: string) => `data: {source: data/churn.csv, filter: "${expr}"}\ntarget: churned\n`;
    expect(mended('expression-error', text(filter))).toBe(text(right));
  });
});

describe('missing-required: a legal value in its place', () => {
  test.each([
    ['target: y\n', 'target: y\ndata: {source: TODO.csv}\n'],
    [
      `${clean}split: {method: group}\n`,
      'data: {source: data/churn.csv, group: TODO}\ntarget: churned\nsplit: {method: group}\n',
    ],
    [
      `${clean}model: heuristic\n`,
      `${clean}model: {type: heuristic, heuristic: [{if: 'true', then: 0.5}]}\n`,
    ],
    [
      `${clean}model: {type: ensemble}\n`,
      `${clean}model: {type: ensemble, ensemble: {members: [linear, gbdt]}}\n`,
    ],
    [`${clean}metric: value\n`, `${clean}metric: value\nproblem: {value: {tp: 1, fp: -1, fn: 0, tn: 0}}\n`],
    [
      'data: {source: data/churn.csv, derive: [{expr: age * 2}]}\ntarget: churned\n',
      'data: {source: data/churn.csv, derive: [{expr: age * 2, name: TODO}]}\ntarget: churned\n',
    ],
    [
      'data:\n  source: data/churn.csv\n  derive:\n    - name: old # years\ntarget: churned\n',
      'data:\n  source: data/churn.csv\n  derive:\n    - name: old # years\n      expr: TODO\ntarget: churned\n',
    ],
  ])('%s', (text, right) => {
    expect(mended('missing-required', text)).toBe(right);
  });

  test('all that a prompt needs, one after the other', () => {
    let text = 'data: data/churn.csv\ntask: generation\n';
    for (let left = 3; left > 0; left--) text = mended('missing-required', text);
    expect(only(lint(text), 'missing-required')).toEqual([]);
    expect(lint(text).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test('out-of-range: a share that was given in percent', () => {
  expect(mended('out-of-range', `${clean}split: {test: 20, valid: 0.1}\n`)).toBe(
    `${clean}split: {test: 0.2, valid: 0.1}\n`,
  );
});

describe('unresolved-reference: the nearest thing that is there', () => {
  test('a variable, within a text', () => {
    const text = 'vars: {folder: data}\ndata: "${vars.foldr}/churn.csv"\ntarget: churned\n';
    expect(mended('unresolved-reference', text)).toBe(
      'vars: {folder: data}\ndata: "${vars.folder}/churn.csv"\ntarget: churned\n',
    );
  });

  test('a variant in a gate, and else the gate goes', () => {
    const text = (name: string) =>
      `${clean}gates: [roc_auc > variant(${name})]\nvariants: {small: {model: linear}}\n`;
    expect(mended('unresolved-reference', text('smal'))).toBe(text('small'));
    expect(mended('unresolved-reference', text('other'))).not.toContain('gates');
  });

  test('a runbook', () => {
    expect(mended('unresolved-reference', `${clean}card: {runbook: docs/runbok.md}\n`)).toBe(
      `${clean}card: {runbook: docs/runbook.md}\n`,
    );
  });
});

test('absolute-path: the file of that name, whosever machine it was', () => {
  for (const path of ['/mnt/disk/churn.csv', '~/churn.csv', 'C:\\work\\churn.csv'])
    expect(mended('absolute-path', `data: '${path}'\ntarget: churned\n`)).toBe(clean);
  const [finding] = only(lint('data: /mnt/disk/nowhere.csv\ntarget: churned\n'), 'absolute-path');
  expect(finding?.fixes).toEqual([]);
});

describe('steps of a pipeline', () => {
  const steps = (list: string, source = 'data/churn.csv') =>
    `data: {source: ${source}, pipeline: {steps: [${list}]}}\ntarget: churned\n`;
  const clean2 = '{id: clean, run: python clean.py}';

  test.each([
    ['python -m imblearn smote.py', 'smote'],
    ['python undersample.py', 'undersample'],
    ['python over_sample.py', 'oversample'],
  ])('resample-before-split: %s becomes %s of the training rows', (run, strategy) => {
    const text = steps(`${clean2}, {id: more, run: ${run}}`);
    expect(mended('resample-before-split', text)).toBe(`${steps(clean2)}train: {imbalance: ${strategy}}\n`);
  });

  test('resample-before-split: what training does already, or does not do yet, is not added', () => {
    const text = `${steps(`${clean2}, {id: smote, run: python smote.py}`)}train: {imbalance: weights}\n`;
    expect(mended('resample-before-split', text)).toBe(`${steps(clean2)}train: {imbalance: weights}\n`);
    expect(mended('resample-before-split', steps(`${clean2}, {id: augment, run: python mixup.py}`))).toBe(
      steps(clean2),
    );
  });

  test('augment-in-eval: the step is run on the training file, wherever it names the other', () => {
    const source = '{train: a.csv, test: b.csv}';
    const text = steps('{id: augment, run: python more.py b.csv, in: [b.csv, c.csv], out: b.csv}', source);
    const right = steps('{id: augment, run: python more.py a.csv, in: [a.csv, c.csv], out: a.csv}', source);
    expect(mended('augment-in-eval', text)).toBe(right);
    expect(mended('augment-in-eval', text, 'Remove the step')).not.toContain('pipeline');
  });
});

test('future-aggregate: as many rows back as it looked ahead, each of several', () => {
  const text = (expr: string) =>
    `data: {source: data/churn.csv, time: day}\ntarget: churned\nfeatures: {derive: [{name: n, expr: ${expr}}]}\n`;
  expect(mended('future-aggregate', text('"lag(a, -3) - lag(b, -1)"'))).toBe(text("'lag(a, 3) - lag(b)'"));
});

describe('prompts', () => {
  const start = 'task: generation\nllm:\n  prompts: [{id: p, template: "Answer <q>{{question}}</q>"}]\n';
  const tests = '  tests: [{id: t, vars: {question: How?}, assert: [contains: x]}]\n';
  const dear = '{id: m, model: example-2025-09-01, price: {in: 1000, out: 3000}, max_tokens: 1000}';

  test('cost-forecast: as often as the cap allows, else shorter answers, else nothing', () => {
    const run = `${start}  providers: [${dear}]\n${tests}  repeat: 9\n  cost: {per_run: 10 USD}\n`;
    // A call costs 1,000 * 3 + 8 tokens asked at 1 = 3.008.
    expect(mended('cost-forecast', run)).toBe(run.replace('repeat: 9', 'repeat: 3'));
    const call = `${start}  providers: [${dear}]\n${tests}  cost: {per_call: 2 USD}\n`;
    const tokens = /max_tokens: (\d+)/.exec(mended('cost-forecast', call))?.[1];
    expect(Number(tokens)).toBeGreaterThan(650);
    expect(Number(tokens)).toBeLessThan(667);
    const over = `${start}  providers: [${dear}]\n${tests}  cost: {per_run: 1 USD}\n`;
    expect(only(lint(over), 'cost-forecast')[0]?.fixes).toEqual([]);
  });

  test('secret-in-prompt: it is taken out of text of any form', () => {
    const text = (secret: string) =>
      `task: generation\nllm:\n  prompts:\n    - id: p\n      template: |\n        Look it up with ${secret}here.\n        <q>{{question}}</q>\n  providers: [local:m-2025-09-01]\n${tests}`;
    expect(mended('secret-in-prompt', text('AKIAIOSFODNN7EXAMPLE '))).toBe(text(' '));
  });
});

test('notebook-soup: only a script that is there is run instead', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'churn.experiment.yaml');
  const text = (run: string) =>
    `${clean}gates: [beats baseline]\nmodel: {type: command, command: {train: ${run}}}\n`;
  const before = text('jupyter run nb/train.ipynb --fast');
  const request = { file, workspace: folder };
  expect(only(lint(before, { request }), 'notebook-soup')[0]?.fixes).toEqual([]);
  mkdirSync(dirname(join(folder, 'nb/train.py')), { recursive: true });
  writeFileSync(join(folder, 'nb/train.py'), 'pass\n');
  const [finding] = only(lint(before, { request }), 'notebook-soup');
  expect(fixed(before, finding)).toBe(text('python nb/train.py --fast'));
});

test('alert-no-runbook: what is missing of the two', () => {
  const text = (more: string, card: string) =>
    `${clean}card: {${card}}\nmonitor: {alerts: [{when: error_rate > 1%, severity: page${more}}]}\n`;
  const runbook = ', runbook: docs/runbook.md';
  const owner = "owner: 'TODO: Accountable person/team'";
  expect(mended('alert-no-runbook', text('', 'license: MIT'))).toBe(text(runbook, `license: MIT, ${owner}`));
  expect(mended('alert-no-runbook', text('', 'owner: me'))).toBe(text(runbook, 'owner: me'));
  expect(mended('alert-no-runbook', text(runbook, 'license: MIT'))).toBe(
    text(runbook, `license: MIT, ${owner}`),
  );
});

test('pii-without-basis: the half that is missing', () => {
  const text = (privacy: string) =>
    `data: {source: data/churn.csv, columns: {plan: {pii: name}}, privacy: {${privacy}}}\ntarget: churned\ngates: [beats baseline]\n`;
  expect(mended('pii-without-basis', text('basis: contract'))).toBe(text('basis: contract, retention: 365d'));
});

test('metric-inconsistent: ranked on what the gate asks for', () => {
  const text = (metric: string) => `${clean}task: binary\nmetric: ${metric}\ngates: [pr_auc >= 0.5]\n`;
  expect(mended('metric-inconsistent', text('roc_auc'))).toBe(text('pr_auc'));
});

test('barely-beats-baseline: the baseline becomes the model, unless it learns nothing', () => {
  const of = (text: string, baselines: Parameters<typeof resultOf>[1] & {}) =>
    only(lint(text, { runs: historyOf([resultOf(text, baselines)]) }), 'barely-beats-baseline')[0];
  const text = `${clean}model: {type: gbdt, gbdt: {trees: 50}}\n`;
  const near = of(text, { baselines: { linear: { roc_auc: figure(0.79) } } });
  expect(fixed(text, near)).toBe(`${clean}model: {type: linear, gbdt: {trees: 50}}\n`);
  expect(of(text, { baselines: { dummy: { roc_auc: figure(0.79) } } })?.fixes).toEqual([]);
});

test('feedback-loop: the strategy that is written gives way', () => {
  const text = (strategy: string) =>
    `${clean}problem: {feedback: true}\nserve: {rollout: {strategy: ${strategy}, hold: 1h}}\n`;
  expect(mended('feedback-loop', text('canary'))).toBe(text('shadow'));
});

test('population-mismatch: either filter becomes the other, but for what only the outcome decides', () => {
  const text = (filter: string, served: string) =>
    `data: {source: data/churn.csv, filter: "${filter}"}\ntarget: churned\nserve: {mode: batch${served}}\n`;
  const before = text('churned is not null and age > 18', ', filter: age > 21 or plan == 1');
  expect(mended('population-mismatch', before)).toBe(text('churned is not null and age > 18', ''));
  expect(mended('population-mismatch', before, 'Train on the population of serve.filter')).toBe(
    text('(age > 21 or plan == 1) and (churned is not null)', ', filter: age > 21 or plan == 1'),
  );
});

test('fairness-unchecked: where no column is called protected, all that can be written is the measure', () => {
  const text = `${clean}name: customers\ngates: [beats baseline]\nproblem: {risk: medium}\n`;
  expect(mended('fairness-unchecked', text)).toBe(
    `${text}evaluate: {fairness: {metrics: [equalized_odds]}}\n`,
  );
});

describe('with data', () => {
  const rows = Array.from({ length: 400 }, (_, i) => i);
  const y = rows.map((i) => Number(i % 7 < 3));
  const load = rows.map((i) => (y[i] === 1 && i % 3 !== 0 ? null : (i * 37) % 101));
  const columns = { load, fee: rows.map((i) => (i * 53) % 97), y };

  test('column-not-found: a key is renamed, unless the right one stands beside it', async () => {
    const text = (keys: string) => `data: {source: data.csv, columns: {${keys}}}\ntarget: y\n`;
    const [finding] = ofRule(await lintTable(columns, text('lod: {min: 0}')), 'column-not-found');
    expect(fixed(text('lod: {min: 0}'), finding)).toBe(text('load: {min: 0}'));
    const [twice] = ofRule(
      await lintTable(columns, text('lod: {min: 0}, load: {min: 0}')),
      'column-not-found',
    );
    expect(twice?.fixes).toEqual([]);
  });

  test('informative-missing: a mark is kept where gaps are filled in without one', async () => {
    const filled = 'data: data.csv\ntarget: y\nmodel: linear\nfeatures: {numeric: {impute: median}}\n';
    const [finding] = ofRule(await lintTable(columns, filled), 'informative-missing');
    expect(fixed(filled, finding)).toBe(
      filled.replace('median}', 'median}, columns: {load: {impute: indicator}}'),
    );
    const [unfilled] = ofRule(await lintTable(columns), 'informative-missing');
    expect(unfilled?.fixes).toEqual([]);
  });

  test('expectation-failed: rows that break an expectation are left out, what holds for all rows is not asked of one', async () => {
    const text = (expected: string) => `data: {source: data.csv, expect: ["${expected}"]}\ntarget: y\n`;
    const [ofRows] = ofRule(await lintTable(columns, text('fee < 96')), 'expectation-failed');
    const after = fixed(text('fee < 96'), ofRows);
    expect(after).toBe('data: {source: data.csv, expect: ["fee < 96"], filter: "(fee < 96)"}\ntarget: y\n');
    expect(ofRule(await lintTable(columns, after), 'expectation-failed')).toEqual([]);
    const [ofAll] = ofRule(await lintTable(columns, text('mean(fee) < 3')), 'expectation-failed');
    expect(ofAll?.fixes).toEqual([]);
  });
});

test('future-aggregate: the only column that tells a time becomes data.time', () => {
  const text = `${clean}features: {derive: [{name: before, expr: lag(fee)}]}\n`;
  const told = (...names: readonly string[]) => {
    const columns = [{ name: 'fee', kind: 'numeric' }, ...names.map((name) => ({ name, kind: 'datetime' }))];
    return only(lint(text, { columns }), 'future-aggregate')[0];
  };
  const after = fixed(text, told('day'));
  expect(after).toBe(text.replace('data/churn.csv', '{source: data/churn.csv, time: day}'));
  expect(only(lint(after), 'future-aggregate')).toEqual([]);
  expect(told('day', 'due')?.fixes).toEqual([]);
  expect(told()?.fixes).toEqual([]);
});
