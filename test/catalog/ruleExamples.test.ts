/** The examples on the pages of rules: each is told by its rule, and mended it is not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RuleExample } from '../../server/catalog/examples/example.ts';
import { ruleExamples } from '../../server/catalog/ruleExamples.ts';
import { ruleNamed } from '../../server/catalog/rules.ts';
import { unofferedFixes } from '../../server/catalog/unofferedFixes.ts';
import { supportedRules } from '../../server/lint/engine.ts';
import { applyEdits } from '../../server/lint/fix.ts';
import type { Finding, Fix } from '../../server/protocol/finding.ts';
import { lint, only } from '../lint/marked.ts';
import { lintTable } from '../lint/tables.ts';
import { temporaryFolder } from '../temporary.ts';
import { exampleRuns } from './exampleRuns.ts';
import { exampleTables } from './exampleTables.ts';

const examples = Object.entries(ruleExamples) as [keyof typeof ruleExamples, RuleExample][];

test('every rule that speaks has an example, but the one of renamed keys, of which there are none', () => {
  const without = supportedRules().filter(
    (id) => ruleExamples[ruleNamed(id)?.id ?? 'yaml-syntax'] === undefined,
  );
  expect(without).toEqual(['deprecated-key']);
});

test.each(examples)(
  '%s: what it shows of data and runs has the form that it says',
  (id, { rows, shown, says }) => {
    const { level } = ruleNamed(id) ?? {};
    if (rows !== undefined) {
      const [header = [], ...cells] = rows.split('\n').map((line) => line.split(','));
      expect(cells.length).toBeGreaterThanOrEqual(3);
      expect(cells.length).toBeLessThanOrEqual(8);
      for (const row of cells) expect(row.length).toBe(header.length);
      const tables = exampleTables[id]?.(true);
      if (tables !== undefined)
        for (const name of header) expect(Object.keys(tables.columns)).toContain(name);
    }
    if (exampleRuns[id] !== undefined && (level === 'R' || level === 'O'))
      expect([shown, says].filter(Boolean).length).toBeGreaterThan(0);
  },
);

/** What the mended texts ask of the environment. */
const environment = { CHURN_DATA: 'data/churn.csv', OWNER: 'churn team' };

/** Files that the mended text asks for, beside those on the page. */
const besides: Readonly<Record<string, string>> = {
  'data/churn.csv': 'customer_id,age,plan,churned\n1,34,basic,0\n2,51,pro,1\n',
  'docs/runbook.md': '# What to do\n',
  'tests.jsonl': Array.from(
    { length: 90 },
    (_, i) => `{"id": "t${i}", "vars": {"question": "${i}?"}, "assert": [{"contains": "thirty days"}]}\n`,
  ).join(''),
};

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ ...besides, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test.each(examples)('%s: mended, the text is one of the language', (_, { mended, files = {} }) => {
  const folder = folderOf(files);
  const found = lint(mended, {
    request: { file: join(folder, 'churn.experiment.yaml'), workspace: folder, environment },
  });
  const wrong = found.filter(
    ({ rule, severity }) => severity === 'error' && ruleNamed(rule)?.category === 'yaml',
  );
  expect(wrong.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
});

/** Files that mend what no text mends. */
const mendedBy: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'env-unlocked': { 'uv.lock': 'version = 1\n' },
};

interface Told {
  readonly found: readonly Finding[];
  /** What the other rules say too. */
  readonly all: readonly Finding[];
  /** What each of the fixes that are offered makes of the text. */
  readonly made: readonly string[];
}

/** What the rule says of a text of its example, with the data and the runs that were at fault, or with mended ones. */
async function tell(id: keyof typeof ruleExamples, text: string, bad: boolean): Promise<Told> {
  const { fault = '', files = {} } = ruleExamples[id] ?? {};
  const tables = exampleTables[id]?.(bad);
  if (tables !== undefined) {
    const written = text.replaceAll('data/', '');
    const { findings } = await lintTable(tables.columns, written, {
      'churn.csv': tables.columns,
      'train.csv': tables.columns,
      ...tables.files,
      ...files,
    });
    const found = only(findings, id);
    return {
      found,
      all: findings,
      made: madeOf(written, found).map((made) => made.replaceAll(/(?<=[ "[])(?=\w+\.csv)/g, 'data/')),
    };
  }
  const folder = folderOf({ ...files, ...(bad ? {} : mendedBy[id]) });
  const request = { file: join(folder, 'churn.experiment.yaml'), workspace: folder, environment };
  const context = await exampleRuns[id]?.(fault, { bad, file: request.file });
  const all = lint(text, { ...context, request });
  const found = only(all, id);
  return { found, all, made: madeOf(text, found) };
}

function madeOf(text: string, found: readonly Finding[]): string[] {
  return found.flatMap((finding) => finding.fixes.map(({ edits }) => applyEdits(text, edits)));
}

/** Their fixes are of another kind than what the page shows: longer, by removal, the other way, or with an empty text. */
const otherwise: readonly string[] = [
  'suppression-problem',
  'prompt-var-undefined',
  'secret-in-prompt',
  'no-contract',
];

/** What is offered leaves words or numbers to a person, and its title says so. */
const isToFill = ({ title }: Fix) => title.endsWith(', to be filled in') || title.includes('TODO');

/** They speak of a run, and only another one answers them. */
const untilRun: readonly string[] = ['weak-slice', 'champion-regression', 'not-reproducible'];

describe('the example is told by its rule, and mended it is not', () => {
  test.each(examples)('%s', async (id, { fault, mended, says }) => {
    const { found, all, made } = await tell(id, fault, true);
    expect(found.length).toBeGreaterThan(0);
    if (says !== undefined) expect(found.map(({ message }) => message).join('\n')).toContain(says);
    const pin = /sha256:[0-9a-f]{64}/.exec(made[0] ?? '')?.[0];
    const after = pin === undefined ? mended : mended.replace(/sha256:[0-9a-f]+/, pin);
    expect((await tell(id, after, exampleTables[id] !== undefined && after !== fault)).found).toEqual([]);
    if (ruleNamed(id)?.fix !== '-') expect(made.length > 0).toBe(unofferedFixes[id] === undefined);
    if (made.length > 0 && !otherwise.includes(id) && !found.some(({ fixes }) => fixes.some(isToFill)))
      expect(made).toContain(after);
    for (const [place, text] of made.entries()) {
      const now = await tell(id, text, true);
      // What is offered first is enough; more may be one step of several.
      if (place === 0 && !untilRun.includes(id)) expect(now.found.length).toBeLessThan(found.length);
      expect(errorsOf(now.all).filter((each) => !errorsOf(all).includes(each))).toEqual([]);
    }
    const safe = found.flatMap(({ fixes }) => fixes.filter((fix) => fix.safe));
    expect(safe.length > 0).toBe(keepsMeaning.includes(id));
  });
});

function errorsOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, data }) => `${rule} ${data['column'] ?? ''}`);
}

/** Applied without being asked for: the experiment means the same as before. */
const keepsMeaning: readonly string[] = [
  'duplicate-key',
  'ambiguous-scalar',
  'interpolation-unquoted',
  'redundant-default',
];
