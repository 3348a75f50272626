/** What the data worker remembers and what it only glimpses: facts from a cache, facts of some rows. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { Database } from '../../server/data/duckdb/database.ts';
import type { DataFacts } from '../../server/data/facts/facts.ts';
import { createAnswerer } from '../../server/data/worker/answer.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();

interface Asked {
  readonly file?: string;
  readonly format?: string;
  /** Instead of a file alone. */
  readonly data?: unknown;
  readonly features?: unknown;
  readonly target?: string;
  /** A table with one row for each of `i`. */
  readonly joined?: string;
  readonly sample?: boolean;
  readonly cache?: string | null;
  readonly version?: string;
}

/** By a worker of its own, so that nothing but the cache can remember. */
async function ask({
  file,
  format,
  target = 'y',
  joined,
  sample = false,
  cache = null,
  version = '1',
  ...own
}: Asked) {
  const join_ = joined === undefined ? {} : { join: [{ source: joined, keys: 'i' }] };
  const data = own.data ?? { source: file, ...join_, ...(format === undefined ? {} : { format }) };
  const { features = {} } = own;
  const experiment = resolveExperiment({ data, target, features }, join(folder, 'a.experiment.yaml'));
  const answer = createAnswerer(folder, version);
  const request = { kind: 'facts' as const, experiment: { ...experiment }, directory: folder, sample, cache };
  return (await answer(request)) as DataFacts | null;
}

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `${from + at},${(from + at) % 7},${at % 2}\n`).join('');

test('facts of unchanged data come from the cache, and from the data when anything has changed', async () => {
  const cache = join(folder, 'kept');
  writeFileSync(join(folder, 'a.csv'), `i,x,y\n${rows(0, 300)}`);
  const first = await ask({ file: 'a.csv', cache });
  const entries = () => readdirSync(cache).filter((name) => name.startsWith('facts-'));
  const [entry = ''] = entries();
  // The entry is changed, so that an answer that is read from it can be told.
  const { serialize } = await import('node:v8');
  writeFileSync(join(cache, entry), serialize({ ...first, rows: -1 }));
  expect(await ask({ file: 'a.csv', cache })).toEqual({ ...first, rows: -1 });
  expect(await ask({ file: 'a.csv', cache, version: '2' })).toEqual(first);
  expect((await ask({ file: 'a.csv', cache, target: 'x' }))?.target?.name).toBe('x');

  const { atime, mtime, size } = statSync(join(folder, 'a.csv'));
  const text = readFileSync(join(folder, 'a.csv'), 'utf8');
  writeFileSync(join(folder, 'a.csv'), text.replace('5,5,1', '5,6,1'));
  utimesSync(join(folder, 'a.csv'), atime, mtime);
  expect(statSync(join(folder, 'a.csv')).size).toBe(size);
  const changed = await ask({ file: 'a.csv', cache });
  expect(changed?.rows).toBe(300);
  expect(changed?.hash).not.toBe(first?.hash);
  // The same bytes again, under other times: known by their hash.
  writeFileSync(join(folder, 'a.csv'), text);
  expect((await ask({ file: 'a.csv', cache }))?.rows).toBe(-1);
  appendFileSync(join(folder, 'a.csv'), rows(300, 310));
  expect((await ask({ file: 'a.csv', cache }))?.rows).toBe(310);
  // A broken entry is none.
  for (const name of entries()) writeFileSync(join(cache, name), 'no facts');
  expect((await ask({ file: 'a.csv', cache }))?.rows).toBe(310);
});

test('a joined file that changes changes the facts, of a worker that has them and from the cache', async () => {
  const cache = join(folder, 'joined');
  writeFileSync(join(folder, 'j.csv'), `i,x,y\n${rows(0, 300)}`);
  const other = (value: number) =>
    writeFileSync(join(folder, 'k.csv'), `i,z\n${rows(0, 300).replaceAll(/,\d+,\d+\n/g, `,${value}\n`)}`);
  other(1);
  const asked = { file: 'j.csv', joined: 'k.csv', cache };
  const most = (facts: DataFacts | null) => facts?.profile.columns.find(({ name }) => name === 'k.z')?.max;
  const first = await ask(asked);
  expect(most(first)).toBe(1);
  expect((await ask(asked))?.hash).toBe(first?.hash);
  other(22);
  const changed = await ask(asked);
  expect([most(changed), changed?.hash === first?.hash]).toEqual([22, false]);
  other(1);
  expect((await ask(asked))?.hash).toBe(first?.hash);
  // Some rows say nothing of what lies before them.
  expect(await ask({ ...asked, sample: true, cache: null })).toBeNull();
});

