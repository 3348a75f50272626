import { expect, test } from 'vitest';
import { lossesOf } from '../../../server/data/facts/lostCells.ts';
import { load } from '../marked.ts';
import { alarms, type Columns, Drawing, lintTable, ofRule, plain } from '../tables.ts';

const table = plain(400);
const withTypes = (types: string) => `data: data.csv\ntarget: y\nfeatures: {types: {${types}}}\n`;

test.each([
  ['numeric', 'numbers'],
  ['datetime', 'dates'],
  ['boolean', 'truth values'],
])('a column of words that is said to be %s loses all of them, and lint says so', async (kind, words) => {
  const linted = await lintTable(table, withTypes(`city: ${kind}`));
  expect(ofRule(linted, 'mixed-types').map(({ path, message }) => [path, message])).toEqual([
    [
      'features.types.city',
      `\`features.types\` says that \`city\` holds ${words}, and none of its 400 cells is one: they count as missing.`,
    ],
  ]);
});

test('so does one that nearly all cells are not, and one of a few odd cells is left alone', async () => {
  const d = new Drawing(400, 3);
  const nearly = { ...table, fee: d.column((row) => (row % 25 === 0 ? row : 'free')) };
  expect(ofRule(await lintTable(nearly, withTypes('fee: numeric')), 'mixed-types')).toMatchObject([
    {
      message:
        '`features.types` says that `fee` holds numbers, and 384 of its cells are none: they count as missing.',
    },
  ]);
  const mostly = { ...table, fee: d.column((row) => (row % 25 === 0 ? 'free' : row)) };
  expect(ofRule(await lintTable(mostly, withTypes('fee: numeric')), 'mixed-types')).toEqual([]);
  expect(alarms(await lintTable(table, withTypes('city: categorical, a: numeric')))).toEqual([]);
});

/** Visits of `patients`, each over `span` of 400 days. */
function visits(patients: number, span: number): Columns {
  const d = new Drawing(400, 8);
  const start = Array.from({ length: patients }, () => d.random.int(400 - span));
  const patient = d.column(() => d.random.int(patients));
  const day = patient.map((each) => (start[each] ?? 0) + d.random.int(span));
  const date = (at: number) =>
    new Date(Date.parse('2024-01-01') + at * 86_400_000).toISOString().slice(0, 10);
  return { patient: patient.map((each) => `p${each}`), day: day.map(date), ...plain(400) };
}

test('rows that groups across a cut in time leave on no side are counted', async () => {
  const yaml = 'data: {source: data.csv, time: day, group: patient}\ntarget: y\n';
  const long = await lintTable(visits(40, 300), yaml);
  const { absent, method } = long.facts.split ?? {};
  expect(method).toBe('group-time');
  expect(absent).toBeGreaterThan(80);
  expect(ofRule(long, 'insufficient-data').map(({ message, severity }) => [message, severity])).toEqual([
    [
      `${absent} of 400 rows are neither learnt from nor scored: their groups have rows on both sides of a cut in time, and no group may be on two sides.`,
      'warning',
    ],
  ]);
  const yamlWith = yaml.replace('target: y', 'target: y\nfeatures: {types: {city: numeric}}');
  const lost = await lintTable(visits(40, 300), yamlWith);
  const loaded = load(yamlWith).experiment;
  expect(loaded && lossesOf(loaded, lost.facts)).toEqual([
    '`features.types` says that `city` holds numbers, and none of its 400 cells is one: they count as missing.',
    ofRule(long, 'insufficient-data')[0]?.message,
  ]);
  const short = await lintTable(visits(300, 2), yaml);
  expect(ofRule(short, 'insufficient-data')).toEqual([]);
});

test.each([
  ['y', 'stratified', 'stratified'],
  ['a', 'stratified', 'random'],
  ['a', '{method: stratified, by: city}', 'stratified'],
  ['a', '{method: stratified-group, by: city}', 'group'],
])('target %s, `%s`: the split is called what it is, %s', async (target, method, called) => {
  const written = method.startsWith('{') ? method : `{method: ${method}}`;
  const linted = await lintTable(table, `data: data.csv\ntarget: ${target}\nsplit: ${written}\n`);
  expect(linted.facts.split?.method).toBe(called);
});
