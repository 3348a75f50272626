import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { copyArtifact, putArtifact, putFile } from '../../server/store/artifacts.ts';
import { hasStore } from '../../server/store/place.ts';
import { openStore } from '../../server/store/store.ts';
import { temporaryFolder, withoutPrivileges } from '../temporary.ts';

const errorOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'no error';
};

describe('the store', () => {
  it('ignores itself in git and is not there before it is opened', () => {
    const workspace = temporaryFolder();
    expect(hasStore(workspace)).toBe(false);
    openStore(workspace).close();
    expect(hasStore(workspace)).toBe(true);
    expect(readFileSync(join(workspace, '.modelwright', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('refuses a database of a newer version and one that is not a database, each in one sentence', () => {
    const workspace = temporaryFolder();
    openStore(workspace).close();
    const file = join(workspace, '.modelwright', 'store.db');
    const database = new Database(file);
    database.pragma('user_version = 999');
    database.close();
    expect(errorOf(() => openStore(workspace))).toBe('store-newer');

    const other = temporaryFolder();
    mkdirSync(join(other, '.modelwright'));
    writeFileSync(join(other, '.modelwright', 'store.db'), 'this is no database '.repeat(100));
    expect(errorOf(() => openStore(other))).toBe('store-corrupt');
  });

  it('says that a read-only folder cannot be written', () => {
    const workspace = temporaryFolder();
    chmodSync(workspace, 0o555);
    expect(errorOf(() => withoutPrivileges(() => openStore(workspace)))).toBe('store-unwritable');
  });

  it('says so where it may not even be read', () => {
    const workspace = temporaryFolder();
    openStore(workspace).close();
    chmodSync(join(workspace, '.modelwright', 'store.db'), 0o000);
    for (const folder of [workspace, join(workspace, '.modelwright')]) chmodSync(folder, 0o555);
    expect(errorOf(() => withoutPrivileges(() => openStore(workspace)))).toBe('store-unwritable');
  });

  it('says so where a file stands in the place of its folder', () => {
    const workspace = temporaryFolder();
    writeFileSync(join(workspace, '.modelwright'), '');
    expect(errorOf(() => openStore(workspace))).toBe('store-unwritable');
  });
});

describe('artifacts', () => {
  it('are stored once for the same bytes and name, under the SHA-256 of the bytes', () => {
    const store = openStore(temporaryFolder());
    const first = putArtifact(store, 'model.onnx', 'abc');
    const second = putArtifact(store, 'model.onnx', 'abc');
    // FIPS 180-2, appendix B.1.
    expect(first.hash).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(second).toEqual(first);
    expect(readFileSync(first.path, 'utf8')).toBe('abc');
    store.close();
  });

  it('leave nothing behind when their writer fails', () => {
    const store = openStore(temporaryFolder());
    const fail = () =>
      putFile(store, 'model.onnx', (path) => {
        writeFileSync(path, 'half');
        throw new Error('the writer died');
      });
    expect(fail).toThrow('the writer died');
    expect(existsSync(join(store.directory, 'artifacts'))).toBe(false);
    store.close();
  });

  it('name a full disk as what it is', () => {
    const store = openStore(temporaryFolder());
    const full = () =>
      putFile(store, 'model.onnx', () => {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      });
    expect(errorOf(full)).toBe('disk-full');
    store.close();
  });

  it('are copied out whole', () => {
    const store = openStore(temporaryFolder());
    const artifact = putArtifact(store, 'MODEL_CARD.md', '# Card');
    const target = join(store.workspace, 'docs', 'card.md');
    copyArtifact(artifact, target);
    expect(readFileSync(target, 'utf8')).toBe('# Card');
    store.close();
  });
});
