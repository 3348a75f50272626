import { describe, expect, test } from 'vitest';
import { check, clean, fixed, lint, only } from '../marked.ts';

describe('expression-error', () => {
  test('points at the word at fault, in plain and in quoted text', () => {
    check(
      'expression-error',
      'data: {source: data/churn.csv, filter: age «&&» plan}\ntarget: churned\n',
      '`age && plan`: `&&` is written `and` here.',
    );
    check(
      'expression-error',
      'data: {source: data/churn.csv, filter: "age > 3 «)»"}\ntarget: churned\n',
      '`age > 3 )`: `)` is not expected here.',
    );
  });

  test('a pattern is one of RE2, and what is none of it is pointed at', () => {
    check(
      'expression-error',
      `data: {source: data/churn.csv, filter: "matches(plan, 'pro«(?=»x)')"}\ntarget: churned\n`,
      /^`matches\(plan, 'pro\(\?=x\)'\)`: the pattern `pro\(\?=x\)` is no regular expression of RE2: `\(\?=` looks around/,
    );
    check(
      'expression-error',
      `data: {source: data/churn.csv, filter: "matches(plan, '(?i)[[:alpha:]]+')"}\ntarget: churned\n`,
    );
    const contract = (regex: string) =>
      `data: {source: data/churn.csv, columns: {plan: {regex: '${regex}'}}}\ntarget: churned\n`;
    check(
      'expression-error',
      contract('(a)«\\1»'),
      /^`data\.columns\.plan\.regex`: .*refers back to a group/,
    );
    check('expression-error', contract('(?P<n>\\pL)\\z'));
  });

  test('a metric that does not exist is named, and its likely name offered', () => {
    const text = `${clean}gates: [auc >= 0.7]\n`;
    const [finding] = check(
      'expression-error',
      `${clean}gates: [«auc» >= 0.7]\n`,
      '`auc >= 0.7`: there is no metric `auc`; did you mean `roc_auc`?',
    );
    expect(fixed(text, finding)).toBe(`${clean}gates: [roc_auc >= 0.7]\n`);
    check('expression-error', `${clean}gates: [«prauc» > baseline]\n`, /did you mean `pr_auc`/);
    check('expression-error', `${clean}gates: [«f1@10» > 0.3]\n`, /`f1` takes no `@10`/);
  });

  test('a filter gives true or false and looks at one row', () => {
    check(
      'expression-error',
      'data: {source: data/churn.csv, filter: «age * 2»}\ntarget: churned\n',
      /gives a number; true or false is needed/,
    );
    check(
      'expression-error',
      'data: {source: data/churn.csv, filter: age > «mean(age)»}\ntarget: churned\n',
      /looks at all rows at once/,
    );
  });

  test('slices, derived columns and expectations are read in their own way', () => {
    check(
      'expression-error',
      `${clean}evaluate: {slices: [plan, plan=basic, "age < 30", "age «<»"]}\n`,
      /a value is missing/,
    );
    check(
      'expression-error',
      'data:\n  source: data/churn.csv\n  derive: [{name: late, expr: «delya»(x) > 3}]\n  expect: [rows >= 10, mean(age) in 20..60, "unique(customer_id)"]\ntarget: late\n',
      /there is no function `delya`/,
    );
  });

  test('a feature of one row reads what is known when predicting, and says what a model file can', () => {
    const feature = (expr: string, more = '') =>
      `data: {source: data/churn.csv${more}}\ntarget: churned\nfeatures: {derive: [{name: x, expr: "${expr}"}]}\n`;
    check('expression-error', feature('if(«churned», 1, 0)'), /reads `churned`, which is the target/);
    check(
      'expression-error',
      feature('«fee» * 2', ', columns: {fee: {available: after}}'),
      /reads `fee`, which is known only after the outcome: it is not known when predicting/,
    );
    check(
      'expression-error',
      feature('if(«half», 1, 2)', ', derive: [{name: half, expr: churned == 1}]'),
      /reads `half`, which is computed from `churned`, which is the target: it is not known when predicting/,
    );
    check(
      'expression-error',
      feature('coalesce(«trim(plan)», plan)'),
      /a model file has no `trim`; compute it in `data.derive`, whose columns are inputs of the file/,
    );
    // Past outcomes are known, and windows are no part of the file.
    for (const expr of ['{name: x, expr: mean(churned), window: 30d}', '{name: x, expr: lag(trim(plan))}'])
      expect(
        only(
          lint(`data: {source: data/churn.csv, time: day}\ntarget: churned\nfeatures: {derive: [${expr}]}\n`),
          'expression-error',
        ),
      ).toEqual([]);
  });

  test('a rule of a person reads what is known when predicting, and says what a model file can', () => {
    const rule = (condition: string) =>
      `data: data/churn.csv\ntarget: churned\nmodel: {type: heuristic, heuristic: [{if: "${condition}", then: 1}]}\n`;
    check(
      'expression-error',
      rule("«churned» == 'yes'"),
      /reads `churned`, which is the target: it is not known when predicting/,
    );
    check('expression-error', rule("«matches(plan, '^p')»"), /has no `matches`; compute it in `data.derive`/);
    expect(only(lint(rule("fee > 20 and plan in ['basic', 'pro']")), 'expression-error')).toEqual([]);
  });

  test('a comparison with null is told, since it never holds', () => {
    check(
      'expression-error',
      'data: {source: data/churn.csv, filter: age != «null»}\ntarget: churned\n',
      /always null; write `is null`/,
    );
  });

  test('every gate, filter and alert of the reference is silent', () => {
    const gates = [
      'pr_auc >= 0.30',
      'pr_auc > baseline (significant)',
      'pr_auc >= champion - 0.005',
      'recall(plan=basic) >= 0.4',
      'ece <= 0.03',
      'fairness.worst_difference <= 0.1',
      'latency.p95 < 50ms',
      'lint.errors == 0',
      'beats baseline',
      'recall@2000 >= 0.3',
      'cost.per_answer <= 0.01',
    ];
    check('expression-error', `${clean}gates:\n${gates.map((gate) => `  - ${gate}\n`).join('')}`);
    expect(only(lint(`${clean}gates: [pr_auc >= 0.55, beats baseline]\n`), 'expression-error')).toEqual([]);
  });
});

