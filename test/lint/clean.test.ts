import { describe, expect, it } from 'vitest';
import { alarms, type Columns, Drawing, lintTable } from './tables.ts';

/** Twenty tables without a fault, as they come from many trades: lint must have nothing to warn of. */
const tables: Record<string, () => Columns> = {
  'churn of 2,000 subscribers': () => {
    const d = new Drawing(2000, 11);
    const tenure = d.whole(1, 72);
    const plan = d.level('basic', 'plus', 'pro');
    const fee = d.normal(40, 12, 2);
    const tickets = d.column(() => Math.floor(-Math.log(1 - d.random.uniform()) * 1.3));
    const y = d.binary((row) => -1.5 - 0.02 * (tenure[row] ?? 0) + 0.5 * (tickets[row] ?? 0));
    return { tenure, plan, fee: d.holes(fee, 0.03), tickets, y };
  },
  'fraud, rare, 20,000 payments': () => {
    const d = new Drawing(20_000, 12);
    const amount = d.column(() => Number(Math.exp(3 + d.random.normal()).toFixed(2)));
    const hour = d.whole(0, 23);
    const channel = d.level('web', 'app', 'shop');
    const y = d.binary((row) => -4.5 + 0.004 * (amount[row] ?? 0) + (channel[row] === 'web' ? 1 : 0));
    return { amount, hour, channel, y };
  },
  'a hundred patients': () => {
    const d = new Drawing(100, 13);
    const age = d.whole(20, 90);
    const pressure = d.normal(130, 15, 0);
    const marker = d.normal(1, 0.3);
    return { age, pressure, marker, y: d.binary((row) => 3 * ((marker[row] ?? 0) - 1)) };
  },
  'a hundred rows of noise, ten positives, twenty columns': () => {
    const d = new Drawing(100, 14);
    const y = d.column((row) => (row % 10 === 3 ? 1 : 0));
    d.random.shuffle(y);
    return { ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, d.normal()])), y };
  },
  'noise again': () => {
    const d = new Drawing(100, 15);
    const y = d.column((row) => (row % 10 === 3 ? 1 : 0));
    d.random.shuffle(y);
    return { ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, d.whole(1, 300)])), y };
  },
  'three species of 150 flowers': () => {
    const d = new Drawing(150, 16);
    const y = d.level('setosa', 'versicolor', 'virginica');
    const of = (row: number) => ['setosa', 'versicolor', 'virginica'].indexOf(y[row] ?? '');
    const width = (step: number) =>
      d.column((row) => Number((2 + step * of(row) + 0.5 * d.random.normal()).toFixed(1)));
    return {
      sepal_length: width(0.6),
      sepal_width: width(-0.2),
      petal_length: width(0.8),
      petal_width: width(0.5),
      y,
    };
  },
  'house prices': () => {
    const d = new Drawing(1500, 17);
    const area = d.whole(35, 260);
    const rooms = area.map((value) => Math.max(1, Math.round(value / 25 + d.random.normal())));
    const built = d.whole(1900, 2020);
    const district = d.level('old town', 'harbour', 'hill', 'station', 'park');
    const y = d.column((row) => Math.round(1000 * (80 + 2.2 * (area[row] ?? 0) + 60 * d.random.normal())));
    return { area, rooms, built, district, y };
  },
  'daily sales with a date': () => {
    const d = new Drawing(3000, 18);
    const day = d.dates('2022-01-01', 900);
    const price = d.normal(9, 2, 2);
    const promo = d.column(() => d.random.uniform() < 0.2);
    const y = d.column((row) =>
      Math.round(100 - 4 * (price[row] ?? 0) + (promo[row] ? 25 : 0) + 12 * d.random.normal()),
    );
    return { day, price, promo, y };
  },
  'loans with gaps': () => {
    const d = new Drawing(6000, 19);
    const income = d.column(() => Math.round(Math.exp(10 + 0.5 * d.random.normal())));
    const years = d.whole(0, 40);
    const purpose = d.level('car', 'home', 'study', 'other');
    const y = d.binary((row) => -1 - 0.03 * (years[row] ?? 0));
    return { income: d.holes(income, 0.1), years: d.holes(years, 0.02), purpose: d.holes(purpose, 0.04), y };
  },
  'sensor readings': () => {
    const d = new Drawing(8000, 20);
    const temperature = d.normal(20, 8, 1);
    const vibration = d.column(() => Number(Math.abs(d.random.normal()).toFixed(4)));
    const y = d.column((row) =>
      Number((3 * (vibration[row] ?? 0) + 0.1 * (temperature[row] ?? 0) + d.random.normal()).toFixed(3)),
    );
    return { temperature, vibration, load: d.whole(0, 100), y };
  },
  'support tickets in five queues': () => {
    const d = new Drawing(4000, 21);
    const y = d.level('billing', 'login', 'bug', 'refund', 'other');
    const length = d.column((row) =>
      Math.round(80 + 40 * Math.abs(d.random.normal()) + (y[row] === 'bug' ? 60 : 0)),
    );
    return {
      length,
      weekday: d.level('Mon', 'Tue', 'Wed', 'Thu', 'Fri'),
      language: d.level('en', 'de', 'fr'),
      y,
    };
  },
  'wine quality, an integer of four values': () => {
    const d = new Drawing(1600, 22);
    const alcohol = d.normal(10.5, 1, 1);
    const malic_acid = d.normal(2.3, 0.6, 2);
    const y = d.column((row) =>
      Math.max(
        4,
        Math.min(7, Math.round(5.6 + 0.4 * ((alcohol[row] ?? 0) - 10.5) + 0.7 * d.random.normal())),
      ),
    );
    return { alcohol, malic_acid, y };
  },
  'clicks with a booleans target': () => {
    const d = new Drawing(10_000, 23);
    const position = d.whole(1, 10);
    const device = d.level('phone', 'tablet', 'desktop');
    return {
      position,
      device,
      y: d.binary((row) => 0.5 - 0.3 * (position[row] ?? 0)).map((value) => value === 1),
    };
  },
  'exam answers: few values a column': () => {
    const d = new Drawing(1200, 24);
    const answers = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`q${i + 1}`, d.whole(1, 5)]));
    return { ...answers, y: d.binary((row) => 0.4 * ((answers['q1']?.[row] ?? 0) - 3)) };
  },
  'forty cities': () => {
    const d = new Drawing(5000, 25);
    const city = d.column(() => `city ${d.random.int(40)}`);
    return { city, visits: d.whole(0, 500), y: d.binary((row) => 0.02 * Number(city[row]?.slice(5)) - 0.4) };
  },
  'energy use with hours and months': () => {
    const d = new Drawing(12_000, 26);
    const hour = d.whole(0, 23);
    const month = d.whole(1, 12);
    const y = d.column((row) =>
      Number((50 + 20 * Math.sin(((hour[row] ?? 0) / 24) * 2 * Math.PI) + 5 * d.random.normal()).toFixed(2)),
    );
    return { hour, month, wind: d.normal(5, 2, 1), y };
  },
  'lognormal claims': () => {
    const d = new Drawing(7000, 27);
    const value = d.column(() => Math.round(Math.exp(9 + 0.8 * d.random.normal())));
    const y = d.column((row) =>
      Number(Math.exp(5 + 0.3 * Math.log(value[row] ?? 1) * 0.5 + 0.6 * d.random.normal()).toFixed(2)),
    );
    return { value, region: d.level('a', 'b', 'c', 'd'), y };
  },
  'employees with negative balances': () => {
    const d = new Drawing(900, 28);
    const balance = d.whole(-500, 900);
    return {
      balance,
      team: d.level('red', 'blue', 'green'),
      score: d.normal(0, 3),
      y: d.binary((row) => 0.002 * (balance[row] ?? 0)),
    };
  },
  'crops with zero-inflated rain': () => {
    const d = new Drawing(2500, 29);
    const rain = d.column(() => (d.random.uniform() < 0.6 ? 0 : Number((5 * d.random.uniform()).toFixed(1))));
    const y = d.column((row) => Number((30 + 4 * (rain[row] ?? 0) + 6 * d.random.normal()).toFixed(1)));
    return { rain, soil: d.level('clay', 'sand', 'loam'), y };
  },
  'letters: twelve classes': () => {
    const d = new Drawing(6000, 30);
    const y = d.column(() => 'ABCDEFGHIJKL'[d.random.int(12)] ?? 'A');
    const x = Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [
        `x${i}`,
        d.column((row) =>
          Number(((((y[row] ?? 'A').charCodeAt(0) * (i + 3)) % 7) + 1.5 * d.random.normal()).toFixed(2)),
        ),
      ]),
    );
    return { ...x, y };
  },
};

describe('two lines on a clean table: no error, no warning', () => {
  for (const [name, make] of Object.entries(tables)) {
    it(name, async () => {
      const linted = await lintTable(make());
      expect(alarms(linted)).toEqual([]);
      expect(linted.facts.split?.test.rows).toBeGreaterThan(0);
    });
  }

  it('covers twenty tables', () => {
    expect(Object.keys(tables)).toHaveLength(20);
  });
});
