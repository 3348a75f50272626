/** Folders for what does not fit into memory, named after the process that made them: those of a killed one are cleared away. */
import { mkdtempSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './processes.ts';

/** Another machine or container may share the folder, where a living process looks dead: what is of today stays. */
const keptFor = 86_400_000;

let cleared = false;

/** In the system's temporary folder; whoever makes it removes it. Throws what the file system throws. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `modelwright-data-${process.pid}-`));
  if (!cleared) void clearAway().catch(() => undefined);
  cleared = true;
  return folder;
}

/** Nobody waits for it. What cannot be looked at or removed is somebody else's. */
async function clearAway(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = /^modelwright-data-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isAlive({ pid: Number(pid), started: '' })) continue;
    const folder = join(tmpdir(), name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > keptFor) await rm(folder, { recursive: true }).catch(() => undefined);
  }
}
