/** Signature help, highlights and deprecated settings, as an editor asks for them and is told. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DiagnosticTag,
  DocumentHighlightRequest,
  type SignatureHelp,
  SignatureHelpRequest,
} from 'vscode-languageserver/node';
import { functions } from '../../server/config/expression/functions.ts';
import { diagnosticOf } from '../../server/language/diagnostics.ts';
import { type Client, startClient } from './client.ts';
import { withCursor } from './open.ts';

let workspace = '';
let client: Client;
let count = 0;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'words-'));
  client = await startClient({ workspace });
});

afterAll(async () => {
  expect(await client.stop()).toBe(0);
  rmSync(workspace, { recursive: true });
});

/** What is asked with `|` as the cursor, of a document of its own. */
async function asked(marked: string) {
  const { text, position } = withCursor(marked);
  const uri = await client.open(join(workspace, `${count++}.experiment.yaml`), text);
  return { text, params: { textDocument: { uri }, position } };
}

async function signature(marked: string): Promise<SignatureHelp | null> {
  return client.connection.sendRequest(SignatureHelpRequest.type, (await asked(marked)).params);
}

/** The signature with the argument that is being written in brackets of its own; empty where there is none. */
async function shown(marked: string): Promise<string> {
  const help = await signature(marked);
  const [first] = help?.signatures ?? [];
  const parameter = first?.parameters?.[help?.activeParameter ?? 0]?.label;
  if (first === undefined) return '';
  return typeof parameter === 'string' ? first.label.replace(parameter, `«${parameter}»`) : first.label;
}

const filter = (expression: string) => `data:\n  source: rows.csv\n  filter: ${expression}\ntarget: left\n`;

describe('signature help', () => {
  test('is announced, for brackets and commas', () => {
    expect(client.initialized.capabilities.signatureHelpProvider?.triggerCharacters).toEqual(['(', ',']);
  });

  test('tells the function around the cursor, what it does and which argument is being written', async () => {
    expect(await shown(filter('clip(|'))).toBe('clip(«x: number», low: number, high: number)');
    expect(await shown(filter('clip(age, |'))).toBe('clip(x: number, «low: number», high: number)');
    expect(await shown(filter('clip(age, 0, 9|9) > 3'))).toBe('clip(x: number, low: number, «high: number»)');
    expect(await shown(filter('days(signed|'))).toBe('days(«later: datetime», earlier?: datetime)');
    const help = await signature(filter('log(|age) > 1'));
    expect(help).toEqual({
      signatures: [
        {
          label: 'log(x: number)',
          parameters: [{ label: 'x: number' }],
          documentation: { kind: 'plaintext', value: 'Natural logarithm; null for x <= 0.' },
        },
      ],
      activeSignature: 0,
      activeParameter: 0,
    });
  });

  test('stays at the last argument where it may be repeated', async () => {
    expect(await shown(filter('coalesce(a, b, c, |'))).toBe('coalesce(x, «y …»)');
    expect(await shown(filter('max(a, b, |'))).toBe('max(x, «y? …»)');
  });

  test('is that of the innermost call that is open', async () => {
    expect(await shown(filter('max(log(|'))).toBe('log(«x: number»)');
    expect(await shown(filter('max(log(age), |'))).toBe('max(x, «y? …»)');
    expect(await shown(filter('IF(age > (1 + |'))).toBe('if(«condition: boolean», then, else)');
    expect(await shown(filter('if(age > 1 and (visits|'))).toBe('if(«condition: boolean», then, else)');
  });

  test('counts no commas of lists and of quoted text', async () => {
    expect(await shown(filter('if(plan in [1, 2], |'))).toBe('if(condition: boolean, «then», else)');
    expect(await shown(filter('if(plan in [1, |'))).toBe('if(«condition: boolean», then, else)');
    expect(await shown(filter(`if(plan == 'a, (b', |`))).toBe('if(condition: boolean, «then», else)');
    expect(await shown(filter('"if(`a, (b` > 1, |"'))).toBe('if(condition: boolean, «then», else)');
  });

  test('knows expressions wherever they stand', async () => {
    const derive = 'data:\n  source: rows.csv\n  derive:\n    - name: long\n      expr: log(|\n';
    expect(await shown(derive)).toBe('log(«x: number»)');
    expect(await shown('data: {source: rows.csv, derive: [{name: long, expr: log(|')).toBe(
      'log(«x: number»)',
    );
    expect(await shown('variants:\n  old:\n    data:\n      filter: clip(age, |\n')).toBe(
      'clip(x: number, «low: number», high: number)',
    );
    expect(await shown('gates: ["roc_auc(days(|')).toBe('days(«later: datetime», earlier?: datetime)');
  });

  test('is nothing in words, in keys, in comments, and after the call', async () => {
    expect(await signature('description: We log (|')).toBeNull();
    expect(await signature('description: log(|')).toBeNull();
    expect(await signature('card: {limitations: [min(|')).toBeNull();
    expect(await signature(filter('age > 1 # log(|'))).toBeNull();
    expect(await signature(filter('log(age) > |'))).toBeNull();
    expect(await signature(filter('logg(|'))).toBeNull();
    expect(await signature('log(|')).toBeNull();
  });

  test('names every argument of every function, each once', () => {
    for (const { takes, names } of Object.values(functions)) {
      expect(new Set(names).size).toBe(takes.length);
      expect(names).toHaveLength(takes.length);
    }
  });
});

