/** What happens when somebody stops: Ctrl-C, a closed pipe, a killed worker; and colour only where it is wanted. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { cli } from '../built.ts';
import { call, callJson, folderWith, shopCsv } from './command.ts';
import * as contract from './contract.ts';

vi.setConfig({ testTimeout: 240_000 });

/** Long enough to be stopped in the middle of training. */
const slow = `data: {source: shop.csv, id: id}
target: bought
model: {gbdt: {trees: 1500, learning_rate: 0.01}}
train: {early_stop: false, checkpoint: {every: 20}}
split: {valid: 0.2}
baseline: [dummy]
`;

const slowShop = () => folderWith({ 'shop.csv': shopCsv(6000), 'shop.experiment.yaml': slow });
const inTraining = (stderr: string) => (stderr.includes('train') ? 'SIGINT' : undefined);

async function onlyRun(folder: string) {
  const { document } = await callJson(folder, ['runs', 'list']);
  const { runs } = contract.documents['runs list'].parse(document);
  expect(runs).toHaveLength(1);
  return contract.head.parse(runs[0]);
}

describe('Ctrl-C while a run trains', () => {
  test('ends with 130 and one error document, and the run goes on when it is resumed', async () => {
    const folder = slowShop();
    const stopped = await callJson(folder, ['run', 'shop.experiment.yaml'], { signalWhen: inTraining });
    expect(stopped.code).toBe(130);
    const { error } = contract.failure.parse(stopped.document);
    expect(error.code).toBe('cancelled');
    const run = await onlyRun(folder);
    expect(run.status).toBe('cancelled');
    expect(error.run).toEqual({ id: run.id });

    const resumed = await callJson(folder, ['runs', 'resume', run.id]);
    expect(resumed.code).toBe(0);
    const document = contract.run.parse(resumed.document);
    expect(document.run).toMatchObject({ id: run.id, status: 'finished' });
    const whole = await callJson(folder, ['run', 'shop.experiment.yaml']);
    expect(document.artifacts).toEqual(contract.run.parse(whole.document).artifacts);
  });

  test('is told in words, without a result', async () => {
    const folder = slowShop();
    const { code, stdout, stderr } = await call(folder, ['run', 'shop.experiment.yaml'], {
      signalWhen: inTraining,
    });
    expect(code).toBe(130);
    expect(stdout).not.toContain('roc_auc');
    expect(stderr).toContain('runs resume');
  });
});

test('`runs cancel` stops a detached run from another process', async () => {
  const folder = slowShop();
  const started = await callJson(folder, ['run', 'shop.experiment.yaml', '--detach']);
  const { run } = contract.documents['run --detach'].parse(started.document);
  const cancelled = await callJson(folder, ['runs', 'cancel', run.id]);
  expect(cancelled.code).toBe(0);
  expect(cancelled.document).toMatchObject({ run: { id: run.id, status: 'cancelled' } });
  const shown = await callJson(folder, ['runs', 'show', run.id]);
  expect(shown.document).toMatchObject({ run: { status: 'cancelled' }, error: { code: 'cancelled' } });
  expect((await callJson(folder, ['predict', `run:${run.id}`, 'shop.csv', '-o', 'o.csv'])).code).toBe(2);
});

test('a reader that has seen enough is no error', () => {
  const folder = folderWith({});
  const command = `"${process.execPath}" "${cli}" schema | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['{\n0\n', '']);
});

describe.runIf(spawnSync('script', ['--version']).status === 0)('on a terminal', () => {
  /** The command on a pseudo-terminal. */
  function onTerminal(folder: string, args: string, env: Readonly<Record<string, string>> = {}): string {
    const { NO_COLOR: _, ...rest } = process.env;
    const line = `"${process.execPath}" "${cli}" ${args}`;
    return execFileSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      env: { ...rest, TERM: 'xterm', ...env },
      encoding: 'utf8',
    });
  }

  test('there is a bar and colour, on a build machine too, and NO_COLOR takes the colour away', () => {
    const text = 'data: {source: shop.csv, id: id}\ntarget: bought\nmodel: {gbdt: {trees: 20}}\n';
    const folder = folderWith({ 'shop.csv': shopCsv(), 'shop.experiment.yaml': text });
    const coloured = onTerminal(folder, 'run shop.experiment.yaml', { CI: 'true' });
    expect(coloured).toContain('█');
    expect(coloured).toContain('\u001b[1m');
    const plain = onTerminal(folder, 'run shop.experiment.yaml', { NO_COLOR: '1' });
    expect(plain).toContain('█');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is looked for.
    expect(plain).not.toMatch(/\u001b\[\d+m/);
  });
});

test('the run goes on when the command that started it is killed', async () => {
  const folder = slowShop();
  const shorter = ['--set', 'model.gbdt.trees=700'];
  const child = spawn(process.execPath, [cli, 'run', 'shop.experiment.yaml', ...shorter], { cwd: folder });
  await new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The first of all: later stages may be over within the second in which no more is told.
      if (text.includes('%')) resolve();
    });
  });
  child.kill('SIGKILL');
  // Its data may still be read, of which the worker now tells nobody; the run is recorded afterwards.
  const run = await vi.waitFor(() => onlyRun(folder), { timeout: 120_000 });
  expect(run.status).toBe('running');
  expect((await call(folder, ['runs', 'watch', run.id])).code).toBe(0);
  expect((await onlyRun(folder)).status).toBe('finished');
});
