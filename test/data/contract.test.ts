/** The contract: each promise with a table that breaks it, its rows, and what happens then. */
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { checkContract, enforceContract } from '../../server/data/tables/contract.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn } from './tableOf.ts';

const csv = csvIn(temporaryFolder());
const text =
  'age,plan,mail,day,code\n20,basic,a@x.org,2024-01-01,1\n-3,pro,b,2024-05-01,2\n,gold,c@x.org,,2\n130,basic,,2023-01-01,4\n';
const open = () => csv(text);

function experimentOf(data: object) {
  return resolveExperiment({ target: 'plan', data: { source: 'x.csv', ...data } }, 'x.experiment.yaml');
}

async function failuresOf(data: object) {
  return (await checkContract(await open(), experimentOf(data))).map(({ path, count, rows, message }) => [
    path,
    count,
    rows,
    message,
  ]);
}

test('every promise on a column, with the rows that break it', async () => {
  const columns = {
    age: { type: 'numeric', nullable: false, min: 0, max: 120 },
    plan: { in: ['basic', 'pro'] },
    mail: { regex: '.*@.*' },
    day: { min: '2024-01-01' },
    code: { unique: true },
    gone: { type: 'numeric' },
  };
  expect(await failuresOf({ columns })).toEqual([
    ['data.columns.age.nullable', 1, [2], '1 values of `age` are missing'],
    ['data.columns.age.min', 1, [1], '1 values of `age` are below 0'],
    ['data.columns.age.max', 1, [3], '1 values of `age` are above 120'],
    ['data.columns.plan.in', 1, [2], "1 values of `plan` are none of 'basic', 'pro'"],
    ['data.columns.mail.regex', 1, [1], '1 values of `mail` do not match .*@.* as a whole'],
    ['data.columns.day.min', 1, [3], '1 values of `day` are below 2024-01-01'],
    ['data.columns.code.unique', 2, [1, 2], '2 values of `code` occur more than once'],
    ['data.columns.gone', 0, [], 'there is no column `gone`'],
  ]);
});

// Rows without a match by Python: `[not re.fullmatch(p, v) for v in ("A1", "xA1", "A12", "B2")]`.
test.each([
  ['A1', [1, 2, 3]],
  ['A1|A12', [1, 3]],
  ['A[0-9]*', [1, 3]],
  ['.*A1.*', [3]],
  ['^A1$', [1, 2, 3]],
  ['[AB][0-9]', [1, 2]],
])('a pattern matches a value as a whole: %s', async (regex, rows) => {
  const table = await csv('code,plan\nA1,a\nxA1,b\nA12,a\nB2,b\n,a\n');
  const failures = await checkContract(table, experimentOf({ columns: { code: { regex } } }));
  expect(failures.map((failure) => failure.rows)).toEqual([rows]);
});

test('expectations over rows, over the table, and against a figure of the table', async () => {
  const expectations = [
    'age >= 0',
    'rows >= 10',
    'mean(age) in 40..60',
    'unique(code, plan)',
    'age < 2 * max(code)',
    'unique(code)',
    'nope > 1',
  ];
  expect(await failuresOf({ expect: expectations })).toEqual([
    ['data.expect.0', 1, [1], '1 rows break `age >= 0`'],
    ['data.expect.1', 0, [], '`rows >= 10` does not hold'],
    ['data.expect.4', 2, [0, 3], '2 rows break `age < 2 * max(code)`'],
    ['data.expect.5', 0, [], '`unique(code)` does not hold'],
    ['data.expect.6', 0, [], expect.stringContaining('there is no column `nope`')],
  ]);
});

test('a contract that is kept has no failures', async () => {
  const columns = { age: { type: 'numeric', max: 200 }, code: { type: 'numeric', nullable: false } };
  expect(await failuresOf({ columns, expect: ['rows = 4', 'code > 0', 'age < 200'] })).toEqual([]);
});

test('fail refuses, warn lets pass, quarantine leaves the rows at fault out', async () => {
  const data = (on_fail: string) =>
    experimentOf({ columns: { age: { min: 0, max: 120 } }, quality: { on_fail } });
  await expect(enforceContract(data('fail'), await open())).rejects.toMatchObject({
    code: 'contract-broken',
    place: { column: 'age', row: 1 },
  });
  const warned = await open();
  expect(await enforceContract(data('warn'), warned)).toBe(warned);
  const kept = await enforceContract(data('quarantine'), await open());
  expect([...(await kept.rowNumbers())]).toEqual([0, 2]);
  expect([...(await kept.numbers('age'))]).toEqual([20, Number.NaN]);
});

test('quarantine cannot mend what no row is to blame for', async () => {
  const experiment = experimentOf({ expect: ['rows > 10'], quality: { on_fail: 'quarantine' } });
  await expect(enforceContract(experiment, await open())).rejects.toMatchObject({ code: 'contract-broken' });
});
