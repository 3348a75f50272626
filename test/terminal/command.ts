/** The built command as a person or a script meets it: a process in a folder, with its exit code and two streams. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRandom } from '../../server/statistics/random.ts';
import { cli } from '../built.ts';
import { nobody, temporaryFolder, withoutPrivileges } from '../temporary.ts';

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** As a user whom file permissions hold back, where this one is root. */
  readonly unprivileged?: boolean;
  /** Called with everything on stderr so far; returns a signal to send, once. */
  readonly signalWhen?: (stderr: string) => NodeJS.Signals | undefined;
}

/** Runs the command in `folder`; kills it and fails before the test itself is given up, since nothing may hang. */
export function call(folder: string, args: readonly string[], options: CallOptions = {}): Promise<Answer> {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    ...(options.unprivileged && process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let signalled = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const signal = signalled ? undefined : options.signalWhen?.(stderr);
    if (signal === undefined) return;
    signalled = true;
    child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`modelwright ${args.join(' ')} still ran after 110 s`));
    }, 110_000);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr, seconds: (performance.now() - started) / 1000 });
    });
  });
}

/** As call with `--json`; what stands on stdout must be one document. */
export async function callJson(
  folder: string,
  args: readonly string[],
  options: CallOptions = {},
): Promise<Answer & { document: unknown }> {
  const answer = await call(folder, [...args, '--json'], options);
  try {
    return { ...answer, document: JSON.parse(answer.stdout) };
  } catch {
    throw new Error(
      `not one JSON document (exit ${answer.code}): ${answer.stdout.slice(0, 400)} ${answer.stderr}`,
    );
  }
}

/** A folder with these files; the parts of a path become folders. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A learnable table with gaps, a category, a date and a target of two words. */
export function shopCsv(rows = 300): string {
  const random = createRandom(3, 'shop');
  const lines = ['id,age,plan,since,bought'];
  for (let row = 0; row < rows; row++) {
    const age = random.uniform() < 0.1 ? '' : 18 + random.int(60);
    const plan = ['basic', 'plus', 'pro'][random.int(3)];
    const since = `2024-${String(1 + random.int(12)).padStart(2, '0')}-${String(1 + random.int(28)).padStart(2, '0')}`;
    const chance = 0.15 + (plan === 'pro' ? 0.5 : 0) + (Number(age) > 50 ? 0.25 : 0);
    lines.push([row, age, plan, since, random.uniform() < chance ? 'yes' : 'no'].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** Quick to train, and with everything that a run can show. */
export const shopExperiment = `data: {source: shop.csv, id: id}
target: bought
model: {gbdt: {trees: 30}}
gates: [roc_auc >= 0.55]
card: {owner: tests}
`;

/** Whether a user without privileges can start the command: not from a checkout that only root may look into. */
export function othersMayRun(): boolean {
  try {
    withoutPrivileges(() => [cli, process.execPath].map((file) => closeSync(openSync(file, 'r'))));
    return true;
  } catch {
    return false;
  }
}
