// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { describe, expect, test } from 'vitest';
import { plainValue } from '../../server/config/configNode.ts';
import { decodeText, encodeText } from '../../server/config/decode.ts';
import { TextDocument } from '../../server/config/textDocument.ts';
import { longestFile, parseYaml } from '../../server/config/yaml/yaml.ts';
import { unmark } from '../lint/marked.ts';

/** The marks are the places of the problems, in order; `value` is what could still be read. */
function check(
  marked: string,
  messages: readonly string[],
  value: unknown,
): ReturnType<typeof parseYaml>['problems'] {
  const { text, marks } = unmark(marked);
  const document = new TextDocument(text);
  const { root, problems } = parseYaml(document);
  const places = problems.map(({ range }) =>
    range === undefined ? [] : [document.offsetAt(range.start), document.offsetAt(range.end)],
  );
  expect({ messages: problems.map(({ message }) => message), places }).toEqual({ messages, places: marks });
  expect(root === undefined ? undefined : plainValue(root)).toEqual(value);
  return problems;
}

function mend(marked: string): string {
  const { text } = unmark(marked);
  const document = new TextDocument(text);
  const [edit] = parseYaml(document).problems[0]?.fixes?.[0]?.edits ?? [];
  if (edit === undefined) throw new Error('no fix');
  return (
    text.slice(0, document.offsetAt(edit.range.start)) +
    edit.text +
    text.slice(document.offsetAt(edit.range.end))
  );
}

