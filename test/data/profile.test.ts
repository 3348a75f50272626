/** The profile against pandas on the same table (oracle/reads.py), and the facts that rules go by. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ColumnProfile } from '../../server/data/profile/columnProfile.ts';
import { profileTable } from '../../server/data/profile/profile.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn, type SpecPart, tableOf } from './tableOf.ts';

const folder = fileURLToPath(new URL('./oracle/', import.meta.url));
const csv = csvIn(temporaryFolder());

async function profileOf(text: string, part: SpecPart = {}): Promise<Record<string, ColumnProfile>> {
  const { columns } = await profileTable(await csv(text, part));
  return Object.fromEntries(columns.map((column) => [column.name, column]));
}

function column(values: readonly unknown[]): string {
  return `v,w\n${values.map((value) => `${value},1`).join('\n')}\n`;
}

test('counts, moments, quantiles and top values are those of pandas', async () => {
  const { rows, columns } = JSON.parse(readFileSync(`${folder}profile.json`, 'utf8'));
  const profile = await profileTable(await tableOf(`${folder}files/profile.parquet`));
  expect(profile.rows).toBe(rows);
  for (const { name, ...ours } of profile.columns) {
    const { mean, std, quantiles, ...exact } = columns[name];
    expect({ name, ...ours }).toMatchObject({ name, ...exact });
    if (mean !== undefined) {
      expect(ours.mean).toBeCloseTo(mean, 9);
      expect(ours.std).toBeCloseTo(std, 9);
    }
    for (const [level, value] of Object.entries(quantiles ?? {})) {
      if (typeof value === 'number') expect(Number(ours.quantiles?.[level])).toBeCloseTo(value, 9);
      else expect(ours.quantiles?.[level]).toBe(value);
    }
  }
});

test('null spellings are counted before parsing', async () => {
  const { v } = await profileOf(column(['NA', 'NA', 'null', '', '""', '3', '"None"']));
  expect(v).toMatchObject({ kind: 'numeric', missing: 6, nullSpellings: { '': 2, NA: 2, None: 1, null: 1 } });
});

test('signs, zeros, ends and codes for missing are counted', async () => {
  const { v } = await profileOf(column([-999, -999, 0, 3, 5, 5, 'NA']));
  expect(v?.numbers).toMatchObject({
    zeros: 1,
    negatives: 2,
    infinite: 0,
    whole: true,
    lowest: { value: -999, count: 2, next: 0 },
    highest: { value: 5, count: 2, next: 3 },
    codes: [{ value: -999, count: 2 }],
  });
});

test('infinities and malformed cells are told apart from missing ones', async () => {
  const { v } = await profileOf(column([1.5, 'inf', '', '-inf']));
  expect(v).toMatchObject({ missing: 1, unread: 0, distinct: 1, numbers: { infinite: 2 } });
  const declared = await profileOf(column([1, 'x', '']), { kinds: { v: 'numeric' } });
  expect(declared['v']).toMatchObject({ missing: 1, unread: 1, distinct: 1 });
  const days = Array.from({ length: 40 }, (_, day) => `2024-01-${String((day % 28) + 1).padStart(2, '0')}`);
  const dates = await profileOf(column([...days, '2024-02-30']));
  expect(dates['v']).toMatchObject({ kind: 'datetime', missing: 0, unread: 1, distinct: 28 });
});

test('the direction of a column is that of all its rows', async () => {
  const check = async (values: readonly unknown[], expected: string | null) =>
    expect((await profileOf(column(values)))['v']?.monotone).toBe(expected);
  await check([1, 2, 2, '', 5], 'up');
  await check([5.5, 2, 'NA', 1], 'down');
  await check([1, 3, 2], null);
  await check([4, 4, 4], null);
  await check(['a1', 'a2', 'a3'], 'up');
});

test('shares of numbers and dates in text', async () => {
  const { v } = await profileOf(column([1, 2, 3, 'x']));
  expect(v).toMatchObject({
    kind: 'categorical',
    texts: { numeric: 0.75, dates: 0, maxLength: 1, meanLength: 1 },
  });
  const dates = await profileOf(column(['31/12/2024', '01/02/2024', 'x', 'y']));
  expect(dates['v']?.texts?.dates).toBe(0.5);
});

test('long text of many values is text, short or repeated is categorical', async () => {
  const sentence = 'the quick brown fox jumps over dog number';
  expect((await profileOf(column(Array.from({ length: 30 }, (_, i) => `${sentence} ${i}`))))['v']?.kind).toBe(
    'text',
  );
  expect(
    (await profileOf(column(Array.from({ length: 30 }, (_, i) => `${sentence} ${i % 20}`))))['v']?.kind,
  ).toBe('categorical');
  expect((await profileOf(column(Array.from({ length: 30 }, (_, i) => `fox ${i}`))))['v']?.kind).toBe(
    'categorical',
  );
});

test('personal data is recognised by shape and check digits', async () => {
  const expected: Record<string, object> = {
    'ann.lee@example.org': { email: 0.5 },
    '+49 30 901820': { phone: 0.5 },
    '0049 30 901820': { phone: 0.5 },
    '0049309018204': {},
    '(555) 123-4567': { phone: 0.5 },
    'DE89 3704 0044 0532 0130 00': { iban: 0.5 },
    'DE88 3704 0044 0532 0130 00': {},
    '4111 1111 1111 1111': { card: 0.5 },
    '4111 1111 1111 1112': {},
    '078-05-1120': { ssn: 0.5 },
    '192.168.0.17': { ip: 0.5 },
    '10.2.1.4': {},
    '2024-01-31 x': {},
    '1.2.3': {},
  };
  const values = Object.keys(expected);
  const header = values.map((_, i) => `v${i}`).join(',');
  const columns = await profileOf(
    `${header}\n${values.map((value) => `"${value}"`).join(',')}\n${values.map(() => 'plain words').join(',')}\n`,
  );
  expect(values.map((value, i) => [value, columns[`v${i}`]?.texts?.pii])).toEqual(Object.entries(expected));
});

test('of numbers with the shape of cards one in ten has fitting digits by chance, and is none', async () => {
  const numbers = Array.from({ length: 40 }, (_, i) => `4000 0000 0000 00${10 + i}`);
  const { v } = await profileOf(column(numbers));
  expect(v?.texts?.pii).toEqual({});
});

test('numbers as people write them are told from plain ones', async () => {
  const cells = ['"$1,234.50"', '"1.234,50 €"', '12 %', '"(1,000)"', '12.5', '1.2.3', '12:30', '7 kg'];
  const { v } = await profileOf(column(cells));
  expect(v?.texts?.adorned).toBe(0.5);
});

test('whole numbers beyond 2^53 are counted exactly', async () => {
  const { v } = await profileOf(column(['9007199254740993', '9007199254740992', '9007199254740994']));
  expect(v?.distinct).toBe(3);
});

test('a column without any value has no statistics', async () => {
  const { v } = await profileOf(column(['', 'NA', '']));
  expect(v).toMatchObject({
    kind: 'numeric',
    missing: 3,
    distinct: 0,
    min: null,
    max: null,
    mean: null,
    std: null,
    quantiles: null,
    top: [],
  });
});
