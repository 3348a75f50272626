/** Whatever is typed, loading and linting answer, quickly, and the same as for a file opened afresh. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../server/statistics/random.ts';
import { pieces } from '../config/edited.ts';
import { rounds } from '../rounds.ts';
import { lint, load } from './marked.ts';

const examples = join(import.meta.dirname, '../config/examples');
/** Minutes in the soak. */
const edits = rounds(200, 2_000);

describe.each(readdirSync(examples))('%s', (name) => {
  const original = readFileSync(join(examples, name), 'utf8');

  test(`${edits} random edits never throw, never hang`, { timeout: 600_000 }, () => {
    const random = createRandom(2026, name);
    let text = original;
    for (let round = 0; round < edits; round++) {
      // Edits pile up to eight at a time, as while a person types.
      text = edit(round % 8 === 0 ? original : text, () => random.uniform());
      const findings = lint(text);
      for (const { range, message } of findings) {
        if (range.start.line > range.end.line || message === '')
          throw new Error(`${message} of ${JSON.stringify(text)}`);
      }
      if (round % 50 === 0) expect(lint(text)).toEqual(findings);
    }
    // Nothing is kept from one text to the next.
    expect(load(original).problems).toEqual(load(original).problems);
    expect(lint(original).map(({ rule, range }) => [rule, range])).toEqual(
      fresh.map(({ rule, range }) => [rule, range]),
    );
  });

  const fresh = lint(original);
});

function edit(text: string, uniform: () => number): string {
  const pick = (count: number): number => Math.floor(uniform() * count);
  const at = pick(text.length + 1);
  const kind = uniform();
  if (kind < 0.4) return text.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + text.slice(at);
  if (kind < 0.7) return text.slice(0, at) + text.slice(at + 1 + pick(30));
  const from = pick(text.length);
  return text.slice(0, at) + text.slice(from, from + 60) + text.slice(at);
}
