import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Failure } from '../../server/protocol/runMessages.ts';
import { planRun } from '../../server/runs/estimate/plan.ts';
import { failureOf } from '../../server/runs/failure.ts';
import { lint } from './marked.ts';
import { type Columns, Drawing, lintTable, toCsv } from './tables.ts';

const d = new Drawing(300, 41);
const table: Columns = {
  a: d.normal(),
  b: d.normal(),
  city: d.level('north', 'south', 'east'),
  size: d.level('s', 'm', 'l'),
  day: d.dates('2024-01-01', 300),
  seen: d.dates('2023-01-01', 300),
  two: d.level('p', 'q'),
  three: d.level('x', 'y', 'z'),
  value: d.normal(5, 1),
  // A column that no experiment below may see beside the targets above.
  rest: d.normal(),
};
const about = (target: string, rest: string) =>
  `data: data.csv\ntarget: ${target}\n${rest.includes('features') ? '' : 'features: [a, b, city]\n'}${rest}`;

// Target, settings, rule, what lint and a run say.
// biome-ignore format: a case a line reads as a table.
const cases: readonly (readonly [string, string, string, string])[] = [
  ['three', 'model: {calibrate: isotonic}', 'conflicting-settings', '`model.calibrate: isotonic` is not possible: isotonic calibration is for two classes.'],
  ['two', 'model: {threshold: {maximize: roc_auc}}', 'unknown-value', '`model.threshold.maximize: roc_auc` is not possible: no threshold changes it.'],
  ['two', 'model: {threshold: {maximize: pr_auc}}', 'unknown-value', '`model.threshold.maximize: pr_auc` is not possible: no threshold changes it.'],
  ['two', 'model: {threshold: {maximize: log_loss}}', 'unknown-value', '`model.threshold.maximize: log_loss` is not possible: no threshold changes it.'],
  ['two', 'model: {threshold: {maximize: rmse}}', 'unknown-value', '`model.threshold.maximize: rmse` is not possible: no threshold changes it.'],
  ['two', 'model: {threshold: {maximize: recall@10}}', 'unknown-value', '`model.threshold.maximize: recall@10` is not possible: no threshold changes it.'],
  ['two', 'model: {threshold: {maximize: value}}', 'conflicting-settings', '`model.threshold.maximize: value` is not possible: `problem.value` does not say what each outcome is worth.'],
  ['two', 'model: {threshold: {maximize: f1}}\nsplit: {valid: 0}', 'conflicting-settings', '`model.threshold: f1` is not possible: there are no validation rows to choose it on.'],
  ['two', 'model: {gbdt: {monotone: {city: up}}}', 'conflicting-settings', '`model.gbdt.monotone.city: up` is not possible: `city` is no numeric feature of the model.'],
  ['two', 'features: [a, b]\nmodel: {gbdt: {monotone: {rest: up}}}', 'conflicting-settings', '`model.gbdt.monotone.rest: up` is not possible: `rest` is no feature of the model.'],
  ['two', 'features: {include: [a, b], numeric: {bins: {k: 5}}}\nmodel: {gbdt: {monotone: {a: up}}}', 'conflicting-settings', '`model.gbdt.monotone.a: up` is not possible: `a` is no numeric feature of the model.'],
  ['three', 'model: {gbdt: {monotone: {a: up}}}', 'conflicting-settings', '`model.gbdt.monotone: {"a":"up"}` is not possible: the classes of one row cannot all rise.'],
  ['value', 'task: quantile\nmodel: {gbdt: {monotone: {a: up}}}', 'conflicting-settings', '`model.gbdt.monotone: {"a":"up"}` is not possible: leaf values under quantiles keep to no bounds.'],
  ['value', 'metric: mae\nmodel: {gbdt: {monotone: {a: up}}}', 'conflicting-settings', '`model.gbdt.monotone: {"a":"up"}` is not possible: leaf values under the absolute error, which mae asks for, keep to no bounds.'],
  ['two', 'features: {include: [a, b, city], cross: [[a, city]]}', 'conflicting-settings', '`features.cross.0: [a, city]` is not possible: numbers and categories cannot be crossed as they are.'],
  ['two', 'features: {include: [a, b, city], cross: [[a]]}', 'conflicting-settings', '`features.cross.0: [a]` is not possible: one column has nothing to be crossed with.'],
  ['two', 'features: {include: [a, b, city], cross: [[a, a]]}', 'conflicting-settings', '`features.cross.0: [a, a]` is not possible: one column has nothing to be crossed with.'],
  ['two', 'features: {include: [a, b, city], cross: [[a, b], [a, rest]]}', 'conflicting-settings', '`features.cross.1: [a, rest]` is not possible: rest is no number or category among the features.'],
  ['two', 'features: {include: [a, b, day], cross: [[a, day]]}', 'conflicting-settings', '`features.cross.0: [a, day]` is not possible: day is no number or category among the features.'],
  ['two', 'features: {include: [a, day], datetime: {elapsed_from: a}}', 'conflicting-settings', '`features.datetime.elapsed_from: a` is not possible: `a` is no date among the features.'],
  ['two', 'features: {include: [a, day], columns: {day: {elapsed_from: seen}}}', 'conflicting-settings', '`features.columns.day.elapsed_from: seen` is not possible: `seen` is no date among the features.'],
  ['two', 'model: {uncertainty: {method: quantile}}', 'conflicting-settings', '`model.uncertainty.method: quantile` is not possible: classes have no quantiles.'],
  ['value', 'model: {type: forest, uncertainty: {method: quantile}}', 'conflicting-settings', '`model.uncertainty.method: quantile` is not possible: forest predicts means, not quantiles.'],
  ['value', 'task: quantile\nmodel: {uncertainty: {method: conformal}}', 'conflicting-settings', '`model.uncertainty.method: conformal` is not possible: a quantile is a bound already.'],
  ['value', 'model: {uncertainty: {method: conformal}}\nsplit: {valid: 0}', 'conflicting-settings', '`model.uncertainty.method: conformal` is not possible: it needs 9 rows that the model was not trained on; there are none.'],
  ['value', 'model: {uncertainty: {method: conformal}}\nsplit: {valid: 0, cv: 0}', 'conflicting-settings', '`model.uncertainty.method: conformal` is not possible: it needs 9 rows that the model was not trained on; there are none.'],
  ['value', 'model: {uncertainty: {method: conformal, coverage: 0.99}}\nsplit: {valid: 0.1}', 'conflicting-settings', '`model.uncertainty.method: conformal` is not possible: it needs 99 rows that the model was not trained on; there are 30.'],
  ['value', 'task: quantile\nmodel: forest', 'conflicting-settings', '`model.type: forest` is not possible: forest predicts means, not quantiles.'],
  ['value', 'task: quantile\nbaseline: [dummy, forest]', 'conflicting-settings', '`baseline.1: forest` is not possible: forest predicts means, not quantiles.'],
  ['two', 'model: forest\ntrain: {imbalance: focal}', 'conflicting-settings', '`train.imbalance.strategy: focal` is not possible: of all models, gbdt (with its own engine) and mlp have a focal loss.'],
  ['two', 'model: linear\ntrain: {imbalance: focal}', 'conflicting-settings', '`train.imbalance.strategy: focal` is not possible: of all models, gbdt (with its own engine) and mlp have a focal loss.'],
  ['two', 'model: {type: linear, linear: {link: softmax}}', 'conflicting-settings', '`model.linear.link: softmax` is not possible: a binary task needs `logit`.'],
  ['value', 'model: {linear: {link: log}}', 'conflicting-settings', '`model.linear.link: log` is not possible: a regression task needs `identity`.'],
  ['two', 'features: {include: [a, city], categorical: {encode: embedding}}', 'conflicting-settings', '`features.categorical.encode: embedding` is not possible: of all models, only mlp learns an embedding of each category.'],
  ['two', 'features: {include: [a, city], columns: {city: {encode: embedding}}}\nmodel: linear', 'conflicting-settings', '`features.columns.city.encode: embedding` is not possible: of all models, only mlp learns an embedding of each category.'],
  ['two', 'model: linear\ntune: {trials: 20, search: asha}', 'conflicting-settings', '`tune.search: asha` is not possible: it judges trainings by their first steps, and linear does not train step by step.'],
  ['two', 'model: forest\ntune: {trials: 20, search: bohb}', 'conflicting-settings', '`tune.search: bohb` is not possible: it judges trainings by their first steps, and forest does not train step by step.'],
  ['two', 'tune: {trials: 20, using: cv}\nsplit: {valid: 0.2}', 'conflicting-settings', '`tune.using: cv` is not possible: there are no folds.'],
  ['two', 'tune: {trials: 20, using: valid}\nsplit: {valid: 0, cv: 3}', 'conflicting-settings', '`tune.using: valid` is not possible: there are no validation rows.'],
  ['two', 'tune: {trials: 20, using: valid}\nsplit: {cv: 3}', 'conflicting-settings', '`tune.using: valid` is not possible: there are no validation rows.'],
  ['two', 'tune: {trials: 20, using: valid}', 'conflicting-settings', '`tune.using: valid` is not possible: there are no validation rows.'],
  ['two', 'tune: {trials: 20, using: train}', 'unknown-value', '`tune.using: train` is not possible: trials that are compared on the rows they learnt from all look good.'],
  ['two', 'model: {type: heuristic, heuristic: [{if: a > 0, then: r}]}', 'unknown-value', '`model.heuristic.0.then: r` is not possible: it is no class of the target (q, p), and no probability from 0 to 1.'],
  ['two', 'model: {type: heuristic, heuristic: [{if: a > 0, then: 0.4}, {if: b > 0, then: 1.5}]}', 'unknown-value', '`model.heuristic.1.then: 1.5` is not possible: it is no class of the target (q, p), and no probability from 0 to 1.'],
  ['three', 'model: {type: heuristic, heuristic: [{if: a > 0, then: 0.4}]}', 'unknown-value', '`model.heuristic.0.then: 0.4` is not possible: it is no class of the target (x, y, z).'],
  ['value', 'baseline: [heuristic]\nmodel: {heuristic: [{if: a > 0, then: high}]}', 'unknown-value', '`model.heuristic.0.then: high` is not possible: task regression predicts a number.'],
  ['two', 'split: {cv: 1}', 'out-of-range', '`split.cv.folds: 1` is not possible: one fold leaves no rows to train on; 0 means none, and 2 is the least.'],
  ['two', 'split: {cv: 999}', 'out-of-range', '`split.cv` = 999; allowed 0..255.'],
  ['two', 'features: []', 'out-of-range', '`features.include: []` is not possible: the model would see no column.'],
];

