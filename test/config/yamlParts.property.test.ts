/** Read by parts or whole: after any edit of any example the tree and the problems are the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../server/config/textDocument.ts';
import { parseYaml } from '../../server/config/yaml.ts';
import { createPartReader } from '../../server/config/yamlParts.ts';
import { drawsFor, edited, editsOf, tell } from './edited.ts';

const examples = join(import.meta.dirname, 'examples');
const names = readdirSync(examples);
describe.each(names)('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');
  const edits = editsOf(original, 25);

  test(`${edits} random edits`, { timeout: 7_200_000 }, () => {
    const random = drawsFor(name, 11);
    // A text with a fault is read whole: that it equals a fresh reading needs no second one.
    let isWhole = false;
    const read = createPartReader(() => {
      isWhole = true;
      return { problems: [], damaged: [] };
    });
    let text = original;
    let byParts = 0;
    for (let round = 0; round < edits; round++) {
      const before = round % 50 === 0 ? original : text;
      text = edited(before, random);
      const document = new TextDocument(text);
      isWhole = false;
      const found = read(document);
      if (isWhole) {
        // Taken back, as one does, so that the next edit is of a sound text.
        text = before;
        continue;
      }
      byParts++;
      const wanted = parseYaml(document);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) {
        expect(found, text).toEqual(wanted);
        throw new Error(`the order of keys differs in ${text}`);
      }
    }
    tell(`${name}: ${edits} edits, ${byParts} of them sound texts, each equal to a fresh reading`);
    expect(byParts).toBeGreaterThan(edits / 10);
  });
});

test('an edit of one setting reads that setting alone', () => {
  const columns = Array.from(
    { length: 200 },
    (_, i) => `    column_${i}:\n      type: numeric\n      min: ${i}\n`,
  );
  const text = (word: string) =>
    `data:\n  source: x.csv\n  columns:\n${columns.join('')}target: ${word}\nname: n\n`;
  const read = createPartReader();
  const before = read(new TextDocument(text('a'))).root;
  const after = read(new TextDocument(text('b'))).root;
  if (before?.kind !== 'map' || after?.kind !== 'map') throw new Error('both are maps');
  const column = (root: typeof before) => {
    const data = root.entries[0]?.node;
    const inner = data?.kind === 'map' ? data.entries[1]?.node : undefined;
    return inner?.kind === 'map' ? inner.entries[150]?.node : undefined;
  };
  // The same object: nothing above the edit was made anew.
  expect(column(after)).toBeDefined();
  expect(column(after)).toBe(column(before));
});
