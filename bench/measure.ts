/** Times a command with all its descendants, and their memory together: runs are detached, so a parent's own figures miss them. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Measurement {
  readonly seconds: number;
  /** Largest sum over all processes of their proportional share of memory; 0 where nobody looked. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly status: number | null;
}

/**
 * Runs the command to its end and looks at the memory of everything it started from time to time. A look holds up what
 * asks for memory in that moment, so that ten a second make a lint a third slower: what takes seconds is timed without.
 */
export async function measure(
  command: string,
  args: readonly string[],
  cwd: string,
  { looks = 'each second' }: { looks?: 'each second' | 'each moment' | 'none' } = {},
): Promise<Measurement> {
  const mark = `measured-${process.pid}-${Date.now()}`;
  const started = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, MODELWRIGHT_MEASURED: mark, OMP_WAIT_POLICY: 'passive' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let status: number | null | undefined;
  let ended = started;
  child.on('close', (code) => {
    ended = performance.now();
    status = code;
  });
  let peakBytes = 0;
  let moments = 0;
  while (status === undefined) {
    if (looks === 'each moment' || (looks === 'each second' && moments % 20 === 0))
      peakBytes = Math.max(peakBytes, memoryOf(mark));
    moments++;
    await sleep(50);
  }
  return { seconds: (ended - started) / 1000, peakBytes, stdout, status };
}

/** Descendants keep the environment that they were started with, detached ones too. */
function memoryOf(mark: string): number {
  let total = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)) continue;
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      total += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
    } catch {
      // It has just ended.
    }
  }
  return total;
}
