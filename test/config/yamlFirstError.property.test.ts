/** Read by windows or whole: the first fault of a text is the same, also with the windows of the texts before it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Recent } from '../../server/config/recent.ts';
import {
  errorOfWhole,
  firstError,
  isDivisible,
  type Window,
} from '../../server/config/yaml/yamlFirstError.ts';
import { rounds } from '../rounds.ts';
import { drawsFor, edited } from './edited.ts';

const examples = join(import.meta.dirname, 'examples');
const edits = rounds(60, 5_000);

describe.each(readdirSync(examples))('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');

  test(`${edits} random edits`, { timeout: 3_600_000 }, () => {
    const random = drawsFor(name, 17);
    const windows = new Recent<Window>();
    let text = original;
    let broken = 0;
    for (let round = 0; round < edits; round++) {
      text = edited(round % 6 === 0 ? original : text, random);
      if (!isDivisible(text)) continue;
      const { error } = errorOfWhole(text);
      if (error !== undefined) broken++;
      const fault = (found: typeof error) => found && [found.code, found.message, found.pos];
      windows.turn();
      for (const known of [windows, new Recent<Window>()])
        expect(fault(firstError(text, known).error), text).toEqual(fault(error));
    }
    expect(broken).toBeGreaterThan(edits / 20);
  });
});
