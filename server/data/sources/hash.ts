/** The identity of a source: SHA-256 of its bytes, recorded with every run and pinned by `data.version`. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative, sep } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { TableSpec } from '../table.ts';
import { byCodePoint, filesOf } from './sources.ts';

/**
 * `sha256:…` of the file's bytes; of several files, of the sorted lines `path hash`, each ended by a line feed, paths
 * relative to `spec.directory` with forward slashes (lint.md reading 10). Joined files are among them.
 */
export async function hashSources(spec: Pick<TableSpec, 'source' | 'directory' | 'joins'>): Promise<string> {
  const paths = filesOf(spec);
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return `sha256:${await hashFile(only)}`;
  const lines: string[] = [];
  for (const path of paths) {
    const name = spec.directory === undefined ? path : relative(spec.directory, path).split(sep).join('/');
    lines.push(`${name} ${await hashFile(path)}\n`);
  }
  return `sha256:${createHash('sha256').update(lines.toSorted(byCodePoint).join('')).digest('hex')}`;
}

/** Whether a pin names this hash; a prefix of at least 16 digits is enough. Pins of other kinds are not judged here. */
export function matchesVersion(version: string, hash: string): boolean {
  if (!version.startsWith('sha256:')) return true;
  const digits = version.slice('sha256:'.length).toLowerCase();
  return digits.length >= 16 && hash.startsWith(`sha256:${digits}`);
}

/** Throws `data-changed` where the data is not what `data.version` pins. */
export function checkVersion(version: string | undefined, hash: string): void {
  if (version !== undefined && !matchesVersion(version, hash)) {
    throw new ModelwrightError('data-changed', { hash, version });
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece);
  return hash.digest('hex');
}
