import { describe, expect, test } from 'vitest';
import { fieldAt } from '../../../server/config/fields.ts';
import { loadExperiment } from '../../../server/config/load.ts';
import { deprecatedKeys } from '../../../server/lint/rules/settings.ts';
import { check, clean, file, fixed, lint, load, now, only, workspace } from '../marked.ts';
import { Drawing, lintTable, ofRule, plain } from '../tables.ts';

describe('unsupported-setting', () => {
  test('a section that nothing acts on is told once, at its key', () => {
    check(
      'unsupported-setting',
      `${clean}«run»:\n  export: [docker]\n  env: {python: python3}\n`,
      '`run` is part of the language, but this version does not act on it yet.',
    );
  });

  test('so is a setting that is written as the shorthand of its section', () => {
    check('unsupported-setting', `${clean}«serve»: batch\n`, /`serve.mode` is part of the language/);
  });

  test('a value of a supported field can be unsupported', () => {
    check('unsupported-setting', `${clean}model: «cnn»\n`, /`model.type: cnn` is part of the language/);
    check(
      'unsupported-setting',
      `${clean}evaluate: {compare: {test: «wilcoxon»}}\n`,
      /`evaluate.compare.test: wilcoxon`/,
    );
    check('unsupported-setting', `${clean}baseline: [dummy, «gam»]\n`, /`baseline: gam`/);
    check('unsupported-setting', `${clean}monitor: {drift: «none»}\n`, /`monitor.drift: none`/);
    check(
      'unsupported-setting',
      `${clean}monitor: {drift: {multivariate: «pca»}}\n`,
      /`monitor.drift.multivariate: pca`/,
    );
  });

  test('settings from a base file count', () => {
    const findings = lint(`extends: base.yaml\n${clean}`, {
      request: { readFile: () => 'run: {export: [docker]}\n' },
    });
    expect(only(findings, 'unsupported-setting').map(({ message }) => message)).toEqual([
      '`run` is part of the language, but this version does not act on it yet (set in base.yaml, line 1).',
    ]);
  });
});

