/** A run that the system ended for want of memory is told as such, where the system counts what it ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launchRun } from '../../server/runs/launch.ts';
import { likelyCause, memoryKills } from '../../server/runs/memoryKills.ts';
import { temporaryFolder } from '../temporary.ts';
import { folderWith } from '../terminal/command.ts';

test('the counters of Linux are read, and absent ones count nothing', () => {
  const folder = temporaryFolder();
  // As kernel 6.12 writes them.
  writeFileSync(join(folder, 'vmstat'), 'pgfault 9\noom_kill 3\nnuma_hit 77\n');
  writeFileSync(join(folder, 'events'), 'low 0\nhigh 0\nmax 12\noom 4\noom_kill 5\noom_group_kill 0\n');
  const [vmstat, events] = ['vmstat', 'events'].map((name) => join(folder, name));
  expect(memoryKills([vmstat ?? ''])).toBe(3);
  expect(memoryKills([vmstat ?? '', events ?? ''])).toBe(5);
  expect(memoryKills([join(folder, 'absent')])).toBe(0);
  if (process.platform === 'linux') expect(readFileSync('/proc/vmstat', 'utf8')).toMatch(/^oom_kill \d+$/m);
  expect(likelyCause(3, 3)).toBe('');
});

test.each([
  [1, 'SIGKILL: the system ended a process in this time because memory was used up'],
  [0, '(SIGKILL)'],
])('a worker that is killed while the count rises by %s', async (more, words) => {
  const folder = folderWith({ 'x.experiment.yaml': 'data: t.csv\ntarget: y\n' });
  // A pipe that nobody writes to would be refused: a large table keeps the worker reading until it is killed.
  writeFileSync(join(folder, 't.csv'), `a,b,y\n${'1,2,0\n3,4,1\n'.repeat(2_000_000)}`);
  let asked = 0;
  let killed = false;
  const launched = launchRun(
    { kind: 'run', workspace: folder, file: join(folder, 'x.experiment.yaml'), overrides: [], variant: null },
    {
      kills: () => (asked++ === 0 ? 7 : 7 + more),
      onProgress() {
        if (!killed) process.kill(childOf(), 'SIGKILL');
        killed = true;
      },
    },
  );
  await expect(launched).rejects.toMatchObject({
    code: 'run-crashed',
    message: expect.stringContaining(words),
  });
});

/** The worker is the only process of ours that runs dist/worker.js with this one as its parent. */
function childOf(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const worker = children.find((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('worker.'));
  return Number(worker ?? Number.NaN);
}