const about3 = ['conflicting-settings', 'unknown-value', 'out-of-range'];
const told = (findings: readonly { rule: string; message: string; severity: string }[]) =>
  findings
    .filter(({ rule }) => about3.includes(rule))
    .map(({ rule, message, severity }) => [rule, message, severity]);

test.each(cases)(
  'of %s, `%s`: one error in the words of the run, which refuses it before anything is fitted',
  async (target, rest, rule, message) => {
    const text = about(target, rest);
    const { findings } = await lintTable(table, text);
    expect(told(findings)).toEqual([[rule, message, 'error']]);
    const refusal = await refusalOf(text);
    expect({ exit: refusal.exit, message: refusal.message }).toEqual({
      exit: 2,
      message: expect.stringContaining(message.replace(/\.$/, '')),
    });
    expect(refusal['file']).toContain('x.experiment.yaml');
  },
);

// What lies next to each of them and can be fitted.
// biome-ignore format: a case a line reads as a table.
test.each([
  ['two', 'model: {calibrate: isotonic}'],
  ['three', 'model: {calibrate: temperature}'],
  ['two', 'model: {threshold: {maximize: weighted_f1}}'],
  ['two', 'model: {threshold: {by: value}}\nproblem: {value: {tp: 1, fp: -1}}'],
  ['two', 'model: {gbdt: {monotone: {a: up, b: down}}}'],
  ['two', 'features: {include: [a, size], types: {size: ordinal}}\nmodel: {gbdt: {monotone: {size: up}}}'],
  ['value', 'metric: medae\nmodel: {gbdt: {monotone: {a: up}}}'],
  ['two', 'features: {include: [a, b, city, size], cross: [[a, b], [city, size]]}'],
  ['two', 'features: {include: [a, city], numeric: {bins: {k: 5}}, cross: [[a, city]]}'],
  ['two', 'features: {include: [a, day, seen], datetime: {elapsed_from: seen}}'],
  ['value', 'model: {uncertainty: {method: quantile}}'],
  ['value', 'model: {type: forest, uncertainty: {method: conformal}}\nbaseline: [dummy]\nsplit: {valid: 0}'],
  ['value', 'model: {uncertainty: {method: conformal, coverage: 0.95}}\nsplit: {valid: 0.1}'],
  ['value', 'task: quantile\nbaseline: [dummy, linear]'],
  ['two', 'model: mlp\ntrain: {imbalance: focal}'],
  ['two', 'model: {type: linear, linear: {link: logit}}'],
  ['two', 'features: {include: [a, city], categorical: {encode: embedding}}\nmodel: mlp'],
  ['two', 'model: mlp\ntune: {trials: 20, search: hyperband}'],
  ['two', 'tune: {trials: 20, using: cv}\nsplit: {cv: 3}'],
  ['two', 'tune: {trials: 20, using: cv}'],
  ['two', 'tune: {trials: 20, using: valid}\nsplit: {valid: 0.2}'],
  ['two', 'model: {type: heuristic, heuristic: [{if: a > 0, then: q}, {if: b > 0, then: 0.2}]}'],
])('of %s, `%s` is possible', async (target, rest) => {
  const text = about(target, rest);
  expect(told((await lintTable(table, text)).findings)).toEqual([]);
  expect((await refusalOf(text)).message).toBe('nothing');
});

