/** A sample of a large table is counted by DuckDB; asked for row by row it must be the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../server/data/duckdb/database.ts';
import type { Table } from '../../server/data/table.ts';
import { readSample } from '../../server/monitoring/sample.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { tableOf } from '../data/tableOf.ts';
import { temporaryFolder } from '../temporary.ts';

const rows = 3_000;
const words = 'the quick brown fox jumps over a lazy dog while nobody is looking at the paper'.split(' ');
const folder = temporaryFolder();

beforeAll(async () => {
  const csv = (from: number) => {
    const random = createRandom(from, 'sample');
    const line = (row: number) =>
      [
        row % 7 === 0 ? '' : Math.round(100 * random.normal()),
        row % 11 === 0 ? '' : (random.normal() * (1 + from)).toString(),
        random.uniform() < 0.3,
        row % 5 === 0 ? '' : `k"${random.int(40) + from}"`.replaceAll('"', '""').replace(/^(.*)$/, '"$1"'),
        random.int(2_000),
        `2026-0${1 + (row % 9)}-11`,
        row % 13 === 0 ? '' : Array.from({ length: 9 }, () => words[random.int(words.length)]).join(' '),
      ].join(',');
    return [
      '__proto__,real,flag,"level ""of"" it",code,day,words',
      ...Array.from({ length: rows }, (_, row) => line(row)),
    ].join('\n');
  };
  for (const [name, from] of [
    ['a', 0],
    ['b', 1],
  ] as const) {
    writeFileSync(join(folder, `${name}.csv`), csv(from));
    const database = await Database.open();
    await database.run(`COPY (SELECT * REPLACE (CASE WHEN code = 7 THEN 'inf'::DOUBLE ELSE real END AS real)
      FROM read_csv('${join(folder, `${name}.csv`)}')) TO '${join(folder, `${name}.parquet`)}' (FORMAT parquet)`);
    database.close();
  }
});

const kinds = { code: 'categorical' } as const;

async function both(
  table: Table,
  side: 'reference' | 'current',
  against?: Parameters<typeof readSample>[1]['against'],
) {
  const options = { most: 400, seed: 3, side, ...(against === undefined ? {} : { against }) } as const;
  const counted = await readSample(table, options);
  const each = await readSample(table, {
    ...options,
    rows: Int32Array.from({ length: table.rowCount }, (_, row) => row),
  });
  return { counted, each };
}

describe.each([
  ['in memory', 'csv', {}],
  ['read from its file', 'parquet', {}],
  [
    'filtered, with a derived column',
    'parquet',
    { filter: 'code > 300', derive: [{ name: 'twice', expr: '2 * real' }] },
  ],
])('a table %s', (_, format, more) => {
  it('gives the same sample, counts, levels and ranges', async () => {
    const reference = await tableOf(join(folder, `a.${format}`), { kinds, ...more });
    const first = await both(reference, 'reference');
    expect(first.counted.sampled).toBe(400);
    expect(first.counted).toEqual(first.each);
    expect(first.counted.columns.map(({ form }) => form)).toEqual(
      expect.arrayContaining(['numbers', 'levels', 'times', 'texts']),
    );
    const current = await tableOf(join(folder, `b.${format}`), { kinds, ...more });
    const second = await both(current, 'current', first.counted);
    expect(second.counted).toEqual(second.each);
    expect(second.counted.columns.some((column) => column.form === 'numbers' && column.outside > 0)).toBe(
      true,
    );
  });
});
