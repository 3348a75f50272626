/** What lint says of the language's own examples, on data that fit them, at one moment: each line was read and is right. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadExperiment } from '../../server/config/load.ts';
import { collectFacts } from '../../server/data/facts/collectFacts.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { lintExperiment, stageOf } from '../../server/lint/engine.ts';
import { exampleWorkspace } from './exampleData.ts';

/** What is not acted on yet, and which defaults are spelt out beside it, changes with each setting that comes to life. */
const shrinking: readonly string[] = ['unsupported-setting', 'redundant-default'];

/** The day after the examples' last decision. */
const now = new Date('2025-10-04T12:00:00Z');

const golden: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'examples.golden.json'), 'utf8'),
);

async function lintExample(name: string): Promise<{ lines: string[]; problems: readonly unknown[] }> {
  const file = await exampleWorkspace(name);
  const workspace = dirname(file);
  const loaded = loadExperiment({ file, workspace, environment: { LLM_KEY: 'k' }, now });
  const { experiment } = loaded;
  if (experiment === undefined) throw new Error('an example can be resolved');
  const table = await openTable(tableSpec(experiment, workspace));
  try {
    const facts = await collectFacts(experiment, table);
    const findings = lintExperiment({ loaded, stage: stageOf(loaded), facts }, { now });
    const lines = findings
      .filter(({ rule }) => !shrinking.includes(rule))
      .map(({ severity, rule, path, message }) => `${severity} ${rule} ${path}: ${message}`);
    return { lines, problems: loaded.problems };
  } finally {
    await table.close();
  }
}

describe.each(Object.keys(golden))('%s', (name) => {
  test('is schema-valid, and its findings are the golden ones', { timeout: 60_000 }, async () => {
    const { lines, problems } = await lintExample(name);
    expect(problems).toEqual([]);
    expect(lines).toEqual(golden[name]);
  });
});
