/** What stands in a categorical column as text: how many levels count, and which are one word spelt differently. */
import type { CategoryFacts } from './facts.ts';
import type { CodedColumn } from './linkCodes.ts';

/** Columns with more levels than this are names or ids, in which small differences matter. */
const mostLevels = 1000;

export function describeLevels(
  { codes }: CodedColumn,
  texts: readonly string[],
  rare: number,
): CategoryFacts {
  const counts = new Int32Array(texts.length + 1);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  const present = texts
    .map((text, index) => ({ text, rows: counts[index + 1] ?? 0 }))
    .filter(({ rows }) => rows > 0);
  return {
    levels: present.length,
    kept: present.filter(({ rows }) => rows >= rare * codes.length).length,
    variants: present.length > mostLevels ? [] : findVariants(present.map(({ text }) => text)),
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

/** Without case, spaces, and the punctuation that words are written with or without. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s._'’/-]+/gu, '');
}
