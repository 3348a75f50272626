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
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { createAnswerer } from '../../server/data/answer.ts';
import { Database } from '../../server/data/database.ts';
import type { DataFacts } from '../../server/data/facts.ts';
import { temporaryFolder } from '../temporary.ts';

const folder = temporaryFolder();

interface Asked {
  readonly file: string;
  readonly target?: string;
  /** A table with one row for each of `i`. */
  readonly joined?: string;
  readonly sample?: boolean;
  readonly cache?: string | null;
  readonly version?: string;
}

/** By a worker of its own, so that nothing but the cache can remember. */
async function ask({ file, target = 'y', joined, sample = false, cache = null, version = '1' }: Asked) {
  const data = joined === undefined ? file : { source: file, join: [{ source: joined, keys: 'i' }] };
  const experiment = resolveExperiment({ data, target }, join(folder, 'a.experiment.yaml'));
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
  // Half of the stretches lie in either half of the file.
  expect(parquet?.target?.classes.map((each) => each.rows)).toEqual([2500, 2500]);

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
