/** Whether the system has ended processes because its memory was used up: what a run that is gone without a word died of. */
import { readFileSync } from 'node:fs';

/** Linux: of the whole machine, and of this container (control groups, version 2). */
const counters = ['/proc/vmstat', '/sys/fs/cgroup/memory.events'];

/** So many processes by now; 0 where the system does not count them. Only its growth says anything. */
export function memoryKills(files: readonly string[] = counters): number {
  return files.reduce((most, file) => Math.max(most, readCount(file)), 0);
}

function readCount(file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** In words that follow what is known: the process is gone. Empty where none was ended since there were `before`. */
export function likelyCause(before: number, now = memoryKills()): string {
  return now > before
    ? 'the system ended a process in this time because memory was used up, most likely this one'
    : '';
}
