/** Bad input over the wire: the server answers every question about it, says what is wrong once, and goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CompletionRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  SemanticTokensRequest,
} from 'vscode-languageserver/node';
import { type Client, startClient } from './client.ts';

let workspace = '';
let client: Client;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'hostile-'));
  client = await startClient({ workspace });
});
afterAll(async () => {
  expect(await client.stop()).toBe(0);
  rmSync(workspace, { recursive: true });
});

const start = 'data: x.csv\ntarget: y\n';
const bomb = `${start}vars:\n  a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => {
  const name = String.fromCharCode(98 + i);
  const before = String.fromCharCode(97 + i);
  return `  ${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]\n`;
}).join('')}`;

/** What stands in the file, and the lines on which errors are told; undefined where only an answer is asked for. */
const cases: readonly (readonly [string, string, readonly number[] | undefined])[] = [
  ['an alias bomb', bomb, undefined],
  ['ten megabytes', `${start}description: ${'x'.repeat(10_000_000)}\n`, [0]],
  ['a line of 900,000 characters', `${start}description: ${'y'.repeat(900_000)}\n`, []],
  ['nesting of 10,000', `${start}vars: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, undefined],
  ['everything unclosed', `${start}features: [a, "b, {c: 'd\nsplit: {test: [0.2\n`, undefined],
  ['a conflict', `${start}<<<<<<< ours\nmetric: roc_auc\n=======\nmetric: pr_auc\n>>>>>>> theirs\n`, [2]],
  ['CRLF', `${start}metric: nonsense\n`.replaceAll('\n', '\r\n'), [2]],
  ['a byte order mark', `\uFEFF${start}metric: nonsense\n`, [2]],
  ['NUL characters', `${start}met\u0000ric: roc_auc\n`, [2]],
  ['UTF-16 read as UTF-8', Buffer.from(start, 'utf16le').toString('latin1'), undefined],
  ['two documents', `${start}---\nsplit: 0.2\n`, [2]],
  ['a list', '- a\n- b\n', undefined],
  ['nothing', '', undefined],
];

describe.each(cases)('%s', { timeout: 120_000 }, (name, text, lines) => {
  test('is answered, and told once', async () => {
    const uri = await client.open(join(workspace, `${name.replaceAll(/\W+/g, '-')}.experiment.yaml`), text);
    const found = await client.diagnostics(uri, () => true);
    // Whether the data exist is another matter.
    const errors = found.filter(({ severity, code }) => severity === 1 && code !== 'data-not-found');
    if (lines !== undefined) expect(errors.map(({ range }) => range.start.line)).toEqual(lines);
    const at = { textDocument: { uri }, position: { line: 1, character: 3 } };
    const { connection } = client;
    await connection.sendRequest(HoverRequest.type, at);
    await connection.sendRequest(CompletionRequest.type, at);
    await connection.sendRequest(DocumentSymbolRequest.type, at);
    await connection.sendRequest(FoldingRangeRequest.type, at);
    await connection.sendRequest(SemanticTokensRequest.type, at);
    // It still knows what is wrong with a text that can be read.
    await client.change(uri, 'data: x.csv\ntraget: y\n');
    await client.diagnostics(uri, (now) => now.some(({ code }) => code === 'unknown-key'));
  });
});
