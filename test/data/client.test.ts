/** The data worker as a process: it answers, is cancelled at once, and after a crash the next request has a new one. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { plainSpec } from '../../server/data/spec.ts';
import { startDataClient } from '../../server/data/worker/client.ts';
import { temporaryFolder } from '../temporary.ts';

const ours = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`modelwright-data-${process.pid}-`));
/** Of a process that was killed and had the same number. */
const others = new Set(ours());
const folder = temporaryFolder();
const client = startDataClient();
afterAll(() => client.stop());
const small = join(folder, 'small.csv');
writeFileSync(small, `x,y\n${Array.from({ length: 200 }, (_, row) => `${row},${row % 2}`).join('\n')}\n`);
const large = join(folder, 'large.csv');
writeFileSync(large, `x,y\n${'1,2\n'.repeat(3_000_000)}`);

function children(): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes('dataWorker'))
    .map((line) => Number.parseInt(line, 10));
}

test('a profile, with links to a target, and facts come across the process', async () => {
  const plain = await client.profile(plainSpec(small));
  expect(plain).toMatchObject({
    rows: 200,
    columns: [
      { name: 'x', distinct: 200 },
      { name: 'y', distinct: 2 },
    ],
  });
  expect(plain.columns[0]).not.toHaveProperty('link');
  const linked = await client.profile(plainSpec(small), { target: 'y' });
  expect(linked.columns.map(({ link }) => typeof link)).toEqual(['number', 'object']);
  const experiment = resolveExperiment({ data: 'small.csv', target: 'y' }, 'x.experiment.yaml');
  expect(await client.facts(experiment, folder)).toMatchObject({ rows: 200, hash: plain.hash });
});

test('what has been compiled is kept for the next worker, although this one is ended at once', async () => {
  const compiled = join(folder, 'compiled');
  vi.stubEnv('NODE_COMPILE_CACHE', compiled);
  const own = startDataClient({ atOnce: true });
  vi.unstubAllEnvs();
  await own.profile(plainSpec(small));
  own.stop();
  expect(readdirSync(compiled, { recursive: true }).length).toBeGreaterThan(10);
});

test('a changed file is read again', async () => {
  const path = join(folder, 'changing.csv');
  writeFileSync(path, 'x\n1\n');
  expect((await client.profile(plainSpec(path))).rows).toBe(1);
  writeFileSync(path, 'x\n1\n2\n');
  expect((await client.profile(plainSpec(path))).rows).toBe(2);
});

test('an error arrives with its code, sentence, help and place, and what they are made from', async () => {
  const path = join(folder, 'ragged.csv');
  writeFileSync(path, 'a,b\n1,2\n3\n');
  await expect(client.profile(plainSpec(path))).rejects.toMatchObject({
    name: 'ModelwrightError',
    code: 'data-ragged',
    message: expect.stringContaining('has 1 fields; the header has 2'),
    help: expect.stringContaining('Look at line 3'),
    exit: 2,
    place: { row: 1 },
    parameters: { path, row: 1, line: 3, found: 1, expected: 2 },
  });
});

test('cancelling ends the work at once, and the requests behind it go on', async () => {
  const controller = new AbortController();
  const cancelled = client.profile(plainSpec(large), {}, controller.signal);
  const next = client.profile(plainSpec(small));
  setTimeout(() => controller.abort(), 200);
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect((await next).rows).toBe(200);
});

test('a glimpse waits for no reading, its worker outlives what is cancelled, and two glimpses follow each other', async () => {
  const known = children();
  const own = startDataClient({ glimpses: true });
  const experimentOf = (data: string) => resolveExperiment({ data, target: 'y' }, 'x.experiment.yaml');
  // A line of JSON a row, so that some lines can be read by themselves.
  writeFileSync(
    join(folder, 'more.jsonl'),
    '{"x": 1, "y": 2, "more": "than four megabytes"}\n'.repeat(120_000),
  );
  await own.glimpse(experimentOf('small.csv'), folder);
  const workers = children();
  let ended = false;
  const controller = new AbortController();
  const whole = own.facts(experimentOf('large.csv'), folder, { signal: controller.signal }).finally(() => {
    ended = true;
  });
  const seen = await own.glimpse(experimentOf('more.jsonl'), folder);
  expect([seen?.sampled?.total, ended]).toEqual([120_000, false]);
  controller.abort();
  await expect(whole).rejects.toMatchObject({ code: 'cancelled' });

  const cancelled = new AbortController();
  const given = own.glimpse(experimentOf('more.jsonl'), folder, { signal: cancelled.signal });
  const next = own.glimpse(experimentOf('large.csv'), folder);
  cancelled.abort();
  await expect(given).rejects.toMatchObject({ code: 'cancelled' });
  expect((await next)?.profile.columns.map(({ name }) => name)).toEqual(['x', 'y']);
  // Only the reader that was cancelled is gone.
  expect(children().filter((pid) => workers.includes(pid) && !known.includes(pid))).toHaveLength(1);
  own.stop();
});

test('a crash is one clear error; the next request starts a new worker, and nothing is left in the temporary folder', async () => {
  await client.profile(plainSpec(small));
  const before = children();
  const crashed = client.profile(plainSpec(large));
  setTimeout(() => {
    for (const pid of before) process.kill(pid, 'SIGSEGV');
  }, 200);
  await expect(crashed).rejects.toMatchObject({ code: 'worker-crashed', exit: 3 });
  expect((await client.profile(plainSpec(small))).rows).toBe(200);
  expect(children()).not.toEqual(before);
  client.stop();
  const patient = { timeout: 30_000 };
  await expect.poll(children, patient).toEqual([]);
  const left = () => ours().filter((name) => !others.has(name));
  await expect.poll(left, patient).toEqual([]);
});
