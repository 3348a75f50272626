import { describe, expect, test } from 'vitest';
import { appendEdit, removeEdit, renameEdit, setEdit, yamlScalar } from '../../server/config/edits.ts';
import { ConfigSource } from '../../server/config/source.ts';
import { TextDocument } from '../../server/config/textDocument.ts';
import { parseYaml } from '../../server/config/yaml/yaml.ts';
import type { TextEdit } from '../../server/protocol/finding.ts';

function edited(text: string, edit: (source: ConfigSource) => readonly TextEdit[]): string {
  const document = new TextDocument(text);
  const source = new ConfigSource(document, parseYaml(document).root);
  const edits = edit(source).toSorted(
    (a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start),
  );
  const result = edits.reduce(
    (before, { range, text: replacement }) =>
      before.slice(0, document.offsetAt(range.start)) +
      replacement +
      before.slice(document.offsetAt(range.end)),
    text,
  );
  expect(parseYaml(new TextDocument(result)).problems).toEqual([]);
  return result;
}

describe('setting a value', () => {
  const set = (text: string, path: string, yaml: string): string =>
    edited(text, (source) => setEdit(source, path, yaml));

  test.each([
    ['a scalar', 'a: 1 # one\nb: 2\n', 'a', '3', 'a: 3 # one\nb: 2\n'],
    ['an empty value', 'a:\nb: 2\n', 'a', '3', 'a: 3\nb: 2\n'],
    ['a quoted scalar', 'a: "x" # c\n', 'a', 'y', 'a: y # c\n'],
    ['a flow list', 'a: [1, 2] # c\n', 'a', '[3]', 'a: [3] # c\n'],
    ['a block list', 'a:\n  - 1\n  - 2\nb: 3\n', 'a', '[9]', 'a: [9]\nb: 3\n'],
    ['a block text', 'a: |\n  long\n  text\nb: 3\n', 'a', 'short', 'a: short\nb: 3\n'],
    ['a list item', 'a: [1, 2]\n', 'a.1', '5', 'a: [1, 5]\n'],
    ['a new key at the top', 'a: 1\n', 'b', '2', 'a: 1\nb: 2\n'],
    ['a new key without a last line end', 'a: 1', 'b', '2', 'a: 1\nb: 2'],
    [
      'a new key in a block',
      'split:\n  test: 0.2 # keep\n\nmodel: gbdt\n',
      'split.gap',
      '3d',
      'split:\n  test: 0.2 # keep\n  gap: 3d\n\nmodel: gbdt\n',
    ],
    ['a new key in flow', 'split: {test: 0.2}\n', 'split.gap', '3d', 'split: {test: 0.2, gap: 3d}\n'],
    ['a new key in an empty map', 'split: {}\n', 'split.gap', '3d', 'split: {gap: 3d}\n'],
    ['missing parents', 'a: 1\n', 'model.gbdt.trees', '5', 'a: 1\nmodel: {gbdt: {trees: 5}}\n'],
    ['beside a shorthand', 'split: 0.2 # s\n', 'split.gap', '3d', 'split: {test: 0.2, gap: 3d} # s\n'],
    ['the shorthand itself', 'split: 0.2\n', 'split.test', '0.3', 'split: 0.3\n'],
    [
      'beside a shorthand list',
      'features: [a, b]\n',
      'features.exclude',
      '[c]',
      'features: {include: [a, b], exclude: [c]}\n',
    ],
    ['in an empty file', '', 'target', 'y', 'target: y\n'],
    ['in a file of comments', '# hello', 'target', 'y', '# hello\ntarget: y\n'],
    [
      'a key with a dot',
      'tune: {space: {model.gbdt.trees: 1..2}}\n',
      'tune.space.model.gbdt.trees',
      '3..4',
      'tune: {space: {model.gbdt.trees: 3..4}}\n',
    ],
    [
      'after a nested block',
      'model:\n  gbdt:\n    trees: 5\nsplit: 0.2\n',
      'model.type',
      'gbdt',
      'model:\n  gbdt:\n    trees: 5\n  type: gbdt\nsplit: 0.2\n',
    ],
  ])('%s', (_, text, path, yaml, expected) => {
    expect(set(text, path, yaml)).toBe(expected);
  });
});

