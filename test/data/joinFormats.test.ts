/** A joined file is read as a source is: in every format, several files at once, with many columns, with its own spellings of nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeTable } from '../../server/data/duckdb/write.ts';
import type { Table } from '../../server/data/table.ts';
import { temporaryFolder } from '../temporary.ts';
import { type SpecPart, tableOf } from './tableOf.ts';

const oracle = fileURLToPath(new URL('./oracle/', import.meta.url));
const folder = temporaryFolder();
const wanted: Record<string, (number | string | null)[]> = JSON.parse(
  readFileSync(`${oracle}history.json`, 'utf8'),
).join;

const [header = '', ...lines] = readFileSync(`${oracle}files/tickets.csv`, 'utf8').trimEnd().split('\n');
const cells = lines.map((line) => line.split(','));
const names = header.split(',');

beforeAll(async () => {
  const columns = names.map((name, at) => {
    const values = cells.map((row) => (row[at] === '' || row[at] === undefined ? null : row[at]));
    const number = name === 'customer' || name === 'severity';
    return {
      name,
      values: number
        ? Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)))
        : values,
    };
  });
  for (const format of ['parquet', 'jsonl', 'arrow', 'tsv'])
    await writeTable(join(folder, `tickets.${format}`), columns);
  const database = new Sqlite(join(folder, 'tickets.sqlite'));
  database.exec('CREATE TABLE t (customer INTEGER, opened TEXT, severity INTEGER, topic TEXT)');
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
  for (const row of cells) insert.run(row.map((cell) => (cell === '' ? null : cell)));
  database.close();
  const odd = cells.map((row) => row.map((cell) => (cell === '' ? 'nothing' : cell)).join(';'));
  writeFileSync(join(folder, 'odd.csv'), [names.join(';'), ...odd, ''].join('\n'));
  writeFileSync(join(folder, 'part-1.csv'), [header, ...lines.slice(0, 100), ''].join('\n'));
  writeFileSync(join(folder, 'part-2.csv'), [header, ...lines.slice(100), ''].join('\n'));
  const more = Array.from({ length: 600 }, (_, column) => `wide${column}`);
  const wide = (text: string) => (line: string, row: number) =>
    [line, ...more.map((name, column) => (row < 0 ? name : `${text}${(row + column) % 7}`))].join(',');
  writeFileSync(join(folder, 'wide.csv'), [wide('')(header, -1), ...lines.map(wide('v')), ''].join('\n'));
  const [own = '', ...orders] = readFileSync(`${oracle}files/orders.csv`, 'utf8').trimEnd().split('\n');
  writeFileSync(join(folder, 'wideOrders.csv'), [wide('')(own, -1), ...orders.map(wide('o')), ''].join('\n'));
});

async function check(source: string, part: SpecPart = {}, own = `${oracle}files/orders.csv`): Promise<Table> {
  const joins = [
    {
      source: join(folder, source),
      name: 'tickets',
      keys: ['customer'],
      as_of: 'opened',
      how: 'left' as const,
    },
  ];
  const features = [{ name: 'month', expr: 'count(tickets)', window: '30d' }];
  const table = await tableOf(own, { time: 'at', joins, features, ...part });
  const { levels, codes } = await table.dictionary('tickets.topic');
  expect(Array.from(codes, (code) => levels[code - 1] ?? null)).toEqual(wanted['topic']);
  const numbers = async (name: string) =>
    Array.from(await table.numbers(name), (value) => (Number.isNaN(value) ? null : value));
  expect(await numbers('tickets.severity')).toEqual(wanted['severity']);
  expect(await numbers('tickets.opened')).toEqual(wanted['opened']);
  return table;
}

describe('a joined file may be', () => {
  test.each([
    'tickets.parquet',
    'tickets.jsonl',
    'tickets.arrow',
    'tickets.tsv',
    'tickets.sqlite',
    'part-*.csv',
  ])('%s', async (source) => {
    await check(source);
  });

  test('text with the spellings of nothing that data.read says', async () => {
    await check('odd.csv', { read: { null_values: ['nothing', ''] } });
  });

  test('wider than a table of DuckDB is quick with, as the source may be', async () => {
    const table = await check('wide.csv', {}, join(folder, 'wideOrders.csv'));
    expect(table.columns.length).toBe(5 + 600 + 3 + 600 + 1);
    const { levels, codes } = await table.dictionary('tickets.wide3');
    const opened = await table.numbers('tickets.opened');
    expect(Array.from(codes, (code) => code > 0)).toEqual(
      Array.from(opened, (value) => !Number.isNaN(value)),
    );
    expect(levels).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6']);
    expect((await table.dictionary('wide599')).levels).toHaveLength(7);
  });

  test('kept to the rows that a filter leaves', async () => {
    const table = await tableOf(`${oracle}files/orders.csv`, {
      time: 'at',
      joins: [
        {
          source: join(folder, 'tickets.parquet'),
          name: 'tickets',
          keys: ['customer'],
          as_of: 'opened',
          how: 'inner',
        },
      ],
      filter: "tickets.topic == 'bill'",
    });
    const rows = (wanted['topic'] ?? []).flatMap((topic, row) => (topic === 'bill' ? [row] : []));
    expect(Array.from(await table.rowNumbers())).toEqual(rows);
  });
});
