/** The examples run as they are, on the tables that set-up copies for them, and there is one for each task. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { trainedTasks } from '../../server/catalog/tasks.ts';
import { temporaryFolder } from '../temporary.ts';
import { callJson } from './command.ts';
import * as contract from './contract.ts';

const examples = new URL('../../examples/', import.meta.url).pathname;
const tables = new URL('../../node_modules/vega-datasets/data/', import.meta.url).pathname;
/** Three million rows take a minute: the bench of the flights runs it. */
const large = 'flights';
const names = readdirSync(examples)
  .filter((file) => file.endsWith('.experiment.yaml'))
  .map((file) => file.replace('.experiment.yaml', ''));
const small = names.filter((name) => name !== large);
const folder = temporaryFolder();
const found = new Map([[large, 'binary']]);

beforeAll(async () => {
  mkdirSync(join(folder, 'data'));
  for (const name of small) {
    const file = `${name}.experiment.yaml`;
    copyFileSync(join(examples, file), join(folder, file));
    const table = /source: data\/(\S+)/.exec(readFileSync(join(examples, file), 'utf8'))?.[1] ?? '';
    copyFileSync(join(tables, table), join(folder, 'data', table));
  }
}, 120_000);

test.each(small)('%s runs, and its gates hold', async (name) => {
  const { code, document } = await callJson(folder, ['run', `${name}.experiment.yaml`]);
  const run = contract.run.parse(document);
  expect([code, run.gates.filter(({ passed }) => !passed)]).toEqual([0, []]);
  expect(run.lint.error).toBe(0);
  found.set(name, run.task);
});

test('each task has an example', () => {
  expect([...new Set(found.values())].sort()).toEqual([...trainedTasks].sort());
});