describe('removing', () => {
  const remove = (text: string, path: string): string => edited(text, (source) => removeEdit(source, path));

  test.each([
    ['a line', 'a: 1\nb: 2 # gone too\nc: 3\n', 'b', 'a: 1\nc: 3\n'],
    ['a block', 'a: 1\nb:\n  x: 1\n  y: 2\nc: 3\n', 'b', 'a: 1\nc: 3\n'],
    ['the first in flow', 'a: {x: 1, y: 2, z: 3}\n', 'a.x', 'a: {y: 2, z: 3}\n'],
    ['the last in flow', 'a: {x: 1, y: 2, z: 3}\n', 'a.z', 'a: {x: 1, y: 2}\n'],
    ['the only one in flow takes its parent along', 'a: {x: 1}\nb: 2\n', 'a.x', 'b: 2\n'],
    ['the only one in a block takes its parent along', 'a:\n  x: 1\nb: 2\n', 'a.x', 'b: 2\n'],
    ['an item of a flow list', 'a: [1, 2, 3]\n', 'a.1', 'a: [1, 3]\n'],
    ['an item of a block list', 'a:\n  - 1\n  - 2\n', 'a.0', 'a:\n  - 2\n'],
    ['the first key of a list item', 'a:\n  - x: 1\n    y: 2\n', 'a.0.x', 'a:\n  - y: 2\n'],
    ['the second key of a list item', 'a:\n  - x: 1\n    y: 2\nb: 1\n', 'a.0.y', 'a:\n  - x: 1\nb: 1\n'],
    ['a shorthand', 'a: 1\nsplit: 0.2\n', 'split.test', 'a: 1\n'],
    ['block text', 'a: |\n  x\n  y\nb: 1\n', 'a', 'b: 1\n'],
  ])('%s', (_, text, path, expected) => {
    expect(remove(text, path)).toBe(expected);
  });
});

describe('appending', () => {
  const append = (text: string, path: string, yaml: string): string =>
    edited(text, (source) => appendEdit(source, path, yaml));

  test.each([
    ['to a flow list', 'a: [1, 2]\n', 'a', 'a: [1, 2, z]\n'],
    ['to an empty list', 'a: []\n', 'a', 'a: [z]\n'],
    [
      'to a block list',
      'a:\n  - 1 # one\n  - 2 # two\nb: 1\n',
      'a',
      'a:\n  - 1 # one\n  - 2 # two\n  - z\nb: 1\n',
    ],
    ['to a single item', 'a: 1\n', 'a', 'a: [1, z]\n'],
    ['to nothing', 'a: 1\n', 'features.exclude', 'a: 1\nfeatures: {exclude: [z]}\n'],
    ['beside a shorthand', 'features: [a]\n', 'features.exclude', 'features: {include: [a], exclude: [z]}\n'],
  ])('%s', (_, text, path, expected) => {
    expect(append(text, path, 'z')).toBe(expected);
  });
});

test('renaming keeps everything else', () => {
  expect(edited('train: {sed: 3} # c\n', (source) => renameEdit(source, 'train.sed', 'seed'))).toBe(
    'train: {seed: 3} # c\n',
  );
});

test.each([
  ['plain', 'plain'],
  ['two words', 'two words'],
  ['yes', "'yes'"],
  ['null', "'null'"],
  ['a: b', "'a: b'"],
  ["it's", '"it\'s"'],
  ['1e5', "'1e5'"],
  ['#x', "'#x'"],
  ['', "''"],
  [0.5, '0.5'],
  [true, 'true'],
])('%j as YAML is %s, and reads back', (value, yaml) => {
  expect(yamlScalar(value)).toBe(yaml);
  const { root } = parseYaml(new TextDocument(`k: ${yaml}\n`));
  expect(
    root?.kind === 'map' && root.entries[0]?.node.kind === 'scalar' ? root.entries[0].node.value : undefined,
  ).toBe(value);
});
