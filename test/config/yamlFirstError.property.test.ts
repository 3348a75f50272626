/** Read by windows or whole: the first fault of a text is the same, also where it is known to be sound up to some key. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorOfWhole, firstError, isDivisible } from '../../server/config/yamlFirstError.ts';
import { rounds } from '../rounds.ts';
import { drawsFor, edited } from './edited.ts';

const examples = join(import.meta.dirname, 'examples');
const edits = rounds(60, 5_000);

describe.each(readdirSync(examples))('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');

  test(`${edits} random edits`, { timeout: 3_600_000 }, () => {
    const random = drawsFor(name, 17);
    let text = original;
    let broken = 0;
    for (let round = 0; round < edits; round++) {
      text = edited(round % 6 === 0 ? original : text, random);
      if (!isDivisible(text)) continue;
      const { error, sound } = errorOfWhole(text);
      if (error !== undefined) broken++;
      const fault = (found: typeof error) => found && [found.code, found.message, found.pos];
      for (const until of [[], sound])
        expect(fault(firstError(text, until).error), text).toEqual(fault(error));
    }
    expect(broken).toBeGreaterThan(edits / 20);
  });
});
