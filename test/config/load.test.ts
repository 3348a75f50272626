// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ModelwrightError } from '../../server/catalog/errors.ts';
import { loadExperiment } from '../../server/config/load.ts';
import type { LoadRequest } from '../../server/config/loadRequest.ts';
import { plainTraced, traceNode } from '../../server/config/traced.ts';

const clean = 'data: a.csv\ntarget: y\n';
const file = '/project/sub/x.experiment.yaml';

/** `files`: by path relative to the experiment's folder. */
function load(text: string, files: Readonly<Record<string, string>> = {}, more: Partial<LoadRequest> = {}) {
  return loadExperiment({
    file,
    workspace: '/project',
    text,
    environment: { OWNER: 'me' },
    now: new Date('2025-03-04T05:06:07Z'),
    git: () => 'abc123',
    readFile: (path) => {
      const found = Object.entries(files).find(([name]) => join('/project/sub', name) === path)?.[1];
      if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return found;
    },
    ...more,
  });
}

const messages = (text: string, files?: Readonly<Record<string, string>>): string[] =>
  load(text, files).problems.map(({ message }) => message);

describe('extends', () => {
  test('maps merge, lists replace, null deletes, shorthands are written out', () => {
    const base =
      'split: 0.3\nfeatures: {include: [a, b], exclude: [c]}\nmetric: f1\ncard: {owner: x, license: MIT}\n';
    const { value } = load(
      `extends: base.yaml\n${clean}split: {gap: 3d}\nfeatures: [d]\nmetric: null\ncard: {license: null}\n`,
      {
        'base.yaml': base,
      },
    );
    expect(value).toEqual({
      extends: 'base.yaml',
      data: 'a.csv',
      target: 'y',
      split: { test: 0.3, gap: '3d' },
      features: { include: ['d'], exclude: ['c'] },
      card: { owner: 'x' },
    });
  });

  test('several bases go left to right, each over its own bases, relative to their own folder', () => {
    const { experiment } = load(`extends: [one.yaml, more/two.yaml]\n${clean}`, {
      'one.yaml': 'train: {seed: 1}\nsplit: 0.3\n',
      'more/two.yaml': 'extends: ../three.yaml\ntrain: {seed: 2}\n',
      'three.yaml': 'train: {seed: 3}\nmetric: f1\n',
    });
    expect([experiment?.train.seed, experiment?.split.test, experiment?.metric]).toEqual([2, 0.3, 'f1']);
  });

  test('a base that is missing, circular, broken or far away is one problem at the word', () => {
    expect(messages(`extends: nowhere.yaml\n${clean}`)).toEqual([
      '`nowhere.yaml` not found (looked in sub).',
    ]);
    expect(messages(`extends: [b.yaml]\n${clean}`, { 'b.yaml': 'extends: x.experiment.yaml\n' })).toEqual([
      '`extends` goes in a circle: x.experiment.yaml extends b.yaml extends x.experiment.yaml.',
    ]);
    expect(messages(`extends: b.yaml\n${clean}`, { 'b.yaml': 'seed 3\n' })).toEqual([
      '`b.yaml` is broken. Line 1: `seed` has no colon. Expected `seed: 3`.',
    ]);
    expect(messages(`extends: b.yaml\n${clean}`, { 'b.yaml': '[1, 2]' })).toEqual([
      '`b.yaml` holds no settings.',
    ]);
    expect(messages(`extends: https://example.org/b.yaml\n${clean}`)).toEqual([
      '`https://example.org/b.yaml` cannot be a base: only local files can.',
    ]);
  });

  test('a fault in a base is told with its place', () => {
    const { problems, placeOf, text } = load(`extends: b.yaml\n${clean}`, {
      'b.yaml': '\ntrain: {seed: -1}\n',
    });
    expect(problems.map(({ rule, path }) => [rule, path])).toEqual([['out-of-range', 'train.seed']]);
    const { range, note } = placeOf('train.seed');
    expect([text.textIn(range), note]).toEqual(['b.yaml', ' (set in b.yaml, line 2)']);
  });
});

