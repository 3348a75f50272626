import { describe, expect, it } from 'vitest';
import { alarms, type Columns, Drawing, lintTable, ofRule, plain } from './tables.ts';

const { round, exp, log, floor } = Math;

/** Shapes that statistics take for faults when they look at one number only. */
const clean: Record<string, () => Columns> = {
  'forty districts that decide the price': () => {
    const d = new Drawing(3000, 50);
    const district = d.column(() => d.random.int(40));
    const y = d.column((row) => round(100 + 5 * (district[row] ?? 0) + 20 * d.random.normal()));
    return { district: district.map((code) => `district ${code}`), rooms: d.whole(1, 7), y };
  },
  'prices with a heavy tail': () => {
    const d = new Drawing(8000, 51);
    const quality = d.normal();
    const y = d.column((row) => Number(exp(2 + (quality[row] ?? 0) + d.random.normal()).toFixed(2)));
    return { quality, currency: d.level('EUR', 'USD', 'GBP'), y };
  },
  'ratios without a mean': () => {
    const d = new Drawing(1000, 52);
    const ratio = d.column(() => Number((d.random.normal() / d.random.normal()).toFixed(3)));
    const amount = d.column(() => Number(exp(3 + 2 * d.random.normal()).toFixed(2)));
    return { ratio, amount, y: d.binary((row) => 0.5 * log(amount[row] || 1) - 1.5) };
  },
  'instants, places and counts that are mostly zero': () => {
    const d = new Drawing(5000, 53);
    const pickup = d.column(() =>
      new Date(Date.parse('2023-03-01') + d.random.int(5_000_000) * 1000).toISOString(),
    );
    const trips = d.column(() => floor(-0.3 * log(1 - d.random.uniform()) * d.random.int(2)));
    const y = d.column((row) => Number((3 + 2 * (trips[row] ?? 0) + d.random.normal()).toFixed(2)));
    return { pickup, latitude: d.normal(40.7, 0.05, 5), longitude: d.normal(-74, 0.05, 5), trips, y };
  },
};

describe('two lines on a clean table of an awkward shape: no error, no warning', () => {
  for (const [name, make] of Object.entries(clean)) {
    it(name, async () => expect(alarms(await lintTable(make()))).toEqual([]));
  }
});

describe('faults in small or unusual tables', () => {
  it('a key of 36 characters identifies rows and is no free text', async () => {
    const d = new Drawing(400, 54);
    const key = d.column(
      (row) =>
        `${(row * 2_654_435_761).toString(16).padStart(8, '0').slice(-8)}-ab12-4cde-9f00-${(1e12 + row).toString()}`,
    );
    const linted = await lintTable({ ...plain(400), key });
    expect(ofRule(linted, 'id-as-feature').map(({ data }) => data['column'])).toEqual(['key']);
    expect(ofRule(linted, 'text-as-category')).toEqual([]);
  });

  it('a gross price leaks the net price in 400 rows too', async () => {
    const d = new Drawing(400, 55);
    const y = d.normal(20, 6, 2);
    const gross = d.column((row) => Number((1.19 * (y[row] ?? 0) + 0.1 * d.random.normal()).toFixed(2)));
    const close = d.column((row) => Number((1.19 * (y[row] ?? 0) + 4 * d.random.normal()).toFixed(2)));
    const linted = await lintTable({ a: d.normal(), gross, close, y });
    expect(ofRule(linted, 'target-leak').map(({ data }) => data['column'])).toEqual(['gross']);
  });

  it('a target that is one interval of a column is found though no order tells it', async () => {
    const d = new Drawing(3000, 56);
    const y = d.whole(0, 1);
    const band = d.column((row) =>
      Number(
        (y[row] === 1 ? 4 + 2 * d.random.uniform() : d.random.int(2) * 6 + 4 * d.random.uniform()).toFixed(3),
      ),
    );
    const linted = await lintTable({ a: d.normal(), band, y });
    expect(ofRule(linted, 'target-leak').map(({ data }) => data['column'])).toEqual(['band']);
  });

  it('given files that were shuffled leak the future where the target moves with time', async () => {
    const d = new Drawing(1000, 57);
    const day = d.dates('2022-01-01', 900);
    const y = d.binary((row) => (Date.parse(day[row] ?? '') - Date.parse('2023-03-25')) / 1.5e10);
    const table = { day, a: d.normal(), y };
    const part = (from: number, to?: number) =>
      Object.fromEntries(Object.entries(table).map(([name, cells]) => [name, cells.slice(from, to)]));
    const linted = await lintTable(
      part(0, 800),
      'data: {source: {train: data.csv, test: test.csv}, time: day}\ntarget: y\n',
      { 'test.csv': part(800) },
    );
    expect(ofRule(linted, 'temporal-leak').map(({ severity }) => severity)).toEqual(['error']);
  });
});
