/** When findings are told, and whether those about the data are, as a person sets it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DidChangeConfigurationNotification,
  DidSaveTextDocumentNotification,
  HoverRequest,
} from 'vscode-languageserver/node';
import { temporaryFolder } from '../temporary.ts';
import { type Client, startClient } from './client.ts';

const workspace = temporaryFolder();
let client: Client;

beforeAll(async () => {
  mkdirSync(join(workspace, 'data'));
  // `copy` is the target under another name.
  const rows = Array.from(
    { length: 400 },
    (_, row) => `${row % 7},${Number(row % 3 > 0)},${Number(row % 3 > 0)}`,
  );
  writeFileSync(join(workspace, 'data/shop.csv'), `x,copy,y\n${rows.join('\n')}\n`);
  client = await startClient({
    workspace,
    initializationOptions: { lint: { run: 'onSave', dataRules: 'off' } },
  });
});
afterAll(async () => void (await client.stop()));

const set = (lint: object) =>
  client.connection.sendNotification(DidChangeConfigurationNotification.type, {
    settings: { modelwright: { lint } },
  });
const rulesOf = (found: readonly { code?: unknown }[]) => found.map(({ code }) => code);
const text = 'data: data/shop.csv\ntarget: y\n';

describe('checking in the editor', { timeout: 60_000 }, () => {
  test('on save: what is typed is told when it is saved; without data rules only the text is judged', async () => {
    const uri = await client.open(join(workspace, 'a.experiment.yaml'), text);
    const first = await client.diagnostics(uri, () => true);
    expect(rulesOf(first)).not.toContain('target-copy');
    // The columns are still known: hover waits for the data to be there.
    const at = { textDocument: { uri }, position: { line: 1, character: 8 } };
    while (!JSON.stringify(await client.connection.sendRequest(HoverRequest.type, at)).includes('distinct'))
      await new Promise((resolve) => setTimeout(resolve, 50));

    await client.change(uri, `${text}traget: z\n`);
    await client.connection.sendRequest(HoverRequest.type, at);
    let told: readonly unknown[] | undefined;
    const next = client
      .diagnostics(uri, () => true)
      .then((found) => {
        told = found;
        return found;
      });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told).toBeUndefined();
    await client.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } });
    expect(rulesOf(await next)).toContain('unknown-key');

    await set({ run: 'onType', dataRules: 'on' });
    await client.diagnostics(uri, (found) => rulesOf(found).includes('target-copy'));
    await client.change(uri, text);
    await client.diagnostics(uri, (found) => !rulesOf(found).includes('unknown-key'));
  });

  test('as nobody set it where a setting is no setting', async () => {
    await set({ run: 'sometimes', dataRules: 7 });
    const uri = await client.open(join(workspace, 'b.experiment.yaml'), `${text}traget: z\n`);
    await client.diagnostics(uri, (found) => rulesOf(found).includes('target-copy'));
    expect(rulesOf(await client.diagnostics(uri, () => true))).toContain('unknown-key');
  });
});
