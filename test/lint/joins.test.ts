/** Lint on tables with joins and windows: silent where nothing is wrong, and one finding for one cause. */
import { expect, test } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { check, lint, only, workspace } from './marked.ts';
import { type Columns, lintTable, ofRule } from './tables.ts';

const day = (number: number) =>
  new Date(Date.UTC(2025, 0, 1) + number * 86_400_000).toISOString().slice(0, 10);

/** 600 visits of 60 people, and calls of `callers` of them; `of` says what is predicted. */
function tables(callers: number, of: (who: number, noise: number) => number) {
  const random = createRandom(5);
  const who = Array.from({ length: 600 }, () => random.int(60));
  const seen = who.map(() => 60 + random.int(300));
  const data: Columns = {
    who: who.map((each) => `w${each}`),
    seen: seen.map(day),
    spent: who.map(() => random.int(100)),
    y: who.map((each) => of(each, random.uniform())),
  };
  const calls: Columns = { who: [], at: [], topic: [], minutes: [] };
  for (let each = 0; each < callers; each++) {
    for (let call = 0; call < 12; call++) {
      calls['who']?.push(`w${each}`);
      calls['at']?.push(day(call === 0 ? random.int(50) : random.int(360)));
      calls['topic']?.push(['bill', 'line', 'move'][random.int(3)] ?? null);
      calls['minutes']?.push(1 + random.int(40));
    }
  }
  return { data, calls };
}

const settings = (more = '') => `data:
  source: data.csv
  time: seen
  join: [{source: calls.csv, keys: who, as_of: at}]
target: y
features:
  include: [spent, calls.topic, calls.minutes]
  derive:
    - {name: calls_before, expr: count(calls), window: 30d}
    - {name: usual, expr: spent / mean(spent), group: who}
    - {name: last, expr: lag(spent), group: who}
    - {name: of_all, expr: mean(spent), window: 14d}
split: {method: time, gap: 30d}
${more}`;

test('a clean experiment with a join, a count, a lag and a mean of a group has no finding of warning or worse', async () => {
  const { data, calls } = tables(48, (_, noise) => Number(noise < 0.4));
  const { findings } = await lintTable(data, settings(), { 'calls.csv': calls });
  const told = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  // No pin and no lock file are true of any experiment in an empty folder.
  expect(
    told.map(({ rule }) => rule).filter((rule) => !['data-unpinned', 'env-unlocked'].includes(rule)),
  ).toEqual([]);
  expect(ofRule({ findings, facts: {} as never }, 'unsupported-setting')).toEqual([]);
});

test('that most rows have no match is told once, at the join', async () => {
  const { data, calls } = tables(20, (_, noise) => Number(noise < 0.4));
  const linted = await lintTable(data, settings(), { 'calls.csv': calls });
  const [finding, ...more] = ofRule(linted, 'mostly-missing');
  expect([finding?.path, more]).toEqual(['features.include.1', []]);
  const bare = await lintTable(
    data,
    settings().replace('  include: [spent, calls.topic, calls.minutes]\n', ''),
    {
      'calls.csv': calls,
    },
  );
  expect(ofRule(bare, 'mostly-missing').map(({ path }) => path)).toEqual(['data.join.0']);
});

test('that the outcome goes with having a match is told once', async () => {
  const { data, calls } = tables(30, (who, noise) => Number(noise < (who < 30 ? 0.7 : 0.3)));
  const linted = await lintTable(data, settings(), { 'calls.csv': calls });
  expect(ofRule(linted, 'informative-missing').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Being empty in `calls\.topic` predicts the target/),
  ]);
});

test('a gap shorter than the longest window is told, and one as long is not', async () => {
  const { data, calls } = tables(48, (_, noise) => Number(noise < 0.4));
  const short = await lintTable(data, settings().replace('gap: 30d', 'gap: 7d'), { 'calls.csv': calls });
  expect(ofRule(short, 'no-embargo').map(({ message }) => message)).toEqual([
    expect.stringContaining('the longest window of features.derive is 30 days'),
  ]);
});

test('a joined date after the prediction cannot be known then', async () => {
  const { data, calls } = tables(48, (_, noise) => Number(noise < 0.4));
  const closed = {
    ...calls,
    closed: (calls['at'] ?? []).map((at) =>
      day(40 + (Date.parse(String(at)) - Date.UTC(2025, 0, 1)) / 86_400_000),
    ),
  };
  const yaml = settings().replace('calls.minutes', 'calls.closed');
  const linted = await lintTable(data, yaml, { 'calls.csv': closed });
  expect(ofRule(linted, 'after-outcome-feature').map(({ message }) => message)).toEqual([
    expect.stringMatching(/`calls\.closed` is later than the prediction \(`seen`\)/),
  ]);
  const later = yaml.replace('data:\n', 'problem: {prediction_time: seen + 400}\ndata:\n');
  expect(ofRule(await lintTable(data, later, { 'calls.csv': closed }), 'after-outcome-feature')).toEqual([]);
});

test('a joined file that is not there, and keys that it has not, are told at the join', () => {
  const text = (join: string) =>
    `data: {source: data/churn.csv, time: day, join: [${join}]}\ntarget: churned\n`;
  check('data-not-found', text('{source: «data/chrn.csv», keys: id}'), /chrn\.csv/);
  const message = `The rows of \`${workspace}/data/churn.csv\` cannot be matched by \`idd\`: it has no such column.`;
  const failure = {
    code: 'join-key',
    message,
    help: 'Name in `keys` columns that both tables have.',
    exit: 2,
  };
  const told = only(lint(text('{source: data/churn.csv, keys: idd}'), { failure }), 'data-not-found');
  expect(told.map(({ path }) => path)).toEqual(['data.join.0']);
});
