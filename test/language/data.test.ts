/** What the language server says of data, and when: from some rows, from all, and from what it remembers. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CodeLensRequest, type Diagnostic, PublishDiagnosticsNotification } from 'vscode-languageserver/node';
import { Database } from '../../server/data/duckdb/database.ts';
import { languageCalls } from '../../server/protocol/languageCalls.ts';
import { type Client, startClient } from './client.ts';

const text = `data:
  source: data/calls.parquet
  derive:
    - {name: late, expr: delay > 15}
target: late
features: [distance, hint]
split: 0.2
`;
let workspace = '';

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'language-'));
  mkdirSync(join(workspace, 'data'));
  const database = await Database.open();
  const random = (salt: number) => `(hash(i, ${salt}) % 1000003) / 1000003.0`;
  // `hint` gives the target away; one pair of rows is equal.
  await database.run(
    `COPY (SELECT ${random(1)} * 40 AS delay, ${random(2)} * 900 AS distance, ${random(1)} * 80 + ${random(3)} AS hint
     FROM (SELECT CASE WHEN range = 59999 THEN 0 ELSE range END AS i FROM range(60000)))
     TO '${join(workspace, 'data/calls.parquet')}' (FORMAT parquet)`,
  );
  database.close();
});

afterAll(() => rmSync(workspace, { recursive: true }));

/** All that is published of one file, in order. */
function record({ connection }: Client): (readonly Diagnostic[])[] {
  const published: (readonly Diagnostic[])[] = [];
  connection.onNotification(PublishDiagnosticsNotification.type, ({ diagnostics }) => {
    published.push(diagnostics);
  });
  return published;
}

const has = (found: readonly Diagnostic[], code: string, message = /./) =>
  found.some((each) => each.code === code && message.test(String(each.message)));

test('a large table is told of from some rows first, and says so; then from all; and after a restart from memory', {
  timeout: 120_000,
}, async () => {
  const file = join(workspace, 'calls.experiment.yaml');
  const client = await startClient({ workspace });
  const uri = await client.open(file, text);
  const some = await client.diagnostics(uri, (found) => has(found, 'target-leak'));
  expect(has(some, 'target-leak', /`hint` alone predicts .* \(in 5 000 of 60 000 rows\)\.$/)).toBe(true);
  // Rules that need the whole are silent until it is known.
  expect(has(some, 'duplicate-rows')).toBe(false);
  const all = await client.diagnostics(uri, (found) => has(found, 'duplicate-rows'));
  expect(has(all, 'target-leak', /`hint` alone predicts/)).toBe(true);
  expect(has(all, 'target-leak', /rows\)/)).toBe(false);

  await client.change(uri, text.replace('[distance, hint]', '[distance, delay]'));
  const told = await client.diagnostics(uri, (found) => has(found, 'target-leak'));
  const first = told.find(({ code }) => code === 'target-leak');
  expect(first?.message).toMatch(/`delay` is what `late` is computed from/);
  expect(first?.range).toEqual({ start: { line: 5, character: 21 }, end: { line: 5, character: 26 } });
  const numbered = await client.diagnostics(uri, (found) => has(found, 'target-leak', /AUC 1\.000/));
  // The table is known: what is said of it is said of all rows.
  expect(has(numbered, 'target-leak', /rows\)/)).toBe(false);
  expect(await client.stop()).toBe(0);
  expect(
    readdirSync(join(workspace, '.modelwright/cache')).filter((name) => name.startsWith('facts-')),
  ).toHaveLength(2);

  const again = await startClient({ workspace });
  const published = record(again);
  const opened = await again.open(file, text);
  await expect
    .poll(() => published.some((found) => has(found, 'duplicate-rows')), { timeout: 60_000 })
    .toBe(true);
  expect(published.flat().filter(({ message }) => /of 60 000 rows/.test(String(message)))).toEqual([]);
  expect(opened).toBe(uri);
  expect(await again.stop()).toBe(0);
});

test('while a filter is half typed its lens says of the data what was known, and not that they cannot be read', {
  timeout: 120_000,
}, async () => {
  const client = await startClient({ workspace, initializationOptions: { commands: true } });
  const filtered = (filter: string) => text.replace('  derive:', `  filter: "${filter}"\n  derive:`);
  const uri = await client.open(join(workspace, 'filtered.experiment.yaml'), filtered('distance >'));
  const told = async () => {
    // Answered once the data of the newest text have been asked for.
    await client.connection.sendRequest(languageCalls.data.method, { uri });
    const lenses = await client.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } });
    return (lenses ?? []).flatMap(({ command, range }) =>
      command?.command === 'modelwright.data.show' && range.start.line === 0
        ? [command.title.replace(/ · \d+ problems?$/, '')]
        : [],
    );
  };
  expect(await told()).toEqual([]);
  await client.change(uri, filtered('distance > 450'));
  const known = await told();
  expect(known).toEqual([expect.stringMatching(/^[23]\d,\d{3} rows · 3 columns$/)]);
  await client.change(uri, filtered('distance > 450 and'));
  expect(await told()).toEqual(known);
  await client.change(uri, text.replace('calls.parquet', 'calls.csv'));
  expect(await told()).toEqual(['The data cannot be read']);
  expect(await client.stop()).toBe(0);
});
