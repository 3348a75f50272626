/** What all stages ask of a table: order, dictionaries, hashes, predefined parts, identity. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Database } from '../../server/data/duckdb/database.ts';
import { checkVersion, hashSources, matchesVersion } from '../../server/data/sources/hash.ts';
import { temporaryFolder } from '../temporary.ts';
import { csvIn, tableOf } from './tableOf.ts';

const folder = temporaryFolder();
const csv = csvIn(folder);

test('any text comes back as it was written, in its row', async () => {
  const cell = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[\0\uD800-\uDFFF]/.test(text));
  const nulls = ['', 'NA', 'N/A', 'NaN', 'null', 'NULL', 'None'];
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 30 }), async (cells) => {
      const lines = cells.map((text, row) => `${row},"${text.replaceAll('"', '""')}"`);
      const table = await csv(`id,v\n${lines.join('\n')}\n`, { kinds: { v: 'categorical' } });
      const expected = cells.map((text) => (nulls.includes(text) ? '' : text));
      expect(
        await table.rawStrings(
          'v',
          Int32Array.from(cells, (_, row) => row),
        ),
      ).toEqual(expected);
      const { levels, codes } = await table.dictionary('v');
      expect(Array.from(codes, (code) => levels[code - 1] ?? '')).toEqual(expected);
      expect(levels).toEqual(levels.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { seed: 1, numRuns: 25 },
  );
});

test('rows come in source order over many chunks and threads', async () => {
  const count = 300_000;
  const table = await csv(
    `id,s\n${Array.from({ length: count }, (_, row) => `${row},k${row % 977}`).join('\n')}\n`,
    {
      filter: 'id != 5',
    },
  );
  const ids = await table.numbers('id');
  const numbers = await table.rowNumbers();
  const { levels, codes } = await table.dictionary('s');
  expect(table.rowCount).toBe(count - 1);
  for (let row = 0; row < ids.length; row++) {
    const id = row < 5 ? row : row + 1;
    if (ids[row] !== id || numbers[row] !== id || levels[(codes[row] ?? 0) - 1] !== `k${id % 977}`) {
      throw new Error(`row ${row} is out of place`);
    }
  }
  const far = Int32Array.from([count - 2, 0, 150_000]);
  expect(await table.rawStrings('id', far)).toEqual([`${count - 1}`, '0', '150001']);
});

test('equal rows and only they have equal hashes; missing equals missing', async () => {
  const pairs: string[] = [];
  for (let a = 0; a < 300; a++) for (let b = 0; b < 300; b++) pairs.push(`${a},v${b}`);
  const table = await csv(`a,b\n${[...pairs, '7,v9', ',', ',NA', '3,'].join('\n')}\n`);
  const hashes = await table.rowHashes(['a', 'b']);
  expect(new Set(hashes).size).toBe(pairs.length + 2);
  expect(hashes[pairs.length]).toBe(hashes[7 * 300 + 9]);
  expect(hashes[pairs.length + 1]).toBe(hashes[pairs.length + 2]);
});

test('files of a predefined split are told apart, counted in the order train, valid, test', async () => {
  for (const [name, values] of [
    ['train', '1\n2\n3'],
    ['valid', '4'],
    ['test', '5\n6'],
  ] as const) {
    writeFileSync(join(folder, `${name}.csv`), `v\n${values}\n`);
  }
  const path = (name: string) => join(folder, `${name}.csv`);
  const source = { train: [path('train')], valid: path('valid'), test: path('test') };
  const table = await tableOf('', { source, filter: 'v != 2' });
  expect([...((await table.predefined()) ?? [])]).toEqual([1, 1, 2, 3, 3]);
  expect([...(await table.rowNumbers())]).toEqual([0, 2, 3, 4, 5]);
  expect(await (await csv('v\n1\n')).predefined()).toBeUndefined();
});

test('the hash is of the bytes; of several files, of the sorted lines "path hash"', async () => {
  const directory = join(folder, 'hashed');
  mkdirSync(join(directory, 'data'), { recursive: true });
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  writeFileSync(join(directory, 'data', 'b.csv'), 'v\n1\n');
  writeFileSync(join(directory, 'data', 'a.csv'), 'v\n2\n');
  const one = { source: [join(directory, 'data', 'b.csv')], directory };
  expect(await hashSources(one)).toBe(`sha256:${sha('v\n1\n')}`);
  const lines = `data/a.csv ${sha('v\n2\n')}\ndata/b.csv ${sha('v\n1\n')}\n`;
  expect(await hashSources({ source: [join(directory, 'data', '*.csv')], directory })).toBe(
    `sha256:${sha(lines)}`,
  );
});

test('a pin of at least 16 digits must match', () => {
  const hash = `sha256:${'0123456789abcdef'.repeat(4)}`;
  expect(matchesVersion('sha256:0123456789abcdef', hash)).toBe(true);
  expect(matchesVersion('sha256:0123456789abcde', hash)).toBe(false);
  expect(matchesVersion('sha256:0123456789abcdee', hash)).toBe(false);
  expect(matchesVersion('git:main', hash)).toBe(true);
  expect(() => checkVersion('sha256:ffff456789abcdef', hash)).toThrow(/but `data.version` says/);
});

test('months are told from text by all values: a few malformed dates stay missing dates', async () => {
  const days = Array.from({ length: 60 }, (_, day) => `2024-03-${String((day % 31) + 1).padStart(2, '0')}`);
  const table = await csv(`t\n${[...days, 'soon', '2024-02-30'].join('\n')}\n`);
  expect(table.column('t')).toMatchObject({ kind: 'datetime', input: 'date', type: 'VARCHAR' });
  expect(await table.rawStrings('t', Int32Array.from([0, 60, 61]))).toEqual([
    '2024-03-01T00:00:00',
    'soon',
    '2024-02-30',
  ]);
  expect([...(await table.epochs('t'))].slice(60)).toEqual([-(2n ** 63n), -(2n ** 63n)]);
});

test('numbers of any width and sign cross unchanged, missing ones as NaN', async () => {
  const columns = [
    ['TINYINT', [-128, 127, null, 0]],
    ['UTINYINT', [0, 255, 3, null]],
    ['SMALLINT', [-32_768, 32_767, null, 5]],
    ['INTEGER', [-2_147_483_648, 2_147_483_647, null, -1]],
    ['BIGINT', [-9_007_199_254_740_991, 9_007_199_254_740_991, null, 1]],
    ['BIGINT', [1_000_000_000_000, 1_000_000_065_534, null, 1_000_000_065_533]],
    ['UBIGINT', [2 ** 64 - 2048, 0, null, 1]],
    ['HUGEINT', [-5, 70_000, null, 4_294_967_290]],
    ['FLOAT', [1.5, -0.25, null, 3.4028234663852886e38]],
    ['DOUBLE', [0.1, -1e300, null, 5e-324]],
    ['BOOLEAN', [1, 0, null, 1]],
    ['BOOLEAN', [1, 1, null, 1]],
    ['DATE', [0, 86_400, null, -86_400 * 365]],
    ['TIMESTAMP', [0.5, 1e9, null, -1.25]],
    ['TIMESTAMP', [981_173_106, 981_173_107, null, -11_644_473_600]],
    ['INTEGER', [null, null, null, null]],
  ] as const;
  const cells = columns.map(([type, values], index) => {
    const literals = values.map((value) => (value === null ? 'NULL' : literalOf(type, value)));
    return `unnest([${literals.join(', ')}]::${type}[]) AS v${index}`;
  });
  const file = join(folder, 'widths.parquet');
  const database = await Database.open();
  await database.run(`COPY (SELECT ${cells.join(', ')}) TO '${file}' (FORMAT parquet)`);
  database.close();
  const read = await tableOf(file);
  const kept = await tableOf(file, { filter: 'v10 in [true, false] or v10 is null' });
  for (const table of [read, kept])
    for (const [index, [, values]] of columns.entries()) {
      const found = [...(await table.numbers(`v${index}`))];
      expect(found, `v${index}`).toEqual(values.map((value) => value ?? Number.NaN));
    }
});

function literalOf(type: string, value: number): string {
  if (type === 'BOOLEAN') return String(value === 1);
  const micros = BigInt(Math.round(value * 1e6));
  if (type === 'DATE') return `make_timestamp(${micros})::DATE`;
  if (type === 'TIMESTAMP') return `make_timestamp(${micros})`;
  return type.endsWith('INT') || type === 'INTEGER' ? String(BigInt(value)) : `${value}::${type}`;
}

test('a Parquet file that changes while its table is open gives an error, not a mixture', async () => {
  const file = join(folder, 'changing.parquet');
  const database = await Database.open();
  const write = (rows: number) =>
    database.run(`COPY (FROM range(${rows}) t(v)) TO '${file}' (FORMAT parquet)`);
  await write(10);
  const table = await tableOf(file);
  expect(await table.numbers('v')).toHaveLength(10);
  await write(20);
  await expect(table.dictionary('v')).rejects.toMatchObject({ code: 'data-unreadable' });
  rmSync(file);
  await expect(table.rowHashes(['v'])).rejects.toMatchObject({ code: 'data-unreadable' });
  database.close();
});

test('a Parquet page that cannot be decoded is the fault of its file, whatever was asked', async () => {
  const [sound, broken] = [join(folder, 'whole-a.parquet'), join(folder, 'whole-b.parquet')];
  const database = await Database.open();
  for (const file of [sound, broken])
    await database.run(
      `COPY (SELECT range AS k, range / 7 AS v FROM range(20000)) TO '${file}' (FORMAT parquet)`,
    );
  const [page] = await database.row(
    `SELECT data_page_offset FROM parquet_metadata('${broken}') WHERE path_in_schema = 'v'`,
  );
  database.close();
  const bytes = readFileSync(broken);
  bytes.fill(0xff, Number(page), Number(page) + 40);
  writeFileSync(broken, bytes);
  const table = await tableOf(join(folder, 'whole-*.parquet'));
  expect(await table.numbers('k')).toHaveLength(40_000);
  const failures = [table.numbers('v'), table.rowHashes(['k', 'v'])].map((asked) => asked.catch(String));
  for (const failure of await Promise.all(failures)) {
    expect(failure).toContain('whole-b.parquet');
    expect(failure).toContain('is not readable as Parquet');
  }
});

test('rows of several Parquet files are counted through', async () => {
  const database = await Database.open();
  for (const [part, from] of [
    ['p0', 0],
    ['p1', 3000],
    ['p2', 3000],
  ] as const)
    await database.run(
      `COPY (SELECT range AS v, 'k' || range AS s FROM range(${from}, ${from + 3000})) TO '${join(folder, part)}.parquet' (FORMAT parquet)`,
    );
  database.close();
  const table = await tableOf(join(folder, 'p?.parquet'));
  const values = await table.numbers('v');
  expect(Array.from(values)).toEqual(
    Array.from({ length: 9000 }, (_, row) => (row < 6000 ? row : row - 3000)),
  );
  expect(await table.rawStrings('s', Int32Array.of(8999, 0, 4000))).toEqual(['k5999', 'k0', 'k4000']);
});
