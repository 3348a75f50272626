/** A store that this user may only read, copied into memory: SQLite wants to write beside even what it only reads. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** With what stands in its write-ahead log. Throws what reading the files or SQLite throws. */
export function copyOf(directory: string): Database.Database {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-store-'));
  try {
    for (const name of ['store.db', 'store.db-wal'])
      if (existsSync(join(directory, name)))
        writeFileSync(join(folder, name), readFileSync(join(directory, name)));
    const copy = new Database(join(folder, 'store.db'));
    try {
      // A database with a write-ahead log cannot be one in memory.
      copy.pragma('journal_mode = DELETE');
      return new Database(copy.serialize());
    } finally {
      copy.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
