/** Content-addressed files: `.modelwright/artifacts/<hash>/<name>`. Whole or absent, whatever process dies when. */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Store } from './store.ts';

export interface Artifact {
  /** File name within its hash, such as `model.onnx`. */
  readonly name: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string;
  readonly bytes: number;
  /** Absolute. */
  readonly path: string;
}

/** Stores bytes under their hash; the same bytes and name are stored once. Throws `disk-full` or `store-unwritable`. */
export function putArtifact(store: Store, name: string, content: Uint8Array | string): Artifact {
  return putFile(store, name, (path) => writeFileSync(path, content));
}

/** Stores what `write` puts at the path it is given. */
export function putFile(store: Store, name: string, write: (path: string) => void): Artifact {
  const scratch = temporaryPath(store, name);
  try {
    mkdirSync(dirname(scratch), { recursive: true });
    write(scratch);
    return adopt(store, name, scratch);
  } catch (error) {
    throw asDiskError(error, scratch);
  } finally {
    rmSync(dirname(scratch), { recursive: true, force: true });
  }
}

/** As putFile, for writers that take their time. */
export async function putFileAsync(
  store: Store,
  name: string,
  write: (path: string) => Promise<void>,
): Promise<Artifact> {
  const scratch = temporaryPath(store, name);
  try {
    mkdirSync(dirname(scratch), { recursive: true });
    await write(scratch);
    return adopt(store, name, scratch);
  } catch (error) {
    throw asDiskError(error, scratch);
  } finally {
    rmSync(dirname(scratch), { recursive: true, force: true });
  }
}

export function artifactPath(store: Store, name: string, hash: string): string {
  return join(store.directory, 'artifacts', hash.replace('sha256:', ''), name);
}

/** Copies an artifact out, atomically: a reader of `target` sees the old file or the new one. */
export function copyArtifact(artifact: { path: string }, target: string): void {
  const scratch = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(artifact.path, scratch);
    renameSync(scratch, target);
  } catch (error) {
    rmSync(scratch, { force: true });
    throw asDiskError(error, target);
  }
}

/** Writes a file that is replaced as a whole, durable when this returns. */
export function replaceFile(path: string, content: Uint8Array | string): void {
  const scratch = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(scratch, content);
    sync(scratch);
    renameSync(scratch, path);
  } catch (error) {
    rmSync(scratch, { force: true });
    throw asDiskError(error, path);
  }
}

function adopt(store: Store, name: string, scratch: string): Artifact {
  sync(scratch);
  const { hash, bytes } = hashFile(scratch);
  const path = artifactPath(store, name, hash);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    renameSync(scratch, path);
  }
  return { name, hash, bytes, path };
}

function hashFile(path: string): { hash: string; bytes: number } {
  const sha = createHash('sha256');
  const buffer = new Uint8Array(1 << 20);
  const file = openSync(path, 'r');
  let bytes = 0;
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      sha.update(buffer.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(file);
  }
  return { hash: `sha256:${sha.digest('hex')}`, bytes };
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function temporaryPath(store: Store, name: string): string {
  return join(store.directory, 'temporary', `${Date.now()}-${randomBytes(4).toString('hex')}`, name);
}

/** A full disk or a folder that cannot be written is the user's to mend; anything else passes through. */
export function asDiskError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ModelwrightError('disk-full', { path });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new ModelwrightError('not-writable', { path, reason: String(code) });
  }
  return error;
}