describe('dead-setting', () => {
  test('settings of another family, of another kind of training, of another task', () => {
    check(
      'dead-setting',
      `${clean}split: {cv: {folds: 3, «nested»: true}}\n`,
      '`split.cv.nested` is ignored because nothing is tuned.',
    );
    check('dead-setting', `${clean}split: {cv: {folds: 3, nested: true}}\ntune: 20\n`);
    check(
      'dead-setting',
      `${clean}model: {type: linear, «gbdt»: {trees: 50}}\nbaseline: [dummy]\n`,
      '`model.gbdt` is ignored because the model is linear, not gbdt.',
    );
    check(
      'dead-setting',
      `${clean}train: {«epochs»: 20}\n`,
      '`train.epochs` is ignored because only networks take gradient steps.',
    );
    check(
      'dead-setting',
      `${clean}task: regression\nmodel: {«calibrate»: platt}\n`,
      '`model.calibrate` is ignored because only classes have probabilities.',
    );
    check(
      'dead-setting',
      `${clean}model: {type: linear, linear: {«l1_ratio»: 0.3}}\n`,
      /only the penalty elastic/,
    );
    check(
      'dead-setting',
      `${clean}train: {«regularize»: {mixup: 0.2}}\n`,
      '`train.regularize` is ignored because only networks take gradient steps.',
    );
    check('dead-setting', `${clean}model: mlp\ntrain: {regularize: {mixup: 0.2}}\n`);
  });

  test('what its list has already, in every list that is a set; the fix leaves the first', () => {
    const again = (text: string, name: string, list: string) =>
      check('dead-setting', text, `\`${name}\` is ignored because \`${list}\` lists it already.`);
    again(`${clean}features: [tenure, plan, «tenure»]\n`, 'tenure', 'features.include');
    again(`${clean}features:\n  exclude:\n    - plan\n    - «plan»\n    - fee\n`, 'plan', 'features.exclude');
    again(`${clean}evaluate: {metrics: [roc_auc, «roc_auc»]}\n`, 'roc_auc', 'evaluate.metrics');
    again(`${clean}evaluate: {slices: [plan, «plan»]}\n`, 'plan', 'evaluate.slices');
    again(`${clean}baseline: [dummy, linear, «dummy»]\n`, 'dummy', 'baseline');
    again(`${clean}gates: [roc_auc >= 0.6, «roc_auc >= 0.6»]\n`, 'roc_auc >= 0.6', 'gates');
    const flow = `${clean}features: [tenure, plan, tenure]\n`;
    expect(fixed(flow, only(lint(flow), 'dead-setting')[0])).toBe(`${clean}features: [tenure, plan]\n`);
    const block = `${clean}features:\n  exclude:\n    - plan\n    - plan\n    - fee\n`;
    expect(fixed(block, only(lint(block), 'dead-setting')[0])).toBe(
      `${clean}features:\n  exclude:\n    - plan\n    - fee\n`,
    );
  });

  test('what comes after it is told in its own place', () => {
    const at = (rule: string, text: string) => check(rule, text, /./);
    at('conflicting-settings', `${clean}features: {include: [fee], exclude: [plan, plan, «fee»]}\n`);
    at('conflicting-settings', `${clean}task: quantile\nbaseline: [dummy, dummy, «forest»]\n`);
    at('metric-task-mismatch', `${clean}task: binary\nevaluate: {metrics: [f1, f1, «rmse»]}\n`);
  });

  test('what stands twice and counts twice', () => {
    check('dead-setting', `${clean}features: [tenure, plan]\nevaluate: {metrics: [roc_auc, recall@10]}\n`);
    check('dead-setting', `${clean}model: {type: mlp, mlp: {layers: [64, 64]}}\nbaseline: [dummy]\n`);
    // The rows of a file that is read twice are there twice.
    check('dead-setting', 'data: {source: [data/churn.csv, data/churn.csv]}\ntarget: churned\n');
    check('dead-setting', `${clean}features: {cross: [[plan, fee], [plan, tenure]]}\n`);
  });

  test('a budget of time where nothing can be ended', () => {
    const text = (more: string) => `${clean}model: linear\ntrain: {budget: {«time»: 20m}}\n${more}`;
    check(
      'dead-setting',
      text(''),
      '`train.budget.time` is ignored because the model takes no steps that it could end between, and nothing is tuned.',
    );
    check('dead-setting', text('tune: 20\n').replace(/[«»]/g, ''));
  });

  test('a check of levels that the model itself refuses', () => {
    const text = (unseen: string) =>
      `${clean}features: {categorical: {unknown: error}, validate: {${unseen}}}\n`;
    check(
      'dead-setting',
      text('«unseen»: warn'),
      '`features.validate.unseen` is ignored because `features.categorical.unknown` is error, so the model itself refuses levels that it does not know.',
    );
    check('dead-setting', text('unseen: reject'));
    check('dead-setting', text('range: reject'));
  });

  test('what is to be kept of saves that are not made, and the best of steps that are not judged', () => {
    check(
      'dead-setting',
      `${clean}train: {checkpoint: {every: never, «keep»: 5}}\n`,
      '`train.checkpoint.keep` is ignored because nothing is saved on the way (`every: never`).',
    );
    check(
      'dead-setting',
      `${clean}train: {early_stop: false, checkpoint: {«best»: true}}\n`,
      '`train.checkpoint.best` is ignored because no step is judged (`early_stop: false`).',
    );
    check(
      'dead-setting',
      `${clean}model: linear\nbaseline: [dummy]\ntrain: {checkpoint: {«best»: false}}\n`,
      '`train.checkpoint.best` is ignored because the model is not trained step by step.',
    );
    check('dead-setting', `${clean}train: {checkpoint: {every: 50, keep: 5, best: false}}\n`);
  });

  test('cross-validation beside a validation file of its own', () => {
    const source =
      'data: {source: {train: data/churn.csv, valid: data/churn.csv, test: data/churn.csv}}\ntarget: churned\n';
    check(
      'dead-setting',
      `${source}split: {«cv»: 5}\n`,
      '`split.cv` is ignored because the source brings its own validation file.',
    );
    check('dead-setting', `${source.replace('valid: data/churn.csv, ', '')}split: {cv: 5}\n`);
  });

  // biome-ignore format: a case a line reads as a table.
  test.each([
    ['model: mlp\ntrain: {schedule: {type: cosine, «gamma»: 0.5}}', 'train.schedule.gamma', 'of all schedules, step, exponential, plateau have it'],
    ['model: mlp\ntrain: {schedule: {type: plateau, «step»: 5}}', 'train.schedule.step', 'of all schedules, step has it'],
    ['model: mlp\ntrain: {schedule: {type: step, «patience»: 5}}', 'train.schedule.patience', 'of all schedules, plateau has it'],
    ['model: mlp\ntrain: {optimizer: {type: adamw, «momentum»: 0.9}}', 'train.optimizer.momentum', 'of all optimisers, sgd, rmsprop have it'],
    ['model: mlp\ntrain: {optimizer: {type: sgd, «betas»: [0.9, 0.99]}}', 'train.optimizer.betas', 'of all optimisers, adam, adamw, rmsprop have it'],
    ['features: {select: {«keep»: 5}}', 'features.select.keep', 'nothing is selected: `features.select.method` is none'],
    ['features: {select: {method: none, «threshold»: 0.5}}', 'features.select.threshold', 'nothing is selected: `features.select.method` is none'],
    ['split: {cv: {folds: 3, «kind»: expanding}}', 'split.cv.kind', 'the split does not follow time: folds are drawn at random'],
    ['split: {method: time, by: since, cv: {folds: 3, «repeats»: 2}}', 'split.cv.repeats', 'folds along time can be cut in one way only'],
    ['model: linear\nbaseline: [dummy]\ntrain: {checkpoint: {«every»: 5}}', 'train.checkpoint.every', 'the model is not trained step by step'],
    ['model: {uncertainty: {«coverage»: 0.8}}', 'model.uncertainty.coverage', 'no intervals are made: `model.uncertainty.method` is none'],
    ['task: multiclass\ntrain: {imbalance: {«strategy»: threshold}}', 'train.imbalance.strategy', 'only two classes have a threshold'],
    ['task: regression\nsplit: {«method»: stratified}', 'split.method', 'a quantity has no classes to keep in proportion: rows are drawn at random'],
    ['split: {valid: 0}\nmodel: {«calibrate»: platt}', 'model.calibrate', 'there are no validation rows to calibrate on'],
  ])('%s', (settings, path, why) => {
    check('dead-setting', `${clean}${settings}\n`, `\`${path}\` is ignored because ${why}.`);
  });

  // biome-ignore format: a case a line reads as a table.
  test.each([
    'model: mlp\ntrain: {schedule: {type: step, step: 5, gamma: 0.5}, optimizer: {type: sgd, momentum: 0.9}}',
    'model: mlp\ntrain: {schedule: {type: plateau, patience: 5, gamma: 0.5}, optimizer: {type: adam, betas: [0.9, 0.99]}}',
    'features: {select: {method: variance, keep: 5}}',
    'split: {method: time, by: since, cv: {folds: 3, kind: expanding}}',
    'split: {cv: {folds: 3, repeats: 2}}',
    'model: gbdt\ntrain: {checkpoint: {every: 5}}',
    'model: forest\nbaseline: [dummy]\ntrain: {checkpoint: {every: 5}}',
    'model: {uncertainty: {method: conformal, coverage: 0.8}}',
    'task: binary\ntrain: {imbalance: {strategy: threshold}}',
    'task: regression\nsplit: {method: stratified, by: plan}',
    'split: {cv: 3, valid: 0}\nmodel: {calibrate: platt}',
  ])('%s counts', (settings) => {
    check('dead-setting', `${clean}${settings}\n`);
  });

  test('options of another kind of column, of dates without a date, beside bins: once the data are known', async () => {
    const table = { ...plain(200), day: new Drawing(200, 1).dates('2024-01-01', 90) };
    const dead = async (features: string) => {
      const linted = await lintTable(table, `data: data.csv\ntarget: y\nfeatures: {${features}}\n`);
      return ofRule(linted, 'dead-setting').map(({ message }) => message);
    };
    const why = (path: string, because: string) => `\`features.${path}\` is ignored because ${because}.`;
    expect(await dead('include: [a, b, city, day], columns: {a: {encode: onehot}}')).toEqual([
      why('columns.a.encode', '`a` is numeric'),
    ]);
    expect(await dead('include: [a, city, day], columns: {city: {transform: log1p, encode: count}}')).toEqual(
      [why('columns.city.transform', '`city` is categorical')],
    );
    expect(await dead('include: [a, day], columns: {day: {rare: 0.1, cyclic: false}}')).toEqual([
      why('columns.day.rare', '`day` is datetime'),
    ]);
    expect(await dead('include: [a, b], datetime: {cyclic: false}')).toEqual([
      why('datetime.cyclic', 'no date is among the features'),
    ]);
    expect(await dead('include: [a, day], datetime: {cyclic: false}')).toEqual([]);
    expect(await dead('include: [a, b], columns: {a: {bins: {k: 5}, transform: sqrt}}')).toEqual([
      why('columns.a.transform', '`a` is cut into bins, which take the place of it'),
    ]);
    expect(await dead('include: [a, b], columns: {a: {transform: sqrt}}')).toEqual([]);
  });

  test('a baseline keeps its family alive, and it is told instead of unsupported-setting', () => {
    check('dead-setting', `${clean}model: {type: gbdt, linear: {strength: 2}}\n`);
    expect(only(lint(`${clean}train: {epochs: 20}\n`), 'unsupported-setting')).toEqual([]);
  });
});

