/** A trial's experiment is the one that would be read had its settings been written in the file. */
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { withValue } from '../../server/config/valueAt.ts';
import { applyParams } from '../../server/tuning/applyParams.ts';

const written = {
  data: 'a.csv',
  target: 'y',
  features: { exclude: ['id'], derive: [{ name: 'twice', expr: 'x * 2' }] },
  model: { type: 'gbdt', gbdt: { max_leaves: 15 }, calibrate: 'platt' },
  train: { seed: 7 },
};
const base = resolveExperiment({ ...written, tune: { trials: 9 } }, 'x.experiment.yaml');

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
    withValue(written, path.split('.'), value),
    'x.experiment.yaml',
  );
  expect(applyParams(base, { [path]: value })).toEqual(expected);
});
