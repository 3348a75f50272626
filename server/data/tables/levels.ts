/** The distinct texts of a column in order, and the number of each row's text among them. */

import type { Database } from '../duckdb/database.ts';
import { type HashIndex, indexHashes } from '../duckdb/hashIndex.ts';
import { type SqlColumn, textSql } from '../sources/columnSql.ts';
import { byCodePoint } from '../sources/sources.ts';
import type { Dictionary } from '../table.ts';

export interface Levels {
  /** Sorted by code point. */
  readonly texts: readonly string[];
  /** Name of a DuckDB table of the texts `v`, in their order, and the rows `n` of each. */
  readonly table: string;
  /** Undefined where two texts have the same hash. */
  readonly index: HashIndex | undefined;
}

export interface TextSource {
  readonly relation: string;
  /** SQL, null or '' where missing. Of a column as it stands DuckDB hashes each text of a file's dictionary once. */
  readonly text: string;
  /** SQL of a hash of a text in 64 bits. */
  readonly hash?: (text: string) => string;
}

/** Of the texts of all rows, '' where missing. */
export function codeTexts(texts: readonly string[]): Dictionary {
  const levels = [...new Set(texts)].filter((text) => text !== '').sort();
  // Of UTF-16 the order is another where there are signs of two units.
  if (levels.some((text) => /[\ud800-\udfff]/.test(text))) levels.sort(byCodePoint);
  const codeOf = new Map(levels.map((text, index) => [text, index + 1]));
  const codes = new Int32Array(new SharedArrayBuffer(4 * texts.length));
  for (let row = 0; row < codes.length; row++) codes[row] = codeOf.get(texts[row] ?? '') ?? 0;
  return { levels, codes };
}

/** All columns of text that stand in the table as they are, in one question, by name. */
export async function readDictionaries({
  database,
  name,
  columns,
}: {
  readonly database: Database;
  readonly name: string;
  readonly columns: readonly SqlColumn[];
}): Promise<ReadonlyMap<string, Dictionary>> {
  // What is computed may fail, and is asked for by itself.
  const stored = columns.filter(({ input, derived }) => input === 'string' && derived === false);
  const select = stored.map((column) => `coalesce(${textSql(column)}, '')`);
  const texts =
    stored.length === 0 ? [] : await database.textsEach(`SELECT ${select.join(', ')} FROM ${name}`);
  return new Map(stored.map((column, index) => [column.name, codeTexts(texts[index] ?? [])]));
}

/** `name`: of the table that is made. */
export async function findLevels(database: Database, name: string, source: TextSource): Promise<Levels> {
  const { relation, text, hash = hashSql } = source;
  await database.run(`CREATE TEMP TABLE ${name} AS SELECT v, n, ${hash('v')} AS h
    FROM (SELECT ${text} AS v, count(*) AS n FROM ${relation} GROUP BY v) WHERE v <> '' ORDER BY v`);
  // Asked for together: the second answer need not wait until somebody has heard the first.
  const missing = `SELECT ${hash('CAST(NULL AS VARCHAR)')} AS h UNION ALL SELECT ${hash("''")}`;
  const hashed = `${missing} UNION ALL (SELECT h FROM ${name})`;
  const [texts, hashes] = await Promise.all([
    database.texts(`SELECT v FROM ${name}`),
    database.hashes(hashed),
  ]);
  return { texts, table: name, index: indexHashes(hashes, 2) };
}

/** Fills `codes` with 1 + the place of each row's text among the levels, 0 where missing. */
export async function readCodes(
  database: Database,
  { relation, text, hash = hashSql }: TextSource,
  { table, index }: Levels,
  codes: Int32Array,
): Promise<void> {
  if (index !== undefined) {
    await database.scan(`SELECT ${index.slice(hash(text))} FROM ${relation}`, (items, from) =>
      index.find(items, codes, from),
    );
    return;
  }
  const numbered = `SELECT v, CAST(row_number() OVER (ORDER BY v) AS INTEGER) AS i FROM ${table}`;
  await database.fill(
    `SELECT coalesce(i, 0) FROM (SELECT rowid AS r, ${text} AS t FROM ${relation}) LEFT JOIN (${numbered}) ON t = v ORDER BY r`,
    codes,
  );
}

function hashSql(text: string): string {
  return `hash(${text})`;
}
