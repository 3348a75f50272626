import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../temporary.ts';

const before = process.env['TMPDIR'];
const folder = temporaryFolder();
process.env['TMPDIR'] = folder;
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});
const { makeTemporaryFolder } = await import('../../server/data/duckdb/temporaryFolder.ts');

test('what a killed process left yesterday is cleared away, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const longAgo = Date.now() / 1000 - 2 * 86_400;
  const make = (name: string, time: number) => {
    mkdirSync(join(folder, name, 'spill'), { recursive: true });
    utimesSync(join(folder, name), time, time);
    return join(folder, name);
  };
  const left = make(`modelwright-data-${dead}-a`, longAgo);
  const kept = [
    make(`modelwright-data-${dead}-b`, Date.now() / 1000),
    make(`modelwright-data-${process.pid}-c`, longAgo),
    make('modelwright-data-of-mine', longAgo),
  ];
  const made = makeTemporaryFolder();
  expect(existsSync(made)).toBe(true);
  await vi.waitFor(() => expect(existsSync(left)).toBe(false), { timeout: 60_000 });
  expect(kept.map((path) => existsSync(path))).toEqual([true, true, true]);
  rmSync(made, { recursive: true });
});
