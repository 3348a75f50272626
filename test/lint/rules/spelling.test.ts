/** Numbers and dates that are text: what is offered is only what then reads them. */
import { expect, test } from 'vitest';
import { withColumn } from '../plants.ts';
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
  expect(ofRule(await lintTable(users), 'id-as-feature')).toHaveLength(1);
});
