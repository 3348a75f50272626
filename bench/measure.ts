/** Times a command with all its descendants, and their memory together: runs are detached, so a parent's own figures miss them. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Measurement {
  readonly seconds: number;
  /** Largest sum over all processes of their proportional share of memory. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly status: number | null;
}

/** Runs the command to its end, looking at the memory of everything it started ten times a second. */
export async function measure(command: string, args: readonly string[], cwd: string): Promise<Measurement> {
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
  child.on('close', (code) => {
    status = code;
  });
  let peakBytes = 0;
  while (status === undefined) {
    peakBytes = Math.max(peakBytes, memoryOf(mark));
    await sleep(100);
  }
  return { seconds: (performance.now() - started) / 1000, peakBytes, stdout, status };
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
