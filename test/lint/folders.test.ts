/** Folders that rules ask about at every key press. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadExperiment } from '../../server/config/load.ts';
import { lintExperiment, stageOf } from '../../server/lint/engine.ts';
import { namesIn } from '../../server/lint/folders.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-folders-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

let hour = 0;

/** Each file an hour after the one before, and long ago. */
function write(name: string): void {
  writeFileSync(join(folder, name), '');
  utimesSync(folder, 0, 3600 * hour++);
}

test('a folder is listed once until something comes or goes; one that is not there has nothing', () => {
  write('a.csv');
  const first = namesIn(folder);
  expect([...first]).toEqual(['a.csv']);
  expect(namesIn(folder)).toBe(first);
  write('b.csv');
  expect([...namesIn(folder)].sort()).toEqual(['a.csv', 'b.csv']);
  writeFileSync(join(folder, 'c.csv'), '');
  expect(namesIn(folder).size).toBe(3);
  expect(namesIn(join(folder, 'none')).size).toBe(0);
});

test('the file that was meant and a lock file are found as soon as they are there', () => {
  for (const name of namesIn(folder)) rmSync(join(folder, name));
  mkdirSync(join(folder, '.git'));
  const text = 'data: chrun.csv\ntarget: left\nregistry: churn\n';
  const found = () => {
    const file = join(folder, 'churn.experiment.yaml');
    const loaded = loadExperiment({ file, workspace: folder, text, environment: {} });
    return lintExperiment({ loaded, stage: stageOf(loaded) }, { now: new Date(0) }).flatMap(
      ({ rule, message }) => (rule === 'data-not-found' || rule === 'env-unlocked' ? [message] : []),
    );
  };
  const unpinned = expect.stringMatching(/Environment is not pinned/);
  expect(found()).toEqual(['`chrun.csv` not found.', unpinned]);
  write('churn.csv');
  expect(found()).toEqual(['`chrun.csv` not found; nearest is churn.csv.', unpinned]);
  write('uv.lock');
  expect(found()).toEqual(['`chrun.csv` not found; nearest is churn.csv.']);
});
