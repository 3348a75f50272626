/** Every way a source can be wrong: one error, with its code and its place. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ModelwrightError } from '../../server/catalog/errors.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn, type SpecPart, tableOf } from './tableOf.ts';

const folder = temporaryFolder();
const csv = csvIn(folder);
const files = fileURLToPath(new URL('./oracle/files/', import.meta.url));

/** The error as text a person sees, with row and column of its place. */
async function errorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ModelwrightError)) throw error;
    const { code, message, place } = error;
    const where = [place.row, place.column].filter((part) => part !== undefined).join(':');
    return `${code} [${where}] ${message.replaceAll(/`[^`]*\/([^`/]*)`/g, '`$1`')}`;
  }
  throw new Error('no error');
}

test('a table that the memory cannot hold is one clear error', async () => {
  const file = join(folder, 'large.csv');
  writeFileSync(file, `a,b\n${'1,2\n'.repeat(1000)}`);
  const spec = { source: [file], format: 'auto', read: {}, derive: [], kinds: {} } as const;
  expect(await errorOf(openTable(spec, { memoryLimit: '1MB' }))).toMatch(
    /^out-of-memory \[\] The data does not fit: could not allocate/,
  );
});

test('files of two formats are both named, with what each is', async () => {
  const [train, other] = [join(folder, 'train.csv'), join(folder, 'test.jsonl')];
  writeFileSync(train, 'a,b\n1,2\n');
  writeFileSync(other, '{"a":1,"b":2}\n');
  const source = { train: [train], test: other };
  const spec = { source, format: 'auto', read: {}, derive: [], kinds: {} } as const;
  expect(await errorOf(openTable(spec))).toBe(
    'data-formats [] The files of one source have one format: `train.csv` is csv, and `test.jsonl` is json.',
  );
});

const broken: [string, string | Uint8Array, string, SpecPart?][] = [
  ['an empty file', '', 'data-empty [] The data `x.csv` has no rows: the file is empty.'],
  ['a header alone', 'a,b\n', 'data-empty [] The data `x.csv` has no rows: there is only a header.'],
  [
    'a short row',
    'a,b\n1,2\n\n"3\n4",5\n6\n',
    'data-ragged [2] Row 2 of `x.csv` has 1 fields; the header has 2.',
  ],
  ['a long row', 'a,b\n1,2\n3,4,5\n', 'data-ragged [1] Row 1 of `x.csv` has 3 fields; the header has 2.'],
  ['an open quote', 'a,b\n1,"x\n2,y\n', 'data-quote [0] A quote opened in row 0 of `x.csv` is never closed.'],
  [
    'text after a quote',
    'a,b\n1,x\n2,"y"z\n',
    'data-quote [1] A quote opened in row 1 of `x.csv` is followed by more text after it closes.',
  ],
  [
    'two columns of a name',
    'a,b,a\n1,2,3\n',
    'data-duplicate-column [a] Two columns of `x.csv` are named `a`.',
  ],
  ['a NUL', 'a,b\n1,x\0\n', 'data-nul [] The data `x.csv` holds a NUL byte at byte 7: it is no text.'],
  [
    'bytes that are not the declared UTF-8',
    Buffer.from('a\ncaf\xe9\n', 'latin1'),
    'data-encoding [] The data `x.csv` is not UTF-8: byte 5 does not belong to it.',
    { read: { encoding: 'utf-8' } },
  ],
  [
    'an unknown encoding',
    'a\n1\n',
    'data-encoding [] The data `x.csv` is not klingon: byte 0 does not belong to it.',
    { read: { encoding: 'klingon' } },
  ],
  [
    'Parquet that is none',
    'PAR1, but not really',
    'data-broken [] The data `x.csv` is not readable as Parquet',
  ],
  [
    'Arrow that is none',
    'ARROW1 and then nothing of the kind',
    'data-broken [] The data `x.csv` is not readable as Arrow',
  ],
  [
    'a workbook',
    'PK\x03\x04 rest of a zip',
    'data-format [] The data `x.csv` is an Excel or zip file, which this version does not read.',
  ],
  [
    'JSON cut short',
    '{"a": 1}\n{"a": ',
    'data-broken [] The data `x.csv` is not readable as JSON',
    { format: 'jsonl' },
  ],
];

describe('bad text is one clear error', () => {
  test.each(broken)('%s', async (_, text, message, part = {}) => {
    expect(await errorOf(csv(text, part, 'x.csv'))).toContain(message);
  });
});

