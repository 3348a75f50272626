import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DataClient, startDataClient } from '../../server/data/worker/client.ts';
import type { Finding } from '../../server/protocol/finding.ts';
import { lintFile } from '../../server/runs/lintFile.ts';
import { unmark } from './marked.ts';
import { Drawing, toCsv } from './tables.ts';

let folder: string;
let data: DataClient;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-lint-'));
  const drawing = new Drawing(300, 40);
  const columns = {
    customer_id: drawing.column((row) => row + 1),
    age: drawing.whole(18, 80),
    plan: drawing.level('basic', 'plus', 'pro'),
    churned: drawing.whole(0, 1),
  };
  writeFileSync(join(folder, 'churn.csv'), toCsv(columns));
  data = startDataClient();
});

afterAll(() => {
  data.stop();
  rmSync(folder, { recursive: true });
});

/** As the command does: the text, then all rows of the data. Only what is an error counts. */
async function errorsOf(text: string): Promise<Finding[]> {
  const file = join(folder, 'test.experiment.yaml');
  writeFileSync(file, text);
  const signal = new AbortController().signal;
  const findings = await lintFile({ file, workspace: folder, overrides: [], data, signal });
  return findings.filter(({ severity }) => severity === 'error');
}

const clean = 'data: {source: churn.csv, id: customer_id}\ntarget: churned\n';
const filter = (expression: string) =>
  `data: {source: churn.csv, id: customer_id, filter: "${expression}"}\ntarget: churned\n`;

describe('one cause, one error, at its own words', () => {
  test.each([
    ['yaml-syntax', `${clean}model: «*base»\n`],
    ['wrong-type', `${clean}split: {test: «"20 percent"»}\n`],
    ['wrong-type', `${clean}split: «random»\n`],
    ['data-not-found', `${clean}split: «test.csv»\n`],
    ['unresolved-reference', `vars: {a: «"\${vars.b}"», b: "\${vars.a}"}\n${clean}`],
    [
      'secret-in-config',
      'data: {source: «"postgres://bob:s3cr3tpw@db.example.com/x"», format: sqlite}\ntarget: churned\n',
    ],
    ['missing-required', 'data: {source: churn.csv, derive: [«{name: late}»]}\ntarget: churned\n'],
    ['column-not-found', `${clean}split: {method: group, by: «city»}\n`],
    ['expression-error', filter('«age + 1»')],
    ['expression-error', filter('«plan > 3»')],
    ['expression-error', filter('«agee» > 30')],
    ['expression-error', filter('age > 30 and «lenght»(plan) > 3')],
    ['expression-error', `${clean}gates: [recall(«plann»=basic) >= 0.4]\n`],
    ['expression-error', `${clean}evaluate: {slices: [plan, «agee» < 30]}\n`],
    ['column-not-found', `${clean}evaluate: {slices: [«plann»]}\n`],
  ])('%s: %s', async (rule, marked) => {
    const { text, marks } = unmark(marked);
    const found = await errorsOf(text);
    expect(found.map((finding) => [finding.rule, wordsAt(text, finding)])).toEqual([
      [rule, text.slice(...(marks[0] ?? []))],
    ]);
  });

  test('auto is no column', async () => {
    expect(await errorsOf(`${clean}evaluate: {slices: auto}\n`)).toEqual([]);
  });

  test('an expression names the column that does not exist, and what it may have meant', async () => {
    const [finding] = await errorsOf(filter('agee > 30'));
    expect(finding?.message).toBe('`agee > 30`: there is no column `agee`; did you mean `age`?');
    expect(finding?.data).toMatchObject({ column: 'agee', suggestion: 'age' });
  });

  test('no message repeats a secret', async () => {
    const findings = await errorsOf('data: "postgres://bob:s3cr3tpw@db.example.com/x"\ntarget: churned\n');
    expect(findings.map(({ rule }) => rule)).toEqual(['secret-in-config']);
    expect(JSON.stringify(findings.map(({ message, data: facts }) => [message, facts]))).not.toContain(
      's3cr3t',
    );
  });
});

function wordsAt(text: string, { range: { start, end } }: Finding): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Finding['range']['start']) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return text.slice(offset(start), offset(end));
}