describe('redundant-default', () => {
  test('a value that equals the default can go', () => {
    const text = `${clean}split: {test: 0.2, gap: 3d}\ntrain: {seed: 42}\n`;
    const [first, second] = check(
      'redundant-default',
      `${clean}split: {test: «0.2», gap: 3d}\ntrain: {seed: «42»}\n`,
      'Same as the default.',
      'Same as the default.',
    );
    expect(fixed(text, first)).toBe(`${clean}split: {gap: 3d}\ntrain: {seed: 42}\n`);
    expect(fixed(text, second)).toBe(`${clean}split: {test: 0.2, gap: 3d}\n`);
  });

  test('so can one that equals the base; one that overrides a base with the default stays', () => {
    const request = { readFile: () => 'train: {seed: 7}\n' };
    const [same] = only(
      lint(`extends: base.yaml\n${clean}train: {seed: 7}\n`, { request }),
      'redundant-default',
    );
    expect(same?.message).toBe('Same as in the file that this one extends.');
    expect(
      only(lint(`extends: base.yaml\n${clean}train: {seed: 42}\n`, { request }), 'redundant-default'),
    ).toEqual([]);
  });

  test('sections that mean something by being there are left alone', () => {
    expect(only(lint(`${clean}serve: realtime\n`), 'redundant-default')).toEqual([]);
    check('redundant-default', `${clean}split: {cv: 5}\n`);
  });
});

