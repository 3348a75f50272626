/** Folders for what does not fit into memory, named after the process that made them: those of a killed one are cleared away. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another machine or container may share the folder, where a living process looks dead: what is of today stays. */
const keptFor = 86_400_000;

let cleared = false;

/** In the system's temporary folder; whoever makes it removes it. Throws what the file system throws. */
export function makeTemporaryFolder(): string {
  if (!cleared) clearAway();
  cleared = true;
  return mkdtempSync(join(tmpdir(), `modelwright-data-${process.pid}-`));
}

/** What cannot be looked at or removed is somebody else's. */
function clearAway(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^modelwright-data-(\d+)-/.exec(name) ?? [];
    if (pid === undefined) continue;
    const folder = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(folder).mtimeMs > keptFor && !isRunning(Number(pid)))
        rmSync(folder, { recursive: true });
    } catch {}
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
