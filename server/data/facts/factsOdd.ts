/** Values of a text column that do not fit the others: signs without a letter, lengths far outside, a rare other type. */

export interface OddFacts {
  /** Values without any letter or digit, such as `--`. */
  readonly signs: OddValues | null;
  /** Values ten times as long as the middle one, and longer than nearly all. */
  readonly long: OddValues | null;
  /** The rarer of numbers and text, where it is rare: lint.md, `mixed-types`. */
  readonly mixed: (OddValues & { readonly rare: 'numbers' | 'text' }) | null;
}

interface OddValues {
  readonly rows: number;
  /** The most frequent ones, at most three, cut at 40 characters. */
  readonly examples: readonly string[];
}

/** Columns of more levels are names or prose, in which nothing is odd. */
const mostLevels = 20_000;
const number = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/iu;

/** `counts`: rows of each code, code 0 being the missing. */
export function describeOdd(texts: readonly string[], counts: Int32Array): OddFacts {
  if (texts.length > mostLevels) return { signs: null, long: null, mixed: null };
  const rowsOf = (index: number) => counts[index + 1] ?? 0;
  const gather = (picked: readonly number[]): OddValues | null => {
    const present = picked.filter((index) => rowsOf(index) > 0);
    if (present.length === 0) return null;
    const often = present.toSorted((a, b) => rowsOf(b) - rowsOf(a)).slice(0, 3);
    return {
      rows: present.reduce((sum, index) => sum + rowsOf(index), 0),
      examples: often.map((index) => (texts[index] ?? '').slice(0, 40)),
    };
  };
  const all = [...texts.keys()];
  const most = longest(texts, counts);
  return {
    signs: gather(all.filter((index) => !/[\p{L}\p{N}]/u.test(texts[index] ?? ''))),
    long: gather(all.filter((index) => (texts[index] ?? '').length > most)),
    mixed: findMixed(texts, all, gather),
  };
}

function findMixed(
  texts: readonly string[],
  all: readonly number[],
  gather: (picked: readonly number[]) => OddValues | null,
): OddFacts['mixed'] {
  const numbers = gather(all.filter((index) => number.test(texts[index] ?? '')));
  const others = all.filter((index) => !number.test(texts[index] ?? ''));
  const words = gather(others);
  if (numbers === null || words === null) return null;
  const rare = numbers.rows < words.rows ? 'numbers' : 'text';
  // `V27` among numbers and `12` among `12a` are codes: digits belong to their text.
  const codes = others.filter((index) => /\d/.test(texts[index] ?? '')).length;
  if (2 * codes > others.length || (rare === 'numbers' && codes > 0)) return null;
  return { ...(rare === 'numbers' ? numbers : words), rare };
}

/** Ten times the median length, at least 50 more than what 99 % of the rows have. */
function longest(texts: readonly string[], counts: Int32Array): number {
  const rows = new Map<number, number>();
  let total = 0;
  for (const [index, text] of texts.entries()) {
    rows.set(text.length, (rows.get(text.length) ?? 0) + (counts[index + 1] ?? 0));
    total += counts[index + 1] ?? 0;
  }
  const lengths = [...rows].sort(([a], [b]) => a - b);
  const at = (share: number) => {
    let seen = 0;
    for (const [length, count] of lengths) {
      seen += count;
      if (seen >= share * total) return length;
    }
    return Number.POSITIVE_INFINITY;
  };
  return Math.max(10 * at(0.5), at(0.99) + 50);
}