describe('broken YAML is told once, at its cause, and the rest is read', () => {
  test.each<[string, string, string, unknown, string?]>([
    [
      'a missing colon',
      'data: a.csv\n«target churned»\nmetric: f1\n',
      'Line 2: `target` has no colon. Expected `target: churned`.',
      { data: 'a.csv', metric: 'f1' },
      'target: churned\n',
    ],
    [
      'an equals sign for a colon',
      'data: a.csv\n«target = churned»\nmetric: f1\n',
      'Line 2: `target` has no colon. Expected `target: churned`.',
      { data: 'a.csv', metric: 'f1' },
      'target: churned\n',
    ],
    [
      'a missing space',
      '«data:a.csv»\ntarget: x\n',
      'Line 1: no space after the colon of `data`. Expected `data: a.csv`.',
      { target: 'x' },
      'data: a.csv\n',
    ],
    [
      'an open quote',
      'data: «"»a.csv\ntarget: churned\n',
      'Line 1: `"` is never closed. Expected `"`.',
      { target: 'churned' },
      'data: "a.csv"\n',
    ],
    [
      'an open quote that a later one closes',
      'data: «"»a.csv\ntarget: x\nname: "foo"\n',
      'Line 1: `"` is never closed. Expected `"`.',
      { target: 'x', name: 'foo' },
      'data: "a.csv"\n',
    ],
    [
      'an open brace',
      'features: «{»exclude: [a, b]\nsplit: 0.2\n',
      'Line 1: `{` is never closed. Expected `}`.',
      { split: 0.2 },
      'features: {exclude: [a, b]}\n',
    ],
    [
      'an open bracket',
      'gates: «[»a >= 1, b\nsplit: 0.2\n',
      'Line 1: `[` is never closed. Expected `]`.',
      { split: 0.2 },
      'gates: [a >= 1, b]\n',
    ],
    [
      'a bracket too many',
      'features: [a, b]«]»\nmodel: x\n',
      'Line 1: `]` closes nothing. Expected it to be removed.',
      { model: 'x' },
      'features: [a, b]\n',
    ],
    [
      'a second colon',
      'description: «a: b»\ntarget: x\n',
      "Line 1: `a: b` has a second colon. Expected quotes: 'a: b'.",
      { target: 'x' },
      "description: 'a: b'\n",
    ],
    [
      'a reserved first character',
      'data: {filter: «> 3 and x»}\ntarget: x\n',
      "Line 1: `> 3 and x` starts with `>`, which YAML keeps for itself. Expected quotes: '> 3 and x'.",
      { target: 'x' },
      "data: {filter: '> 3 and x'}\n",
    ],
    [
      'a value and settings under it',
      'model: «gbdt»\n  gbdt: {trees: 3}\nsplit: 0.2\n',
      '',
      { model: 'gbdt', split: 0.2 },
    ],
    [
      'tabs',
      'split:\n«\t»test: 0.2\n\tvalid: 0.1\n',
      'Line 2: a tab indents the line. Expected spaces.',
      { split: { test: 0.2, valid: 0.1 } },
    ],
    [
      'a NUL',
      'data: a.csv«\u0000»\ntarget: x',
      'Line 1: a NUL character stands in the text. Expected readable characters only.',
      { data: 'a.csv', target: 'x' },
    ],
    [
      'a tag',
      'data: «!file a.csv»\ntarget: x\n',
      "Line 1: `!file` is a YAML tag, which experiments do not use. Expected quotes: '!file a.csv'.",
      { target: 'x' },
    ],
    [
      'a second document',
      'data: a.csv\n«---»\ntarget: x\n',
      'Line 2: a second document starts here. Expected one experiment in a file.',
      { data: 'a.csv' },
    ],
  ])('%s', (_, marked, message, value, mended) => {
    const expected =
      message === ''
        ? parseYaml(new TextDocument(unmark(marked).text)).problems.map((each) => each.message)
        : [message];
    expect(expected).toHaveLength(1);
    check(marked, expected, value);
    if (mended !== undefined) expect(mend(marked)).toContain(mended);
  });

  test('a list item that became part of the text above is told, legal as it is', () => {
    const what = 'is read as more of the text above. Expected `- ` under the item or key that it belongs to.';
    check('a:\n- x\n «- y»\nb: 1\n', [`Line 3: \`- y\` ${what}`], { a: ['x - y'], b: 1 });
    check('a:\n  -x\n  «-y»\n', [`Line 3: \`-y\` ${what}`], { a: '-x -y' });
    check('a: long\n  text - with a dash\n', [], { a: 'long text - with a dash' });
  });

  test('a merge conflict keeps the first side', () => {
    check(
      'a: 1\n«<<<<<<<» HEAD\nb: 2\n=======\nb: 3\n>>>>>>> theirs\nc: 4\n',
      ['Line 2: a merge conflict is left in the file. Expected one of its sides.'],
      { a: 1, b: 2, c: 4 },
    );
  });

  test('several faults are told each at its own line', () => {
    check(
      'data: «"»a.csv\n«target churned»\nmodel:\n  gbdt:\n    «learning_rate 0.1»\n    trees: 5\nbad: «[»a\ngood: 1\n',
      [
        'Line 1: `"` is never closed. Expected `"`.',
        'Line 2: `target` has no colon. Expected `target: churned`.',
        'Line 5: `learning_rate` has no colon. Expected `learning_rate: 0.1`.',
        'Line 7: `[` is never closed. Expected `]`.',
      ],
      { model: { gbdt: { trees: 5 } }, good: 1 },
    );
  });

  test('unquoted references and brackets in flow are told as that, and read as meant', () => {
    const problems = check(
      'split: {test: «${vars.x}», valid: 0.1}\ngates: [«recall[0] > 1», b]\n',
      [
        'Quote `${vars.x}`: inside {} or [] its brackets are read as YAML.',
        'Quote `recall[0] > 1`: inside {} or [] its brackets are read as YAML.',
      ],
      { split: { test: '${vars.x}', valid: 0.1 }, gates: ['recall[0] > 1', 'b'] },
    );
    expect(problems.map(({ rule }) => rule)).toEqual(['interpolation-unquoted', 'interpolation-unquoted']);
    expect(mend('split: {test: ${vars.x}}\n')).toBe("split: {test: '${vars.x}'}\n");
  });
});

describe('duplicate keys', () => {
  test('the second wins, and the first can go', () => {
    check('a: 1\nb: 2\n«a»: 3\n', ['`a` is set twice; the second value wins.'], { a: 3, b: 2 });
    expect(mend('a: 1 # old\nb: 2\na: 3\n')).toBe('b: 2\na: 3\n');
    check('a: {x: 1, «x»: 2}\n', ['`x` is set twice; the second value wins.'], { a: { x: 2 } });
  });
});

