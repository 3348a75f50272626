/** Joins and windowed features as the table is opened, against pandas' merge_asof and time-based rolling (oracle/history.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { DerivedFeature } from '../../server/config/derivedFeature.ts';
import type { JoinSpec, Table } from '../../server/data/table.ts';
import { type SpecPart, tableOf } from './tableOf.ts';

type Values = (number | string | null)[];
interface Oracle {
  readonly join: Record<string, Values>;
  readonly 'join within 10D': Record<string, Values>;
  readonly windows: Record<string, Values>;
  readonly defined: Record<string, Values>;
}

const folder = fileURLToPath(new URL('./oracle/', import.meta.url));
const oracle: Oracle = JSON.parse(readFileSync(`${folder}history.json`, 'utf8'));

const tickets: JoinSpec = {
  source: `${folder}files/tickets.csv`,
  name: 'tickets',
  keys: ['customer'],
  as_of: 'opened',
  how: 'left',
};

function orders(part: SpecPart = {}): Promise<Table> {
  return tableOf(`${folder}files/orders.csv`, { time: 'at', joins: [tickets], ...part });
}

async function valuesOf(table: Table, name: string): Promise<Values> {
  if (table.column(name).input !== 'string')
    return Array.from(await table.numbers(name), (value) => (Number.isNaN(value) ? null : value));
  const { levels, codes } = await table.dictionary(name);
  return Array.from(codes, (code) => levels[code - 1] ?? null);
}

function expectClose(found: Values, wanted: Values): void {
  const rounded = (values: Values) =>
    values.map((value) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value));
  expect(rounded(found)).toEqual(rounded(wanted));
}

async function check(feature: Omit<DerivedFeature, 'name'>, wanted: Values, part: SpecPart = {}) {
  const table = await orders({ ...part, features: [{ name: 'x', ...feature }] });
  expectClose(await valuesOf(table, 'x'), wanted);
}

describe('a join brings the last row that was known', () => {
  test.each(['severity', 'topic', 'opened'])('%s as merge_asof has it', async (column) => {
    const table = await orders();
    expect(await valuesOf(table, `tickets.${column}`)).toEqual(oracle.join[column]);
  });

  test('no older than the tolerance', async () => {
    const table = await orders({ joins: [{ ...tickets, tolerance: '10d' }] });
    expect(await valuesOf(table, 'tickets.topic')).toEqual(oracle['join within 10D']['topic']);
  });

  test('inner drops the rows without one', async () => {
    const table = await orders({ joins: [{ ...tickets, how: 'inner' }] });
    const matched = (oracle.join['opened'] ?? []).flatMap((value, row) => (value === null ? [] : [row]));
    expect(Array.from(await table.rowNumbers())).toEqual(matched);
  });
});

test('the hash is of all files, those of joins among them', async () => {
  const { hash } = await orders({ directory: folder });
  const sha = (name: string) =>
    createHash('sha256')
      .update(readFileSync(`${folder}files/${name}`))
      .digest('hex');
  const lines = ['orders.csv', 'tickets.csv'].map((name) => `files/${name} ${sha(name)}\n`).join('');
  expect(hash).toBe(`sha256:${createHash('sha256').update(lines).digest('hex')}`);
});

const calls = {
  count: 'count(amount)',
  sum: 'sum(amount)',
  mean: 'mean(amount)',
  std: 'std(amount)',
  min: 'min(amount)',
  max: 'max(amount)',
  median: 'median(amount)',
  quantile: 'quantile(amount, 0.9)',
};

describe('an aggregate of a window is that of rolling over time, closed at its left', () => {
  test.each(Object.keys(oracle.windows))('%s', async (key) => {
    const [name = '', width = ''] = key.split(' ');
    const group = key.endsWith('by customer') ? { group: 'customer' } : {};
    const expr = calls[name as keyof typeof calls];
    await check({ expr, window: width.replace('D', 'd'), ...group }, oracle.windows[key] ?? []);
  });
});

describe('what a past row is', () => {
  const by = { group: 'customer' };
  const features: Record<string, Omit<DerivedFeature, 'name'>> = {
    'lag 1 channel': { expr: 'lag(channel)', ...by },
    'lag 2 amount': { expr: 'lag(amount, 2)', ...by },
    'lag 1 amount 30D': { expr: 'lag(amount)', window: '30d', ...by },
    'mean amount 30D shift 5D': { expr: 'mean(amount)', window: '30d', shift: '5d', ...by },
    'mean amount shift 2 rows': { expr: 'mean(amount)', shift: 2, ...by },
    'lag 1 amount shift 2 rows': { expr: 'lag(amount)', shift: 2, ...by },
    'mean amount 30D paid': { expr: 'mean(amount)', window: '30d', available_at: 'paid', ...by },
    rows: { expr: 'count()', ...by },
    'max channel': { expr: 'max(channel)', ...by },
    'tickets 30D': { expr: 'count(tickets)', window: '30d' },
    'severity 30D': { expr: 'sum(tickets.severity)', window: '30d' },
    'web share': { expr: "mean(channel == 'web')", ...by },
    'last topic': { expr: 'lag(tickets.topic)' },
  };
  test.each(Object.keys(oracle.defined))('%s', async (key) => {
    const feature = features[key];
    if (feature === undefined) throw new Error(`no feature for ${key}`);
    await check(feature, oracle.defined[key] ?? []);
  });
});
