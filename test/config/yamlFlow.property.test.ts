/** What a quick look takes for free of brackets within values is: the full scan finds none there either. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findUnquotedFlow, mayHoldUnquoted, scanFlow } from '../../server/config/yaml/yamlFlow.ts';
import { rounds } from '../rounds.ts';
import { drawsFor, edited } from './edited.ts';

const examples = join(import.meta.dirname, 'examples');
const texts = rounds(20_000, 2_000_000);

// biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
const placeholder = '${vars.x}';
/** Collections and what stands before their brackets: white space of all kinds, signs, text, comments, lines. */
const signs = [
  ...[
    '[',
    '[',
    '{',
    '{',
    ']',
    '}',
    ',',
    ', ',
    ':',
    ': ',
    '-',
    '- ',
    '--',
    ' ',
    '  ',
    '\t',
    '\u00A0',
    '\u2028',
  ],
  ...['\n', '\n  ', '\n', '\r\n', '\r\n    ', '\r', '"', "'", '""', "''", '"a [', "it's", '\\"', '\\'],
  ...['#', ' # c [', '\n# d {\n', '|\n', '|\n  t [\n', '>-\n    f {\n', 'key: |\n  b [x\n', '$', placeholder],
  ...['a', 'bc', 'x: ', 'é', '1', 'a: [b, c]', '{d: e}', '*', '&a ', '!t ', '?', '? ', '%', '@', '>', '>='],
];

test(`${texts} random texts of flow collections, quotes, comments and block scalars`, {
  timeout: 3_600_000,
}, () => {
  const random = drawsFor('flow', 19);
  const pick = (count: number) => Math.floor(random.uniform() * count);
  let found = 0;
  for (let round = 0; round < texts; round++) {
    const text = Array.from({ length: 2 + pick(14) }, () => signs[pick(signs.length)]).join('');
    const wanted = scanFlow(text);
    if (wanted.length > 0) found++;
    if (JSON.stringify(findUnquotedFlow(text)) !== JSON.stringify(wanted))
      expect(findUnquotedFlow(text), JSON.stringify(text)).toEqual(wanted);
  }
  expect(found).toBeGreaterThan(texts / 20);
});

test.each(readdirSync(examples))('%s, edited at random', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');
  const random = drawsFor(name, 19);
  let text = original;
  for (let round = 0; round < rounds(200, 20_000); round++) {
    text = edited(round % 6 === 0 ? original : text, random);
    expect(findUnquotedFlow(text), text).toEqual(scanFlow(text));
  }
});

test.each(['[a -- [b]]', '[-- [b]]', '[x - - [b]]', '[a\u00A0[b]]', '[a \r[b]]'])(
  '%j holds a bracket within a value',
  (text) => {
    expect(findUnquotedFlow(text)).toEqual([{ start: 1, end: text.length - 1 }]);
  },
);

test.each(['a: [b]', '- [b]', '- - {c: d}', '[[b], {c: [d]}]', 'a:\n  [b,\n  {c: d}]', ''])(
  '%j needs no scan',
  (text) => {
    expect(mayHoldUnquoted(text)).toBe(false);
  },
);