test('the cache is bounded, and one that cannot be written is no fault', async () => {
  const cache = join(folder, 'bounded');
  mkdirSync(cache);
  writeFileSync(join(folder, 'b.csv'), `i,x,y\n${rows(0, 200)}`);
  for (let at = 0; at < 100; at++) {
    const name = join(cache, `facts-${at}`);
    writeFileSync(name, 'x'.repeat(1000));
    utimesSync(name, at, at);
  }
  await ask({ file: 'b.csv', cache });
  const left = readdirSync(cache).filter((name) => /^(facts|content)-/.test(name));
  expect(left.length).toBeLessThanOrEqual(64);
  expect(left).toContain('facts-99');
  expect(left).not.toContain('facts-0');
  writeFileSync(join(folder, 'nofolder'), '');
  expect((await ask({ file: 'b.csv', cache: join(folder, 'nofolder', 'x') }))?.rows).toBe(200);
});

test('a glimpse of a large file is of rows from all over it, and says so', async () => {
  const database = await Database.open();
  const select =
    'SELECT range AS i, range % 7 AS x, range >= 60000 AS y, 5 - range % 3 AS z FROM range(120000)';
  await database.run(
    `COPY (${select}) TO '${join(folder, 'large.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 20000)`,
  );
  await database.run(
    `COPY (SELECT *, 'a text to make it longer' AS t FROM (${select})) TO '${join(folder, 'large.csv')}' (HEADER)`,
  );
  await database.run(
    `COPY (SELECT * FROM (${select}) LIMIT 300) TO '${join(folder, 'small.parquet')}' (FORMAT parquet)`,
  );
  database.close();
  const parquet = await ask({ file: 'large.parquet', sample: true });
  expect(parquet?.sampled).toEqual({ seen: 5000, total: 120_000 });
  expect(parquet?.hash).toBe('');
  const [i] = parquet?.profile.columns ?? [];
  expect([i?.min, i?.max]).toEqual([0, 119_999]);
  // Stretches lie in either half of the file.
  for (const { rows: seen } of parquet?.target?.classes ?? []) expect(seen).toBeGreaterThanOrEqual(2000);

  const csv = await ask({ file: 'large.csv', sample: true });
  expect(csv?.sampled?.seen).toBeGreaterThan(4000);
  expect((csv?.sampled?.total ?? 0) / 120_000).toBeCloseTo(1, 1);
  expect(csv?.rows).toBe(csv?.sampled?.seen);
  const ends = csv?.profile.columns[0];
  expect(ends?.min).toBe(0);
  expect(Number(ends?.max)).toBe(119_999);
  expect(await ask({ file: 'small.parquet', sample: true })).toBeNull();
});

test('quoted cells and lines of JSON are glimpsed at as well, unless a record may go on in its next line', async () => {
  const database = await Database.open();
  const select = `SELECT range AS i, range >= 60000 AS y, 'a text, with "words" to make it longer' AS t FROM range(120000)`;
  const copy = (file: string, from: string, how: string) =>
    database.run(`COPY (${from}) TO '${join(folder, file)}' (${how})`);
  await copy('quoted.csv', select, 'HEADER, FORCE_QUOTE *');
  await copy('lines.jsonl', select, 'FORMAT json');
  await copy('array.json', select, 'FORMAT json, ARRAY true');
  await copy('poems.csv', select.replace(', with', '\n with'), 'HEADER, FORCE_QUOTE *');
  database.close();
  for (const file of ['quoted.csv', 'lines.jsonl']) {
    const facts = await ask({ file, sample: true });
    expect(facts?.sampled?.seen, file).toBeGreaterThan(4000);
    expect((facts?.sampled?.total ?? 0) / 120_000, file).toBeCloseTo(1, 1);
    const [i] = facts?.profile.columns ?? [];
    expect([i?.min, i?.max, facts?.rows], file).toEqual([0, 119_999, facts?.sampled?.seen]);
  }
  for (const file of ['array.json', 'poems.csv']) expect(await ask({ file, sample: true }), file).toBeNull();
});

const large = 'SELECT range AS i, range % 7 AS x, range >= 60000 AS y, 5 - range % 3 AS z FROM range(120000)';

/** How many rows were seen, of how many, and the ends of `i`. */
function told(facts: DataFacts | null) {
  const [i] = facts?.profile.columns ?? [];
  return { ...facts?.sampled, first: i?.min, last: i?.max, rows: facts?.rows };
}

