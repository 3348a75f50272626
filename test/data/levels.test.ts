/** The texts of a column by number: found by slices of hashes, whatever those happen to share. */
import { expect, test } from 'vitest';
import { Database } from '../../server/data/duckdb/database.ts';
import { indexHashes } from '../../server/data/duckdb/hashIndex.ts';
import { findLevels, readCodes } from '../../server/data/tables/levels.ts';
import { createRandom } from '../../server/statistics/random.ts';

test('each hash is found by the narrowest slice that tells them apart', () => {
  const random = createRandom(1, 'hashes');
  const word = () => BigInt(random.uint32());
  const check = (hashes: BigUint64Array, slice: (hash: bigint) => number | bigint) => {
    const alike = 1 + random.int(3);
    const index = indexHashes(hashes, alike);
    const rows = Int32Array.from({ length: 1000 }, () => random.int(hashes.length));
    const read = Array.from(rows, (row) => slice(hashes[row] ?? 0n));
    // What DuckDB hands over is an array of the type that `slice` asks for.
    const items = typeof read[0] === 'bigint' ? BigUint64Array.from(read as bigint[]) : read;
    const typed = index?.slice('h').includes('UINTEGER') ? Uint32Array.from(read as number[]) : items;
    const places = new Int32Array(1002);
    index?.find(typed as never, places, 2);
    expect([...places]).toEqual([0, 0, ...rows.map((row) => Math.max(0, row + 1 - alike))]);
    return index?.slice('h');
  };
  const few = BigUint64Array.from({ length: 20 }, (_, at) => (BigInt(at) << 32n) | 7n);
  expect(check(few, (hash) => Number((hash >> 32n) & 0xffffn))).toMatch(/>> 32.*USMALLINT/);
  const many = BigUint64Array.from({ length: 5000 }, (_, at) => (BigInt(at) << 40n) | (word() & 0xfn));
  expect(check(many, (hash) => Number(hash >> 32n))).toMatch(/UINTEGER/);
  const alike = BigUint64Array.from({ length: 5000 }, (_, at) => (7n << 40n) | BigInt(at * 65_536));
  expect(check(alike, (hash) => hash)).toBe('h');
  expect(indexHashes(BigUint64Array.of(3n, 4n, 3n))).toBeUndefined();
});

test('texts whose hashes are equal are told apart all the same', async () => {
  const database = await Database.open();
  await database.run(
    `CREATE TABLE t AS SELECT nullif(replace('k' || (range * 7) % 10, 'k5', ''), 'k3') AS s FROM range(5000)`,
  );
  const codesBy = async (name: string, hash?: (text: string) => string) => {
    const source = { relation: 't', text: 's', ...(hash ? { hash } : {}) };
    const levels = await findLevels(database, name, source);
    const codes = new Int32Array(5000);
    await readCodes(database, source, levels, codes);
    return { texts: levels.texts, codes };
  };
  const found = await codesBy('a');
  expect(found.texts).toEqual(['k0', 'k1', 'k2', 'k4', 'k6', 'k7', 'k8', 'k9']);
  expect([...found.codes.subarray(0, 10)]).toEqual([1, 6, 4, 2, 7, 0, 3, 8, 5, 0]);
  expect(await codesBy('b', () => 'CAST(1 AS UBIGINT)')).toEqual(found);
  database.close();
});