describe('search-space-invalid', () => {
  const space = (parameter: string, values: string): string =>
    `${clean}tune:\n  trials: 40\n  space:\n    ${parameter}: ${values}\n`;
  const lr = 'model.gbdt.learning_rate';

  test.each([
    [lr, '«0.3..0.1»', /the range 0.3..0.1 is reversed/],
    [lr, '«0..0.2 log»', /leaves the legal range|log scale cannot start at 0/],
    ['model.linear.strength', '«[1, 2]»', /the model is gbdt, not linear/],
    [lr, '«0.01..3»', /0.01..3 leaves the legal range/],
    [lr, '«[]»', /the list is empty/],
    ['model.gbdt.max_leaves', '«[15, lots]»', /"lots" is outside what it takes/],
    ['model.gbdt.max_leafs', '«[15]»', /there is no such setting; did you mean `model.gbdt.max_leaves`/],
    ['model.gbdt.max_leaves', '«64..128 step 100»', /step 100 does not fit/],
    [lr, '«about 3»', /neither a list nor a range/],
    ['split.valid', '«[0.1, 0.2]»', /one for all trials, whose scores are compared/],
    ['data.filter', '«["a > 0"]»', /one for all trials/],
    ['metric', '«[f1, roc_auc]»', /one for all trials/],
    ['features.derive.0.expr', '«[a * 2]»', /one for all trials/],
    ['model.ensemble.method', '«[stack, vote]»', /does not act on it yet/],
  ])('%s: %s', (parameter, values, message) => {
    check('search-space-invalid', space(parameter, values), message);
  });

  test('a reversed range is turned round', () => {
    const text = space(lr, '0.3..0.1 log');
    expect(fixed(text, only(lint(text), 'search-space-invalid')[0])).toBe(space(lr, '0.1..0.3 log'));
  });

  test('all forms of the reference are silent', () => {
    check('search-space-invalid', space(lr, '0.01..0.2 log'));
    check('search-space-invalid', space('model.gbdt.max_leaves', '[15, 31, 63]'));
    check('search-space-invalid', space('model.gbdt.max_leaves', '64..512 step 64'));
    check('search-space-invalid', space('model.gbdt.subsample', '0.6..1.0'));
    check('search-space-invalid', space('model.gbdt.max_depth', '3..10'));
    check('search-space-invalid', space('train.early_stop', '[5, 20]'));
    check(
      'search-space-invalid',
      space('model.type', '[gbdt, linear]\n    model.linear.strength: 0.1..9.0 log'),
    );
  });
});

