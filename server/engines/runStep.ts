/** One command of an installation: its output is logged, and its failure told with its last line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Library } from './installed.ts';

/** Runs a command and gives its standard output. */
export type RunStep = (
  command: string,
  arguments_: readonly string[],
  options?: { readonly directory?: string },
) => Promise<string>;

export interface StepOptions {
  readonly directory?: string;
  readonly library: Library;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Logs all that the command says. @throws ModelwrightError install-failed with its last line, cancelled */
export function runStep(
  command: string,
  arguments_: readonly string[],
  options: StepOptions,
): Promise<string> {
  const { directory, library, log, signal } = options;
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(command, arguments_, {
      ...(directory && { cwd: directory }),
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let last = '';
    const keep = (chunk: Buffer) => {
      appendFileSync(log, chunk);
      last = chunk.toString().trim().split('\n').at(-1) ?? last;
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      keep(chunk);
    });
    child.stderr?.on('data', keep);
    const fail = (reason: string) =>
      reject(
        signal.aborted
          ? new ModelwrightError('cancelled')
          : new ModelwrightError('install-failed', { library, command, reason, log }),
      );
    child.on('error', (fault) => fail(fault.message));
    child.on('close', (code) => (code === 0 ? resolve(output) : fail(last || `it ended with ${code}`)));
  });
}
