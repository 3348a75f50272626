/** What stands in a categorical column as text: how many levels count, and which are one word spelt differently. */
import type { CategoryFacts } from './facts.ts';
import { describeOdd } from './factsOdd.ts';

/** Columns with more levels than this are names or ids, in which small differences matter. */
const mostLevels = 1000;

/** `counts`: rows of each code, code 0 being the missing; levels without rows are passed over. */
export function describeLevels(texts: readonly string[], counts: Int32Array, rare: number): CategoryFacts {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const present = texts.filter((_, index) => (counts[index + 1] ?? 0) > 0);
  return {
    levels: present.length,
    kept: counts.subarray(1).filter((count) => count > 0 && count >= rare * rows).length,
    variants: present.length > mostLevels ? [] : findVariants(present),
    odd: describeOdd(texts, counts),
  };
}

function findVariants(texts: readonly string[]): string[][] {
  const sets = new Map<string, string[]>();
  for (const text of texts) {
    const word = fold(text);
    if (word === '' || /^[-+\d.,]+$/.test(text)) continue;
    sets.set(word, [...(sets.get(word) ?? []), text]);
  }
  return [...sets.values()]
    .filter((set) => set.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, 3)
    .map((set) => set.slice(0, 5).map((text) => text.slice(0, 60)));
}

/** Without case, spaces, and the punctuation that words are written with or without; between digits it tells `1.1` from `11`. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/(?<!\d)[\s._'’/-]+|[\s._'’/-]+(?!\d)/gu, '');
}
