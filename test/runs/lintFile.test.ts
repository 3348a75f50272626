/** Findings of files on disk that look at one another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lintFile } from '../../server/runs/lintFile.ts';

let workspace = '';

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'lint-file-'));
});

afterAll(() => rmSync(workspace, { recursive: true }));

async function missingIn(name: string): Promise<string[]> {
  const { signal } = new AbortController();
  const found = await lintFile({ file: join(workspace, name), workspace, overrides: [], signal });
  return found.filter(({ rule }) => rule === 'missing-required').map(({ path }) => path);
}

test('what a base lacks is for those to write that extend it, and they are told', async () => {
  const write = (name: string, text: string) => writeFileSync(join(workspace, name), text);
  write('base.experiment.yaml', 'split: {method: group}\nmodel: gbdt\n');
  expect(await missingIn('base.experiment.yaml')).toEqual(['data.source', 'target', 'data.group']);
  write('shop.experiment.yaml', 'extends: [base.experiment.yaml]\ndata: {source: shop.csv, group: who}\n');
  expect(await missingIn('base.experiment.yaml')).toEqual([]);
  expect(await missingIn('shop.experiment.yaml')).toEqual(['target']);
});
