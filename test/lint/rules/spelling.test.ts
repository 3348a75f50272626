/** Numbers and dates that are text: what is offered is only what then reads them. */
import { expect, test } from 'vitest';
import { noise, repeated, withColumn } from '../plants.ts';
import { type Cell, Drawing, lintTable, ofRule, plain } from '../tables.ts';

const two = (value: number) => String(value).padStart(2, '0');
const opened = async (write: (day: string, month: string) => Cell, yaml?: string) => {
  const table = withColumn('opened', (_, row, d) =>
    row % 9 === 0 ? 'not yet' : write(two(1 + d.random.int(28)), two(1 + d.random.int(12))),
  );
  return ofRule(await lintTable(table, yaml), 'date-as-string');
};

test('ISO dates among text become dates by their type, which silences it', async () => {
  const [found] = await opened((day, month) => `2024-${month}-${day}`);
  expect(found?.fixes.map(({ title }) => title)).toEqual(['Set features.types.opened: datetime']);
  const yaml = 'data: data.csv\ntarget: y\nfeatures: {types: {opened: datetime}}\n';
  expect(await opened((day, month) => `2024-${month}-${day}`, yaml)).toEqual([]);
});

test('dates that no type would read are to be written otherwise', async () => {
  for (const write of [
    (day: string, month: string) => `${day}.${month}.2024`,
    (day: string) => `${day}-Mar-2024`,
    (day: string, month: string) => `${day}/${month}/2024 12:30`,
  ]) {
    const [found] = await opened(write);
    expect(found?.message).toContain('write them as 2024-03-15');
    expect(found?.fixes).toEqual([]);
  }
});

const asText = async (column: string, write: (row: number, d: Drawing) => Cell) =>
  (
    await lintTable(
      withColumn(column, (_, row, d) => write(row, d)),
      undefined,
      {},
      'jsonl',
    )
  ).findings.filter(
    ({ rule, data }) =>
      data['column'] === column && ['number-as-string', 'date-as-string', 'id-as-feature'].includes(rule),
  );

test('numbers with a unit and dates in words are told from examples, and are no keys', async () => {
  const [area] = await asText('area', (_, d) => `${20 + d.random.int(200)} m²`);
  expect(area).toMatchObject({ rule: 'number-as-string', message: expect.stringContaining('such as "1') });
  expect(area?.fixes).toEqual([]);
  const stamps = await asText(
    'stamp',
    (row) => `${two(1 + (row % 12))}/${two(1 + (row % 28))}/21 ${1 + (row % 11)}:${two(row % 60)} PM`,
  );
  expect(stamps.map(({ rule }) => rule)).toEqual(['date-as-string']);
});

test('padded codes, a few numbered kinds and seats are text on purpose', async () => {
  expect(await asText('site', (_, d) => two(1 + d.random.int(40)))).toEqual([]);
  expect(await asText('grade', (_, d) => String(1 + d.random.int(4)))).toEqual([]);
  expect(await asText('grade', (_, d) => String(1 + d.random.int(9)))).toHaveLength(1);
  expect(await asText('seat', (_, d) => `${1 + d.random.int(30)}${'ABCDEF'[d.random.int(6)]}`)).toEqual([]);
  expect(await asText('lasting', (row) => `${row % 3}:${two(row % 60)}:${two((7 * row) % 60)}`)).toHaveLength(
    1,
  );
  const grades = withColumn('grade', (_, row) => ['A+', 'A', 'A-', 'B'][row % 4] ?? '');
  expect(ofRule(await lintTable(grades), 'string-variants')).toEqual([]);
  expect(await asText('term', (_, d) => `${12 * (1 + d.random.int(5))} months`)).toEqual([]);
});

test('rare whole numbers may be a quantity: the fix says so, and a class of text has none', async () => {
  const grades = { ...plain(200), y: new Drawing(200, 9).column((row) => (row < 5 ? 9 : row % 3)) };
  const [found] = ofRule(await lintTable(grades), 'rare-class');
  expect(found?.message).toBe(
    'Class "9" has 5 rows: too few to learn it and to test it; if `y` is a quantity, the task is regression.',
  );
  expect(found?.fixes.map(({ title }) => title)).toEqual(['Set task: regression']);
  const mended = await lintTable(grades, 'data: data.csv\ntarget: y\ntask: regression\n');
  expect(ofRule(mended, 'rare-class')).toEqual([]);
});

