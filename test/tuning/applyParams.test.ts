/** A trial's experiment is the one that would be read had its settings been written in the file. */
import { describe, expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { withValue } from '../../server/config/valueAt.ts';
import { applyParams, paramsOf } from '../../server/tuning/applyParams.ts';
import { readSpace } from '../../server/tuning/space.ts';

const settings = {
  data: 'a.csv',
  target: 'y',
  features: { exclude: ['id'], derive: [{ name: 'twice', expr: 'x * 2' }] },
  model: { type: 'gbdt', gbdt: { max_leaves: 15 }, calibrate: 'platt' },
  train: { seed: 7 },
};
const base = resolveExperiment({ ...settings, tune: { trials: 9 } }, 'x.experiment.yaml');

test.each([
  ['model.gbdt.learning_rate', 0.2],
  ['model.gbdt.monotone', { x: 'up' }],
  ['model.type', 'linear'],
  ['model', 'forest'],
  ['model.threshold', { maximize: 'f1' }],
  ['train.imbalance', 'weights'],
  ['train.imbalance.ratio', 0.5],
  ['train.early_stop', 9],
  ['train.early_stop', false],
  ['train.schedule', 'constant'],
  ['train.optimizer', 'sgd'],
  ['features.categorical.rare', '5%'],
  ['features.exclude', 'id'],
  ['features.exclude.0', 'key'],
  ['features.select', { method: 'rfe', keep: 3 }],
  ['features.columns.x', { scale: 'robust' }],
  ['features.derive.0.expr', 'x * 3'],
])('%s: %j', (path, value) => {
  const { tune: _, ...expected } = resolveExperiment(
    withValue(settings, path.split('.'), value),
    'x.experiment.yaml',
  );
  expect(applyParams(base, { [path]: value })).toEqual(expected);
});

test('a section that varies keeps its choice beside a setting of its own, whichever is named first', () => {
  const weights = { 'train.imbalance': 'weights' };
  const ratio = { 'train.imbalance.ratio': 0.5 };
  const expected = { strategy: 'weights', ratio: 0.5 };
  expect(applyParams(base, { ...weights, ...ratio }).train.imbalance).toEqual(expected);
  expect(applyParams(base, { ...ratio, ...weights }).train.imbalance).toEqual(expected);
});

describe('what an experiment has is told as the space writes it', () => {
  test.each([
    ['train.early_stop', 20, { 'train.early_stop': [5, 20] }],
    ['train.early_stop', 20, { 'train.early_stop': '5..50' }],
    ['train.early_stop', false, { 'train.early_stop': [false, 20] }],
    ['train.imbalance', 'weights', { 'train.imbalance': ['none', 'weights'] }],
    ['model', 'forest', { model: ['gbdt', 'forest'] }],
    ['features.select', { method: 'rfe', keep: 3 }, { 'features.select': [{ keep: 3, method: 'rfe' }] }],
  ])('%s: %j', (path, value, written) => {
    const space = readSpace(written, 'gbdt');
    const resolved = resolveExperiment(withValue(settings, path.split('.'), value), 'x.experiment.yaml');
    const found = paramsOf(resolved, space);
    expect(Object.keys(found ?? {})).toEqual([path]);
    expect(found?.[path]).toEqual(value);
  });

  test('beside a setting of the same section that varies too', () => {
    const space = readSpace(
      { 'train.imbalance': ['none', 'weights'], 'train.imbalance.ratio': '0.1..1.0' },
      'gbdt',
    );
    const params = { 'train.imbalance': 'weights', 'train.imbalance.ratio': 0.5 };
    expect(paramsOf(applyParams(base, params), space)).toEqual(params);
  });

  test.each([
    ['another number', { 'train.early_stop': [5, 20] }, 9],
    ['a number beyond the range', { 'train.early_stop': '5..50' }, 60],
    ['the same number, and more', { 'train.early_stop': [5, 20] }, { patience: 20, min_delta: 0.1 }],
    ['more, in a range', { 'train.early_stop': '5..50' }, { patience: 20, min_delta: 0.1 }],
    ['none', { 'train.early_stop': '5..50' }, false],
  ])('not %s', (_, written, value) => {
    const params = { 'train.early_stop': value };
    expect(paramsOf(applyParams(base, params), readSpace(written, 'gbdt'))).toBeUndefined();
  });
});
