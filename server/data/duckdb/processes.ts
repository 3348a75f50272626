/** Tells whether a process that held a lease or a folder still lives, even if its number has been given to another since. */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot with the boot's id, or '' where the system does not tell. */
  readonly started: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) };
}

export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (identity.started === '') return true;
  const stat = statOf(identity.pid);
  return stat !== undefined && stat.state !== 'Z' && startOf(identity.pid) === identity.started;
}

function startOf(pid: number): string {
  const stat = statOf(pid);
  if (stat === undefined) return '';
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.started}`;
  } catch {
    return '';
  }
}

/** Fields 3 and 22 of proc(5)'s stat; the command in field 2 may contain spaces and brackets. */
function statOf(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
