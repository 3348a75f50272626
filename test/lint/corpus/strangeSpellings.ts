/** Faults of spelling as others plant them: codes for missing values, money, dates, one word in many ways, personal data. */
import { between, type Fault, pick, put } from './fault.ts';
import type { Ground } from './grounds.ts';

const { exp, floor, log } = Math;

/** A column of numbers with a code for missing values in it; without, it is clean. */
const coded = (code: number, column: string, value: (g: Ground) => number): Fault => ({
  rule: 'sentinel-value',
  column,
  least: 300,
  plant: (g, bad) => ({
    columns: put(g, column, () => (bad && g.d.random.uniform() < between(g.d, 0.03, 0.1) ? code : value(g))),
  }),
});

const gauss = (g: Ground, mean: number, deviation: number, digits: number): number =>
  Number((mean + deviation * g.d.random.normal()).toFixed(digits));

const sentinels: readonly Fault[] = [
  coded(-999, 'reading', (g) => gauss(g, 0, 1, 3)),
  coded(9999, 'age_days', (g) => 300 + g.d.random.int(900)),
  coded(-1, 'children', (g) => floor(-1.2 * log(1 - g.d.random.uniform()))),
  coded(999, 'weight', (g) => gauss(g, 75, 12, 1)),
  coded(-9, 'rating', (g) => 1 + g.d.random.int(7)),
  coded(-9999, 'altitude', (g) => gauss(g, 300, 150, 0)),
  coded(-99, 'temperature', (g) => gauss(g, 10, 9, 1)),
  coded(99_999, 'distance', (g) => Number(exp(2 + g.d.random.normal()).toFixed(2))),
];

const numbers = (write: (value: number) => string): Fault => ({
  rule: 'number-as-string',
  column: 'cost',
  least: 300,
  also: ['high-cardinality'],
  plant: (g, bad) => ({
    columns: put(g, 'cost', () => (bad ? write(between(g.d, 1000, 9000)) : pick(g.d, 'low', 'mid', 'high'))),
  }),
});
const grouped = (value: number): string => floor(value).toLocaleString('en-US');
const cents = (value: number): string => (value % 1).toFixed(2).slice(2);

const dates = (write: (day: string, month: number, year: number) => string): Fault => ({
  rule: 'date-as-string',
  column: 'opened',
  least: 300,
  also: ['high-cardinality'],
  plant: (g, bad) => ({
    columns: put(g, 'opened', () => {
      const [month, year] = [1 + g.d.random.int(12), 2019 + g.d.random.int(5)];
      return bad ? write(two(1 + g.d.random.int(28)), month, year) : `Q${1 + (month % 4)} ${year}`;
    }),
  }),
});
const two = (value: number): string => String(value).padStart(2, '0');
const monthName = (month: number): string =>
  'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(3 * month - 3, 3 * month);

const variants = (words: readonly string[], apart: readonly string[]): Fault => ({
  rule: 'string-variants',
  column: 'mark',
  plant: (g, bad) => ({ columns: put(g, 'mark', () => pick(g.d, ...(bad ? words : apart))) }),
});

const personal = (
  column: string,
  write: (g: Ground, row: number) => string | number,
  clean: { readonly column: string; readonly write: (g: Ground, row: number) => string | number },
): Fault => ({
  rule: 'pii-in-features',
  column,
  also: ['id-as-feature', 'high-cardinality', 'number-as-string', 'undeclared-group'],
  plant: (g, bad) => ({
    columns: put(g, bad ? column : clean.column, (row) => (bad ? write : clean.write)(g, row)),
  }),
});
const digits = ({ d }: Ground, count: number): string =>
  Array.from({ length: count }, () => d.random.int(10)).join('');
const byPost = {
  column: 'contact',
  write: (g: Ground) => pick(g.d, 'by post', '@home', 'a@b', '555-1234', 'order 4711'),
};

