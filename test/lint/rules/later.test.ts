/** A feature that is an instant after the prediction: told from the rows, by days where the time is a day, and not of what may be planned. */
import { describe, expect, test } from 'vitest';
import { lintTable, ofRule, plain } from '../tables.ts';

const rows = 1000;
const dayOf = (row: number) =>
  new Date(Date.UTC(2024, 0, 1 + Math.floor(row / 3))).toISOString().slice(0, 10);
const timed = (column: string, write: (row: number) => string, time: (row: number) => string = dayOf) => ({
  ...plain(rows),
  opened: Array.from({ length: rows }, (_, row) => time(row)),
  [column]: Array.from({ length: rows }, (_, row) => write(row)),
});
const settings = 'data: {source: data.csv, time: opened}\ntarget: y\n';
const found = async (table: Parameters<typeof lintTable>[0], yaml = settings) =>
  ofRule(await lintTable(table, yaml), 'after-outcome-feature');

describe('a date after the time', () => {
  test('is told with its share, and what is offered silences it', async () => {
    const table = timed('closed', (row) => dayOf(row % 2 === 0 ? row + 30 : row));
    const [finding] = await found(table);
    expect(finding).toMatchObject({ severity: 'error', data: { column: 'closed', rows: 500, share: 0.5 } });
    expect(finding?.message).toBe(
      '`closed` is later than the prediction (`opened`) in 50 % of the rows: it cannot be known then.',
    );
    expect(finding?.fixes.map(({ title }) => title)).toEqual([
      'Exclude closed',
      'Set data.columns.closed.available: before',
    ]);
    expect(await found(table, `${settings}features: {exclude: [closed]}\n`)).toEqual([]);
    expect(
      await found(table, settings.replace('opened}', 'opened, columns: {closed: {available: before}}}')),
    ).toEqual([]);
  });

  test('of one row in a thousand may be a slip', async () => {
    expect(await found(timed('closed', (row) => dayOf(row === 500 ? 999 : row)))).toEqual([]);
  });

  test('is nothing where it may have been planned', async () => {
    for (const name of ['due_date', 'contract_end', 'expected_delivery'])
      expect(await found(timed(name, (row) => dayOf(row + 90)))).toEqual([]);
  });
});

test('an hour of the same day is no later than a time that is a day, but than one with hours it is', async () => {
  const hour = (row: number) => `${dayOf(row)} 10:00:00`;
  expect(await found(timed('seen', hour))).toEqual([]);
  expect(await found(timed('seen', hour, (row) => `${dayOf(row)} 09:00:00`))).toHaveLength(1);
});
