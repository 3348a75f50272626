/** The language server as an editor meets it: a process, JSON-RPC, a folder with data. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CodeLensRequest, CompletionRequest, HoverRequest } from 'vscode-languageserver/node';
import { createRandom } from '../../server/statistics/random.ts';
import { openStore } from '../../server/store/store.ts';
import { createRun, endRun } from '../../server/tracking/runs.ts';
import { type Client, startClient } from './client.ts';
import { withCursor } from './open.ts';

const text = `data:
  source: data/shop.csv
  derive:
    - {name: late, expr: delay > 15}
target: late
features: [distance]
split: 0.2
`;
const file = (name: string) => join(workspace, `${name}.experiment.yaml`);
let workspace = '';
let client: Client;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'language-'));
  mkdirSync(join(workspace, 'data'));
  writeFileSync(join(workspace, 'data/shop.csv'), shop(600));
  client = await startClient({ workspace });
});

afterAll(async () => {
  expect(await client.stop()).toBe(0);
  rmSync(workspace, { recursive: true });
});

describe('while one types', { timeout: 30_000 }, () => {
  test('a column that the target is computed from is told at once, and its number once the data are read', async () => {
    const uri = await client.open(file('leak'), text);
    await client.diagnostics(uri, (found) => found.every(({ severity }) => severity !== 1));
    await client.change(uri, text.replace('[distance]', '[distance, delay]'));
    const [first] = await client.diagnostics(uri, (found) =>
      found.some(({ code }) => code === 'target-leak'),
    );
    expect(first?.message).toMatch(/`delay` is what `late` is computed from/);
    expect(first?.range).toEqual({ start: { line: 5, character: 21 }, end: { line: 5, character: 26 } });
    const numbered = await client.diagnostics(uri, (found) =>
      found.some(({ message }) => /AUC 1\.000/.test(String(message))),
    );
    expect(numbered.filter(({ code }) => code === 'target-leak')).toHaveLength(1);
    await client.change(uri, text);
    await client.diagnostics(uri, (found) => found.every(({ code }) => code !== 'target-leak'));
  });

  test('a column that the data do not have is told with the one that was meant', async () => {
    const uri = await client.open(file('column'), text.replace('[distance]', '[distence]'));
    const found = await client.diagnostics(uri, (all) => all.some(({ code }) => code === 'column-not-found'));
    expect(String(found.find(({ code }) => code === 'column-not-found')?.message)).toMatch(
      /`distence`.*`distance`/,
    );
  });

  test('a file that others extend lacks nothing, one that nobody extends does', async () => {
    const lacks = async (name: string) => {
      const uri = await client.open(file(name), 'split: 0.3\n');
      return (await client.diagnostics(uri, () => true)).map(({ code }) => code);
    };
    writeFileSync(file('derived'), `extends: base.experiment.yaml\n${text}`);
    expect(await lacks('alone')).toEqual(['missing-required', 'missing-required']);
    expect(await lacks('base')).toEqual([]);
  });

  test('a word that is being typed is held back, and told when one pauses', async () => {
    const uri = await client.open(file('held'), text);
    await client.diagnostics(uri, () => true);
    await client.change(uri, `${text}basel`);
    expect(await client.diagnostics(uri, () => true)).not.toContainEqual(
      expect.objectContaining({ code: 'yaml-syntax' }),
    );
    await client.diagnostics(uri, (found) => found.some(({ code }) => code === 'yaml-syntax'));
  });

  test('completion and hover know the columns', async () => {
    const uri = await client.open(file('columns'), text);
    const at = { textDocument: { uri }, position: { line: 5, character: 13 } };
    await expect
      .poll(async () => JSON.stringify(await client.connection.sendRequest(HoverRequest.type, at)), {
        timeout: 20_000,
      })
      .toContain('numeric');
    const found = await client.connection.sendRequest(CompletionRequest.type, {
      ...at,
      position: { line: 5, character: 11 },
    });
    const items = Array.isArray(found) ? found : (found?.items ?? []);
    expect(items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['carrier', 'distance', 'delay', 'late']),
    );
  });
});

test('what completion offers does not depend on what is broken elsewhere', { timeout: 30_000 }, async () => {
  const offered = async (marked: string) => {
    const { text: written, position } = withCursor(marked);
    const textDocument = { uri: await client.open(file(`broken${names++}`), written) };
    const found = await client.connection.sendRequest(CompletionRequest.type, { textDocument, position });
    return (Array.isArray(found) ? found : (found?.items ?? [])).map(({ label }) => label);
  };
  let names = 0;
  for (const fault of ['', 'split: {test: 0.2\n', 'card: "half\n']) {
    const compared = await offered(`${fault}${text}evaluate: {compare: {to: [|]}}\n`);
    expect(compared).toEqual(['baseline', 'champion', 'dummy', 'linear']);
    expect(await offered(`${text}evaluate:\n  compare:\n    to:\n      - |\n${fault}`)).toEqual(compared);
    const zones = await offered(
      `${text.replace(/^features.*$/m, '')}features: {datetime: {timezone: |}}\n${fault}`,
    );
    expect(zones).toEqual(expect.arrayContaining(['UTC', 'Europe/Paris']));
  }
});

test('lenses follow the runs, whichever process makes them', { timeout: 30_000 }, async () => {
  const editor = await startClient({ workspace, initializationOptions: { commands: true } });
  const uri = await editor.open(file('lenses'), text);
  const titles = async () => {
    const lenses = await editor.connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } });
    return (lenses ?? []).map(({ command }) => command?.title ?? '');
  };
  expect(await titles()).toContain('$(play) Run');
  const store = openStore(workspace);
  const lease = createRun(store, 'lenses', {
    file: file('lenses'),
    directory: workspace,
    text,
    experiment: {},
    configHash: '',
    dataHash: '',
    overrides: [],
    variant: null,
  });
  await expect.poll(titles, { timeout: 20_000 }).toContainEqual(expect.stringMatching(/running since \d+ s/));
  endRun(lease, 'failed', { code: 'internal-error', message: 'x', help: 'y' });
  store.close();
  await expect.poll(titles, { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^failed \d+ s ago/));
  expect(await editor.stop()).toBe(0);
});

test('`modelwright lsp --stdio` is the same server, and ends with its client', {
  timeout: 30_000,
}, async () => {
  const cli = join(import.meta.dirname, '../../server/cli.ts');
  const terminal = await startClient({ workspace, command: [process.execPath, cli, 'lsp', '--stdio'] });
  const uri = await terminal.open(file('terminal'), `${text}traget: late\n`);
  await terminal.diagnostics(uri, (found) => found.some(({ code }) => code === 'unknown-key'));
  // Lenses would have no command to run.
  expect(terminal.initialized.capabilities.codeLensProvider).toBeUndefined();
  expect(await terminal.stop()).toBe(0);
});

test('in an untrusted workspace no data are opened', { timeout: 30_000 }, async () => {
  const untrusted = await startClient({ workspace, initializationOptions: { trusted: false } });
  const uri = await untrusted.open(file('untrusted'), text.replace('[distance]', '[distence, delay]'));
  const found = await untrusted.diagnostics(uri, (all) => all.some(({ code }) => code === 'target-leak'));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await untrusted.diagnostics(uri, () => true)).toEqual(found);
  expect(found.map(({ code }) => code)).not.toContain('column-not-found');
  expect(await untrusted.stop()).toBe(0);
});

function shop(rows: number): string {
  const random = createRandom(3, 'shop');
  const lines = ['delay,distance,carrier'];
  for (let row = 0; row < rows; row++) {
    const distance = Math.round(100 + 900 * random.uniform());
    lines.push(`${Math.round(60 * random.uniform() - 10)},${distance},${'ABC'.charAt(row % 3)}`);
  }
  return `${lines.join('\n')}\n`;
}
