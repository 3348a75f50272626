/** Settings put into texts of every style: what is made, to the letter. */
import { describe, expect, test } from 'vitest';
import { fieldAt } from '../../server/config/fields.ts';
import { flowOf, type Insertion, insertEdits } from '../../server/config/inserts.ts';
import { skeletonOf } from '../../server/config/skeleton.ts';
import { ConfigSource } from '../../server/config/source.ts';
import { TextDocument } from '../../server/config/textDocument.ts';
import { parseYaml } from '../../server/config/yaml/yaml.ts';
import { applyEdits } from '../../server/lint/fix.ts';

function inserted(text: string, insertions: readonly Insertion[]): string {
  const document = new TextDocument(text);
  const made = applyEdits(
    text,
    insertEdits(new ConfigSource(document, parseYaml(document).root), insertions),
  );
  expect(parseYaml(new TextDocument(made)).problems).toEqual([]);
  return made;
}

const long = { motivation: `'${'why '.repeat(20)}'`, uses: `'${'what '.repeat(10)}'` };
const card = [
  { path: 'card.owner', value: 'me' },
  { path: 'card.ethics', value: [{ risk: 'a', mitigation: 'b' }] },
];

describe('a short setting', () => {
  test.each([
    [
      'under a section that is missing',
      'target: y\n',
      'target: y\ncard: {owner: me, ethics: [{risk: a, mitigation: b}]}\n',
    ],
    [
      'under a block, each on a line',
      'card:\n    license: MIT # ours\ntarget: y\n',
      'card:\n    license: MIT # ours\n    owner: me\n    ethics: [{risk: a, mitigation: b}]\ntarget: y\n',
    ],
    [
      'under braces',
      'card: {license: MIT} # ours\n',
      'card: {license: MIT, owner: me, ethics: [{risk: a, mitigation: b}]} # ours\n',
    ],
    [
      'under a key without a value',
      'card: # later\ntarget: y\n',
      'card: # later\n  owner: me\n  ethics: [{risk: a, mitigation: b}]\ntarget: y\n',
    ],
    [
      'in a file of comments',
      '# none yet',
      '# none yet\ncard: {owner: me, ethics: [{risk: a, mitigation: b}]}\n',
    ],
    [
      'in a file in braces',
      '{target: y}\n',
      '{target: y, card: {owner: me, ethics: [{risk: a, mitigation: b}]}}\n',
    ],
    [
      'in place of an empty value, beside one that is missing',
      'card:\n  owner: ""\n',
      'card:\n  owner: me\n  ethics: [{risk: a, mitigation: b}]\n',
    ],
  ])('%s', (_, text, expected) => {
    expect(inserted(text, card)).toBe(expected);
  });
});

describe('a long setting', () => {
  test.each([
    [
      'beside a plain value',
      'data: a.csv # ours\ntarget: y\n',
      `data:\n  source: a.csv # ours\n  datasheet:\n    motivation: ${long.motivation}\n    uses: ${long.uses}\ntarget: y\n`,
    ],
    [
      'beside a list of lines, as deep as the file is elsewhere',
      'data:\n- a.csv # one\n\n- b.csv\nsplit:\n   test: 0.2\n',
      `data:\n   source:\n   - a.csv # one\n\n   - b.csv\n   datasheet:\n      motivation: ${long.motivation}\n      uses: ${long.uses}\nsplit:\n   test: 0.2\n`,
    ],
    [
      'beside a list that is set in',
      'data:\n    - a.csv\n    - b.csv',
      `data:\n    source:\n    - a.csv\n    - b.csv\n    datasheet:\n      motivation: ${long.motivation}\n      uses: ${long.uses}`,
    ],
    [
      'in braces it stays one line',
      'data: {source: a.csv}\n',
      `data: {source: a.csv, datasheet: ${flowOf(long)}}\n`,
    ],
  ])('%s', (_, text, expected) => {
    expect(inserted(text, [{ path: 'data.datasheet', value: long }])).toBe(expected);
  });

  test('a list of maps, an item a dash', () => {
    const value = [{ decision: long.motivation, why: long.uses }, { decision: 'b' }];
    expect(inserted('card:\n  owner: me\n', [{ path: 'card.decisions', value }])).toBe(
      `card:\n  owner: me\n  decisions:\n    - decision: ${long.motivation}\n      why: ${long.uses}\n    - {decision: b}\n`,
    );
  });
});

test('a list that has items gets more of them', () => {
  const value = ['faithful: ">= 0.9"'];
  expect(inserted('llm:\n  assert:\n    - json # c\n', [{ path: 'llm.assert', value }])).toBe(
    'llm:\n  assert:\n    - json # c\n    - faithful: ">= 0.9"\n',
  );
  expect(inserted('llm: {assert: [json]}\n', [{ path: 'llm.assert', value }])).toBe(
    'llm: {assert: [json, faithful: ">= 0.9"]}\n',
  );
  expect(inserted('llm: {assert: []}\n', [{ path: 'llm.assert', value }])).toBe(
    'llm: {assert: [faithful: ">= 0.9"]}\n',
  );
});

describe('a skeleton', () => {
  const of = (path: string) => {
    const field = fieldAt(path);
    return field && skeletonOf(field.schema, () => undefined);
  };

  test.each([
    ['a text is what its field says', 'card.intended_use', "'TODO: Uses and users'"],
    ['one of several texts', 'card.limitations', ["'TODO: Known limits and uncertainty'"]],
    ['the texts of an item', 'problem.success', [{ kpi: "'TODO: Name of the business figure'" }]],
    ['what is no text has none', 'serve.latency', undefined],
    ['nor has an item that must have more than texts', 'evaluate.behavior', undefined],
  ])('%s', (_, path, expected) => {
    expect(of(path)).toEqual(expected);
  });

  test('of a section: what is asked for within it', () => {
    expect(Object.keys(of('card') ?? {})).toEqual([
      'owner',
      'intended_use',
      'out_of_scope',
      'limitations',
      'ethics',
      'license',
    ]);
  });
});
