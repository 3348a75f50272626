/** What is taken over from the text before changes nothing: after any edit a file reads and lints as if it were new. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPartReader } from '../../server/config/yaml/yamlParts.ts';
import { lintExperiment, stageOf } from '../../server/lint/engine.ts';
import { drawsFor, edited, editsOf, tell } from '../config/edited.ts';
import { facts } from '../language/open.ts';
import { load, now } from './marked.ts';

const examples = join(import.meta.dirname, '../config/examples');
const names = readdirSync(examples);
describe.each(names)('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');
  const edits = editsOf(original, 10);

  test(`${edits} random edits`, { timeout: 3_600_000 }, () => {
    const random = drawsFor(name, 13);
    const parse = createPartReader();
    let text = original;
    let sound = original;
    let before: unknown;
    let broken = false;
    let brokenTexts = 0;
    for (let round = 0; round < edits; round++) {
      // Most of what breaks a text is taken back next, as one does: a pile of faults is read by one way only.
      const from = broken && random.uniform() < 0.7 ? sound : text;
      text = edited(round % 10 === 0 ? original : from, random);
      const typed = load(text, { parse, before });
      const fresh = load(text);
      before = typed.value;
      broken = fresh.damaged.length > 0;
      if (broken) brokenTexts++;
      else sound = text;
      // As JSON, so that the order of keys counts.
      for (const part of ['value', 'experiment', 'problems'] as const)
        expect(JSON.stringify(typed[part]), text).toBe(JSON.stringify(fresh[part]));
      const [said, wanted] = [typed, fresh].map((loaded) =>
        lintExperiment({ loaded, stage: stageOf(loaded), facts }, { now }),
      );
      expect(JSON.stringify(said), text).toBe(JSON.stringify(wanted));
    }
    tell(`${name}: ${edits} edits, ${brokenTexts} of them of broken texts, each read and linted as if new`);
  });
});

test('a section that no edit touched is the same object, and so is what is filled in for it', () => {
  const text = (word: string) =>
    `data: {source: data/churn.csv, id: row_id}\ntarget: churned\ndescription: ${word}\ntags: [${word}, b]\n`;
  const first = load(text('a'));
  const second = load(text('b'), { before: first.value });
  expect(second.experiment?.data).toBe(first.experiment?.data);
  expect(second.experiment?.split).toBe(first.experiment?.split);
  expect(second.experiment?.tags).toEqual(['b', 'b']);
});