test('of some rows of a large table, what all rows decide is not told', async () => {
  const text = about('two', 'model: {type: heuristic, heuristic: [{if: a > 0, then: r}]}');
  const { facts } = await lintTable(table, text);
  const context = { facts: { ...facts, sampled: { seen: 300, total: 3_000_000 } } };
  expect(told(lint(text.replace('data.csv', 'data/churn.csv'), context))).toEqual([]);
});

test('several targets are for a task that this version does not train, and a run says so', async () => {
  const text = 'data: data.csv\ntarget: [two, three]\n';
  const { findings } = await lintTable(table, text);
  const message =
    '`target` wants one column, got 2: only multilabel tasks have several, and this version trains none.';
  expect(findings.filter(({ rule }) => rule === 'wrong-type').map((each) => each.message)).toEqual([message]);
  expect(await refusalOf(text)).toMatchObject({ exit: 2, message });
});

test('without data, what is written is enough where it says it all', () => {
  const clean = 'data: data/churn.csv\ntarget: churned\n';
  expect(told(lint(`${clean}task: multiclass\nmodel: {calibrate: isotonic}\n`))).toHaveLength(1);
  expect(told(lint(`${clean}model: {calibrate: isotonic}\n`))).toEqual([]);
  expect(told(lint(`${clean}features: {cross: [[age, plan]]}\n`))).toEqual([]);
});

/** What a run refuses; `nothing` where it would go on. */
async function refusalOf(text: string): Promise<Partial<Failure> & { message: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-impossible-'));
  try {
    writeFileSync(join(folder, 'data.csv'), toCsv(table));
    const file = join(folder, 'x.experiment.yaml');
    writeFileSync(file, text);
    const order = { workspace: folder, file, overrides: [], variant: null };
    await planRun(order, new AbortController().signal);
    return { message: 'nothing' };
  } catch (error) {
    return failureOf(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