const text = `vars: {youngest: 18}
data:
  source: rows.csv
  derive:
    - {name: loyal, expr: visits > 10}
  filter: "age > \${vars.youngest} and not loyal"
target: loyal
features: [visits, loyal]
variants:
  old: {data: {filter: visits > 3}}
gates: [roc_auc >= variant(old)]
`;

/** Lines and words that light up where the cursor stands before the given part of the text. */
async function lit(before: string): Promise<string[]> {
  const { params } = await asked(text.replace(before, `|${before}`));
  const found = await client.connection.sendRequest(DocumentHighlightRequest.type, params);
  const lines = text.split('\n');
  return (found ?? []).map(
    ({ range: { start, end } }) =>
      `${start.line}:${start.character} ${lines[start.line]?.slice(start.character, end.character)}`,
  );
}

describe('highlights', () => {
  test('are all places of the name at the cursor, where it is given and where it is used', async () => {
    expect(client.initialized.capabilities.documentHighlightProvider).toBe(true);
    const loyal = ['4:13 loyal', '5:42 loyal', '6:8 loyal', '7:19 loyal'];
    expect(await lit('loyal, expr')).toEqual(loyal);
    expect(await lit('loyal]')).toEqual(loyal);
    expect(await lit('visits > 10')).toEqual(['4:26 visits', '7:11 visits', '9:23 visits']);
    expect(await lit('youngest: 18')).toEqual(['0:7 youngest', '5:24 youngest']);
    expect(await lit('old)')).toEqual(['9:2 old', '10:27 old']);
  });

  test('are none of words that are no names', async () => {
    expect(await lit('rows.csv')).toEqual([]);
    expect(await lit('features')).toEqual([]);
    expect(await lit('10}')).toEqual([]);
  });
});

test('a renamed key is struck through, what has no effect or is the default is faded, all else is plain', () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } };
  const tags = (rule: string) =>
    diagnosticOf({ rule, severity: 'warning', message: '', path: '', file: '', range, data: {}, fixes: [] })
      .tags;
  expect(tags('deprecated-key')).toEqual([DiagnosticTag.Deprecated]);
  expect(tags('dead-setting')).toEqual([DiagnosticTag.Unnecessary]);
  expect(tags('redundant-default')).toEqual([DiagnosticTag.Unnecessary]);
  expect(tags('unknown-key')).toBeUndefined();
});
