/** Opens a workspace's store: one SQLite database and content-addressed artifacts in `.modelwright/`. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ModelwrightError } from '../catalog/errors.ts';
import { copyOf } from './copy.ts';
import { networkKind } from './fileSystem.ts';
import { hasStore, storeFolder } from './place.ts';
import { migrations } from './schema.ts';

export type { Database } from 'better-sqlite3';

export interface Store {
  readonly workspace: string;
  /** Absolute path of `.modelwright`. */
  readonly directory: string;
  readonly database: Database.Database;
  /** Why nothing can be written: then the database is a copy in memory. */
  readonly unwritable?: ModelwrightError;
  close(): void;
}

/**
 * Opens the store, creating and migrating it as needed. Safe against several processes doing so at once. One that is
 * there and may only be read can be read. Throws `store-unwritable` (read-only folder without a store, full disk),
 * `store-on-network`, `store-newer` and `store-busy`.
 */
export function openStore(workspace: string): Store {
  const directory = join(workspace, storeFolder);
  try {
    prepareDirectory(workspace, directory);
    return storeOf(workspace, openDatabase(directory));
  } catch (error) {
    if (!(error instanceof ModelwrightError) || error.code !== 'store-unwritable' || !hasStore(workspace))
      throw error;
    return { ...storeOf(workspace, openCopy(directory, error)), unwritable: error };
  }
}

/** For who is going to write: one that may only be read is `store-unwritable` at once. */
export function openToWrite(workspace: string): Store {
  const store = openStore(workspace);
  if (store.unwritable === undefined) return store;
  store.close();
  throw store.unwritable;
}

function storeOf(workspace: string, database: Database.Database): Store {
  return { workspace, directory: join(workspace, storeFolder), database, close: () => database.close() };
}

/**
 * Runs `work` in a transaction that takes the write lock at once, so that two writers never deadlock. Throws
 * `disk-full`, `store-unwritable`, `store-busy` and `store-corrupt`, with nothing written.
 */
export function writing<Result>(store: Store, work: () => Result): Result {
  if (store.unwritable !== undefined) throw store.unwritable;
  return noting(store, work);
}

/** As writing, for what every reader finds out anew, such as a process that is gone: a copy in memory takes it too. */
export function noting<Result>(store: Store, work: () => Result): Result {
  try {
    return store.database.transaction(work).immediate();
  } catch (error) {
    throw asStoreError(error, store.directory);
  }
}

function prepareDirectory(workspace: string, directory: string): void {
  try {
    const kind = networkKind(workspace);
    if (kind !== undefined) throw new ModelwrightError('store-on-network', { workspace, kind });
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    if (hasStore(workspace)) accessSync(join(directory, 'store.db'), constants.W_OK);
    const ignore = join(directory, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    if (error instanceof ModelwrightError) throw error;
    throw unwritable(directory, error);
  }
}

function openDatabase(directory: string): Database.Database {
  const file = join(directory, 'store.db');
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 10_000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof ModelwrightError) throw error;
    throw asStoreError(error, directory);
  }
}

/** Where it cannot even be read, `unwritable` is what to say. */
function openCopy(directory: string, unwritable: ModelwrightError): Database.Database {
  try {
    const database = copyOf(directory);
    migrate(database, join(directory, 'store.db'));
    return database;
  } catch (error) {
    if (error instanceof ModelwrightError) throw error;
    throw error instanceof Database.SqliteError ? asStoreError(error, directory) : unwritable;
  }
}

/** Any other error than one of the database passes through. */
function asStoreError(error: unknown, directory: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const file = join(directory, 'store.db');
  if (error.code.startsWith('SQLITE_BUSY')) return new ModelwrightError('store-busy', { file }, { file });
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT'))
    return new ModelwrightError('store-corrupt', { file }, { file });
  return unwritable(directory, error);
}

/** Reasons in words for what a person can mend. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'the workspace is not a folder',
  ENOENT: 'the workspace does not exist',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  SQLITE_CANTOPEN: '`store.db` in it cannot be opened',
  SQLITE_READONLY: '`store.db` in it is read-only',
};

function unwritable(directory: string, error: unknown): ModelwrightError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return new ModelwrightError('disk-full', { path: directory }, { file: directory });
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new ModelwrightError('store-unwritable', { directory, reason }, { file: directory });
}

function migrate(database: Database.Database, file: string): void {
  const version = () => Number(database.pragma('user_version', { simple: true }));
  if (version() > migrations.length) throw new ModelwrightError('store-newer', { file });
  if (version() === migrations.length) return;
  database
    .transaction(() => {
      // Another process may have migrated while this one waited for the lock.
      for (let step = version(); step < migrations.length; step++) database.exec(migrations[step] ?? '');
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}

/** Removes files of writers that died half-way; called when a run starts. Files younger than a day may still be in use. */
export function removeAbandonedFiles(store: Store, now: number): void {
  const directory = join(store.directory, 'temporary');
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const created = Number(entry.name.split('-')[0]);
    if (Number.isFinite(created) && now - created > 86_400_000) {
      rmSync(join(directory, entry.name), { recursive: true, force: true });
    }
  }
}