test('a fault far into a large file is found at its row and line', async () => {
  const rows = Array.from({ length: 300_000 }, (_, index) => `${index},"v\n${index}"`);
  rows[250_000] = '250000,x,y';
  const opening = csv(`a,b\n${rows.join('\n')}\n`, {}, 'large.csv');
  await expect(opening).rejects.toMatchObject({
    code: 'data-ragged',
    place: { row: 250_000, range: { start: { line: 500_001, character: 0 } } },
  });
});

test('paths that are no readable files are told apart', async () => {
  mkdirSync(join(folder, 'sub'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'churn.csv'), 'a\n1\n');
  expect(await errorOf(tableOf(join(folder, 'sub')))).toBe(
    'data-not-a-file [] `sub` is a folder, not a file.',
  );
  expect(await errorOf(tableOf(join(folder, 'pipe')))).toBe(
    'data-not-a-file [] `pipe` is a pipe, not a file.',
  );
  expect(await errorOf(tableOf('/dev/null'))).toBe('data-not-a-file [] `null` is a device, not a file.');
  await expect(tableOf(join(folder, 'chrun.csv'))).rejects.toMatchObject({
    code: 'data-not-found',
    help: 'Did you mean `churn.csv`?',
  });
  expect(await errorOf(tableOf(join(folder, 'none-*.csv')))).toContain('data-not-found');
  expect(await errorOf(tableOf('https://example.org/data.csv'))).toContain('an address on the network');
});

test('a Parquet file cut in the middle is broken, not a crash', async () => {
  const whole = readFileSync(`${files}profile.parquet`);
  for (const size of [whole.length >> 1, whole.length - 5, 12]) {
    expect(await errorOf(csv(whole.subarray(0, size), {}, `cut${size}.parquet`))).toContain('data-broken');
  }
});

test('files of one source must have the same columns, in any order', async () => {
  writeFileSync(join(folder, 'part1.csv'), 'a,b\n1,x\n');
  writeFileSync(join(folder, 'part2.csv'), 'b,a\ny,2\n');
  const table = await tableOf(join(folder, 'part*.csv'));
  expect([...(await table.numbers('a'))]).toEqual([1, 2]);
  writeFileSync(join(folder, 'part3.csv'), 'a,c\n1,x\n');
  expect(await errorOf(tableOf(join(folder, 'part*.csv')))).toBe(
    'data-columns-differ [b] `part3.csv` has no column `b`, unlike `part1.csv`.',
  );
});

test('several SQLite tables ask for a query, and a query can only read', async () => {
  const { default: Sqlite } = await import('better-sqlite3');
  const path = join(folder, 'two.db');
  const database = new Sqlite(path);
  database.exec('CREATE TABLE a(x); CREATE TABLE b(x); INSERT INTO a VALUES (1)');
  database.close();
  expect(await errorOf(tableOf(path))).toContain('it holds 2 tables (a, b)');
  expect(await errorOf(tableOf(path, { read: { query: 'DELETE FROM a' } }))).toContain('must be a SELECT');
  expect(await errorOf(tableOf(path, { read: { query: 'SELECT nope FROM a' } }))).toContain(
    'no such column: nope',
  );
});

test('hostile names are only ever names', async () => {
  const long = 'n'.repeat(10_000);
  const names = [
    'a"b',
    "'; DROP TABLE source; --",
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '名前 𝄞',
    'A',
    'a',
    long,
  ];
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
  const table = await csv(`${quoted}\n1,2,3,4,5,6,7,8\n`, { filter: '`<script>alert(1)</script>` = 3' });
  expect(table.columns.map(({ name }) => name)).toEqual(names);
  for (const [index, name] of names.entries()) expect([...(await table.numbers(name))]).toEqual([index + 1]);
  await expect(table.numbers('b')).rejects.toThrow(ModelwrightError);
});

test('5,000 columns are read', async () => {
  const names = Array.from({ length: 5000 }, (_, index) => `c${index}`);
  const table = await csv(
    `${names.join(',')}\n${names.map((_, index) => index).join(',')}\n${names.map(() => '').join(',')}\n`,
  );
  expect(table.columns).toHaveLength(5000);
  expect([...(await table.numbers('c4999'))]).toEqual([4999, Number.NaN]);
});

test('an abort ends the reading with `cancelled`', async () => {
  const { openTable } = await import('../../server/data/tables/openTable.ts');
  const controller = new AbortController();
  writeFileSync(join(folder, 'long.csv'), `a,b\n${'1,2\n'.repeat(2_000_000)}`);
  const spec = { source: [join(folder, 'long.csv')], format: 'auto', read: {}, derive: [], kinds: {} };
  const opening = openTable(spec, { signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
});