test('rows in the order of a time that nobody declared: the fix declares it', async () => {
  const d = new Drawing(1000, 12);
  const at = d.column((row) => new Date(Date.UTC(2024, 0, 1, row)).toISOString().slice(0, 19));
  const table = {
    at,
    a: d.normal(),
    y: d.column((row) => Number((row / 300 + d.random.normal()).toFixed(3))),
  };
  const [found] = ofRule(await lintTable(table), 'id-predicts-target');
  expect(found?.message).toContain('order of `at`');
  expect(found?.fixes.map(({ title }) => title)).toEqual(['Set data.time: at']);
  const mended = 'data: {source: data.csv, time: at}\ntarget: y\n';
  expect(ofRule(await lintTable(table, mended), 'id-predicts-target')).toEqual([]);
});

test('a few rows in ten thousand that disagree with their twins are no alarm, a few in a thousand are', async () => {
  const severity = async (share: number) => {
    const flip = (name: string, cell: Cell) => (name === 'y' ? 1 - Number(cell) : cell);
    const table = repeated(
      withColumn('reading', (_, __, d) => noise(d, 1), 5000),
      share,
      flip,
    );
    return ofRule(await lintTable(table), 'conflicting-labels').map((found) => found.severity);
  };
  expect(await severity(0.0004)).toEqual(['info']);
  expect(await severity(0.003)).toEqual(['warning']);
});

test('many rare classes are one finding', async () => {
  const d = new Drawing(200, 4);
  const labels = d.column((row) => (row < 160 ? `c${row % 2}` : `rare ${row % 8}`));
  const rare = ofRule(await lintTable({ ...plain(200), y: labels }), 'rare-class');
  expect(rare.map(({ message }) => message)).toEqual([
    '8 classes ("rare 0", "rare 1", "rare 2" …) have fewer than 10 rows each: too few to learn them and to test them.',
  ]);
});

test('a far value within reach of a long tail is no code', async () => {
  const people = (largest: number) =>
    withColumn('people', (_, row, d) =>
      row % 50 === 0 ? largest : Math.round(Math.exp(3 + 2 * d.random.normal())),
    );
  const said = async (largest: number) => ofRule(await lintTable(people(largest)), 'sentinel-value').length;
  expect(await said(60_000)).toBe(0);
  expect(await said(4_444_444_444)).toBe(1);
});

test('a year counts up as rows do, and is no id; sixty shops are categories whatever they are called', async () => {
  const yearly = { ...plain(120), year: Array.from({ length: 120 }, (_, row) => 1900 + row) };
  expect(ofRule(await lintTable(yearly), 'id-as-feature')).toEqual([]);
  const shops = withColumn('store_id', (_, __, d) => d.random.int(60), 3000);
  expect(ofRule(await lintTable(shops), 'id-as-feature')).toEqual([]);
  const users = withColumn('user_id', (_, __, d) => d.random.int(900), 3000);
  const [found] = ofRule(await lintTable(users), 'id-as-feature');
  // Whoever has several rows identifies none of them: it groups them.
  expect(found?.message).toContain('`user_id` is an identifier (');
  expect(found?.fixes.map(({ title }) => title)).toEqual(['Set data.group: user_id', 'Exclude user_id']);
});

test('a measure by which the file is sorted has ties, and is no id', async () => {
  const sorted = (step: (row: number) => number) => {
    let depth = 800;
    return {
      ...plain(200),
      depth: Array.from({ length: 200 }, (_, row) => {
        depth += step(row);
        return depth;
      }),
    };
  };
  const ties = sorted((row) => (row % 60 === 7 ? 0 : 1 + ((row * 37) % 50)));
  expect(ofRule(await lintTable(ties), 'id-as-feature')).toEqual([]);
  const counter = sorted((row) => 1 + ((row * 37) % 50));
  expect(ofRule(await lintTable(counter), 'id-as-feature')).toHaveLength(1);
});

test('one of a few levels stands far from the others without being a code', async () => {
  const doses = [0, 0.005, 0.05, 0.075, 0.09, 0.1, 0.2, 5];
  const dosed = withColumn('dose', (_, row) => doses[row % doses.length] ?? 0);
  expect(ofRule(await lintTable(dosed), 'sentinel-value')).toEqual([]);
});
