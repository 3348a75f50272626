/** Read by parts or whole: after any edit of any example the tree, the problems and the damage are the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../server/config/textDocument.ts';
import { parseYaml } from '../../server/config/yaml/yaml.ts';
import { createPartReader } from '../../server/config/yaml/yamlParts.ts';
import { drawsFor, edited, editsOf, tell } from './edited.ts';

const examples = join(import.meta.dirname, 'examples');
const names = readdirSync(examples);
describe.each(names)('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');
  const edits = editsOf(original, 25);

  test(`${edits} random edits`, { timeout: 7_200_000 }, () => {
    const random = drawsFor(name, 11);
    const read = createPartReader();
    let text = original;
    let sound = original;
    let broken = 0;
    let isBroken = false;
    for (let round = 0; round < edits; round++) {
      // Most of what breaks a text is taken back next, as one does.
      const from = isBroken && random.uniform() < 0.7 ? sound : text;
      text = edited(round % 50 === 0 ? original : from, random);
      const document = new TextDocument(text);
      const found = read(document);
      const wanted = parseYaml(document);
      isBroken = wanted.damaged.length > 0;
      if (isBroken) broken++;
      else sound = text;
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        expect(found, text).toEqual(wanted);
        throw new Error(`the order of keys differs in ${text}`);
      }
    }
    tell(`${name}: ${edits} edits, ${broken} of them of broken texts, each equal to a fresh reading`);
    for (const texts of [broken, edits - broken]) expect(texts).toBeGreaterThan(edits / 10);
  });
});

test.each([
  ['in a sound text', 'type: numeric'],
  ['in a text with a fault', 'type:numeric'],
])('an edit of one setting %s reads that setting alone', (_, seventh) => {
  const columns = (last: number) =>
    Array.from(
      { length: 200 },
      (_, i) =>
        `    column_${i}:\n      ${i === 7 ? seventh : 'type: numeric'}\n      min: ${i === 199 ? last : i}\n`,
    );
  const text = (word: string, last = 199) =>
    `data:\n  source: x.csv\n  columns:\n${columns(last).join('')}target: ${word}\nname: n\n`;
  const read = createPartReader();
  const column = (written: string) => {
    const { root } = read(new TextDocument(written));
    const data = root?.kind === 'map' ? root.entries[0]?.node : undefined;
    const inner = data?.kind === 'map' ? data.entries[1]?.node : undefined;
    return inner?.kind === 'map' ? inner.entries[150]?.node : undefined;
  };
  const before = column(text('a'));
  expect(before).toBeDefined();
  // The same object: nothing above the edit was made anew, nor beside it, nor is a text forgotten that comes twice.
  for (const written of [text('b'), text('b'), text('c'), text('c', 200), text('c', 20)])
    expect(column(written)).toBe(before);
});

test.each(['serve', 'serve ', 'serve\u00a0', 'serve\u3000 ', 'a b'])(
  'a key is what stands before its colon: "%s"',
  (key) => {
    const text = `${key}:\n  note: ${'x'.repeat(400)}\n  more: 1\nname: n\n`;
    const document = new TextDocument(text);
    expect(createPartReader()(document)).toEqual(parseYaml(document));
  },
);
