/** Faults planted in experiments, each told once, in its own words, at its own place. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkValue } from '../../server/config/check.ts';
import { fields } from '../../server/config/fields.ts';
import { experimentSchema } from '../../server/config/schema/experimentSchema.ts';
import { isMap } from '../../server/config/schema/nodes.ts';

const minimal = 'data: churn.csv\ntarget: churned\n';

/** `rule path: message` for each issue of a two-line experiment with `more` added. */
function issuesOf(more: string, base = minimal): string[] {
  return checkValue(parse(base + more)).map(
    ({ rule, path, message }) => `${rule} ${path.join('.')}: ${message}`,
  );
}

function suggestionsOf(more: string, base = minimal): unknown[] {
  return checkValue(parse(base + more)).map(({ suggestion, movedTo }) => suggestion ?? movedTo);
}

const examples = ['test/config/examples', 'examples'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.experiment.yaml'))
    .map((name) => `${folder}/${name}`),
);

test.each(examples)('%s has no issue', (file) => {
  expect(checkValue(parse(readFileSync(file, 'utf8')))).toEqual([]);
});

test('every example of the design is there', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

describe('shorthands are accepted', () => {
  test.each([
    'data: [a.csv, b.csv]',
    'data: {source: {train: a.csv, test: b.csv}}',
    'features: [a, b*]',
    'split: 0.2',
    'split: 20%',
    'split: 2025-07-01',
    'split: data/test.csv',
    'split: {cv: 5}',
    'split: {cv: {folds: 5, kind: rolling}}',
    'split: {gap: 30d}',
    'split: {gap: 100}',
    'split: {dedupe: 0.85}',
    'model: gbdt',
    'model: {threshold: 0.3}',
    'model: {threshold: auto}',
    'model: {threshold: {maximize: f1}}',
    'baseline: dummy',
    'baseline: [dummy, run:abc]',
    'train: {optimizer: adam}',
    'train: {optimizer: {type: adam, lr: 0.01}}',
    'train: {early_stop: false}',
    'train: {early_stop: 50}',
    'train: {early_stop: {patience: 50}}',
    'train: {imbalance: weights}',
    'train: {checkpoint: {every: 200}}',
    'tune: 30',
    'registry: churn',
    'serve: batch',
    'monitor: 1d',
    'monitor: 500',
    'target: [churned]',
    'positive: true',
    'positive: 1',
    'metric: recall@2000',
    'metric: recall(plan=basic)',
    'card: {owner: me}',
    'card: {owner: [me, you]}',
    'extends: base.yaml',
    'extends: [a.yaml, b.yaml]',
    'variants: {small: {model: {gbdt: {trees: 10}}}, linear: {model: linear}}',
    'lint: {rules: {target-leak: off, unscaled: false, skewed: {severity: warn}}}',
    'evaluate: {slices: auto}',
    'evaluate: {slices: [plan, "age < 30"]}',
    'variants: {small: {train: {seed: "${vars.seed}"}}}',
  ])('%s', (more) => {
    const base = parse(minimal);
    expect(checkValue({ ...base, ...parse(more) })).toEqual([]);
  });
});

describe('unknown-key', () => {
  test.each([
    ['targt: x', 'unknown-key targt: Unknown key `targt`. Did you mean `target`?', 'target'],
    [
      'model: {gbdt: {lerning_rate: 0.1}}',
      'unknown-key model.gbdt.lerning_rate: Unknown key `lerning_rate`. Did you mean `learning_rate`?',
      'learning_rate',
    ],
    [
      'learning_rate: 0.1',
      'unknown-key learning_rate: Unknown key `learning_rate`. `learning_rate` belongs under `model.gbdt`.',
      'model.gbdt.learning_rate',
    ],
    ['seed: 1', 'unknown-key seed: Unknown key `seed`. `seed` belongs under `train`.', 'train.seed'],
    [
      'epochs: 5',
      'unknown-key epochs: Unknown key `epochs`. `epochs` belongs under `train`.',
      'train.epochs',
    ],
    [
      'metrics: [f1]',
      'unknown-key metrics: Unknown key `metrics`. `metrics` belongs under `evaluate`.',
      'evaluate.metrics',
    ],
    ['metrics: f1', 'unknown-key metrics: Unknown key `metrics`. Did you mean `metric`?', 'metric'],
    [
      'model.gbdt.trees: 5',
      'unknown-key model.gbdt.trees: Unknown key `model.gbdt.trees`. `model.gbdt.trees` belongs under `model.gbdt`.',
      'model.gbdt.trees',
    ],
    [
      'model: {trees: 5}',
      'unknown-key model.trees: Unknown key `trees`. `trees` belongs under `model.gbdt`.',
      'model.gbdt.trees',
    ],
    ['sponsor: me', 'unknown-key sponsor: Unknown key `sponsor`.', undefined],
    ['constructor: me', 'unknown-key constructor: Unknown key `constructor`.', undefined],
  ])('%s', (more, message, suggestion) => {
    expect(issuesOf(more)).toEqual([message]);
    expect(suggestionsOf(more)).toEqual([suggestion]);
  });

  test('a misspelt required key is one fault, not two', () => {
    expect(issuesOf('targt: churned', 'data: a.csv\n')).toEqual([
      'unknown-key targt: Unknown key `targt`. Did you mean `target`?',
    ]);
    expect(issuesOf('data: {train: a.csv}', 'target: y\n')).toEqual([
      'unknown-key data.train: Unknown key `train`. `train` belongs under `data.source`.',
    ]);
  });
});

describe('wrong-type', () => {
  test.each([
    [
      'split: 20 percent',
      '`split` wants a ratio such as 0.2 or 20%, a date such as 2025-07-01, a path or a map, got "20 percent".',
      0.2,
    ],
    ['train: {seed: "7"}', '`train.seed` wants a whole number 0..4294967295, got "7".', 7],
    ['train: {seed: 1.5}', '`train.seed` wants a whole number 0..4294967295, got 1.5.', undefined],
    ['train: {deterministic: "yes"}', '`train.deterministic` wants true or false, got "yes".', true],
    ['name: 5', '`name` wants an id of letters, digits, dots, dashes and underscores, got 5.', '5'],
    ['tags: x', '`tags` wants a list of texts, got "x".', ['x']],
    [
      'gates: pr_auc > 0.5',
      '`gates` wants a list of a gate such as `pr_auc >= 0.55`, got "pr_auc > 0.5".',
      ['pr_auc > 0.5'],
    ],
    ['features: 3', '`features` wants a list of a column name or pattern or a map, got 3.', undefined],
    [
      'data: {quality: {freshness: 30 days}, time: t}',
      '`data.quality.freshness` wants a duration such as 30d, 12h or 100ms, got "30 days".',
      undefined,
    ],
    ['split: {cv: [5]}', '`split.cv` wants a whole number 0..255 or a map, got a list.', 5],
    [
      'card: {review_by: 2025-02-30}',
      '`card.review_by` wants a date such as 2025-07-01, got "2025-02-30".',
      undefined,
    ],
    ['data: {derive: {name: x}}', '`data.derive` wants a list of maps of name, expr, got a map.', undefined],
    ['model: {gbdt: 5}', '`model.gbdt` wants a map of trees, learning_rate', undefined],
    ['card:', '`card` wants a map of owner', undefined],
  ])('%s', (more, message, suggestion) => {
    const issues = checkValue({ ...parse(minimal), ...withSource(parse(more)) });
    expect(issues.map((issue) => issue.rule)).toEqual(['wrong-type']);
    expect(issues[0]?.message).toContain(message);
    expect(issues[0]?.suggestion).toEqual(suggestion);
  });

  test('a file that is no map is told once', () => {
    expect(checkValue(['a']).map(({ rule, path }) => [rule, path])).toEqual([['wrong-type', []]]);
    expect(checkValue('a').map(({ rule }) => rule)).toEqual(['wrong-type']);
  });
});

describe('unknown-value', () => {
  test.each([
    ['model: xgb', '`xgb` is not a model type: auto, dummy, ', 'gbdt'],
    ['model: GBDT', '`GBDT` is not a model type: ', 'gbdt'],
    ['model: gbtd', '`gbtd` is not a model type: ', 'gbdt'],
    ['model: {type: potato}', '`potato` is not a model type: ', undefined],
    ['metric: auc', '`auc` is not a metric: roc_auc, pr_auc, ', 'roc_auc'],
    ['metric: auc(plan=basic)', '`auc(plan=basic)` is not a metric: ', 'roc_auc(plan=basic)'],
    ['metric: rocauc', '`rocauc` is not a metric: ', 'roc_auc'],
    ['task: classification', '`classification` is not a task: auto, binary', 'auto'],
    ['task: regresion', '`regresion` is not a task: ', 'regression'],
    ['split: {method: stratify}', '`stratify` is not a split method: ', 'stratified'],
    [
      'features: {numeric: {scale: standart}}',
      '`standart` is not a numeric scale: auto, none, standard',
      'standard',
    ],
    ['baseline: [dumy]', '`dumy` is not a model type: ', 'dummy'],
    ['data: {source: a.csv, columns: {age: {type: number}}}', '`number` is not a column kind: ', 'numeric'],
    ['evaluate: {metrics: [f1, auc]}', '`auc` is not a metric: ', 'roc_auc'],
    ['train: {imbalance: balanced}', '`balanced` is not an imbalance strategy: ', 'weights'],
  ])('%s', (more, message, suggestion) => {
    const issues = checkValue({ ...parse(minimal), ...parse(more) });
    expect(issues.map((issue) => issue.rule)).toEqual(['unknown-value']);
    expect(issues[0]?.message).toContain(message);
    expect(issues[0]?.suggestion).toBe(suggestion);
  });
});

describe('out-of-range', () => {
  test.each([
    ['split: 1.5', '`split` = 1.5; allowed from 0 and below 1.', 0.2],
    ['split: 1', '`split` = 1; allowed from 0 and below 1.', 0.2],
    ['split: 30', '`split` = 30; allowed from 0 and below 1.', 0.3],
    ['split: -0.1', '`split` = -0.1; allowed from 0 and below 1.', 0],
    ['split: 150%', '`split` = 150%; allowed from 0 and below 1.', 0.2],
    [
      'model: {gbdt: {learning_rate: 0}}',
      '`model.gbdt.learning_rate` = 0; allowed above 0 and up to 1.',
      0.05,
    ],
    ['model: {gbdt: {trees: 0}}', '`model.gbdt.trees` = 0; allowed 1..100000.', 1],
    ['model: {gbdt: {bins: 1000}}', '`model.gbdt.bins` = 1000; allowed 2..255.', 255],
    ['evaluate: {ci: {level: 95}}', '`evaluate.ci.level` = 95; allowed from 0.5 and below 1.', 0.95],
    ['features: {categorical: {rare: 2}}', '`features.categorical.rare` = 2; allowed 0..1.', 0.02],
    ['train: {seed: -1}', '`train.seed` = -1; allowed 0..4294967295.', 0],
    [
      'data: {source: a.csv, quality: {min_rows: 0}}',
      '`data.quality.min_rows` = 0; allowed 1..1000000000.',
      1,
    ],
    ['model: {linear: {strength: .inf}}', '`model.linear.strength` = Infinity; allowed 0..1000000000.', 1e9],
  ])('%s', (more, message, suggestion) => {
    const issues = checkValue({ ...parse(minimal), ...parse(more) });
    expect(issues.map(({ rule, message: text }) => `${rule} ${text}`)).toEqual([`out-of-range ${message}`]);
    expect(issues[0]?.suggestion).toBe(suggestion);
  });
});

describe('missing-required', () => {
  test.each([
    ['', '', ['data.source', 'target']],
    ['target: x', '', ['data.source']],
    ['data: a.csv', '', ['target']],
    ['data: {time: t}\ntarget: x', '', ['data.source']],
    ['data: a.csv\ntask: anomaly', '', []],
    ['data: a.csv\ntask: clustering', '', []],
    ['task: rag\nllm: {prompts: p.md, providers: [m], tests: [{id: a}]}', '', []],
    ['task: generation', '', ['data.source', 'llm.prompts', 'llm.providers', 'llm.tests']],
    ['data: {derive: [{name: late}], source: a.csv}', 'target: y\n', ['data.derive.0.expr']],
    ['split: {method: group}', minimal, ['data.group']],
    ['split: {method: group, by: customer}', minimal, []],
    ['model: {threshold: {by: value}}', minimal, ['problem.value']],
    ['model: heuristic', minimal, ['model.heuristic']],
    ['baseline: [heuristic]', minimal, ['model.heuristic']],
    ['split: {method: predefined}', minimal, ['data.source.test']],
  ])('%s', (more, base, paths) => {
    const issues = checkValue(parse(base + more));
    expect(issues.map(({ rule, path }) => `${rule} ${path.join('.')}`)).toEqual(
      paths.map((path) => `missing-required ${path}`),
    );
  });

  test('an empty file lacks its two required fields', () => {
    expect(checkValue(null).map(({ message }) => message)).toEqual([
      '`data.source` is required to know where the rows come from.',
      '`target` is required to know what is predicted.',
    ]);
  });
});

test('only the family in use is judged', () => {
  expect(issuesOf('model: {type: linear, gbdt: {trees: many, leaves: 3}}\nbaseline: [dummy]')).toEqual([]);
  expect(issuesOf('model: {type: dummy, forest: {trees: many}}\nbaseline: [forest]')).toHaveLength(1);
});

test('what a value looks like never breaks the check', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      for (const issue of checkValue(value)) expect(issue.message).not.toContain('undefined');
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test('the check finds a fault exactly where zod does', () => {
  const paths = fields.filter((field) => !field.path.includes('*') && !field.path.startsWith('model.'));
  const odd = [
    0,
    1,
    2.5,
    -3,
    0.3,
    true,
    null,
    '',
    'x',
    'auto',
    '5%',
    '30d',
    '2025-07-01',
    '2025-13-01',
    [],
    ['a'],
    [1],
    {},
    { a: 1 },
  ];
  const values = paths.flatMap(({ values: words = [] }) => words.slice(0, 2));
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.constantFrom(...odd, ...values), ({ path }, value) => {
      const root = nest(path.split('.'), value);
      // What other settings or the task ask for is no business of the schema.
      const found = checkValue(root).filter(
        ({ rule, message }) => rule !== 'missing-required' || message.includes('in every item'),
      );
      expect(found.length > 0, `${path}: ${JSON.stringify(value)}`).toBe(
        !experimentSchema.safeParse(root).success,
      );
    }),
    { seed: 5, numRuns: 4000 },
  );
});

function nest(path: readonly string[], value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? value : nest(rest, value) };
}

/** Sections of a case that say nothing of the source keep the two-line one. */
function withSource(value: unknown): Record<string, unknown> {
  if (!isMap(value)) return {};
  const data = value['data'];
  return isMap(data) ? { ...value, data: { source: 'churn.csv', ...data } } : { ...value };
}