test('files of many formats are glimpsed at, without their being copied or read as a whole', async () => {
  const database = await Database.open();
  await database.run(
    `COPY (${large}) TO '${join(folder, 'all.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 20000)`,
  );
  const rows = await database.rows(`SELECT i, x, y, z, repeat('t', 30) FROM (${large})`);
  database.close();
  const sqlite = new Sqlite(join(folder, 'large.db'));
  sqlite.exec('CREATE TABLE t (i INTEGER, x INTEGER, y INTEGER, z INTEGER, t TEXT)');
  const insert = sqlite.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)');
  sqlite.transaction(() => {
    for (const [i, x, y, z, t] of rows) insert.run(i, x, Number(y), z, t);
  })();
  // A gap between row ids.
  sqlite.exec('DELETE FROM t WHERE i BETWEEN 30000 AND 60000');
  sqlite.close();
  expect(told(await ask({ file: 'large.db', sample: true }))).toEqual({
    seen: 4500,
    total: 120_000,
    first: 0,
    last: 119_999,
    rows: 4500,
  });

  const column = (index: number) => rows.map((row) => Number(row[index]));
  const batch = 10_000;
  const batches = Array.from({ length: 12 }, (_, at) => {
    const part = (index: number) => Float64Array.from(column(index).slice(at * batch, (at + 1) * batch));
    return tableFromArrays({
      i: part(0),
      x: part(1),
      y: part(2),
      z: part(3),
      noise: part(3).map((z) => z * Math.PI),
    });
  });
  const whole = batches.reduce((sum, each) => sum.concat(each));
  writeFileSync(join(folder, 'large.arrow'), tableToIPC(whole, 'file'));
  writeFileSync(join(folder, 'stream.arrow'), tableToIPC(whole, 'stream'));
  const arrow = told(await ask({ file: 'large.arrow', format: 'arrow', sample: true }));
  expect(arrow).toMatchObject({ seen: 5000, total: 120_000, first: 0, rows: 5000 });
  expect(arrow.last).toBeGreaterThanOrEqual(110_000);
  expect(await ask({ file: 'stream.arrow', format: 'arrow', sample: true })).toBeNull();
});

test('many files are glimpsed at through some of them, from the first to the last', async () => {
  const database = await Database.open();
  const part = (from: number) =>
    `SELECT range AS i, range % 7 AS x, range % 2 AS y, 1 AS z FROM range(${from}, ${from + 5000})`;
  for (let at = 0; at < 26; at++) {
    const name = join(folder, `part-${String(at).padStart(2, '0')}.parquet`);
    await database.run(`COPY (${part(5000 * at)}) TO '${name}' (FORMAT parquet)`);
  }
  database.close();
  const facts = told(await ask({ file: 'part-*.parquet', sample: true }));
  expect(facts).toMatchObject({ seen: 5000, total: 130_000, first: 0, last: 125_499 });
  // A small file beside a large one is part of the same first look.
  const both = await ask({
    data: { source: { train: 'all.parquet', test: 'part-00.parquet' } },
    sample: true,
  });
  expect(both?.sampled).toEqual({ seen: 2500 + 5000, total: 125_000 });
});

test('what a join or a feature of other rows would bring is left out of a glimpse, and the rest is told', async () => {
  writeFileSync(
    join(folder, 'more.csv'),
    `x,w\n${[0, 1, 2, 3, 4, 5, 6].map((x) => `${x},${x * x}\n`).join('')}`,
  );
  const join_ = (how: 'left' | 'inner') => ({
    source: 'all.parquet',
    join: [{ source: 'more.csv', keys: 'x', how }],
    derive: [
      { name: 'both', expr: '`more.w` + z' },
      { name: 'double', expr: '2 * z' },
    ],
  });
  const facts = await ask({ data: join_('left'), sample: true });
  expect(facts?.profile.columns.map(({ name }) => name)).toEqual(['i', 'x', 'y', 'z', 'double']);
  expect(facts?.target?.classes).toHaveLength(2);
  expect(await ask({ data: join_('inner'), sample: true })).toBeNull();
  const features = { derive: [{ name: 'before', expr: 'mean(z)', over: 'x', window: 10 }] };
  const derived = await ask({ data: { source: 'all.parquet', time: 'i' }, features, sample: true });
  expect(derived?.features.map(({ name }) => name)).toEqual(['x', 'z']);
});