const people: readonly Fault[] = [
  personal('contact', (g) => `(${200 + g.d.random.int(700)}) 555-${digits(g, 4)}`, byPost),
  personal('contact', (g) => `+44 20 7946 ${digits(g, 4)}`, byPost),
  personal('contact', (g) => `0049 170 ${digits(g, 7)}`, byPost),
  personal('contact', (_, row) => `USER${row}@EXAMPLE.ORG`, byPost),
  personal(
    'contact',
    (g) => `${100 + g.d.random.int(500)}-${10 + g.d.random.int(80)}-${1000 + g.d.random.int(8000)}`,
    byPost,
  ),
  personal('account', (g) => iban(`5001051754073249${digits(g, 2)}`), {
    column: 'product',
    write: (g) => `DE${digits(g, 2)}AB${digits(g, 14)}`,
  }),
  personal('payment', (g) => luhn(`411111${digits(g, 9)}`), {
    column: 'trace',
    write: (g) => `4${digits(g, 15)}`,
  }),
  personal('address', (g) => `${[220, 255, 255, 255].map((most) => g.d.random.int(most)).join('.')}`, {
    column: 'version',
    write: (g) => `${1 + g.d.random.int(3)}.${g.d.random.int(12)}.${g.d.random.int(9)}.0`,
  }),
  personal('phone', (g) => 2_025_550_000 + floor(g.d.random.uniform() * 7e9), {
    column: 'phone_minutes',
    write: (g) => g.d.random.int(900),
  }),
  personal(
    'full_name',
    (g) => `${pick(g.d, 'Anna', 'Mei', 'José', 'Olu')} ${pick(g.d, 'Lee', "O'Neill", 'García', 'Rao')}`,
    {
      column: 'product_name',
      write: (g) => `${pick(g.d, 'Blue', 'Red', 'Green')} ${pick(g.d, 'Mug', 'Lamp')}`,
    },
  ),
];

/** With the digit that ISO/IEC 7812 checks. */
function luhn(start: string): string {
  const sum = [...start].reverse().reduce((total, character, place) => {
    const value = Number(character) * (place % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${start}${(10 - (sum % 10)) % 10}`;
}

/** With the digits that ISO 13616 checks. */
function iban(account: string): string {
  let rest = 0;
  for (const character of `${account}131400`) rest = (rest * 10 + Number(character)) % 97;
  return `DE${two(98 - rest)}${account}`;
}

export const strangeSpellings: readonly Fault[] = [
  ...sentinels,
  numbers((value) => `$${grouped(value)}.${cents(value)}`),
  numbers((value) => `${grouped(value).replace(',', '.')},${cents(value)} €`),
  numbers((value) => `${floor(value / 100)}%`),
  numbers(grouped),
  numbers((value) => (value > 7000 ? 'unknown' : value.toFixed(2))),
  numbers((value) => `${floor(value / 50)} m²`),
  numbers((value) => `${value.toFixed(1)} MB`),
  numbers((value) => `${floor(value / 3600)}:${two(floor(value / 60) % 60)}:${two(floor(value) % 60)}`),
  numbers((value) => `${grouped(value).replace(',', "'")} CHF`),
  dates((day, month, year) => `${two(month)}/${day}/${year}`),
  dates((day, month, year) => `${day}-${monthName(month)}-${year}`),
  dates((day, month, year) => `${monthName(month)} ${Number(day)}, ${year}`),
  dates((day, month, year) => `${day}.${two(month)}.${year}`),
  dates((day, month, year) => `${day}/${two(month)}/${year} ${two(month)}:${day}`),
  dates((day, month, year) => `${two(month)}/${day}/${year % 100} ${month}:${day} PM`),
  dates((day, month, year) => `Friday, ${Number(day)} ${monthName(month)} ${year}`),
  dates((day, month, year) => `${Number(day)}. ${monthName(month)} ${year}`),
  variants(['Berlin', 'berlin', 'BERLIN', 'Bonn'], ['A+', 'A-', 'B+', 'B-', 'AB+', 'O-']),
  variants(['Berlin', ' Berlin', 'Bonn ', 'Bonn'], ['C', 'C++', 'C#']),
  variants(['U.S.A.', 'USA', 'UK', 'U.K.'], ['v1.1', 'v11', 'v2.0']),
  variants(['Yes', 'yes', 'No'], ['A', 'A-', 'A+', 'B']),
  variants(['new_customer', 'new customer', 'old customer'], ['<50', '>50', '18-25', '1825']),
  ...people,
];
