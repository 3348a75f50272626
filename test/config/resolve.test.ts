/** Written to resolved: shorthands, defaults, names and the hash. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  canonicalJson,
  configHash,
  defaultOf,
  nameOf,
  resolveExperiment,
} from '../../server/config/resolve.ts';

const resolve = (text: string, file = '/work/churn.experiment.yaml') => resolveExperiment(parse(text), file);
const minimal = 'data: data/churn.csv\ntarget: churned\n';

test('two lines become a whole experiment', () => {
  expect(resolve(minimal)).toEqual({
    schema: 1,
    name: 'churn',
    tags: [],
    task: 'auto',
    target: 'churned',
    data: {
      source: 'data/churn.csv',
      format: 'auto',
      read: {},
      version: 'none',
      derive: [],
      join: [],
      columns: {},
      expect: [],
      quality: { max_missing: 0.05, max_duplicates: 0, min_rows: 100, on_fail: 'fail' },
    },
    features: {
      exclude: [],
      types: {},
      numeric: { impute: 'auto', scale: 'auto', outliers: 'none', transform: 'none' },
      categorical: { encode: 'auto', max_levels: 50, rare: 0.01, unknown: 'bucket', impute: 'level' },
      datetime: { parts: 'auto', cyclic: true },
      columns: {},
      derive: [],
      cross: [],
      validate: { range: 'warn', unseen: 'warn', skew: true },
    },
    split: { test: 0.2, method: 'auto', dedupe: 'exact', lock: true, test_budget: 10 },
    model: {
      type: 'auto',
      linear: { link: 'auto', penalty: 'l2', strength: 1, l1_ratio: 0.5, intercept: true },
      mlp: { layers: [128, 64], activation: 'relu', dropout: 0.1, batch_norm: false },
      forest: { trees: 300, min_leaf: 1, max_features: 'sqrt', oob: true },
      gbdt: {
        trees: 1000,
        learning_rate: 0.05,
        max_depth: 6,
        max_leaves: 31,
        min_leaf: 20,
        subsample: 0.8,
        colsample: 0.8,
        l1: 0,
        l2: 1,
        bins: 255,
        monotone: {},
        engine: 'builtin',
      },
      calibrate: 'auto',
      threshold: 'auto',
    },
    baseline: ['dummy', 'linear'],
    train: {
      seed: 42,
      deterministic: true,
      epochs: 100,
      batch: 'auto',
      optimizer: { type: 'adamw', lr: 0.001, weight_decay: 0.01 },
      schedule: { type: 'cosine', warmup: 0.05 },
      regularize: { grad_clip: 1 },
      early_stop: { patience: 10, min_delta: 0, restore_best: true },
      imbalance: { strategy: 'auto' },
      augment: [],
      budget: { time: '1h' },
      checkpoint: { every: 'epoch', keep: 2, resume: 'auto', best: true },
      precision: 'auto',
      device: 'auto',
    },
    evaluate: {
      ci: { method: 'bootstrap', level: 0.95, samples: 1000 },
      seeds: 1,
      slices: 'auto',
      compare: { to: ['baseline', 'champion'], test: 'auto', alpha: 0.05, correction: 'holm' },
      behavior: [],
    },
    card: { decisions: [] },
    lint: { profile: 'standard', rules: {}, ignore: [] },
  });
});

test.each([
  ['split: 20%', { split: { test: 0.2 } }],
  ['split: 2025-07-01', { split: { test: '2025-07-01' } }],
  ['split: {valid: 15 %}', { split: { test: 0.2, valid: 0.15 } }],
  ['split: {cv: 5}', { split: { cv: { folds: 5, repeats: 1, kind: 'auto' } } }],
  ['features: [a, b]', { features: { include: ['a', 'b'] } }],
  ['model: linear', { model: { type: 'linear' } }],
  ['model: {gbdt: {trees: 5}}', { model: { type: 'auto', gbdt: { trees: 5, max_leaves: 31 } } }],
  ['model: forest', { model: { type: 'forest', forest: { trees: 300, max_features: 'sqrt' } } }],
  ['model: {threshold: {maximize: f1}}', { model: { threshold: { maximize: 'f1' } } }],
  ['baseline: dummy', { baseline: ['dummy'] }],
  ['train: {early_stop: false}', { train: { early_stop: false } }],
  ['train: {early_stop: true}', { train: { early_stop: { patience: 10 } } }],
  ['train: {early_stop: 50}', { train: { early_stop: { patience: 50, restore_best: true } } }],
  ['train: {imbalance: weights}', { train: { imbalance: { strategy: 'weights' } } }],
  ['tune: 30', { tune: { trials: 30, prune: { after: 5, fraction: 0.5 } } }],
  ['registry: shop', { registry: { name: 'shop', stage: 'candidate' }, gates: ['beats baseline'] }],
  ['serve: batch\ngates: []', { serve: { mode: 'batch' }, gates: [] }],
  ['card: {owner: me}', { card: { owner: ['me'] } }],
  ['target: [churned]', { target: 'churned' }],
  ['features: {columns: {age: {impute: mean}}}', { features: { columns: { age: { impute: 'mean' } } } }],
])('%s', (more, expected) => {
  expect(resolveExperiment({ ...parse(minimal), ...parse(more) }, 'a.yaml')).toMatchObject(expected);
});

test.each([
  ['baseline: [dummy, linear, dummy]', { baseline: ['dummy', 'linear'] }],
  ['metric: f1\nevaluate: {metrics: [f1, recall, f1]}', { evaluate: { metrics: ['f1', 'recall'] } }],
  ['evaluate: {slices: [plan, plan, age > 3]}', { evaluate: { slices: ['plan', 'age > 3'] } }],
  ['gates: [f1 > 0.5, f1 > 0.5]', { gates: ['f1 > 0.5'] }],
  ['features: [a, b*, a]', { features: { include: ['a', 'b*'] } }],
  ['features: {datetime: {parts: [year, year]}}', { features: { datetime: { parts: ['year'] } } }],
  ['target: [churned, churned]', { target: 'churned' }],
  // Each of these counts.
  ['data: {source: [a.csv, a.csv]}', { data: { source: ['a.csv', 'a.csv'] } }],
  ['model: {type: mlp, mlp: {layers: [64, 64]}}', { model: { mlp: { layers: [64, 64] } } }],
  [
    'model: {type: ensemble, ensemble: {members: [gbdt, gbdt]}}',
    { model: { ensemble: { members: ['gbdt', 'gbdt'] } } },
  ],
  [
    'features: {cross: [[a, b], [a, c]]}',
    {
      features: {
        cross: [
          ['a', 'b'],
          ['a', 'c'],
        ],
      },
    },
  ],
])('what a list that is a set names twice is there once: %s', (more, expected) => {
  expect(resolveExperiment({ ...parse(minimal), ...parse(more) }, 'a.yaml')).toMatchObject(expected);
});

test('overrides of single columns are not filled in', () => {
  expect(resolve(`${minimal}features: {columns: {age: {impute: mean}}}`).features.columns).toEqual({
    age: { impute: 'mean' },
  });
});

test('what composition used up is no part of the result', () => {
  const {
    extends: a,
    vars: b,
    variants: c,
  } = resolve(`${minimal}extends: [x.yaml]\nvars: {a: 1}\nvariants: {v: {}}`);
  expect([a, b, c]).toEqual([undefined, undefined, undefined]);
});

test('sections that nobody wrote are not invented', () => {
  const experiment = resolve(minimal);
  for (const section of ['problem', 'tune', 'registry', 'serve', 'monitor', 'run', 'llm', 'gates', 'metric'])
    expect(experiment[section], section).toBeUndefined();
});

test.each([
  ['/a/churn.experiment.yaml', 'churn'],
  ['/a/churn.experiment.yml', 'churn'],
  ['/a/shop/experiment.yaml', 'shop'],
  ['/a/other.yaml', 'other'],
])('%s is named %s', (file, name) => {
  expect(nameOf(file)).toBe(name);
  expect(resolve(minimal, file).name).toBe(name);
});

test('a written name wins', () => {
  expect(resolve(`${minimal}name: mine`).name).toBe('mine');
});

test('the hash follows the meaning, not the writing', () => {
  const hash = (more: string) => configHash(resolve(minimal + more));
  expect(hash('')).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(hash('description: x\ntags: [a]\ncard: {owner: me}\nlint: {profile: strict}')).toBe(hash(''));
  expect(hash('split: 0.2\ntrain: {seed: 42}')).toBe(hash(''));
  expect(hash('baseline: [dummy, linear, dummy]')).toBe(hash(''));
  expect(hash('train: {seed: 43}')).not.toBe(hash(''));
  expect(hash('model: {gbdt: {trees: 5, bins: 9}}')).toBe(hash('model: {gbdt: {bins: 9, trees: 5}}'));
});

test('canonical JSON sorts keys, keeps lists and leaves out what is not there', () => {
  expect(canonicalJson({ b: 1, a: [2, { d: null, c: 'é' }], e: undefined })).toBe(
    '{"a":[2,{"c":"é","d":null}],"b":1}',
  );
});

test('defaults are told by path', () => {
  expect(defaultOf('model.gbdt.trees')).toBe(1000);
  expect(defaultOf('train.early_stop')).toEqual({ patience: 10, min_delta: 0, restore_best: true });
  expect(defaultOf('split.test')).toBe(0.2);
  expect(defaultOf('metric')).toBeUndefined();
  expect(defaultOf('features.columns.age.impute')).toBeUndefined();
  expect(defaultOf('nothing.here')).toBeUndefined();
});

test('the design examples resolve', () => {
  const churn = readFileSync('test/config/examples/churn.experiment.yaml', 'utf8');
  expect(resolve(churn)).toMatchObject({
    target: 'churned_30d',
    positive: 1,
    evaluate: {
      slices: ['plan', 'age_band', 'tenure_days < 90'],
      fairness: { min_ratio: 0.8, max_difference: 0.1 },
    },
    serve: { scale: { min: 2, target: 0.7 }, rollout: { ab: { mde: 0.05 } } },
  });
});