describe('gates that a run cannot judge', () => {
  const of = (gate: string) => `${clean}variants: {small: {}}\ngates: [${gate}]\n`;
  const why = (gate: string, reason: string) =>
    `The gate \`${gate}\` cannot be judged and always fails: ${reason}.`;

  test.each([
    ['«latency.p95» < 5ms', '`latency.p95` is not measured by a run of this version'],
    ['«fairness.worst_ratio» >= 0.8', '`fairness.worst_ratio` is not measured by a run of this version'],
    ['«cost.answer» < 1', '`cost.answer` is not measured by a run of this version'],
    ['«size» < 5', '`size` is not measured by a run of this version'],
    ['«value» > 0', '`value` is not measured by a run of this version'],
    ['pr_auc > «variant(small)»', 'a run of this version cannot compare with `variant(small)`'],
    ['pr_auc > «run(abc)»', 'a run of this version cannot compare with `run(abc)`'],
    ['beats «run(abc)»', 'a run of this version cannot compare with `run(abc)`'],
    ['pr_auc > «budget»', 'a run of this version cannot compare with `budget`'],
    ['lint.errors < «baseline»', '`lint.errors` is compared with a number only'],
  ])('%s', (marked, reason) => {
    const gate = marked.replaceAll(/[«»]/g, '');
    const [finding] = check('unsupported-setting', of(marked), why(gate, reason));
    expect(finding?.severity).toBe('warning');
    expect(fixed(of(gate), finding, 'Remove the gate')).toBe(`${clean}variants: {small: {}}\n`);
  });

  test('what it can judge is silent', () => {
    const gates = 'pr_auc >= 0.5, beats baseline (significant), pr_auc > champion - 0.01, lint.errors == 0';
    expect(only(lint(of(gates)), 'unsupported-setting')).toEqual([]);
  });

  test('a variant that is not there, a run that the store does not hold', () => {
    check(
      'unresolved-reference',
      of('pr_auc > «variant(smal)»'),
      'Variant `smal` not found; did you mean `small`?',
    );
    check(
      'unresolved-reference',
      of('beats «variant(zz)»'),
      'Variant `zz` not found (looked in `variants`).',
    );
    const runs = { results: [], looksAt: () => 0, hasRun: (id: string) => id === 'abc' };
    const text = of('pr_auc > run(unknown), beats run(abc)').replace(
      'gates',
      'baseline: [run:none, run:abc, dummy]\ngates',
    );
    const found = lint(text, { runs });
    expect(only(found, 'unresolved-reference').map(({ path, message }) => [path, message])).toEqual([
      ['baseline.0', 'Run `none` not found (looked in the store of this workspace).'],
      ['gates.0', 'Run `unknown` not found (looked in the store of this workspace).'],
    ]);
    expect(only(found, 'unsupported-setting').map(({ path }) => path)).toEqual(['baseline.1', 'gates.1']);
  });
});