describe('references', () => {
  test('variables keep their type, text takes them in', () => {
    const { value } = load(
      `${clean}vars: {seed: 7, name: b, cols: [p, q]}\ntrain: {seed: "\${vars.seed}"}\nfeatures: "\${vars.cols}"\ndescription: run of \${vars.name} at \${now:yyyy-MM-dd} by \${env:OWNER}, \${git.sha}, \${config.path}\n`,
    );
    expect(value).toMatchObject({
      train: { seed: 7 },
      features: ['p', 'q'],
      description: 'run of b at 2025-03-04 by me, abc123, sub/x.experiment.yaml',
    });
  });

  test('variables may use each other; a doubled dollar is plain text', () => {
    const { value } = load(
      `${clean}vars: {a: "\${vars.b}!", b: hi}\ndescription: "\${vars.a} $\${vars.a}"\n`,
    );
    expect(value).toMatchObject({ description: 'hi! ${vars.a}' });
  });

  test.each([
    [
      'vars: {cutoff: 1}\ndescription: "${vars.cutof}"\n',
      '`${vars.cutof}` not found (looked in vars.cutoff). Did you mean `${vars.cutoff}`?',
    ],
    ['description: "${vars.x}"\n', '`${vars.x}` not found (looked in vars: there are none).'],
    ['description: "${env:NOPE}"\n', '`${env:NOPE}` not found (looked in the environment).'],
    [
      'description: "${what}"\n',
      '`${what}` not found (looked in vars.NAME, env:NAME, git.sha, now:yyyy-MM-dd, config.path).',
    ],
    [
      'vars: {a: "${vars.b}", b: "${vars.a}"}\n',
      '`${vars.b}` goes in a circle: vars.b uses vars.a uses vars.b.',
    ],
    [
      'vars: {list: [1]}\ndescription: the ${vars.list}\n',
      '`${vars.list}` is a list, which cannot stand inside text.',
    ],
  ])('%s', (text, message) => {
    expect(messages(clean + text)).toContain(message);
  });

  test('a secret stays a reference, since what is resolved is stored', () => {
    const provider = 'llm: {providers: [{id: a, model: m, key: "${env:OWNER}"}]}\n';
    const { value, problems } = load(clean + provider);
    expect(value).toMatchObject({ llm: { providers: [{ key: '${env:OWNER}' }] } });
    expect(problems.filter(({ rule }) => rule === 'unresolved-reference')).toEqual([]);
    expect(messages(clean + provider.replace('OWNER', 'NOPE'))).toContain(
      '`${env:NOPE}` not found (looked in the environment).',
    );
  });

  test.each([
    'split: {test: "${vars.x}"}',
    'features: _i${vars.d}',
    'gates: 5, beats ${baseline}',
    'gates: ${x',
    'features: a${b',
    'model: {gbdt: {trees: "${vars.n}0"}}',
    'vars: {a: "${vars.b}", b: "${vars.a}"}\nmodel: {gbdt: {trees: "${vars.a}"}}',
  ])('what does not resolve has no other finding, and is as if it were not written: %s', (text) => {
    const { problems, experiment } = load(`${clean}${text}\n`);
    expect(problems.map(({ rule }) => rule)).toEqual(['unresolved-reference']);
    const { features, gates, model } = load(clean).experiment ?? {};
    expect(experiment).toMatchObject({ features, model });
    expect(experiment?.gates).toEqual(gates);
  });

  test('a reference that is not closed says so, and how a dollar and a brace are written', () => {
    expect(messages(`${clean}description: a \${x\n`)).toEqual([
      '`${x` is not closed by a `}`; `$${` is the plain text.',
    ]);
    expect(messages(`${clean}description: a $\${x\n`)).toEqual([]);
    expect(messages(`${clean}train: {seed: "$\${x"}\n`)).toHaveLength(1);
  });
});

describe('variants and overrides', () => {
  const text = `${clean}features: {exclude: [a, b]}\nmodel: gbdt\nvariants:\n  linear: {model: {type: linear, linear: {penalty: l1}}}\n`;

  test('a variant lies over the file', () => {
    const { experiment, origins } = load(text, {}, { variant: 'linear' });
    expect([experiment?.model.type, experiment?.model.linear.penalty]).toEqual(['linear', 'l1']);
    expect(origins['model.type']).toMatchObject({
      how: 'variant',
      file: 'sub/x.experiment.yaml',
      chain: [{ how: 'file', value: 'gbdt' }],
    });
  });

  test('--set reaches through shorthands, into lists, and deletes', () => {
    const overrides = [
      'model.gbdt.trees=50',
      'features.exclude.1=c',
      'features.exclude.2=d',
      'split=0.3',
      'tune.space.model.gbdt.trees=[1, 2]',
    ];
    const { value, origins } = load(text, {}, { overrides });
    expect(value).toMatchObject({
      model: { type: 'gbdt', gbdt: { trees: 50 } },
      features: { exclude: ['a', 'c', 'd'] },
      split: 0.3,
      tune: { space: { 'model.gbdt.trees': [1, 2] } },
    });
    expect(origins['model.gbdt.trees']).toEqual({ how: 'set' });
    expect(origins['split.test']).toEqual({ how: 'set' });
    expect(load(text, {}, { overrides: ['model=null'] }).value).not.toHaveProperty('model');
  });

  test.each([
    [{ variant: 'liner' }, 'unknown-variant', 'Did you mean `linear`?'],
    [{ overrides: ['split'] }, 'bad-override', 'Write --set path=value'],
    [{ overrides: ['features.exclude.9=x'] }, 'bad-override', 'Write --set path=value'],
    [{ overrides: ['split=[1'] }, 'bad-override', 'Write --set path=value'],
  ])('%j is refused', (more, code, help) => {
    expect(() => load(text, {}, more)).toThrow(ModelwrightError);
    try {
      load(text, {}, more);
    } catch (error) {
      expect(error instanceof ModelwrightError ? [error.code, error.help.includes(help)] : error).toEqual([
        code,
        true,
      ]);
    }
  });
});

