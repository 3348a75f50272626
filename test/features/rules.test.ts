/** Rules in the model file against the same expressions in DuckDB, row by row, with every kind of gap. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkParity } from '../../server/engines/parity.ts';
import { openScorer } from '../../server/engines/scorer.ts';
import { fitRules } from '../../server/features/fitRules.ts';
import { trainModel } from '../../server/training/train.ts';
import { temporaryFolder } from '../temporary.ts';
import { churn, prepare, type TableOptions, writeTable } from '../training/tables.ts';
import { allRows, settingsOf, valuesOf } from './csvTable.ts';

const folder = temporaryFolder();
let request: Awaited<ReturnType<typeof prepare>>;
beforeAll(async () => {
  writeTable(folder, { ...churn, rows: 500 });
  request = await prepare(folder);
});
afterAll(() => request.table.close());

const rulesOf = (...conditions: string[]) => {
  const { table, columns } = request;
  return fitRules({ table, columns, settings: settingsOf(), trainRows: allRows(table) }, conditions);
};

test.each([
  'age < 30',
  'age >= 45.5 and income > 20000',
  'age < 30 or income > 40000',
  'not (age < 30 or income > 40000)',
  'age in 30..40',
  'age not in 30..40',
  "plan == 'basic'",
  "plan != 'basic'",
  "plan in ['Plus', 'naïve', 'no such plan']",
  `plan not in ['team "x"', 'a/b#c']`,
  'age is null',
  'plan is not null and isnull(joined)',
  'member',
  'member == false or member is null',
  'joined >= 2021-06-01',
  'joined - 2020-01-01 > 300',
  'joined + 30 < 2019-06-01',
  'age * 1000 / (income - income) > 1',
  'abs(age - 45) < 5 and -age < -44',
  'min(age, 40) == 40',
  'max(age, income / 1000) < 30',
  'coalesce(age, 99) > 69',
  'log(income) > 10 and clip(age, 20, 30) == 30',
  'weekday(joined) < 5 and hour(joined) == 0',
  'days(joined, 2020-01-01) > 300',
  "if(age < 40, plan, 'pro') == 'pro'",
  "coalesce(plan, 'none') == 'none'",
  "plan == ''",
  "plan != ''",
  'if(member, age, income) > 40 and true',
])('%s', async (condition) => {
  const { table } = request;
  const matrix = await rulesOf(condition).transform(allRows(table));
  const wanted = await table.test(condition);
  expect(valuesOf(matrix, 'rule')).toEqual([...wanted].map((truth) => (truth === 1 ? 1 : 2)));
});

test('the first rule that holds decides, and the inputs are the columns that rules read', async () => {
  const features = rulesOf('age < 30', 'age < 40', "plan == 'pro'");
  expect(features.inputs.map(({ name }) => name)).toEqual(['age', 'plan']);
  const { table } = request;
  const codes = valuesOf(await features.transform(allRows(table)), 'rule');
  const [first, second, third] = await Promise.all(
    ['age < 30', 'age < 40', "plan == 'pro'"].map((rule) => table.test(rule)),
  );
  codes.forEach((code, row) => {
    const holds = [first, second, third].findIndex((truths) => truths?.[row] === 1);
    expect(code).toBe(holds < 0 ? 4 : holds + 1);
  });
  expect(rulesOf('true').inputs).toHaveLength(1);
});

test.each([
  ["lower(plan) == 'pro'", 'has no `lower`'],
  ["plan < 'm'", 'does not order texts'],
  ['plan == city', 'compares text with written text only'],
  ["matches(plan, '^p')", 'has no `matches`'],
  ['age < rows', 'does not count `rows`'],
  ['mean(age) < 30', 'mean'],
  ['y == 1', '`y`'],
  ['age + 1', 'true or false is needed'],
  ['age <', 'a value is missing'],
])('%s is refused', (condition, reason) => {
  expect(() => rulesOf(condition)).toThrow(reason);
});

const multiclass: TableOptions = {
  rows: 400,
  target: (score, u) => (score + u > 1 ? 'high' : score < 0 ? 'low' : 'middle'),
};
const regression: TableOptions = { rows: 400, target: (score, u) => (score + u).toFixed(3) };
const rules = (...then: (number | string)[]) =>
  // biome-ignore lint/suspicious/noThenProperty: the language's word; the rule is never awaited.
  then.map((value, i) => ({ if: ['age < 30', "plan == 'pro'"][i], then: value }));

test.each([
  ['binary', churn, rules(0.4, 'left')],
  ['multiclass', multiclass, rules('low', 'high')],
  ['regression', regression, rules(-1.5, 2)],
])('%s: the file agrees with the trainer from the raw columns', async (task, options, heuristic) => {
  const own = temporaryFolder();
  writeTable(own, { ...options, rows: 400 });
  const asked = await prepare(own, { task, model: { type: 'heuristic', heuristic, threshold: 0.3 } });
  const { table } = asked;
  const { onnx, trainerScores, threshold } = await trainModel(asked);
  const scorer = await openScorer(onnx);
  const rows = allRows(table);
  expect((await checkParity({ scorer, table, trainerScores, rows })).maxAbsDifference).toBeLessThan(1e-5);
  await scorer.close();
  const young = (await table.test('age < 30')).indexOf(1);
  const [first, second = 0] = await trainerScores(Int32Array.of(young));
  if (task === 'binary') expect([first, threshold]).toEqual([expect.closeTo(0.4, 12), 0.3]);
  else if (task === 'regression') expect(first).toBe(-1.5);
  else expect(second).toBeCloseTo(1, 9);
  await table.close();
});

test('a class that the target does not have, and text for a number, are refused', async () => {
  const of = (then: string | number, task: string) =>
    prepare(folder, { task, model: { type: 'heuristic', heuristic: rules(then) } });
  const asked = await of('gone', 'binary');
  await expect(trainModel(asked)).rejects.toThrow('no class of the target (stayed, left)');
  await asked.table.close();
});
