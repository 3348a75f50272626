/** Whatever is typed, a fix that is offered can be made: its edits lie in the text, none over another, and YAML stays YAML. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits } from '../../server/lint/fix.ts';
import type { Finding, Fix } from '../../server/protocol/finding.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { pieces } from '../config/edited.ts';
import { rounds } from '../rounds.ts';
import { lint, load } from './marked.ts';

const examples = join(import.meta.dirname, '../config/examples');
/** Minutes in the soak. */
const edits = rounds(12, 600);

/** Of one text; another one starts elsewhere among those that are offered. */
const mostTried = 8;

test.each(readdirSync(examples))(`%s, edited ${edits} times`, { timeout: 600_000 }, (name) => {
  const original = readFileSync(join(examples, name), 'utf8');
  const random = createRandom(11, name);
  for (let round = 0; round < edits; round++) {
    const text = edit(
      edit(original, () => random.uniform()),
      () => random.uniform(),
    );
    const found = lint(text);
    const broken = found.some(isBroken);
    const offered = [...Map.groupBy(found, ({ rule }) => rule)].flatMap(([rule, same]) => {
      // One of each rule: most of what a long file says is of one kind.
      const { fixes } = same[Math.floor(random.uniform() * same.length)] ?? { fixes: [] };
      return fixes.map((fix) => ({ rule, fix, broken }));
    });
    const from = Math.floor(random.uniform() * offered.length);
    for (const tried of offered.slice(from, from + mostTried)) tryOut(text, tried);
  }
});

interface Tried {
  readonly rule: string;
  readonly fix: Fix;
  /** The text is no YAML before. */
  readonly broken: boolean;
}

function tryOut(text: string, { rule, fix, broken }: Tried): void {
  const document = load(text).text;
  const places = fix.edits
    .map(({ range }) => [document.offsetAt(range.start), document.offsetAt(range.end)] as const)
    .toSorted(([a, b], [c, d]) => a - c || b - d);
  const say = `${rule}: ${fix.title} of ${JSON.stringify(text)}`;
  for (const [i, [start, end]] of places.entries()) {
    expect(start <= end && start >= (places[i - 1]?.[1] ?? 0) && end <= text.length, say).toBe(true);
  }
  const after = applyEdits(text, fix.edits);
  expect(after, say).not.toBe(text);
  if (!broken) expect(lint(after).filter(isBroken), `${say} makes ${JSON.stringify(after)}`).toEqual([]);
}

function isBroken({ rule }: Finding): boolean {
  return rule === 'yaml-syntax' || rule === 'duplicate-key' || rule === 'interpolation-unquoted';
}

function edit(text: string, uniform: () => number): string {
  const pick = (count: number): number => Math.floor(uniform() * count);
  const at = pick(text.length + 1);
  if (uniform() < 0.6) return text.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + text.slice(at);
  return text.slice(0, at) + text.slice(at + 1 + pick(30));
}
