/** A look at the first rows of a file, quick however large it is: for guesses while somebody starts an experiment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Database } from '../duckdb/database.ts';
import { sqlText } from '../duckdb/sql.ts';
import { escapeGlob } from '../sources/readCsv.ts';
import { formatOf, readHead } from '../sources/sources.ts';
import { plainSpec } from '../spec.ts';
import { openTable } from '../tables/openTable.ts';
import type { Profile } from './columnProfile.ts';
import { profileTable } from './profile.ts';

const headBytes = 65_536;
const headRows = 1_000;

/** Of text formats the first 64 KB, of Parquet the first 1,000 rows; of others the whole. Throws what openTable throws. */
export async function peekTable(path: string, directory: string): Promise<Profile> {
  const format = await formatOf(path, 'auto');
  const folder = mkdtempSync(join(directory, 'peek-'));
  try {
    const head = join(folder, `head${extname(path)}`);
    if (format === 'parquet') await copyParquet(path, head, directory);
    else if (format === 'csv' || format === 'tsv' || /\.(jsonl|ndjson)$/i.test(path))
      await copyText(path, head);
    else return await profileOf(path, directory);
    return await profileOf(head, directory);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function profileOf(path: string, directory: string): Promise<Profile> {
  const table = await openTable(plainSpec(path), { tempDirectory: directory });
  try {
    return await profileTable(table);
  } finally {
    await table.close();
  }
}

/** Whole lines: what the cut leaves of the last one is dropped. */
async function copyText(path: string, head: string): Promise<void> {
  const bytes = await readHead(path, headBytes);
  const end = bytes.length < headBytes ? bytes.length : bytes.lastIndexOf(10) + 1;
  writeFileSync(head, bytes.subarray(0, end === 0 ? bytes.length : end));
}

async function copyParquet(path: string, head: string, directory: string): Promise<void> {
  const database = await Database.open({ tempDirectory: directory });
  try {
    await database.run(
      `COPY (SELECT * FROM read_parquet(${sqlText(escapeGlob(path))}) LIMIT ${headRows}) TO ${sqlText(head)} (FORMAT parquet)`,
    );
  } finally {
    database.close();
  }
}