describe('anchors', () => {
  test('are expanded, merge keys too', () => {
    check('base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\nagain: *b\n', [], {
      base: { x: 1, y: 2 },
      use: { x: 1, y: 3 },
      again: { x: 1, y: 2 },
    });
  });

  test('a bomb, a circle and a name that is not there are one error each', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    const bombed = parseYaml(new TextDocument(bomb)).problems;
    expect(bombed.map(({ message }) => message)).toEqual([
      expect.stringMatching(/aliases expand to more than 10000 values/),
    ]);
    expect(parseYaml(new TextDocument('a: &a [*a]\n')).problems).toHaveLength(1);
    expect(parseYaml(new TextDocument('data: *.csv\n')).problems[0]?.message).toMatch(
      /`\*\.csv` is a YAML alias that names nothing/,
    );
  });
});

describe('hostile input gives one clear error', () => {
  test.each([
    ['10,000 open brackets', `a: ${'['.repeat(10_000)}`],
    ['10,000 open braces', `${'{a: '.repeat(10_000)}`],
    ['10,000 nested lists', '- '.repeat(10_000)],
    ['ten megabytes', 'key: value\n'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    const { problems } = parseYaml(new TextDocument(text));
    expect(problems).toHaveLength(1);
  });

  test.each(['', '\n', '\n\n', '\r\n', ' \n', '# c\n'])('a broken line below %j is told', (above) => {
    const text = `${above}  dat\n    a:/churn.csv # c c]h>-\nurned\n data`;
    const { problems } = parseYaml(new TextDocument(text));
    expect(problems[0]?.message).toBe(
      `Line ${above.split('\n').length}: \`dat\` is no setting. Expected \`key: value\`.`,
    );
  });

  test('the limit stands in the message', () => {
    const { problems } = parseYaml(new TextDocument('a'.repeat(longestFile + 1)));
    expect(problems[0]?.message).toBe(
      `Line 1: the file is ${longestFile + 1} characters long. Expected at most ${longestFile}.`,
    );
  });

  test('keys that are special in JavaScript are just keys', () => {
    const { root } = parseYaml(new TextDocument('__proto__: {polluted: 1}\nconstructor: 2\n'));
    expect(root?.kind === 'map' ? root.entries.map(({ key }) => key) : []).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(Object.getPrototypeOf(root === undefined ? {} : plainValue(root))).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('line ends and encodings', () => {
  test('CRLF and CR end lines', () => {
    check('a: 1\r\n«b 2»\r\nc: 3\r\n', ['Line 2: `b` has no colon. Expected `b: 2`.'], { a: 1, c: 3 });
    check('a: 1\rb: 2\r', [], { a: 1, b: 2 });
  });

  test('positions count UTF-16 units', () => {
    const { text } = new TextDocument('name: "🙂é"\n');
    expect(new TextDocument(text).positionAt(text.indexOf('é'))).toEqual({ line: 0, character: 9 });
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'] as const)('%s with and without mark reads back', (encoding) => {
    for (const bom of [true, false]) {
      const decoded = decodeText(encodeText('data: é🙂.csv\n', encoding, bom));
      expect(decoded).toEqual({ text: 'data: é🙂.csv\n', encoding, bom });
    }
  });

  test('bytes that are no UTF-8 are told with their line', () => {
    const { text } = decodeText(Uint8Array.from([97, 58, 32, 49, 10, 98, 58, 32, 0xe9, 10]));
    check(
      text.replace('\uFFFD', '«\uFFFD»'),
      ['Line 2: not UTF-8 text. Expected the file to be saved as UTF-8.'],
      {
        a: 1,
        b: '\uFFFD',
      },
    );
  });
});

test('a key below an empty value may have any white space above it, and a long key is still told', () => {
  const space = `${' '.repeat(60)}\n`.repeat(30);
  check(`a:\n  b:\n    - c: 1\n      d:\n${space}e f: 2\n`, [], { a: { b: [{ c: 1, d: null }] }, 'e f': 2 });
  const long = 'k'.repeat(1100);
  for (const text of [`${long}: 1\n`, `a: [${long}: 1]\n`])
    expect(parseYaml(new TextDocument(text)).problems.map(({ message }) => message)).toEqual([
      'Line 1: a key is longer than 1024 characters. Expected a shorter key.',
    ]);
});
