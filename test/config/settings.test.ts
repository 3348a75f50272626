/** Settings that do nothing yet, nothing here, nothing new, or contradict one another. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { conflictingSettings } from '../../server/config/conflicts.ts';
import { deadSettings } from '../../server/config/dead.ts';
import { redundantSettings } from '../../server/config/redundant.ts';
import { unsupportedSettings } from '../../server/config/unsupported.ts';

const at = (faults: readonly { readonly path: readonly (string | number)[] }[]) =>
  faults.map(({ path }) => path.join('.'));

describe('settings that this version does not act on', () => {
  test.each([
    ['model: cnn', ['model']],
    ['model: {type: cnn}', ['model.type']],
    ['features: {categorical: {encode: hash}}', ['features.categorical.encode']],
    ['features: {categorical: {encode: onehot}}', []],
    ['features: {columns: {plan: {encode: hash}}}', ['features.columns.plan.encode']],
    ['features: {types: {photo: image}}', ['features.types.photo']],
    ['task: forecast', ['task']],
    ['task: binary', []],
    ['tune: 30', ['tune']],
    ['tune: 0', []],
    ['serve: batch\nmonitor: 1d', ['serve', 'monitor']],
    ['evaluate: {seeds: 5, fairness: {groups: [sex]}}', ['evaluate.seeds', 'evaluate.fairness']],
    ['features: {numeric: {outliers: winsorize}}', ['features.numeric.outliers']],
    ['features: {numeric: {outliers: none}}', []],
    ['data: {source: "https://x.org/a.csv"}', ['data.source']],
    ['data: "https://x.org/a.csv"', ['data']],
    ['data: {source: a.csv, version: "git:main"}', ['data.version']],
    ['data: {source: a.csv, version: "sha256:0123456789abcdef"}', []],
    ['split: {dedupe: near}', ['split.dedupe']],
    ['split: {dedupe: 0.85}', ['split.dedupe']],
    ['split: {dedupe: exact}', []],
    ['target: [a, b]', ['target']],
    ['baseline: [dummy, "run:abc"]', ['baseline.1']],
    ['baseline: [forest]', ['baseline.0']],
    ['variants: {a: {model: cnn}}', ['variants.a.model']],
    ['train: {epochs: 5}', []],
  ])('%s', (text, paths) => {
    expect(at(unsupportedSettings(parse(text)))).toEqual(paths);
  });
});

describe('settings without effect', () => {
  test.each([
    ['train: {epochs: 5}', ['train.epochs']],
    ['model: mlp\ntrain: {epochs: 5, optimizer: adam}', []],
    ['model: linear\ntrain: {early_stop: 5}', ['train.early_stop']],
    ['model: gbdt\ntrain: {early_stop: 5}', []],
    ['model: {type: gbdt, mlp: {layers: [5]}}', ['model.mlp']],
    ['model: {type: gbdt, linear: {penalty: none}}', []],
    ['model: {type: gbdt, linear: {penalty: none}}\nbaseline: [dummy]', ['model.linear']],
    [
      'task: regression\npositive: 1\ntrain: {imbalance: weights}\nmodel: {calibrate: platt}',
      ['positive', 'train.imbalance', 'model.calibrate'],
    ],
    ['data: {source: {train: a.csv, valid: b.csv}}\nsplit: {cv: 5, valid: 0.1}', ['split.cv', 'split.valid']],
    ['data: {source: {train: a.csv, test: b.csv}}\nsplit: {cv: 5}', []],
    ['data: {source: a.parquet, read: {delimiter: ";"}}', ['data.read.delimiter']],
    ['data: {source: a.csv, read: {delimiter: ";"}}', []],
    ['split: {method: random, gap: 3d}', ['split.gap']],
    ['model: {type: linear, linear: {l1_ratio: 0.3}}', ['model.linear.l1_ratio']],
    ['model: {type: linear, linear: {penalty: elastic, l1_ratio: 0.3}}', []],
    ['evaluate: {ci: {method: wilson, samples: 500}}', ['evaluate.ci.samples']],
    ['tune: {search: grid}', ['tune.search']],
    ['llm: {repeat: 3}', ['llm']],
    ['variants: {deep: {train: {epochs: 5}}}', []],
  ])('%s', (text, paths) => {
    expect(at(deadSettings(parse(text)))).toEqual(paths);
  });

  test('the reason is told', () => {
    expect(deadSettings(parse('train: {epochs: 5}'))[0]?.because).toBe('only networks take gradient steps');
    expect(deadSettings(parse('model: {type: linear, mlp: {layers: [5]}}'))[0]?.because).toBe(
      'the model is linear',
    );
  });
});

describe('settings that exclude one another', () => {
  test.each([
    ['features: {include: [a, b], exclude: [b]}', ['features.exclude.0']],
    ['features: {include: [a, b], exclude: [c]}', []],
    ['data: {source: {train: a.csv, test: b.csv}}\nsplit: 0.2', ['split.test']],
    ['data: {source: {train: a.csv}}\nsplit: 0.2', []],
    ['data: {source: {train: a.csv, test: b.csv}}\nsplit: {method: stratified}', ['split.method']],
    ['split: {test: 2025-07-01, method: stratified}', ['split.method']],
    ['split: {test: 2025-07-01, method: group-time}', []],
    ['split: {method: time, cv: {kind: kfold}}', ['split.cv.kind']],
    ['features: {types: {a: numeric}}\ndata: {columns: {a: {type: categorical}}}', ['features.types.a']],
    ['features: {types: {a: numeric}}\ndata: {columns: {a: {type: numeric}}}', []],
    ['llm: {prompts: [{id: a, file: a.md, template: hi}]}', ['llm.prompts.0.template']],
  ])('%s', (text, paths) => {
    expect(at(conflictingSettings(parse(text)))).toEqual(paths);
  });
});

describe('settings that repeat the default', () => {
  test.each([
    ['model: {gbdt: {trees: 1000, max_leaves: 15}}', ['model.gbdt.trees']],
    ['split: 0.2', ['split']],
    ['split: {test: 20%}', ['split.test']],
    ['split: 0.3', []],
    ['baseline: [dummy, linear]', ['baseline']],
    ['schema: 1', []],
    ['train: {early_stop: true}', ['train.early_stop']],
    ['train: {early_stop: 10}', ['train.early_stop']],
    ['data: {columns: {age: {min: 0}}}', []],
    ['metric: roc_auc', []],
  ])('%s', (text, paths) => {
    expect(at(redundantSettings(parse(text)))).toEqual(paths);
  });
});