test('deprecated-key tells the new name and renames', () => {
  const field = fieldAt('train.seed');
  if (field === undefined) throw new Error('train.seed is a field');
  const rule = deprecatedKeys([{ ...field, deprecated: { became: 'train.random_seed', version: '2' } }]);
  const text = `${clean}train: {seed: 3}\n`;
  const [draft, ...rest] = [...rule.run({ loaded: load(text), stage: 1, now })];
  expect(rest).toEqual([]);
  expect(draft?.message).toBe('`train.seed` became `train.random_seed` in version 2.');
  expect(draft?.fixes?.[0]?.edits[0]?.text).toBe('random_seed');
});

describe('conflicting-settings', () => {
  test('a column that is included and excluded', () => {
    check(
      'conflicting-settings',
      `${clean}features: {include: [age, plan], exclude: [«age»]}\n`,
      '`features.include` and `features.exclude` cannot both name `age`: it is either a feature or not.',
    );
  });

  test('the row key as a feature', () => {
    const [finding] = check(
      'conflicting-settings',
      'data: {source: data/churn.csv, id: customer_id}\ntarget: churned\nfeatures: [age, «customer_id»]\n',
      '`features.include` and `data.id` cannot both be `customer_id`: it says nothing about other rows.',
    );
    expect(finding?.data['column']).toBe('customer_id');
  });

  test('a test share beside a test file, validation rows beside folds, a date beside a random split', () => {
    const source = 'data: {source: {train: data/churn.csv, test: data/churn.csv}}\ntarget: churned\n';
    check('conflicting-settings', `${source}split: {«test»: 0.3}\n`, /the source brings its own test file/);
    check('conflicting-settings', `${clean}split: {«valid»: 0.1, cv: 5}\n`, /every fold validates in turn/);
    check(
      'conflicting-settings',
      `${clean}split: {test: 2025-07-01, «method»: random}\n`,
      /a date divides the rows by time/,
    );
    check('conflicting-settings', `${clean}split: {valid: 0, cv: 5}\n`);
    check('conflicting-settings', `${clean}split: {test: 2025-07-01, method: time}\n`);
  });
});

test('a timeout of the search beyond the budget that both share', () => {
  const text = (timeout: string) =>
    `${clean}train: {budget: {time: 1h}}\ntune: {trials: 20, «timeout»: ${timeout}}\n`;
  check('conflicting-settings', text('2h'), /ended by it before its own timeout/);
  check('conflicting-settings', text('30m').replace(/[«»]/g, ''));
});

test('variants are laid over, and a finding in one stands at its own place', () => {
  const text = `${clean}variants:\n  big: {model: {gbdt: {trees: 0}}}\n`;
  const loaded = loadExperiment({ file, workspace, text, variant: 'big' });
  const [problem] = loaded.problems.filter(
    ({ rule, path }) => rule === 'out-of-range' && path === 'model.gbdt.trees',
  );
  const { range } = loaded.placeOf(problem?.path ?? '');
  expect(loaded.text.textIn(range)).toBe('0');
});
