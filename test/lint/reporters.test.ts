// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../server/config/textDocument.ts';
import { formatGithub } from '../../server/lint/reporters/github.ts';
import { lintDocument } from '../../server/lint/reporters/json.ts';
import { sarifLog } from '../../server/lint/reporters/sarif.ts';
import { formatText } from '../../server/lint/reporters/text.ts';
import type { Finding } from '../../server/protocol/finding.ts';
import { clean, lint, load } from './marked.ts';
import { sarifSchema } from './sarifSchema.ts';

const text = `${clean}train: {sed: 3}\nrun: {export: [docker]}\n`;
const findings = lint(text);
const options = { color: false, files: 1, textOf: () => load(text).text };

describe('text', () => {
  test('says what, where with carets, and what to do', () => {
    expect(formatText(findings, options)).toBe(
      `error[unknown-key]: Unknown key \`sed\`. Did you mean \`seed\`?
  --> churn.experiment.yaml:3:9
  |
3 | train: {sed: 3}
  |         ^^^
help: Rename to seed

warning[unsupported-setting]: \`run\` is part of the language, but this version does not act on it yet.
  --> churn.experiment.yaml:4:1
  |
4 | run: {export: [docker]}
  | ^^^
help: Remove run

1 file checked: 1 error, 1 warning.`,
    );
    expect(formatText([], { ...options, files: 3 })).toBe('3 files checked, nothing found.');
  });

  test('colour only where it is asked for', () => {
    expect(formatText(findings, { ...options, color: true })).toContain(
      '\u001B[31merror[unknown-key]\u001B[0m',
    );
    expect(formatText(findings, options)).not.toContain('\u001B');
  });

  test('hostile names cannot steer the terminal, and a long line is cut around the fault', () => {
    const hostile = `${clean}"\\e[31m\u202E": 1\nx${'y'.repeat(300)}: 1\n`;
    const printed = formatText(lint(hostile), { ...options, textOf: () => new TextDocument(hostile) });
    expect(printed).not.toMatch(/[\u001B\u202E]/);
    const lines = printed.split('\n').filter((line) => /^\s*\d* \|/.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(180);
  });

  test('carets stand under wide characters', () => {
    const wide = `${clean}card: {owner: 日本, licence: x}\n`;
    const printed = formatText(lint(wide), { ...options, textOf: () => new TextDocument(wide) });
    const [line = '', carets = ''] = printed.split('\n').slice(3, 5);
    expect(carets.indexOf('^')).toBe(line.indexOf('licence') + 2);
  });
});

describe('json', () => {
  test('is the document of the reference', () => {
    const document = lintDocument(findings, ['churn.experiment.yaml']);
    expect(document.summary).toEqual({ error: 1, warning: 1, info: 0, hint: 0 });
    expect(document.files).toEqual(['churn.experiment.yaml']);
    expect(JSON.parse(JSON.stringify(document.findings[0]))).toEqual({
      rule: 'unknown-key',
      severity: 'error',
      file: 'churn.experiment.yaml',
      path: 'train.sed',
      range: { start: { line: 2, character: 8 }, end: { line: 2, character: 11 } },
      message: 'Unknown key `sed`. Did you mean `seed`?',
      data: { key: 'sed' },
      fixes: [{ title: 'Rename to seed' }],
    });
  });

  test('numbers that JSON lacks are words', () => {
    const [first] = findings;
    if (first === undefined) throw new Error('one is expected');
    const odd: Finding = { ...first, data: { a: Number.NaN, b: [Number.NEGATIVE_INFINITY, 1], c: 3n } };
    expect(lintDocument([odd], []).findings[0]?.data).toEqual({ a: 'NaN', b: ['-Infinity', 1], c: '3' });
  });
});

test('github annotations escape what would end them', () => {
  const [first] = findings;
  if (first === undefined) throw new Error('one is expected');
  const odd: Finding = { ...first, file: 'a,b:c.yaml', message: '100 %\nnext' };
  expect(formatGithub([odd])).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=9,endColumn=11,title=unknown-key::100 %25%0Anext',
  );
});

test('sarif names rules, places from one, and fixes', () => {
  expect(sarifLog(findings, '1.2.3')).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Modelwright',
            version: '1.2.3',
            rules: [{ id: 'unknown-key' }, { id: 'unsupported-setting' }],
          },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'unknown-key',
            ruleIndex: 0,
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'churn.experiment.yaml' },
                  region: { startLine: 3, startColumn: 9, endLine: 3, endColumn: 12 },
                },
              },
            ],
            fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: 'seed' } }] }] }],
          },
          { level: 'warning' },
        ],
      },
    ],
  });
});

describe('sarif is valid by its schema', () => {
  const faults = [
    text,
    'data: [broken\n',
    `${clean}serve: {mode: realtime}\nmonitor: {drift: {correction: none}}\n`,
    `${clean}"\\u0001": 1\ncard: {owner: 日本}\n"a b": {c: 1}\n`,
    `${clean}task: rag\nllm: {prompts: [{id: p, template: "{{q}}"}], providers: [gpt-latest], tests: [{id: t}]}\n`,
  ];

  test.each(faults)('%j', (faulty) => {
    const found = lint(faulty);
    expect(found.length).toBeGreaterThan(0);
    expect(sarifSchema.safeParse(JSON.parse(JSON.stringify(sarifLog(found, '1.2.3'))))).toMatchObject({
      success: true,
    });
  });

  test('files outside the workspace, and with blanks in their names, are URIs', () => {
    const [first] = findings;
    if (first === undefined) throw new Error('one is expected');
    const files = ['a b/c#d.yaml', '/tmp/x y.yaml'].map((file): Finding => ({ ...first, file }));
    const log = sarifLog(files, '1');
    expect(sarifSchema.safeParse(log)).toMatchObject({ success: true });
    expect(JSON.stringify(log)).toContain('a%20b/c%23d.yaml');
  });

  test('and the schema refuses what is none', () => {
    const log = JSON.parse(JSON.stringify(sarifLog(findings, '1')));
    expect(sarifSchema.safeParse({ ...log, version: '2.0.0' }).success).toBe(false);
    log.runs[0].results[0].colour = 'red';
    expect(sarifSchema.safeParse(log).success).toBe(false);
  });
});