describe('origins', () => {
  test('what comes after something that its list has already keeps its own line', () => {
    const text = 'data: a.csv\ntarget: y\nbaseline:\n  - dummy\n  - dummy\n  - linear\n';
    const { experiment, origins } = load(text);
    expect(experiment?.baseline).toEqual(['dummy', 'linear']);
    const lines = ['baseline.0', 'baseline.1'].map((path) => origins[path]?.range?.start.line);
    expect(lines).toEqual([3, 5]);
  });

  test('every value of the experiment has one', () => {
    const { experiment, origins } = load(
      `extends: b.yaml\n${clean}vars: {s: 3}\ntrain: {seed: "\${vars.s}"}\n`,
      {
        'b.yaml': 'metric: f1\ntrain: {seed: 9}\n',
      },
    );
    expect(experiment?.train.seed).toBe(3);
    expect(origins['metric']).toMatchObject({
      how: 'extends',
      file: 'sub/b.yaml',
      range: { start: { line: 0 } },
    });
    expect(origins['split.test']).toEqual({ how: 'default' });
    expect(origins['data.source']).toMatchObject({ how: 'file', range: { start: { line: 1 } } });
    expect(origins['train.seed']).toMatchObject({
      how: 'vars',
      range: { start: { line: 3 } },
      chain: [
        { how: 'file', value: '${vars.s}' },
        { how: 'extends', value: 9 },
      ],
    });
  });
});

describe('what cannot be resolved', () => {
  test('an empty file, a list, a scalar: findings, no experiment, no throw', () => {
    for (const text of ['', '# nothing\n', '- a\n- b\n', 'just words\n', '{', '\u0000', '42']) {
      const { problems } = load(text);
      expect(problems.length).toBeGreaterThan(0);
    }
  });

  test('a fault leaves the rest resolved', () => {
    const { experiment, problems } = load(`${clean}split: {test: much, gap: 3d}\ntrain: {sed: 3}\n`);
    expect(problems.map(({ rule }) => rule)).toEqual(['wrong-type', 'unknown-key']);
    expect([experiment?.split.test, experiment?.split.gap]).toEqual([0.2, '3d']);
  });

  test('what is lost in broken text is not missing', () => {
    expect(load('data: a.csv\ntarget y\n').problems.map(({ rule }) => rule)).toEqual(['yaml-syntax']);
    expect(load('data: "a.csv\ntarget: y\n').problems.map(({ rule }) => rule)).toEqual(['yaml-syntax']);
    expect(load('data: "a.csv\n').problems.map(({ rule }) => rule)).toEqual(['yaml-syntax']);
  });
});

test('tracing a tree keeps its value', () => {
  const { source, text } = load('a: {b: [1, null, "x"]}\nc: true\n');
  if (source.root === undefined) throw new Error('it parses');
  expect(plainTraced(traceNode(source.root, { how: 'file', text }))).toEqual({
    a: { b: [1, null, 'x'] },
    c: true,
  });
});

test('a wrong value in damaged text is not told besides, and no experiment holds it', () => {
  const loaded = load(
    `${clean}metric: {exclude\u0007or: [a]}\nfeatures: {derive: [{name:: f, expr: "a + \u00071"}]}\n`,
  );
  expect(loaded.damaged).not.toEqual([]);
  expect(loaded.problems.map(({ rule }) => rule)).not.toContain('wrong-type');
  expect(loaded.experiment?.metric).toBeUndefined();
  expect(loaded.experiment?.features.derive).toEqual([]);
});
