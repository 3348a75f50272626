import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findExperimentFiles, isExperimentFile, readTextFile } from '../../server/config/findFiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-find-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, content: string | Uint8Array = ''): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

test('experiment files are known by their names', () => {
  const names = [
    'experiment.yaml',
    'a.experiment.yaml',
    'a.experiment.yml',
    'experiment.yml',
    'myexperiment.yaml',
    'a.yaml',
  ];
  expect(names.filter(isExperimentFile)).toEqual([
    'experiment.yaml',
    'a.experiment.yaml',
    'a.experiment.yml',
  ]);
});

test('all under a folder are found, sorted, but for what others own', () => {
  for (const path of ['b.experiment.yaml', 'a/experiment.yaml', 'a/deep/x.experiment.yml', 'a/other.yaml'])
    write(path);
  for (const path of [
    'node_modules/p/x.experiment.yaml',
    '.git/x.experiment.yaml',
    '.modelwright/x.experiment.yaml',
  ])
    write(path);
  mkdirSync(join(folder, 'folder.experiment.yaml'));
  const found = findExperimentFiles(folder).map((path) => relative(folder, path));
  expect(found).toEqual(['a/deep/x.experiment.yml', 'a/experiment.yaml', 'b.experiment.yaml']);
  expect(findExperimentFiles(join(folder, 'nowhere'))).toEqual([]);
});

describe('reading', () => {
  test('UTF-16 and marks are no trouble', () => {
    expect(readTextFile(write('u16', Buffer.from('\uFEFFdata: é\n', 'utf16le')))).toBe('data: é\n');
    expect(readTextFile(write('u8', '\uFEFFdata: é\n'))).toBe('data: é\n');
  });

  test('what is no plain file of a sensible size is refused without waiting', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readTextFile(pipe)).toThrow('it is no plain file');
    expect(() => readTextFile(folder)).toThrow('it is a folder');
    expect(() => readTextFile(write('big', Buffer.alloc(8_000_001)))).toThrow('it has 8000001 bytes');
    expect(() => readTextFile(join(folder, 'nowhere'))).toThrow('ENOENT');
  });
});
